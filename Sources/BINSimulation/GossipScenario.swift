import BINCluster

/// A random run: nodes that come, go, crash and write, on a network that loses, delays and parts them, and then a time of quiet in which
/// everything must become right again. All of it follows from the seed.
package struct GossipScenario: Sendable {
    /// The seed.
    package let seed: UInt64
    /// Bounds on the number of nodes at the start.
    package var nodes: ClosedRange<Int> = 5...50
    /// How long faults happen, in seconds.
    package var faultSeconds: Int64 = 40
    /// Rounds in which views must be equal and right after the last fault (Spec/extensions/gossip.md, what was proved).
    package static let convergenceBound = 60
    /// Rounds in which every flag must have its owner after that.
    package static let ownershipBound = 60

    package init(seed: UInt64) {
        self.seed = seed
    }

    /// What came out of a run.
    package struct Outcome: Sendable {
        package var seed: UInt64
        package var nodes: Int
        /// Rounds to equal and right views after the last fault.
        package var rounds: Int
        /// Rounds to one owner of each flag after the last fault.
        package var ownershipRounds: Int
        package var acquisitions: Int
        package var steps: Int
        package var scheduleHash: UInt64
        package var violations: [String]
    }

    private static let second: Int64 = 1_000_000_000

    /// Runs it.
    package func run() -> Outcome {
        // Bytes in every eighth run; what differs is only how a message gets from one node to the other.
        let world = GossipWorld(seed: seed, usesBytes: seed % 8 == 0)
        let checker = GossipChecker()
        world.onEvent = { world, index, event in checker.note(event, of: index, in: world) }
        var random = GossipRandom(seed: seed ^ 0x5EED_0F_FA_C1)
        // More small clusters than large ones: their faults hit more of the cluster.
        let spread = random.below(nodes.upperBound - nodes.lowerBound + 1)
        let count = nodes.lowerBound + random.below(spread + 1)
        let extra = 3
        let flags = flags(count, &random)
        for index in 0..<(count + extra) {
            world.add { configuration in
                configuration.neighbours = (0..<3).filter { $0 != index }.map { GossipWorld.url($0) }
                configuration.flags = flags
                configuration.site = ["", "east", "west"][index % 3]
                configuration.limits.datagramBytes = seed % 3 == 0 ? 500 : 1400
                configuration.timing.tombstoneRetention = .seconds(15)
            }
            world.skew(
                index, rate: 0.98 + 0.04 * Double(random.below(1001)) / 1000, offset: Int64(random.below(1 << 40)),
                wallSeconds: Int64(random.below(500_000)) - 250_000)
        }
        world.network.delay = 200_000...Int64(1_000_000 + random.below(200_000_000))
        for index in 0..<count {
            world.run(until: world.time + Int64(random.below(200_000_000)))
            world.start(index)
        }
        var faults = Faults(world: world, checker: checker, random: random, started: count)
        let end = world.time + faultSeconds * Self.second
        while world.time < end {
            faults.step()
            world.run(until: world.time + Self.second)
            checker.look(at: world)
        }
        faults.stop()
        return settle(world, checker, count)
    }

    private func settle(_ world: GossipWorld, _ checker: GossipChecker, _ count: Int) -> Outcome {
        var rounds: Int?
        var ownershipRounds: Int?
        for round in 1...max(Self.convergenceBound, Self.ownershipBound) {
            world.run(until: world.time + Self.second)
            checker.look(at: world)
            if checker.whatDiffers(in: world) == nil { rounds = rounds ?? round } else { rounds = nil }
            if checker.whatIsUnowned(in: world) == nil {
                ownershipRounds = ownershipRounds ?? round
            } else {
                ownershipRounds = nil
            }
            // Once right, it stays so for a while.
            if let rounds, let ownershipRounds, round >= max(rounds, ownershipRounds) + 5 { break }
            if !world.violations.isEmpty { break }
        }
        if world.violations.isEmpty {
            if rounds == nil { world.violate("not converged: \(checker.whatDiffers(in: world) ?? "")") }
            if ownershipRounds == nil { world.violate("not owned: \(checker.whatIsUnowned(in: world) ?? "")") }
        }
        return Outcome(
            seed: seed, nodes: count, rounds: rounds ?? -1, ownershipRounds: ownershipRounds ?? -1,
            acquisitions: checker.acquisitions, steps: world.steps, scheduleHash: world.scheduleHash,
            violations: world.violations)
    }

    private func flags(_ count: Int, _ random: inout GossipRandom) -> [FlagConfiguration] {
        func nodes(_ number: Int) -> [Int32] { Array((1...Int32(count)).shuffled(using: &random).prefix(number)) }
        var available = FlagConfiguration("nat-ping/0", preferred: nodes(4))
        available.handBack = random.below(2) == 0 ? .never : .after(.seconds(5))
        var quorum = FlagConfiguration("registrar", preferred: nodes(3), policy: .quorum)
        quorum.handBack = random.below(2) == 0 ? .never : .after(.seconds(5))
        var voted = FlagConfiguration("upstream", preferred: nodes(2), policy: .quorum)
        voted.voters = nodes(5)
        return [available, quorum, voted]
    }
}

