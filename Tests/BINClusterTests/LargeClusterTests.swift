import BINCluster
import BINMessages
import BINWire
import TestSupport
import Testing

/// Twenty-four nodes in one process, cut apart and put together again.
@Suite struct LargeClusterTests {
    /// Whether every node sees exactly what there is to see.
    private func check(_ simulation: Simulation, _ groups: [[Int32]]) -> [String] {
        var wrong: [String] = []
        for group in groups {
            for id in group {
                guard let snapshot = simulation.members[id]?.snapshot else { continue }
                for node in snapshot.nodes {
                    let isNear = group.contains(node.node)
                    if (node.link == .up) != isNear { wrong.append("link \(id) to \(node.node): \(node.link)") }
                    if (node.nextHop != nil) != isNear {
                        wrong.append("hop of \(id) to \(node.node): \(node.nextHop ?? 0)")
                    }
                    // Whatever a node that is near says of its links must be so.
                    guard isNear else { continue }
                    let expected = group.filter { $0 != node.node }.sorted()
                    if node.neighbours != expected {
                        wrong.append("\(id) sees \(node.node) linked to \(node.neighbours)")
                    }
                }
            }
        }
        return wrong
    }

    @Test(arguments: ["3.1.6", "3.6", "4.0"])
    func `Three partitions and heals leave every view correct, and no packet goes in circles`(release: String) throws {
        let count: Int32 = release == "4.0" ? 24 : 8
        let release = try #require(Release(release))
        let seed: UInt64 = 0x24_0D_E5
        var simulation = Simulation(seed: seed)
        let ids = Array(1...count)
        for id in ids {
            // Each knows one neighbour only, as a node without a table does.
            var configuration = Simulation.configuration(id, knows: id == 1 ? [] : [id / 2], release: release)
            configuration.capabilities = [CapabilityConfiguration("dialog-dlg-repl")]
            configuration.capabilities[0].isAnnounced = true
            configuration.capabilities[0].servesSync = true
            try simulation.add(configuration)
            simulation.run(for: .milliseconds(200))
        }
        simulation.run(for: .seconds(90))
        #expect(check(simulation, [ids]).isEmpty, "seed \(seed): \(check(simulation, [ids]).prefix(10))")
        var random = SeededRandom(seed: seed)
        for round in 1...3 {
            let shuffled = ids.shuffled(using: &random)
            let cut = Int.random(in: 1..<ids.count, using: &random)
            let left = Set(shuffled[..<cut])
            simulation.connects = { left.contains($0) == left.contains($1) }
            simulation.run(for: .seconds(30))
            let groups = [Array(left), ids.filter { !left.contains($0) }]
            #expect(
                check(simulation, groups).isEmpty, "seed \(seed) cut \(round): \(check(simulation, groups).prefix(10))")
            simulation.connects = { _, _ in true }
            // A node that is down is tried once a minute.
            simulation.run(for: .seconds(90))
            #expect(
                check(simulation, [ids]).isEmpty, "seed \(seed) heal \(round): \(check(simulation, [ids]).prefix(10))")
        }
        // Everybody was told of everybody's capabilities.
        for id in ids {
            let others = simulation.members[id]?.snapshot.nodes ?? []
            #expect(
                others.allSatisfy { $0.capabilities == [AnnouncedCapability(name: "dialog-dlg-repl", isSynced: true)] })
        }
        // At rest there are PINGs and PONGs, and nothing else: whatever went in circles would show.
        let quiet: Duration = .seconds(40)
        let packets = simulation.packets
        simulation.sentBytes = [:]
        simulation.run(for: quiet)
        let perSecond = Double(simulation.packets - packets) / 40
        let bytes = simulation.sentBytes.values.map { Double($0) / 40 }.max() ?? 0
        print(
            "\(ids.count) nodes of \(release) at rest: \(perSecond / Double(ids.count)) packets and \(bytes) bytes per node and second"
        )
        let pings = Double(ids.count * (ids.count - 1)) * 2 / 4
        #expect(perSecond <= pings * 1.05)
    }
}
