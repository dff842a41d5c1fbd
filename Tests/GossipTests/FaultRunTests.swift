import Testing

@testable import BINCluster
@testable import BINSimulation

@Suite struct FaultRunTests {
    /// Few, because tests are built without optimisation; `.ci/run` runs two thousand (`opensips-bin simulate faults`).
    @Test(arguments: UInt64(1)...20)
    func `whatever the faults, nothing that is promised breaks`(seed: UInt64) {
        var scenario = GossipScenario(seed: seed)
        scenario.nodes = 5...16
        scenario.faultSeconds = 25
        let outcome = scenario.run()
        #expect(outcome.violations == [], "seed \(seed)")
        #expect(outcome.steps > 1000)
    }

    @Test(arguments: [UInt64(3), 8]) func `a run repeats to the same step`(seed: UInt64) {
        var scenario = GossipScenario(seed: seed)
        scenario.nodes = 5...10
        scenario.faultSeconds = 20
        let (first, again) = (scenario.run(), scenario.run())
        #expect(first.scheduleHash == again.scheduleHash)
        #expect(first.steps == again.steps)
        var other = GossipScenario(seed: seed + 1)
        (other.nodes, other.faultSeconds) = (scenario.nodes, scenario.faultSeconds)
        #expect(other.run().scheduleHash != first.scheduleHash)
    }

    @Test func `the load of a node is the same in a cluster ten times as large, and rounds grow by a few`() throws {
        var small = GossipScale()
        small.nodes = 15
        small.crashes = 2
        var large = small
        large.nodes = 150
        let (few, many) = (small.run(), large.run())
        #expect(few.violations == [] && many.violations == [])
        #expect(many.bytesPerNodeSecond < 1.3 * few.bytesPerNodeSecond)
        #expect(few.falsePositives == 0 && many.falsePositives == 0)
        let (short, long) = (try #require(few.rounds), try #require(many.rounds))
        #expect(long < short + 8)
        #expect(try #require(many.detection).maximum < 30)
    }
}

/// What finds nothing proves something only if it could have found it.
@Suite struct CheckerTests {
    private func run(
        seconds: Int64, _ world: GossipWorld, _ checker: GossipChecker, _ body: (Int64) -> Void = { _ in }
    ) {
        world.onEvent = { world, index, event in checker.note(event, of: index, in: world) }
        world.startAll()
        for step in 0..<seconds {
            body(step)
            world.run(seconds: 1)
            checker.look(at: world)
        }
    }

    @Test func `two owners of a flag with quorum are found, when every node is its own electorate`() {
        let world = GossipWorld.small(3) { configuration in
            var flag = FlagConfiguration("vip", preferred: [1, 2, 3], policy: .quorum)
            flag.voters = [configuration.node]
            configuration.flags = [flag]
        }
        run(seconds: 60, world, GossipChecker()) { step in if step == 20 { world.network.sides = [0, 1, 1] } }
        #expect(world.violations.contains { $0.contains("own it") })
    }

    @Test func `it is found when what only one other node knew is gone with it`() {
        let world = GossipWorld.small(3)
        let checker = GossipChecker()
        run(seconds: 40, world, checker) { step in
            if step == 20 { world.network.sides = [0, 1, 1] }
            if step == 21 { world.set("k", to: "v", at: 2) }
            // Without telling the checker, as it would happen if a node lost what it has.
            if step == 35 { world.crash(1, losesDisk: true) }
        }
        #expect(world.violations.contains { $0.contains("lost") })
    }

    @Test(arguments: ["k is nothing", "k is 7 bytes", "other was never set", "gone was deleted"])
    func `contents that are not what the owner said are found, though the versions are right`(found: String) {
        let world = GossipWorld.small(3) { $0.timing.tombstoneRetention = .seconds(5) }
        let checker = GossipChecker()
        run(seconds: 30, world, checker) { step in
            if step == 10 { for key in ["k", "gone"] { world.set(key, to: "value", at: 0) } }
            if step == 13 { world.set("gone", to: nil, at: 0) }
        }
        #expect(checker.whatDiffers(in: world) == nil && world.violations.isEmpty, "\(world.violations)")
        func entry(_ key: String, _ value: String) -> StateEntry {
            StateEntry(key: Array(key.utf8), version: 2, value: Array(value.utf8))
        }
        world.act(1) { member, _ in
            guard let slot = member.table.slot(of: 1) else { return [] }
            member.table.update(slot) { record in
                switch found {
                case "k is nothing": record.entries.removeAll { $0.key == Array("k".utf8) }
                case "k is 7 bytes":
                    for place in record.entries.indices where record.entries[place].key == Array("k".utf8) {
                        record.entries[place].value = Array("another".utf8)
                    }
                case "other was never set": record.entries.append(entry("other", "x"))
                default: record.entries.append(entry("gone", "value"))
                }
            }
            return []
        }
        _ = checker.whatDiffers(in: world)
        #expect(
            world.violations.contains { $0.hasPrefix("at node 2, of node 1: \(found)") }, "\(world.violations)")
        #expect(world.violations.count == 1)
    }

    @Test func `it is found when a node is not told of another's end`() {
        let world = GossipWorld.small(4) { $0.timing.suspicion = .seconds(10_000) }
        let checker = GossipChecker()
        run(seconds: 20, world, checker)
        #expect(checker.whatDiffers(in: world) == nil)
        world.crash(3, losesDisk: true)
        world.run(seconds: 60)
        #expect(checker.whatDiffers(in: world) != nil)
    }

    @Test func `a packet that is too long is found`() {
        let world = GossipWorld.small(40) { configuration in
            configuration.limits.packetBytes = 300
            configuration.limits.stateBytes = 4000
        }
        world.startAll()
        world.run(seconds: 10)
        let longest = world.nodes.map { $0.configuration.limits.packetBytes }.max()
        #expect(longest == 300)
        #expect(world.violations == [], "what does not fit is left out")
    }
}