/// The faults of a run.
private struct Faults {
    let world: GossipWorld
    let checker: GossipChecker
    var random: GossipRandom
    var started: Int
    private var crashed: [Int] = []
    private var healsAt: Int64 = 0
    private var key: UInt64 = 0

    init(world: GossipWorld, checker: GossipChecker, random: GossipRandom, started: Int) {
        self.world = world
        self.checker = checker
        self.random = random
        self.started = started
    }

    mutating func step() {
        if healsAt > 0, world.time >= healsAt { heal() }
        write()
        switch random.below(20) {
        case 0, 1: crash()
        case 2, 3: revive()
        case 4: part(isOneWay: false)
        case 5: part(isOneWay: true)
        case 6: pause()
        case 7: join()
        case 8: leave()
        case 9:
            world.network.loss = [0, 0.05, 0.2, 0.35][random.below(4)]
            world.network.duplication = [0, 0.05, 0.3][random.below(3)]
            world.network.straggling = [0, 0.02, 0.2][random.below(3)]
        case 10: deafen()
        default: break
        }
    }

    private mutating func someone() -> Int? {
        let alive = world.alive
        return alive.isEmpty ? nil : alive[random.below(alive.count)]
    }

    private mutating func write() {
        for _ in 0..<random.below(3) {
            guard let index = someone() else { return }
            key += 1
            let name = Array("k\(random.below(6))".utf8)
            let value: [UInt8]? =
                random.below(4) == 0 ? nil : [UInt8](repeating: UInt8(key % 251), count: random.below(200))
            world.act(index) { member, now in
                try? member.set(name, to: value, at: now)
                return []
            }
        }
    }

    private mutating func crash() {
        guard world.alive.count > 2, let index = someone() else { return }
        // A majority of the voters must not lose what they granted (Spec/extensions/gossip.md, leases): one after the other.
        let mayLose =
            world.alive.allSatisfy { world.nodes[$0].member?.votesOnAll ?? true }
            && !crashed.contains { world.nodes[$0].disk == nil }
        checker.willEnd(index, in: world)
        world.crash(index, losesDisk: mayLose && random.below(2) == 0)
        crashed.append(index)
    }

    private mutating func revive() {
        guard !crashed.isEmpty else { return }
        world.start(crashed.remove(at: random.below(crashed.count)))
    }

    private mutating func part(isOneWay: Bool) {
        guard healsAt == 0 else { return }
        let share = 1 + random.below(9)
        world.network.sides = world.nodes.indices.map { _ in random.below(10) < share ? 1 : 0 }
        world.network.isOneWay = isOneWay
        healsAt = world.time + Int64(1 + random.below(25)) * 1_000_000_000
    }

    private mutating func deafen() {
        guard let source = someone(), let destination = someone(), source != destination else { return }
        world.network.deaf.insert(UInt64(source) << 32 | UInt64(destination))
        if healsAt == 0 { healsAt = world.time + Int64(1 + random.below(20)) * 1_000_000_000 }
    }

    private mutating func heal() {
        world.network.sides = []
        world.network.deaf = []
        healsAt = 0
    }

    private mutating func pause() {
        guard let index = someone() else { return }
        world.pause(index, for: Int64(random.below(12_000_000_000)))
    }

    private mutating func join() {
        guard started < world.nodes.count else { return }
        world.start(started)
        started += 1
    }

    private mutating func leave() {
        guard world.alive.count > 3, let index = someone(), index > 2 else { return }
        checker.willEnd(index, in: world)
        world.act(index) { $0.leave(at: $1) }
        crashed.append(index)
    }

    /// The network is whole, the nodes that others ask first are there, and half of the others come back.
    mutating func stop() {
        heal()
        world.network.loss = 0
        world.network.duplication = 0
        world.network.straggling = 0
        for index in crashed where index < 3 || random.below(2) == 0 { world.start(index) }
    }
}
