import BINMessages
import BINWire
import CReference

/// A contact insert in which two numbers can be written at known places: CSeq counts the packets, the source node in the
/// trailer tells the connections apart.
struct StampedPacket {
    let bytes: [UInt8]
    let sequenceOffset: Int
    let sourceOffset: Int

    init() throws {
        let plain = try ContactPacket().bytes
        let header = try PacketHeader(parsing: plain.span.bytes, framing: .v2_3)
        let body = header.bodyOffset..<(header.length - 12)
        var message = try ContactInsert(decoding: plain.span.bytes, range: body, in: .k)
        message.record.cseq = 0x7a7a_7a7a
        var writer = PacketWriter()
        try writer.begin(
            capability: Array("usrloc-contact-repl".utf8).span.bytes, type: header.type, version: header.version,
            framing: .v2_3)
        try message.encode(from: plain.span.bytes, in: .k, into: &writer)
        try writer.finish(routing: Routing(cluster: 1, source: 1, destination: 2))
        let marked = writer.copyBytes()
        guard let place = (0...(marked.count - 4)).first(where: { marked[$0..<($0 + 4)].allSatisfy { $0 == 0x7a } })
        else { throw ChildProcess.Failure(description: "the contact holds no CSeq") }
        bytes = plain
        sequenceOffset = place
        sourceOffset = plain.count - 8
    }

    /// Lends it to the C loops.
    func withC<Result>(_ body: (UnsafePointer<c_stamped>) -> Result) -> Result {
        bytes.withUnsafeBytes { bytes in
            var stamped = c_stamped()
            stamped.bytes = bytes.bindMemory(to: CChar.self).baseAddress
            stamped.size = CInt(bytes.count)
            stamped.sequence_offset = CInt(sequenceOffset)
            stamped.source_offset = CInt(sourceOffset)
            return body(&stamped)
        }
    }

    /// Writes the number of the packet into a copy of it.
    func stamp(_ packet: inout [UInt8], sequence: UInt32) {
        withUnsafeBytes(of: sequence.littleEndian) { number in
            for index in 0..<4 { packet[sequenceOffset + index] = number[index] }
        }
    }
}

/// Sees what was lost or reordered, one source beside the other.
struct SequenceCheck {
    private var next = [UInt32](repeating: 0, count: Int(C_SOURCES))
    private(set) var reordered = 0

    mutating func note(_ sequence: UInt32, source: UInt32) {
        let index = Int(source) & (next.count - 1)
        if next[index] != sequence { reordered += 1 }
        next[index] = sequence &+ 1
    }
}
