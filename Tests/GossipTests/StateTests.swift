import BINSimulation
import TestSupport
import Testing

@testable import BINCluster

@Suite struct StateTests {
    @Test func `the last value of a key is known everywhere, and a deletion too`() {
        let world = GossipWorld.small(6)
        world.startAll()
        world.run(seconds: 12)
        for value in ["a", "b", "c"] { world.set("k", to: value, at: 2) }
        world.set("other", to: "x", at: 2)
        world.run(seconds: 8)
        #expect((0..<6).allSatisfy { world.value("k", of: 2, at: $0) == "c" })
        world.set("k", to: nil, at: 2)
        world.run(seconds: 8)
        #expect((0..<6).allSatisfy { world.value("k", of: 2, at: $0) == nil })
        #expect((0..<6).allSatisfy { world.value("other", of: 2, at: $0) == "x" })
    }

    @Test func `a key that was deleted while a node was away is deleted there too, though the deletion is forgotten`() {
        let world = GossipWorld.small(5) { $0.timing.tombstoneRetention = .seconds(10) }
        world.startAll()
        world.run(seconds: 12)
        world.set("k", to: "v", at: 2)
        world.run(seconds: 8)
        world.network.sides = [0, 0, 0, 0, 1]
        world.set("k", to: nil, at: 2)
        world.run(seconds: 60)
        #expect(world.value("k", of: 2, at: 4) == "v")
        #expect(
            world.nodes[0].member?.info(of: 3, at: world.now(0))?.entries.contains { $0.key == Array("k".utf8) }
                == false)
        world.network.sides = []
        world.run(seconds: 30)
        #expect(world.value("k", of: 2, at: 4) == nil)
    }

    @Test(arguments: [("", "empty"), ("url", "own"), ("own/x", "own"), (String(repeating: "k", count: 129), "long")])
    func `keys that cannot be set are refused`(key: String, why: String) {
        var member = GossipMember(
            GossipConfiguration(cluster: 1, node: 1, url: NodeURL(host: "10.0.0.1", port: 5555)), seed: 1,
            at: Instant(nanoseconds: 0, unixSeconds: 1))
        #expect(throws: GossipStateError.badKey) {
            try member.set(Array(key.utf8), to: [1], at: Instant(nanoseconds: 1, unixSeconds: 1))
        }
    }

    @Test func `a state is bounded in keys and bytes`() throws {
        let now = Instant(nanoseconds: 0, unixSeconds: 1)
        var configuration = GossipConfiguration(cluster: 1, node: 1, url: NodeURL(host: "10.0.0.1", port: 5555))
        configuration.limits.keys = 4
        configuration.limits.stateBytes = 200
        var member = GossipMember(configuration, seed: 1, at: now)
        for key in 0..<3 { try member.set([UInt8(key)], to: [1], at: now) }
        #expect(throws: GossipStateError.full) { try member.set([9], to: [1], at: now) }
        #expect(throws: GossipStateError.full) { try member.set([0], to: [UInt8](repeating: 1, count: 200), at: now) }
        #expect(member.value([0], of: 1) == [1])
    }

    @Test func `news of a member lead to the same in whatever order and however often they come`() {
        var random = SeededRandom.printed()
        let now = Instant(nanoseconds: 0, unixSeconds: 1_000_000)
        func fresh(_ node: Int32) -> GossipMember {
            GossipMember(
                GossipConfiguration(cluster: 1, node: node, url: NodeURL(host: "10.0.0.\(node)", port: 5555)),
                seed: UInt64(node), at: now)
        }
        for _ in 0..<50 {
            // The owner's history, and a piece of news after each step for readers of every earlier step.
            var owner = fresh(2)
            var history: [(known: Knowledge?, record: MemberRecord)] = [(nil, owner.own)]
            for step in 0..<8 {
                let key = [UInt8(Int.random(in: 0..<4, using: &random))]
                try? owner.set(key, to: step % 3 == 2 ? nil : [UInt8(step)], at: now)
                if Bool.random(using: &random) {
                    owner.table.update(0) { $0.standing = Standing(raw: $0.standing.raw + 1) }
                }
                history.append(
                    (Bool.random(using: &random) ? history[history.count - 1].record.knowledge : nil, owner.own))
            }
            let news = history.map { MemberNews($0.record, after: $0.known) }
            var results: [[StateEntry]] = []
            for _ in 0..<4 {
                var reader = fresh(1)
                var actions: [GossipAction] = []
                var order = news + news
                order.shuffle(using: &random)
                // Pieces with a gap before them are passed over; the last word is said at the end, as a later round would.
                for piece in order { _ = reader.merge(piece, now, &actions) }
                _ = reader.merge(
                    MemberNews(owner.own, after: reader.table.slot(of: 2).map { reader.table.records[$0].knowledge }),
                    now, &actions)
                let record = reader.table.slot(of: 2).map { reader.table.records[$0] }
                #expect(record?.knowledge == owner.own.knowledge)
                results.append(record?.entries.filter { $0.value != nil }.sorted { $0.key[0] < $1.key[0] } ?? [])
            }
            let expected = owner.own.entries.filter { $0.value != nil }.sorted { $0.key[0] < $1.key[0] }
            #expect(results.allSatisfy { $0 == expected })
        }
    }

    @Test func `of a delta that is cut every member has its share, its oldest entries first`() {
        let now = Instant(nanoseconds: 0, unixSeconds: 1_000_000)
        var configuration = GossipConfiguration(cluster: 1, node: 1, url: NodeURL(host: "10.0.0.1", port: 5555))
        configuration.limits.keys = 64
        var member = GossipMember(configuration, seed: 1, at: now)
        for node in Int32(2)...5 {
            let count = node == 2 ? 50 : 3
            let entries = (1...count).map {
                StateEntry(key: [UInt8($0)], version: Int32($0), value: [UInt8](repeating: 0, count: 20))
            }
            member.table.insert(
                MemberRecord(
                    node: node, generation: 7, version: Int32(count), floor: 0,
                    standing: Standing(.alive, incarnation: 0),
                    since: 0, entries: entries))
        }
        var candidates: [(slot: Int, known: Knowledge?)] = (2...5).map { node in
            (
                member.table.slot(of: Int32(node)) ?? 0,
                Knowledge(node: Int32(node), generation: 7, version: 0, standing: Standing(.alive, incarnation: 0))
            )
        }
        // Somebody who knows version 1 of each; a base of 0 would be sent whole.
        for index in candidates.indices { candidates[index].known?.version = 1 }
        let delta = member.news(of: &candidates, budget: 600)
        #expect(GossipMessage.delta(delta).size <= 600)
        #expect(delta.hasMore)
        #expect(delta.news.count == 4)
        for news in delta.news {
            #expect(news.entries.count >= 2, "node \(news.knowledge.node)")
            #expect(news.entries.first?.version == 2)
            #expect(news.knowledge.version == news.entries.last?.version)
        }
    }
}
