import BINWire
import TestSupport
import Testing

@Suite struct PacketWriterTests {
    @Test func `a 2.1 packet gets its checksum`() throws {
        var writer = PacketWriter()
        try writer.begin(capability: Array("ul".utf8).span.bytes, type: 2, version: 0, framing: .v2_1)
        try writer.write(Array("location".utf8).span.bytes)
        try writer.write(Array("alice".utf8).span.bytes)
        try writer.finish()
        #expect(writer.copyBytes() == Sample.datagram)
    }

    @Test func `a 2.2 packet has its real length and zeros where nothing is defined`() throws {
        var writer = PacketWriter()
        try writer.begin(capability: Array("ul".utf8).span.bytes, type: 2, version: 1, framing: .v2_2)
        try writer.write(3)
        try writer.write(Array("location".utf8).span.bytes)
        try writer.write([UInt8]().span.bytes)
        try writer.finish()
        let packet = writer.copyBytes()
        #expect(packet.count == 42)
        #expect(Array(packet[4..<12]) == [42, 0, 0, 0, 1, 0, 0, 0])
        #expect(Array(packet.suffix(4)) == [0, 0, 0, 0])
    }

    @Test func `a 2.3 packet gets length and trailer`() throws {
        var writer = PacketWriter()
        try writer.begin(capability: Array("cap-x".utf8).span.bytes, type: -2, version: 7, framing: .v2_3)
        try writer.write(42)
        try writer.finish(routing: Routing(cluster: 1, source: 2, destination: 3))
        #expect(writer.copyBytes() == Sample.of2_3)
    }

    @Test func `what does not fit is refused and no half packet shows`() throws {
        var writer = PacketWriter(maximumLength: 64)
        try writer.begin(capability: ([0x63] as [UInt8]).span.bytes, type: 1, version: 1, framing: .v2_3)
        let long = [UInt8](repeating: 1, count: 46)
        #expect(write(long, &writer) == WireError(.packetFull, at: 17))
        #expect(writer.bytes.byteCount == 0)
        let fitting = [UInt8](repeating: 1, count: 45)
        #expect(write(fitting, &writer) == nil)
        try writer.finish()
        #expect(writer.bytes.byteCount == 64)
        do throws(WireError) {
            try writer.begin(capability: [UInt8]().span.bytes, type: 1, version: 1, framing: .v2_3)
            Issue.record("an empty name was accepted")
        } catch {
            #expect(error.code == .badCapabilityLength)
        }
        #expect(writer.bytes.byteCount == 0)
    }

    private func write(_ text: [UInt8], _ writer: inout PacketWriter) -> WireError? {
        do throws(WireError) {
            try writer.write(text.span.bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func `random fields come back as they were written, in every generation`() throws {
        var random = SeededRandom.printed()
        var writer = PacketWriter()
        for _ in 0..<2000 {
            let framing = Framing.allCases.randomElement(using: &random) ?? .v2_3
            var fields: [[UInt8]?] = []
            try writer.begin(capability: ([0x61, 0x62] as [UInt8]).span.bytes, type: 5, version: -3, framing: framing)
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                if Bool.random(using: &random) {
                    fields.append(nil)
                    try writer.write(Int32(fields.count))
                } else {
                    let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    }
                    fields.append(text)
                    try writer.write(text.span.bytes)
                }
            }
            try writer.finish()
            let packet = writer.copyBytes()
            let header = try PacketHeader(datagram: packet.span.bytes, framing: framing)
            #expect(header.version == (framing == .v2_1 ? 0 : -3))
            var cursor = FieldCursor(packet.span.bytes, range: header.bodyOffset..<header.length, framing: framing)
            for (index, field) in fields.enumerated() {
                if let field {
                    let text = try cursor.readText()
                    #expect(Array(packet[Int(text.offset)..<Int(text.offset + text.length)]) == field)
                } else {
                    #expect(try cursor.readInt32() == Int32(index + 1))
                }
            }
            let isAtEnd = cursor.isAtEnd
            #expect(isAtEnd)
        }
    }
}
