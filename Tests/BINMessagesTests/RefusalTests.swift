import BINMessages
import BINWire
import TestSupport
import Testing

/// What is refused, with the field, the offset and the reason.
@Suite struct RefusalTests {
    private func internalPacket(type: UInt8, _ body: String) -> [UInt8] {
        let content = bytes(body)
        let length = 34 + content.count
        return bytes("5034434b") + [UInt8(length), 0, 0, 0, 1, 0, 18, 0] + Array("clusterer-internal".utf8)
            + [type, 0, 0, 0] + content
    }

    private func refusal(_ packet: [UInt8], _ framing: Framing = .v2_3) throws -> DecodingFailure? {
        try describe(packet, framing).failure
    }

    @Test(
        arguments: [
            ("01000000 07000000 ffffffff", WireError.Code.countOutOfRange, "n"),
            ("01000000 07000000 81000000", .countOutOfRange, "n"),
            ("01000000 07000000 ffffff7f", .countOutOfRange, "n"),
            ("01000000 07000000 02000000 03000000", .integerPastEnd, "nodeIds"),
            ("01000000 07000000", .integerPastEnd, "n"),
            ("01000000", .integerPastEnd, "sourceNodeId"), ("", .integerPastEnd, "clusterId"),
            ("01000000 07000000 00000000 00", .trailingBytes, ""),
        ] as [(String, WireError.Code, String)])
    func `a PONG with an impossible count or length is refused`(body: String, code: WireError.Code, field: String)
        throws
    {
        let failure = try #require(try refusal(internalPacket(type: 1, body)))
        #expect(failure.reason == .wire(code))
        #expect(failure.field ?? "" == field)
        #expect(failure.capability == "clusterer-internal")
        #expect(failure.message == "PONG")
    }

    @Test func `a path longer than any flood may have is refused`() throws {
        let body =
            "01000000 07000000 00000000 00000000 01000000 00000000 1b000000" + String(repeating: "01000000", count: 27)
        let failure = try #require(try refusal(internalPacket(type: 2, body)))
        #expect(failure.reason == .wire(.countOutOfRange))
        #expect(failure.field == "pathLen")
    }

    @Test func `a packet without room for its trailer is refused where its fields would begin`() throws {
        let packet = bytes("5034434b 18000000 0500 0200 756c 01000000 01000000 0000")
        let named = bytes("5034434b 27000000 0500 1300") + Array("usrloc-contact-repl".utf8) + [1, 0, 0, 0, 1, 0, 0, 0]
        for (packet, offset) in [(packet, 18), (named, 35)] {
            let failure = try #require(try refusal(packet))
            #expect(failure.reason == .wire(.trailerMissing))
            #expect(failure.offset == offset)
        }
    }

    @Test func `a time of another size is refused by name and offset`() throws {
        var arena = Arena()
        var message = ContactInsert()
        message.record.aor = arena.text("alice")
        var packet = try packet(message, in: .k, from: arena.bytes)
        let description = try describe(packet, .v2_3)
        let node = try #require(description.nodes.first { $0.name.description == "expires" })
        packet[Int(node.offset)] = 7
        let failure = try #require(try refusal(packet))
        #expect(failure.reason == .wire(.wrongValueSize))
        #expect(failure.field == "expires")
        #expect(failure.offset == Int(node.offset))
        #expect(
            failure.description
                == "usrloc-contact-repl contact-insert (U-K): expires at offset \(node.offset): a string that carries a fixed-size value has another size"
        )
    }

    @Test func `an unknown capability, type or version is said to be one`() throws {
        let unknown = bytes("5034434b 1d000000 0100 0100 78 01000000 01000000 02000000 03000000")
        #expect(try refusal(unknown)?.reason == .undeclaredCapability)
        #expect(try describe(unknown, .v2_3).routing == Routing(cluster: 1, source: 2, destination: 3))
        #expect(try refusal(internalPacket(type: 77, ""))?.reason == .undeclaredType(77))
        var ping = internalPacket(type: 0, "01000000 07000000 01000000")
        ping[8] = 9
        #expect(try refusal(ping)?.reason == .undeclaredVersion(9))
    }

    @Test(
        arguments: [
            ("ffffffff b54a0506", WireError.Code.badChunkSize), ("05000000 b54a0506 00", .badChunkSize),
            ("ffffff7f b54a0506", .badChunkSize), ("00000000 b54a0507", .badChunkMarker), ("0000", .integerPastEnd),
            ("00000000", .integerPastEnd),
        ] as [(String, WireError.Code)])
    func `chunks that do not lie inside are refused`(chunks: String, code: WireError.Code) throws {
        var writer = PacketWriter()
        try writer.begin(capability: Array("clusterer-extra".utf8).span.bytes, type: 11, version: 3, framing: .v2_3)
        try writer.write(Array("usrloc-contact-repl".utf8).span.bytes)
        try writer.write(Int32(5))
        try writer.writeRaw(bytes(chunks).span.bytes)
        try writer.finish(routing: Routing(cluster: 1, source: 1, destination: 2))
        let failure = try #require(try refusal(writer.copyBytes()))
        #expect(failure.reason == .wire(code))
    }

    @Test func `a message that does not fit its packet is refused when it is written`() throws {
        var message = ContactInsert()
        message.record.userAgent = Text(offset: 0, length: 66_000)
        let arena = [UInt8](repeating: 0x61, count: 66_000)
        #expect(throws: WireError.self) { try packet(message, in: .k, from: arena) }
        message.record.userAgent = Text(offset: 65_999, length: 2)
        #expect(throws: WireError(.textOutsideSource, at: 65_999)) { try packet(message, in: .k, from: arena) }
    }
}
