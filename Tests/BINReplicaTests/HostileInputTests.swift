import BINMessages
import BINReplica
import BINWire
import TestSupport
import Testing

/// Nothing that a peer sends may trap or break what is held.
@Suite struct HostileInputTests {
    @Test func `broken packets are refused, and what was held stays sound`() throws {
        var random = SeededRandom.printed()
        var contact = TestContact()
        contact.keyValues = "{\"_st\":\"vip1\"}"
        let packets = [
            try contact.insert(newest), try contact.update(newest), try contact.delete(newest),
            try contact.insertAoR(newest), try contact.deleteAoR(newest), try DialogTests.Call().created(),
            try DialogTests.Call().updated(), try DialogTests.Call().deleted(),
        ]
        for isStrict in [false, true] {
            var replica = replica { $0.hasStrictContacts = isStrict }
            for _ in 0..<4000 {
                guard var packet = packets.randomElement(using: &random) else { continue }
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    let position = Int.random(in: packet.header.bodyOffset..<packet.bytes.count, using: &random)
                    packet.bytes[position] = UInt8.random(in: 0...255, using: &random)
                }
                replica.apply(packet, at: UInt64.random(in: 1_700_000_000...1_700_010_000, using: &random))
                if Int.random(in: 0..<50, using: &random) == 0 {
                    _ = replica.advance(to: UInt64.random(in: 1_700_000_000...2_100_000_000, using: &random))
                }
            }
            #expect(replica.listing.count == replica.contacts.count)
            _ = replica.advance(to: .max / 2000)
        }
    }

    @Test func `capabilities that nothing is kept of are said to be so`() throws {
        var writer = PacketWriter()
        try writer.begin(capability: Array("presence".utf8).span.bytes, type: 1, version: 1, framing: .v2_3)
        try writer.finish(routing: Routing(cluster: 1, source: 1, destination: 2))
        let bytes = writer.copyBytes()
        var replica = replica()
        var changes = ReplicaChanges()
        replica.apply(
            bytes.span.bytes, try PacketHeader(datagram: bytes.span.bytes, framing: .v2_3), from: 1, release: newest,
            at: ReplicaTime(seconds: 1), into: &changes)
        #expect(changes.changes.map(\.action) == [.ignored(.notKept)])
        #expect(changes.changes.map(\.sequence) == [0])
    }
}
