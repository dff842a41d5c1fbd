import BINWire
import TestSupport

/// Packets of each generation with a capability, a type, and one field.
enum Sample {
    /// Module `ul`, type 2, strings `location` and `alice`; from Spec/framing.md.
    static let datagram = bytes(
        "5034434b 5c6ba43e 02000000 756c 02000000 08000000 6c6f636174696f6e 05000000 616c696365")
    /// The same in 2.2, with node 3 in front and something in the undefined bytes.
    static let of2_2 = bytes(
        "5034434b 2f00 aabb 0100 ccdd 02000000 756c 02000000 03000000 08000000 6c6f636174696f6e 05000000 616c696365")
    /// Capability `cap-x`, version 7, type -2, one integer, trailer 1, 2, 3.
    static let of2_3 = bytes("5034434b 25000000 0700 0500 6361702d78 feffffff 2a000000 01000000 02000000 03000000")

    /// A 2.3 packet of `length` bytes.
    static func packet(length: Int, type: Int32 = 1) -> [UInt8] {
        var writer = PacketWriter()
        let filler = [UInt8](repeating: 0x55, count: length - 17)
        do {
            try writer.begin(capability: ([0x63] as [UInt8]).span.bytes, type: type, version: 1, framing: .v2_3)
            try writer.writeRaw(filler.span.bytes)
            try writer.finish()
        } catch {
            return []
        }
        return writer.copyBytes()
    }
}

// The functions under test take borrowed bytes, which the expectation macros cannot hold; these take arrays.

extension Text {
    func string(in bytes: [UInt8]) -> String? { string(in: bytes.span.bytes) }
}

extension PacketHeader {
    init(parsing bytes: [UInt8], framing: Framing, maximumLength: Int = Framing.maximumLength) throws(WireError) {
        try self.init(parsing: bytes.span.bytes, framing: framing, maximumLength: maximumLength)
    }

    init(datagram bytes: [UInt8], framing: Framing) throws(WireError) {
        try self.init(datagram: bytes.span.bytes, framing: framing)
    }
}

extension Routing {
    init(trailerOf bytes: [UInt8], header: PacketHeader) throws(WireError) {
        try self.init(trailerOf: bytes.span.bytes, header: header)
    }
}

extension Framing {
    static func detect(stream bytes: [UInt8]) -> FramingDetection { detect(stream: bytes.span.bytes) }
    static func detect(datagram bytes: [UInt8]) -> FramingDetection { detect(datagram: bytes.span.bytes) }
}

extension StreamSplitter {
    mutating func next(in chunk: [UInt8], at position: inout Int) throws(WireError) -> Frame? {
        try next(in: chunk.span.bytes, at: &position)
    }
}
