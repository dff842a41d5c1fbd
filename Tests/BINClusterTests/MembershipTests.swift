import BINCluster
import BINMessages
import TestSupport
import Testing

@Suite struct MembershipTests {
    static let releases = [
        "2.3", "2.4.2", "2.4", "3.0.0", "3.0.5", "3.1.6", "3.1", "3.2.0", "3.2", "3.3", "3.6", "4.0", "master",
    ]

    @Test(arguments: releases)
    func `A node that knows one neighbour gets to know the whole cluster`(release: String) throws {
        let release = try #require(Release(release))
        var simulation = Simulation(seed: 1)
        // 2.3 brings no URLs of third nodes: there the nodes that others introduce come by JOIN_CONFIRM only.
        try simulation.add(Simulation.configuration(1, release: release))
        try simulation.add(Simulation.configuration(2, knows: [1], release: release))
        simulation.run(for: .seconds(10))
        #expect(simulation.members[1]?.link(2) == .up)
        #expect(simulation.members[2]?.link(1) == .up)
        try simulation.add(Simulation.configuration(3, knows: [1], release: release))
        simulation.run(for: .seconds(20))
        for (one, other) in [(1, 3), (3, 1), (2, 3), (3, 2)] as [(Int32, Int32)] {
            #expect(simulation.members[one]?.link(other) == .up, "\(one) to \(other)")
        }
    }

    @Test func `In 2.2 nodes are members without a word`() throws {
        let release = try #require(Release("2.2"))
        var simulation = Simulation(seed: 1)
        try simulation.add(Simulation.configuration(1, knows: [2], release: release))
        try simulation.add(Simulation.configuration(2, knows: [1], release: release))
        simulation.run(for: .seconds(30))
        #expect(simulation.packets == 0)
        #expect(simulation.members[1]?.link(2) == .up)
    }
}
