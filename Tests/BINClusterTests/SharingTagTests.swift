import BINCluster
import BINMessages
import Testing

@Suite struct SharingTagTests {
    private func nodes(_ configured: [Int32: Bool] = [:], yields: Bool = true) throws -> Simulation {
        var simulation = Simulation(seed: 6)
        for id in [1, 2, 3] as [Int32] {
            var configuration = Simulation.configuration(id, knows: [1, 2, 3].filter { $0 != id })
            configuration.permissions.yieldsTags = yields
            configuration.tags = configured[id].map { [TagConfiguration("vip", isActive: $0)] } ?? []
            try simulation.add(configuration)
        }
        simulation.run(for: .seconds(10))
        return simulation
    }

    private func owners(_ simulation: Simulation) -> [Int32] {
        [1, 2, 3].filter { simulation.members[$0]?.isActive("vip") == true }
    }

    private func fates(_ simulation: Simulation, _ id: Int32) -> [TagFate] {
        (simulation.events[id] ?? []).compactMap { if case .tag(_, let fate) = $0 { fate } else { nil } }
    }

    @Test func `Moved: whoever activates last has the tag`() throws {
        var simulation = try nodes([1: true])
        #expect(owners(simulation) == [1])
        simulation.act(2) { try? $0.activate("vip", at: $1, into: &$2) }
        simulation.run(for: .seconds(1))
        #expect(owners(simulation) == [2])
        #expect(fates(simulation, 1) == [.moved(to: 2)])
    }

    @Test func `Glare: of two that announce at once the lower id keeps the tag`() throws {
        var simulation = try nodes()
        for id in [2, 3] as [Int32] { simulation.act(id) { try? $0.activate("vip", at: $1, into: &$2) } }
        simulation.run(for: .seconds(1))
        #expect(owners(simulation) == [2])
        #expect(fates(simulation, 2) == [.taken, .kept(against: 3)])
        #expect(fates(simulation, 3) == [.taken, .lost(to: 2)])
    }

    @Test func `Two that were configured to have it end with one owner`() throws {
        let simulation = try nodes([1: true, 3: true])
        #expect(owners(simulation) == [1])
        #expect(fates(simulation, 3).contains(.lost(to: 1)))
    }

    @Test func `Doubled: a node that must not yield keeps the tag and says so`() throws {
        var simulation = try nodes([1: true], yields: false)
        simulation.run(for: .seconds(5))
        simulation.act(2) { try? $0.activate("vip", at: $1, into: &$2) }
        simulation.run(for: .seconds(1))
        #expect(owners(simulation) == [1, 2])
        #expect(fates(simulation, 1) == [.doubled(with: 2)])
    }

    @Test func `An announcement that may have got lost is repeated when the link is back`() throws {
        var simulation = try nodes([1: true])
        simulation.connects = { Set([$0, $1]) != [1, 2] && Set([$0, $1]) != [2, 3] }
        simulation.act(2) { try? $0.activate("vip", at: $1, into: &$2) }
        simulation.run(for: .seconds(20))
        #expect(owners(simulation) == [1, 2])
        #expect(fates(simulation, 2).contains(.unconfirmed(at: 3)))
        simulation.connects = { _, _ in true }
        simulation.run(for: .seconds(70))
        #expect(owners(simulation).count == 1)
    }

    @Test func `No node takes a tag because a peer says something`() throws {
        var simulation = try nodes()
        simulation.act(1) { try? $0.activate("vip", at: $1, into: &$2) }
        simulation.run(for: .seconds(1))
        simulation.kill(1)
        simulation.run(for: .seconds(30))
        #expect(owners(simulation) == [])
    }
}
