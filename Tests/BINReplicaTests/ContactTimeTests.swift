import BINMessages
import BINReplica
import TestSupport
import Testing

/// Expiry, and snapshots.
@Suite struct ContactTimeTests {
    @Test func `contacts go when their time is up, and the AoR with the last one`() throws {
        var replica = replica()
        var contact = TestContact()
        contact.expires = 1_700_000_100
        replica.apply(try contact.insert(newest))
        contact.callID = "for ever"
        contact.uri = "sip:b@192.0.2.2"
        contact.expires = 0
        contact.aor = "bob"
        replica.apply(try contact.insert(newest))
        #expect(replica.advance(to: 1_700_000_099).isEmpty)
        #expect(replica.advance(to: 1_700_000_100).map(\.action) == [.expired, .expired])
        #expect(replica.contacts.count == 1)
        #expect(replica.contacts.addressOfRecord("alice") == nil)
        #expect(replica.advance(to: 1_900_000_000).isEmpty)
        #expect(replica.contacts.count == 1)
    }

    @Test func `an AoR without contacts stays for a minute`() throws {
        var replica = replica()
        replica.apply(try TestContact().insertAoR(newest))
        #expect(replica.advance(to: 1_700_000_059).isEmpty)
        #expect(replica.advance(to: 1_700_000_060).map(\.action) == [.expired])
        #expect(replica.contacts.aorCount == 0)
    }

    @Test func `expiry agrees with a list of times, in steps and with a limit`() throws {
        var random = SeededRandom.printed()
        var replica = replica()
        var times: [String: UInt64] = [:]
        var now: UInt64 = 1_700_000_000
        for step in 0..<1500 {
            var contact = TestContact()
            contact.aor = "user\(Int.random(in: 0..<200, using: &random))"
            contact.callID = "call\(step % 500)"
            contact.uri = "sip:\(contact.aor)@192.0.2.1"
            contact.cseq = Int32(step)
            contact.matchMode = 1
            contact.expires = now + UInt64.random(in: 0..<30_000, using: &random)
            if Bool.random(using: &random) {
                replica.apply(try contact.insert(newest), at: now)
                times["\(contact.aor) \(contact.callID)"] = contact.expires
            } else {
                replica.apply(try contact.delete(newest), at: now)
                times["\(contact.aor) \(contact.callID)"] = nil
            }
            guard step % 20 == 0 else { continue }
            now += UInt64.random(in: 0..<(step % 100 == 0 ? 12_000 : 100), using: &random)
            while !replica.advance(to: now, limit: 3).isEmpty {}
            // What is due in the very second in which it came goes a second later.
            times = times.filter { $0.value > now }
            #expect(replica.contacts.count >= times.count)
            _ = replica.advance(to: now + 1)
            now += 1
            times = times.filter { $0.value > now }
            #expect(replica.contacts.count == times.count)
        }
    }

    @Test func `a snapshot stays as it was while the original goes on`() throws {
        var replica = replica()
        var contact = TestContact()
        for number in 0..<600 {
            contact.aor = "user\(number)"
            contact.callID = "call\(number)"
            replica.apply(try contact.insert(newest))
        }
        let snapshot = replica
        let before = snapshot.listing
        for number in 0..<600 {
            contact.aor = "user\(number)"
            contact.callID = "call\(number)"
            contact.uri = "sip:alice@192.0.2.1:5060"
            contact.cseq = 2
            replica.apply(number % 2 == 0 ? try contact.update(newest) : try contact.delete(newest))
            contact.callID = "new\(number)"
            contact.uri = "sip:new@192.0.2.1"
            replica.apply(try contact.insert(newest))
        }
        #expect(snapshot.listing == before)
        #expect(replica.listing.count == 900)
        #expect(replica.sequence > snapshot.sequence)
    }
}
