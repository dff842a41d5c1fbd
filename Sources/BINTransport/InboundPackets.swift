public import BINWire
import NIOCore

/// Packets that came together from one peer: whole, with their headers checked, in the order of the stream.
///
/// A batch keeps the buffer that the socket was read into; nothing is copied per packet. Only a packet that was spread
/// over several reads was gathered in memory of its own, and it is always the first.
public struct InboundPackets: Sendable {
    /// Where they came from, and the way to answer.
    public let connection: PacketConnection
    let buffer: ByteBuffer
    let gathered: [UInt8]
    let entries: [Entry]

    struct Entry: Sendable {
        var header: PacketHeader
        /// Offset in the readable bytes of the buffer; -1 for the gathered packet.
        var start: Int
    }

    /// Number of packets; never 0.
    public var count: Int { entries.count }

    /// Bytes of all packets.
    public var byteCount: Int { entries.reduce(0) { $0 + $1.header.length } }

    /// Memory that the batch holds on to, in bytes.
    var footprint: Int { buffer.storageCapacity + gathered.count }

    /// The header of a packet.
    public func header(at index: Int) -> PacketHeader { entries[index].header }

    /// Hands each packet to `body`, in order.
    @inlinable
    public func forEach<E: Error>(_ body: (RawSpan, PacketHeader) throws(E) -> Void) throws(E) {
        for index in 0..<count {
            try withPacket(at: index) { bytes, header throws(E) in try body(bytes, header) }
        }
    }

    /// Hands one packet to `body`.
    public func withPacket<Result, E: Error>(
        at index: Int, _ body: (RawSpan, PacketHeader) throws(E) -> Result
    ) throws(E) -> Result {
        let entry = entries[index]
        if entry.start < 0 { return try body(gathered.span.bytes, entry.header) }
        let bytes = buffer.readableBytesSpan
        return try body(bytes.extracting(entry.start..<(entry.start + entry.header.length)), entry.header)
    }

    /// A copy of one packet.
    public func bytes(at index: Int) -> [UInt8] {
        withPacket(at: index) { bytes, _ in [UInt8](copying: bytes) }
    }
}

extension [UInt8] {
    init(copying bytes: RawSpan) {
        self = bytes.withUnsafeBytes { [UInt8]($0) }
    }
}
