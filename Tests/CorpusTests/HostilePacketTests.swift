import BINMessages
import BINWire
import TestSupport
import Testing

/// No input may crash: damaged packets are answered with a description, and what is wrong is said.
@Suite struct HostilePacketTests {
    /// Reads `bytes` as one packet, if the header allows, in every way that could matter.
    private static func read(_ bytes: [UInt8], _ framing: Framing, _ interpreter: inout Interpreter)
        -> PacketDescription?
    {
        let span = bytes.span.bytes
        _ = Framing.detect(stream: span)
        _ = Framing.detect(datagram: span)
        guard let header = try? PacketHeader(parsing: span, framing: framing) else { return nil }
        var description = PacketDescription()
        interpreter.interpret(span, header, from: SenderAddress(high: 0, low: 1), into: &description)
        var writer = PacketWriter()
        description.verify(span, header, using: &writer)
        if let trailing = description.trailing { #expect(!trailing.isEmpty) }
        return description
    }

    /// Sets the length field, or the checksum, so that damage behind the header is looked at.
    private static func sealed(_ bytes: [UInt8], _ framing: Framing) -> [UInt8] {
        guard bytes.count >= 12 else { return bytes }
        var sealed = bytes
        let field: UInt32
        switch framing {
        case .v2_1: field = Checksum.compute(bytes.span.bytes.extracting(8..<bytes.count))
        case .v2_2: field = UInt32(bytes.count & 0xFFFF)
        case .v2_3: field = UInt32(bytes.count)
        }
        let width = framing == .v2_2 ? 2 : 4
        for index in 0..<width { sealed[4 + index] = UInt8(truncatingIfNeeded: field >> UInt32(8 * index)) }
        return sealed
    }

    /// Whether every list and group that begins also ends, in the right order.
    private static func isBalanced(_ nodes: [FieldNode]) -> Bool {
        var open: [FieldNode.Kind] = []
        for node in nodes {
            switch node.kind {
            case .beginList: open.append(.endList)
            case .beginRecords: open.append(.endRecords)
            case .beginRecord: open.append(.endRecord)
            case .beginGroup: open.append(.endGroup)
            case .endList, .endRecords, .endRecord, .endGroup: if open.popLast() != node.kind { return false }
            default: continue
            }
        }
        return open.isEmpty
    }

    @Test func `a packet cut at any byte is refused or read as a shorter one`() {
        #expect(Corpus.samples.count > 100)
        for packet in Corpus.samples {
            for length in 0..<packet.bytes.count {
                let cut = Self.sealed(Array(packet.bytes.prefix(length)), packet.header.framing)
                var interpreter = Interpreter()
                if let description = Self.read(cut, packet.header.framing, &interpreter) {
                    let isBalanced = Self.isBalanced(description.nodes)
                    #expect(isBalanced, "\(packet.capability) \(packet.header.type) cut to \(length) bytes")
                    // Whatever was read lies inside of what was there.
                    #expect(description.nodes.allSatisfy { Int($0.offset) + Int($0.length) <= length })
                }
            }
        }
    }

    @Test func `a packet with any byte changed is answered`() {
        for packet in Corpus.samples {
            for index in packet.bytes.indices {
                for change in [0xFF, 0x80, 0x01] as [UInt8] {
                    var bytes = packet.bytes
                    bytes[index] ^= change
                    var interpreter = Interpreter()
                    _ = Self.read(bytes, packet.header.framing, &interpreter)
                    if packet.header.framing == .v2_1 {
                        _ = Self.read(Self.sealed(bytes, .v2_1), .v2_1, &interpreter)
                    }
                }
            }
        }
    }

    @Test func `random bytes behind a good header are answered`() {
        var random = SeededRandom.printed()
        for packet in Corpus.samples {
            for _ in 0..<20 {
                var bytes = Array(packet.bytes.prefix(packet.header.bodyOffset))
                for _ in 0..<Int.random(in: 0...200, using: &random) {
                    bytes.append(.random(in: 0...255, using: &random))
                }
                var interpreter = Interpreter()
                _ = Self.read(Self.sealed(bytes, packet.header.framing), packet.header.framing, &interpreter)
            }
        }
    }

    @Test func `lengths and counts of extreme size are refused`() {
        for packet in Corpus.samples where packet.bytes.count > packet.header.bodyOffset + 4 {
            for offset in packet.header.bodyOffset..<(packet.bytes.count - 4) {
                for extreme in [Int32.min, -1, .max, 129, 65_535] {
                    var bytes = packet.bytes
                    for index in 0..<4 {
                        bytes[offset + index] = UInt8(truncatingIfNeeded: extreme >> Int32(8 * index))
                    }
                    var interpreter = Interpreter()
                    _ = Self.read(Self.sealed(bytes, packet.header.framing), packet.header.framing, &interpreter)
                }
            }
        }
    }
}
