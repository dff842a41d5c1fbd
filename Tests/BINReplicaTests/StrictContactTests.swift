import BINMessages
import BINReplica
import TestSupport
import Testing

/// Strict rules: the same packets give the same contacts in any order.
@Suite struct StrictContactTests {
    /// Packets of several nodes about a few contacts, with collisions of every kind.
    private func packets(_ count: Int, _ random: inout SeededRandom) throws -> [TestPacket] {
        try (0..<count).map { _ in
            var contact = TestContact()
            contact.aor = ["alice", "bob"].randomElement(using: &random) ?? ""
            contact.uri = ["sip:a@192.0.2.1", "sip:a@192.0.2.2"].randomElement(using: &random) ?? ""
            contact.callID = ["c1", "c2"].randomElement(using: &random) ?? ""
            contact.cseq = Int32.random(in: 1...4, using: &random)
            contact.lastModified = UInt64.random(in: 1_700_000_000...1_700_000_002, using: &random)
            contact.expires = UInt64.random(in: 1_800_000_000...1_800_000_001, using: &random)
            contact.userAgent = ["UA/1", "UA/2 with a longer name than the other"].randomElement(using: &random) ?? ""
            contact.keyValues = ["", "{\"_st\":\"vip\"}"].randomElement(using: &random) ?? ""
            contact.sender = Int32.random(in: 1...3, using: &random)
            let release = [newest, Release(3, 4, 18), Release(2, 4, 11)].randomElement(using: &random) ?? newest
            switch Int.random(in: 0..<8, using: &random) {
            case 0: return try contact.insertAoR(release, label: contact.cseq)
            case 1: return try contact.deleteAoR(release)
            case 2, 3: return try contact.delete(release)
            case 4, 5: return try contact.update(release)
            default: return try contact.insert(release)
            }
        }
    }

    private func strict() -> Replica {
        replica {
            $0.hasStrictContacts = true
            $0.refusesOtherVersions = false
        }
    }

    private func state(_ replica: Replica) -> [String] {
        var lines = replica.listing
        replica.contacts.forEachAoR { aor in
            guard !replica.contacts.contacts(of: aor).isEmpty, let view = replica.contacts.aor(aor) else { return }
            lines.append("\(replica.contacts.name(of: aor) ?? "") \(view.label) \(string(view.keyValues))")
        }
        return lines.sorted()
    }

    @Test func `any order and any repetition give the same contacts`() throws {
        var random = SeededRandom.printed()
        for _ in 0..<150 {
            let packets = try packets(Int.random(in: 1...40, using: &random), &random)
            var first = strict()
            for packet in packets { first.apply(packet) }
            let expected = state(first)
            for _ in 0..<4 {
                var shuffled = packets.shuffled(using: &random)
                shuffled += shuffled.prefix(Int.random(in: 0...shuffled.count, using: &random)).shuffled(using: &random)
                var other = strict()
                for packet in shuffled { other.apply(packet) }
                #expect(state(other) == expected)
            }
        }
    }

    @Test func `what is held is the greatest state above the highest delete`() throws {
        var random = SeededRandom.printed()
        for _ in 0..<100 {
            var contacts: [TestContact] = []
            var deleted: Int32 = .min
            var replica = strict()
            for _ in 0..<20 {
                var contact = TestContact()
                contact.cseq = Int32.random(in: 1...9, using: &random)
                contact.lastModified = UInt64.random(in: 1_700_000_000...1_700_000_009, using: &random)
                if Int.random(in: 0..<4, using: &random) == 0 {
                    deleted = max(deleted, contact.cseq)
                    replica.apply(try contact.delete(newest))
                } else {
                    contacts.append(contact)
                    replica.apply(try contact.insert(newest))
                }
            }
            let greatest = contacts.max { ($0.cseq, $0.lastModified) < ($1.cseq, $1.lastModified) }
            let expected = greatest.flatMap { $0.cseq > deleted ? $0 : nil }
            let handle = replica.contacts.contacts(callID: "c1").first
            #expect((handle != nil) == (expected != nil))
            guard let handle, let expected, let view = replica.held(handle) else { continue }
            #expect(view.cseq == expected.cseq && view.lastModified == expected.lastModified)
        }
    }

    @Test func `a deleted contact is not brought back by a late insert, until its trace is gone`() throws {
        var replica = strict()
        var contact = TestContact()
        contact.cseq = 5
        #expect(last(replica.apply(try contact.delete(newest))) == .ignored(.unknownContact))
        #expect(replica.contacts.traceCount == 1)
        contact.cseq = 4
        #expect(last(replica.apply(try contact.insert(newest))) == .ignored(.deletedBefore))
        #expect(replica.contacts.count == 0)
        contact.cseq = 6
        #expect(last(replica.apply(try contact.insert(newest))) == .inserted)
        #expect(replica.contacts.count == 1)
        contact.cseq = 7
        #expect(last(replica.apply(try contact.delete(newest))) == .deleted)
        _ = replica.advance(to: 1_700_003_601)
        #expect(replica.contacts.traceCount == 0)
        contact.cseq = 4
        #expect(last(replica.apply(try contact.insert(newest), at: 1_700_003_602)) == .inserted)
    }
}
