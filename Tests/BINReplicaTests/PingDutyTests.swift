import BINMessages
import BINReplica
import BINWire
import TestSupport
import Testing

/// Who pings whom.
@Suite struct PingDutyTests {
    private func filled() throws -> Replica {
        var replica = replica()
        for number in 0..<300 {
            var contact = TestContact()
            contact.aor = "user\(number)"
            contact.callID = "call\(number)"
            contact.keyValues = ["", "{\"_st\":\"vip1\"}", "{\"_st\":\"vip2\"}"][number % 3]
            replica.apply(try contact.insert(newest))
        }
        return replica
    }

    private func pinged(_ replica: Replica, _ duty: PingDuty) -> Set<ContactHandle> {
        var handles: Set<ContactHandle> = []
        replica.contacts.forEachAoR { aor in
            for contact in replica.contacts.contacts(of: aor) where replica.contacts.isPinged(contact, by: duty) {
                handles.insert(contact)
            }
        }
        return handles
    }

    @Test func `in cooperation each contact is pinged by exactly one of the nodes`() throws {
        let replica = try filled()
        let nodes: [Int32] = [3, 11, 7]
        var seen: Set<ContactHandle> = []
        for node in nodes {
            let mine = pinged(replica, .cooperation(of: node, with: nodes))
            #expect(mine.isDisjoint(with: seen))
            #expect(mine.count > 50)
            seen.formUnion(mine)
        }
        #expect(seen.count == 300)
        #expect(PingDuty.cooperation(of: 7, with: nodes) == .cooperation(index: 1, count: 3))
        #expect(pinged(replica, .cooperation(of: 7, with: [Int32]())).count == 300)
    }

    @Test func `by ownership a node pings contacts of its active tags and those without`() throws {
        let replica = try filled()
        #expect(pinged(replica, .ownership(activeTags: [])).count == 100)
        #expect(pinged(replica, .ownership(activeTags: ["vip1"])).count == 200)
        #expect(pinged(replica, .ownership(activeTags: ["vip1", "vip2"])).count == 300)
        #expect(pinged(replica, .everyContact).count == 300)
    }

    @Test func `the hash that divides the work is that of the protocol`() {
        // Check values of the specification.
        #expect(PingDuty.cooperation(index: 0x6D52_F7DD % 3, count: 3).includes(hash: 0x6D52_F7DD) { nil })
        #expect(!PingDuty.cooperation(index: (0x6D52_F7DD + 1) % 3, count: 3).includes(hash: 0x6D52_F7DD) { nil })
    }
}
