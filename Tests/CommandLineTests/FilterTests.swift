import BINMessages
import BINText
import BINWire
import Testing

@testable import opensips_bin

@Suite struct FilterTests {
    @Test(arguments: [
        ("alice", "alice", true), ("al*", "alice", true), ("*ce", "alice", true), ("a*i*e", "alice", true),
        ("a*x*e", "alice", false),
        ("*", "", true), ("", "", true), ("", "a", false), ("**", "abc", true), ("alic", "alice", false),
        ("alicex", "alice", false),
    ])
    func `an asterisk stands for any text`(pattern: String, text: String, expected: Bool) {
        let matches = PacketFilter.glob(Array(pattern.utf8), Array(text.utf8).span.bytes)
        #expect(matches == expected)
    }

    @Test(arguments: ["", "aor", "=x", "aor>x", "aor=1 &&", "&&"])
    func `an expression that is none is refused`(expression: String) {
        #expect(throws: PacketFilter.SyntaxError.self) { try PacketFilter([expression]) }
    }

    /// A contact insert from node 3 to node 4 of cluster 2.
    private func matches(_ expression: String) throws -> Bool {
        var bytes: [UInt8] = []
        func text(_ string: String) -> Text {
            defer { bytes.append(contentsOf: string.utf8) }
            return Text(offset: UInt32(bytes.count), length: UInt32(string.utf8.count))
        }
        var message = ContactInsert()
        message.record.aor = text("alice")
        message.record.callID = text("c-1@host")
        message.record.cseq = 42
        message.record.methods = 3
        message.record.userAgent = text("a=b && c")
        var writer = PacketWriter()
        let name = Array("usrloc-contact-repl".utf8)
        try writer.begin(capability: name.span.bytes, type: 3, version: 5, framing: .v2_3)
        try message.encode(from: bytes.span.bytes, in: .k, into: &writer)
        try writer.finish(routing: Routing(cluster: 2, source: 3, destination: 4))
        let packet = writer.copyBytes()
        let header = try PacketHeader(datagram: packet.span.bytes, framing: .v2_3)
        var interpreter = Interpreter()
        var description = PacketDescription()
        interpreter.interpret(packet.span.bytes, header, from: SenderAddress(high: 0, low: 0), into: &description)
        return try PacketFilter([expression]).matches(packet.span.bytes, header, description)
    }

    @Test(arguments: [
        "aor=alice", "AoR=alice", "aor==alice", "aor = alice", "aor=\"alice\"", "aor=bob|alice", "aor~lic", "aor!=bob",
        "call-id=c-1@host", "callid=c-1*", "call_id~host", "cseq=42", "cseq>41", "cseq>=42", "cseq<43", "cseq<=42",
        "cseq!=41",
        "capability=usrloc*", "message=contact-insert", "message=contact*", "message=ContactInsert", "type=3",
        "version=5",
        "layout=U-K", "node=3", "node=4", "cluster=2", "source=3", "destination=4", "methods=CANCEL",
        "user-agent=\"a=b && c\"", "aor=alice && cseq=42", "aor=alice and node=3",
    ])
    func `these find the packet`(expression: String) throws {
        #expect(try matches(expression))
    }

    @Test(arguments: [
        "aor=Alice", "aor!=alice", "aor~bob", "cseq=4", "cseq>42", "cseq<42", "node=2", "cluster=1", "source=4",
        "methods=BYE",
        "unheardof=1", "aor=alice && cseq=41", "message=contact", "type=4", "version!=5",
    ])
    func `these do not`(expression: String) throws {
        #expect(try !matches(expression))
    }
}

@Suite struct OutputTests {
    @Test(arguments: [
        (0, "1970-01-01 00:00:00"), (1_795_345_922, "2026-11-22 11:12:02"), (951_782_400, "2000-02-29 00:00:00"),
        (-1, "1969-12-31 23:59:59"), (4_107_542_399, "2100-02-28 23:59:59"), (-62_135_596_800, "1-01-01 00:00:00"),
    ])
    func `seconds are shown as a date`(seconds: Int64, expected: String) {
        #expect(CalendarTime(secondsSinceEpoch: seconds).description == expected)
    }

    @Test func `any number of seconds has a date`() {
        for seconds in [Int64.min, .max, .min + 1, .max - 1] {
            _ = CalendarTime(secondsSinceEpoch: seconds).description
        }
    }

    @Test(arguments: [
        0, 7, 10, 99, 100, UInt64.max, UInt64.max - 1, 9_999_999_999_999_999_999, 10_000_000_000_000_000_000,
    ])
    func `numbers are written in decimal`(number: UInt64) {
        let output = OutputBuffer(descriptor: -1)
        output.append(number)
        output.append(" ")
        output.append(Int64(truncatingIfNeeded: number))
        #expect(output.string == "\(number) \(Int64(truncatingIfNeeded: number))")
    }

    @Test func `numbers are filled up with zeros`() {
        let output = OutputBuffer(descriptor: -1)
        output.append(52, digits: 6)
        #expect(output.string == "000052")
    }

    @Test func `text that is not UTF-8 is shown in hexadecimal digits`() {
        let output = OutputBuffer(descriptor: -1)
        let json = JSONWriter(output: output)
        json.text(([0x61, 0xFF] as [UInt8]).span.bytes)
        json.text(Array("ü\"\\\u{1}\u{7F}\n".utf8).span.bytes)
        #expect(output.string == "{\"hex\":\"61ff\"}\"ü\\\"\\\\\\u0001\\u007f\\n\"")
    }

    @Test func `text for people cannot steer a terminal`() {
        let output = OutputBuffer(descriptor: -1)
        FieldText(output: output).plain(Array("a\u{1B}[31m\u{202E}b\r\n".utf8).span.bytes)
        #expect(output.string == "a\\x1b[31m\\xe2\\x80\\xaeb\\r\\n")
    }
}
