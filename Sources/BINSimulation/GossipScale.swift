import BINCluster

/// A large cluster that is quiet, then told something, then loses nodes, then is parted: how fast each is known and what it costs.
package struct GossipScale: Sendable {
    /// Number of nodes.
    package var nodes = 1000
    /// The seed.
    package var seed: UInt64 = 1
    /// The part of datagrams that is lost.
    package var loss = 0.0
    /// Nodes that crash at the same moment.
    package var crashes = 0
    /// The part of the nodes that is cut off for ``partitionSeconds``; 0 for no partition.
    package var partition = 0.0
    /// For how long.
    package var partitionSeconds: Int64 = 60
    /// How long a quiet cluster is measured, in seconds.
    package var quietSeconds: Int64 = 20

    package init() {}

    /// What was measured.
    package struct Result: Sendable {
        package var nodes: Int
        package var seed: UInt64
        package var loss: Double
        /// Rounds until every node had a change that one made.
        package var spreadRounds: Double?
        /// Rounds until everybody was present for everybody after a partition.
        package var healRounds: Double?
        /// Bytes that a node of the quiet cluster sent in a second, headers of IP, UDP and TCP included.
        package var bytesPerNodeSecond: Double
        /// The most that one node sent.
        package var bytesOfBusiestNodeSecond: Double
        /// Seconds from a crash to the moment at which a node took the crashed one as down, over all pairs.
        package var detection: (median: Double, maximum: Double)?
        /// How often a node that was there and reachable was taken as down.
        package var falsePositives: Int
        package var violations: [String]

        /// Rounds to convergence after what was done last.
        package var rounds: Double? { healRounds ?? spreadRounds }
    }

    private static let second: Int64 = 1_000_000_000
    private static let step: Int64 = 250_000_000

    /// Counts who was taken as down, and when.
    private final class Watcher {
        var crashedAt: Int64 = 0
        var crashed: Set<Int32> = []
        var detections: [Int64] = []
        var isParted = false
        var falseOnes: Set<UInt64> = []
    }

    /// Measures.
    package func run() -> Result {
        let world = GossipWorld(seed: seed, usesBytes: false)
        for _ in 0..<nodes {
            world.add { configuration in
                configuration.neighbours = [GossipWorld.url(0), GossipWorld.url(nodes / 2)]
            }
        }
        world.network.loss = loss
        let watcher = Watcher()
        world.onEvent = { world, index, event in
            guard case .memberDown(let node) = event else { return }
            if watcher.crashed.contains(node) {
                watcher.detections.append(world.time - watcher.crashedAt)
            } else if !watcher.isParted, let view = world.nodes[index].member?.view(of: node) {
                watcher.falseOnes.insert(
                    UInt64(UInt32(bitPattern: node)) << 32 | UInt64(UInt32(bitPattern: view.standing)))
            }
        }
        world.startEstablished()
        world.run(until: 5 * Self.second)
        let before = world.nodes.map(\.sentBytes)
        world.run(until: world.time + quietSeconds * Self.second)
        let sent = zip(world.nodes, before).map { Double($0.sentBytes - $1) / Double(quietSeconds) }
        var result = Result(
            nodes: nodes, seed: seed, loss: loss, bytesPerNodeSecond: sent.reduce(0, +) / Double(nodes),
            bytesOfBusiestNodeSecond: sent.max() ?? 0, falsePositives: 0, violations: [])
        result.spreadRounds = spread(world)
        if crashes > 0 { result.detection = crash(world, watcher) }
        if partition > 0 { result.healRounds = part(world, watcher) }
        result.falsePositives = watcher.falseOnes.count
        result.violations = world.violations
        return result
    }

    /// Rounds from now until `holds`; nil when that takes longer than `limit` rounds.
    private func rounds(_ world: GossipWorld, limit: Int64, until holds: () -> Bool) -> Double? {
        let start = world.time
        while world.time < start + limit * Self.second {
            world.run(until: world.time + Self.step)
            if holds() { return Double(world.time - start) / Double(Self.second) }
        }
        return nil
    }

    private func spread(_ world: GossipWorld) -> Double? {
        let writer = nodes / 3
        world.act(writer) { member, now in
            try? member.set(Array("note".utf8), to: Array("news".utf8), at: now)
            return []
        }
        guard let version = world.nodes[writer].member?.ownVersion else { return nil }
        var waiting = Array(world.nodes.indices)
        let rounds = rounds(world, limit: 120) {
            waiting.removeAll { (world.nodes[$0].member?.view(of: Int32(writer + 1))?.version ?? 0) >= version }
            return waiting.isEmpty
        }
        if rounds == nil { world.violate("a change did not reach \(waiting.count) nodes in 120 rounds") }
        return rounds
    }

    private func crash(_ world: GossipWorld, _ watcher: Watcher) -> (Double, Double)? {
        let victims = (0..<min(crashes, nodes - 1)).map { 1 + $0 * (nodes - 1) / crashes }
        watcher.crashedAt = world.time
        watcher.crashed = Set(victims.map { Int32($0 + 1) })
        for victim in victims { world.crash(victim, losesDisk: false) }
        let expected = victims.count * (nodes - victims.count)
        let end = rounds(world, limit: 180) { watcher.detections.count >= expected }
        if end == nil { world.violate("\(expected - watcher.detections.count) of \(expected) detections are missing") }
        let sorted = watcher.detections.sorted()
        guard let last = sorted.last else { return nil }
        return (Double(sorted[sorted.count / 2]) / 1e9, Double(last) / 1e9)
    }

    private func part(_ world: GossipWorld, _ watcher: Watcher) -> Double? {
        let away = Int(Double(nodes) * partition)
        watcher.isParted = true
        world.network.sides = world.nodes.indices.map { $0 % nodes < away ? 1 : 0 }
        world.run(until: world.time + partitionSeconds * Self.second)
        world.network.sides = []
        let alive = world.alive
        let end = rounds(world, limit: 240) {
            alive.allSatisfy { world.nodes[$0].member?.presentCount == alive.count }
        }
        watcher.isParted = false
        if end == nil { world.violate("the halves of a partition were not together again after 240 rounds") }
        return end
    }
}
