import BINMessages
import BINReplica
import BINWire
import TestSupport
import Testing

/// Counters of profiles.
@Suite struct ProfileTests {
    private func counters(
        _ counts: [(profile: String, value: String?, count: Int32)], from node: Int32 = 2, release: Release = newest
    ) throws -> TestPacket {
        var arena = Arena()
        var message = ProfileCounters()
        for (profile, value, count) in counts {
            var counter = ProfileCounter()
            counter.profile = arena.text(profile)
            counter.hasValue = value == nil ? 0 : 1
            if let value { counter.value = arena.text(value) }
            counter.counter = count
            message.profiles.append(counter)
        }
        return try TestPacket(message, arena, from: node, release: release)
    }

    private let now = ReplicaTime(seconds: 1_700_000_000)

    @Test func `the size of a profile is our own count and that of each peer`() throws {
        var replica = replica()
        replica.apply(try counters([("caller", "alice", 3), ("caller", "bob", 1), ("total", nil, 4)]))
        replica.apply(try counters([("caller", "alice", 2)], from: 3))
        replica.apply(try counters([("caller", "alice", 5)], from: 3))
        try replica.profiles.setOwn("caller", value: "alice", count: 10)
        #expect(replica.profiles.size(of: "caller", value: "alice", at: now) == 18)
        #expect(replica.profiles.size(of: "caller", at: now) == 19)
        #expect(replica.profiles.size(of: "total", at: now) == 4)
        let round = replica.profiles.round(at: now)
        #expect(round.map(\.count) == [10, 0, 0])
        // Ten seconds later the peers do not count any more, which is told, and values that nobody has go.
        let later = ReplicaTime(milliseconds: now.milliseconds + 10_001)
        #expect(replica.profiles.size(of: "caller", at: later) == 10)
        let changes = replica.advance(to: 1_700_000_011)
        #expect(
            changes.map(\.subject) == [
                .profile("caller", value: "alice"), .profile("caller", value: "bob"), .profile("total", value: nil),
            ])
        #expect(changes.map(\.action) == [.updated, .expired, .updated])
        #expect(replica.advance(to: 1_700_000_012).isEmpty)
    }

    @Test func `changes are numbered on when time passes, whoever takes them`() throws {
        var replica = replica()
        replica.apply(try counters([("caller", "alice", 3), ("caller", "bob", 1)]))
        #expect(replica.sequence == 2)
        #expect(replica.advance(to: 1_700_000_011).map(\.sequence) == [3, 4])
        #expect(replica.sequence == 4)
        #expect(replica.time == ReplicaTime(seconds: 1_700_000_011))
    }

    @Test func `a value that disappears here is told at once`() throws {
        var profiles = replica().profiles
        let told = [
            try profiles.setOwn("caller", value: "alice", count: 1),
            try profiles.setOwn("caller", value: "alice", count: 0),
            try profiles.setOwn("caller", value: "alice", count: 0),
        ]
        #expect(told == [false, true, false])
        #expect(throws: ReplicaRefusal.self) { try profiles.setOwn("caller", count: 1) }
    }

    @Test func `counters that do not fit the profiles are skipped`() throws {
        let definitions = [
            ProfileDefinition("caller", hasValues: true), ProfileDefinition("total", hasValues: false),
            ProfileDefinition("local", hasValues: false, isReplicated: false),
        ]
        let counts: [(String, String?, Int32)] = [
            ("unknown", nil, 1), ("total", "x", 1), ("caller", nil, 1), ("caller", "a", 0), ("local", nil, 1),
            ("total", nil, 2),
        ]
        let reasons: [ReplicaChange.Action] = [
            .ignored(.unknownProfile), .ignored(.profileKindDiffers), .ignored(.profileKindDiffers),
            .ignored(.nothingToTakeBack), .ignored(.profileNotReplicated),
        ]
        var replica = replica { $0.profiles = definitions }
        #expect(replica.apply(try counters(counts)).map(\.action) == reasons)
        // 2.3 goes on behind a profile that is not replicated.
        let old = Release(2, 3, 6)
        var older = BINReplicaTests.replica(old) { $0.profiles = definitions }
        #expect(older.apply(try counters(counts, release: old)).map(\.action) == reasons + [.inserted])
    }

    @Test func `profiles and values are bounded`() throws {
        var replica = replica {
            $0.profileLimits.profiles = 1
            $0.profileLimits.values = 2
        }
        let changes = replica.apply(
            try counters([("a", "1", 1), ("b", nil, 1), ("a", "2", 1), ("a", "3", 1)]))
        #expect(
            changes.map(\.action) == [
                .inserted, .ignored(.limit(.profiles)), .inserted, .ignored(.limit(.profileValues)),
            ])
    }
}
