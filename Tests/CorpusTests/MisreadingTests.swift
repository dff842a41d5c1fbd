import BINMessages
import BINWire
import Testing

@Suite struct MisreadingTests {
    private func misreadings(in capture: String) throws -> [MisreadingWatch.Misreading] {
        var interpreter = Interpreter()
        var description = PacketDescription()
        var watch = MisreadingWatch()
        var found: [MisreadingWatch.Misreading] = []
        for packet in try Corpus.contents(of: capture).packets {
            interpreter.interpret(packet.bytes.span.bytes, packet.header, from: packet.sender, into: &description)
            found += watch.observe(description, capability: packet.capability)
        }
        return found
    }

    @Test func `contacts of 4_0 that 3_4 drops are noticed`() throws {
        let found = try misreadings(in: "4.0.1/mixed-3.4.18-and-4.0.1")
        #expect(found.map(\.message) == ["aor-insert", "contact-insert", "contact-update"])
        #expect(found.allSatisfy { $0.sender == 2 && $0.receiver == 1 && $0.verdict == .dropped })
    }

    @Test(arguments: Corpus.captures.filter { !$0.contains("mixed") })
    func `nodes of one release are not suspected`(capture: String) throws {
        #expect(try misreadings(in: capture).isEmpty)
    }
}
