import BINCluster
import BINMessages
import BINWire
import Testing

@Suite struct SyncTests {
    static let releases = ["2.4.2", "2.4", "3.0.5", "3.1.6", "3.2", "3.3", "3.6", "4.0"]

    private func donor(_ id: Int32, _ release: Release, _ knows: [Int32]) -> MemberConfiguration {
        var configuration = Simulation.configuration(id, knows: knows, release: release)
        var capability = CapabilityConfiguration("cap-x")
        capability.isAnnounced = true
        capability.servesSync = true
        configuration.capabilities = [capability]
        return configuration
    }

    private func requester(_ id: Int32, _ release: Release, _ knows: [Int32]) -> MemberConfiguration {
        var configuration = Simulation.configuration(id, knows: knows, release: release)
        var capability = CapabilityConfiguration("cap-x")
        capability.syncsAtStart = true
        configuration.capabilities = [capability]
        return configuration
    }

    private func serve(_ simulation: inout Simulation, _ id: Int32, chunks: Int, size: Int = 1000) {
        for offer in simulation.offers[id] ?? [] {
            simulation.act(id) { member, now, actions in
                do throws(SendFailure) {
                    for number in 0..<chunks {
                        let chunk = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size)
                        try member.provide(chunk.span.bytes, dataVersion: 3, to: offer, at: now, into: &actions)
                    }
                    try member.endSync(offer, at: now, into: &actions)
                } catch {
                    Issue.record("\(error)")
                }
            }
        }
        simulation.offers[id] = nil
    }

    private func steps(_ simulation: Simulation, _ id: Int32) -> [SyncStep] {
        (simulation.events[id] ?? []).compactMap { if case .sync(_, let step) = $0 { step } else { nil } }
    }

    @Test(arguments: releases)
    func `A node gets all data of another one, in packets that fit`(release: String) throws {
        let release = try #require(Release(release))
        var simulation = Simulation(seed: 5)
        // v1 does not count chunks: the test applies each packet as it stands.
        try simulation.add(donor(1, release, [2]))
        try simulation.add(requester(2, release, [1]))
        simulation.run(for: .seconds(3))
        #expect(simulation.offers[1]?.count == 1)
        serve(&simulation, 1, chunks: 100)
        simulation.run(for: .seconds(1))
        let parts = simulation.parts[2] ?? []
        #expect(parts.count == 4)
        #expect(parts.allSatisfy { $0.1.count <= 32768 })
        let isV1 = release < Release(2, 4, 7)
        #expect(parts.reduce(0) { $0 + ($1.0.count ?? 0) } == (isV1 ? 0 : 100))
        #expect(parts.allSatisfy { $0.0.dataVersion == (isV1 ? nil : 3) })
        #expect(steps(simulation, 2).last == .finished(from: 1, chunks: isV1 ? 0 : 100))
        #expect(simulation.members[2]?.snapshot.capabilities.first?.isSynced == true)
    }

    @Test func `No data end a sync at once`() throws {
        let release = try #require(Release("4.0"))
        var simulation = Simulation(seed: 5)
        try simulation.add(donor(1, release, [2]))
        try simulation.add(requester(2, release, [1]))
        simulation.run(for: .seconds(3))
        serve(&simulation, 1, chunks: 0)
        simulation.run(for: .seconds(1))
        #expect(steps(simulation, 2).last == .finished(from: 1, chunks: 0))
    }

    @Test func `Live packets wait for the end of a sync and keep their source`() throws {
        let release = try #require(Release("3.6"))
        var simulation = Simulation(seed: 5)
        simulation.appliesSync = false
        for id in [1, 3] as [Int32] { try simulation.add(donor(id, release, [1, 2, 3].filter { $0 != id })) }
        try simulation.add(requester(2, release, [1, 3]))
        simulation.run(for: .seconds(3))
        serve(&simulation, 1, chunks: 1)
        simulation.run(for: .seconds(1))
        let packet = try modulePacket("cap-x", fields: [7])
        for id in [1, 3] as [Int32] {
            simulation.act(id) { try? $0.send(packet.span.bytes, to: 2, at: $1, into: &$2) }
        }
        simulation.run(for: .seconds(1))
        #expect(simulation.delivered[2] == nil)
        simulation.act(2) { $0.syncApplied("cap-x", chunks: 1, at: $1, into: &$2) }
        #expect(simulation.delivered[2]?.map(\.source).sorted() == [1, 3])
        #expect(simulation.members[2]?.snapshot.capabilities.first?.held == 0)
    }

    @Test func `A silent donor is given up, and another one asked`() throws {
        let release = try #require(Release("3.6"))
        var simulation = Simulation(seed: 5)
        for id in [1, 3] as [Int32] { try simulation.add(donor(id, release, [1, 2, 3].filter { $0 != id })) }
        try simulation.add(requester(2, release, [1, 3]))
        simulation.run(for: .seconds(10))
        let first = simulation.offers.keys.sorted()
        #expect(first.count == 1)
        simulation.offers = [:]
        simulation.run(for: .seconds(10))
        let second = simulation.offers.keys.sorted()
        #expect(second.count == 1)
        #expect(first != second)
        serve(&simulation, second[0], chunks: 5)
        simulation.run(for: .seconds(1))
        #expect(steps(simulation, 2).contains(.failed(from: first[0], .timeout)))
        #expect(steps(simulation, 2).last == .finished(from: second[0], chunks: 5))
    }

    @Test func `Fewer chunks applied than announced are no sync`() throws {
        let release = try #require(Release("3.6"))
        var simulation = Simulation(seed: 5)
        simulation.appliesSync = false
        try simulation.add(donor(1, release, [2]))
        try simulation.add(requester(2, release, [1]))
        simulation.run(for: .seconds(3))
        serve(&simulation, 1, chunks: 3)
        simulation.run(for: .seconds(1))
        simulation.act(2) { $0.syncApplied("cap-x", chunks: 2, at: $1, into: &$2) }
        #expect(steps(simulation, 2).contains(.failed(from: 1, .incomplete)))
        #expect(simulation.members[2]?.snapshot.capabilities.first?.isSynced == false)
        simulation.run(for: .seconds(16))
        #expect(simulation.offers[1]?.count == 1)
    }

    @Test func `Only a node that was told to gives data away`() throws {
        let release = try #require(Release("3.6"))
        var simulation = Simulation(seed: 5)
        var silent = Simulation.configuration(1, knows: [2], release: release)
        silent.capabilities = [CapabilityConfiguration("cap-x")]
        silent.capabilities[0].isAnnounced = true
        try simulation.add(silent)
        try simulation.add(requester(2, release, [1]))
        simulation.run(for: .seconds(30))
        #expect(simulation.offers.isEmpty)
        #expect(
            simulation.members[2]?.snapshot.nodes.first?.capabilities == [
                AnnouncedCapability(name: "cap-x", isSynced: false)
            ])
    }

    @Test func `A seed without a donor is synced after a while`() throws {
        let release = try #require(Release("3.6"))
        var simulation = Simulation(seed: 5)
        var seed = requester(1, release, [2])
        seed.isSeed = true
        try simulation.add(seed)
        simulation.run(for: .seconds(4))
        #expect(simulation.members[1]?.snapshot.capabilities.first?.isSynced == false)
        simulation.run(for: .seconds(2))
        #expect(steps(simulation, 1).last == .finished(from: nil, chunks: 0))
    }
}
