import BINCluster
import BINMessages
import BINWire
import TestSupport
import Testing

/// What a member does not let others do (Spec/receiver.md).
@Suite struct HardeningTests {
    /// Two nodes that know each other, with links up.
    private func pair(_ change: (inout MemberConfiguration) -> Void = { _ in }) throws -> Simulation {
        var simulation = Simulation(seed: 2)
        var first = Simulation.configuration(1, knows: [2])
        change(&first)
        try simulation.add(first)
        try simulation.add(Simulation.configuration(2, knows: [1]))
        simulation.run(for: .seconds(3))
        #expect(simulation.members[1]?.link(2) == .up)
        simulation.events = [:]
        return simulation
    }

    private func internalPacket(_ type: Int32, _ fields: [Int32]) throws -> [UInt8] {
        try modulePacket("clusterer-internal", type: type, fields: fields)
    }

    private func reasons(_ simulation: Simulation, _ node: Int32 = 1) -> [Refusal.Reason: UInt64] {
        simulation.members[node]?.snapshot.refusals ?? [:]
    }

    @Test(
        arguments: [
            ([9, 2, 1], Refusal.Reason.wrongCluster), ([1, 0, 1], .badID), ([1, -2, 1], .badID), ([1, 1, 1], .ownID),
            ([1, 2], .malformed), ([1, 2, 1, 1], .malformed),
        ] as [([Int32], Refusal.Reason)])
    func `A PING that is not right is refused and not answered`(fields: [Int32], reason: Refusal.Reason) throws {
        var simulation = try pair()
        let before = simulation.packets
        simulation.inject(try internalPacket(0, fields), from: 2, to: 1)
        #expect(simulation.packets == before)
        #expect(reasons(simulation)[reason] == 1)
    }

    @Test(arguments: [Int32(0), 1, 2, 3, 4, 5, 9])
    func `No internal packet is taken from another address than that of a node`(type: Int32) throws {
        var simulation = try pair()
        let before = simulation.packets
        simulation.inject(try internalPacket(type, [1, 2, 5, 1_800_000_000, 1, 1, 1, 2]), from: 77, to: 1)
        // NODE_DESCRIPTION of a node that is known does nothing, wherever it comes from.
        #expect(reasons(simulation)[.wrongAddress] == 1)
        #expect(simulation.packets == before)
        #expect(simulation.members[1]?.link(2) == .up)
    }

    @Test func `What a node says of itself is no fault when another passes it on`() throws {
        var simulation = Simulation(seed: 3)
        for id in [1, 2, 3] as [Int32] {
            try simulation.add(Simulation.configuration(id, knows: id == 1 ? [] : [1]))
        }
        simulation.run(for: .seconds(10))
        for id in [1, 2, 3] as [Int32] {
            #expect(simulation.members[id]?.snapshot.nodes.count == 2)
            #expect(simulation.members[id]?.snapshot.refusals[.wrongAddress] == nil, "node \(id)")
        }
        // Of a node that is known, passed on by another one.
        simulation.inject(try internalPacket(5, [1, 2, 5, 1_800_000_000, 1, 1, 1, 2]), from: 3, to: 1)
        #expect(reasons(simulation)[.wrongAddress] == nil)
    }

    @Test func `A packet of a module is taken only from addresses of nodes`() throws {
        var simulation = try pair()
        let packet = try modulePacket(fields: [42, 1, 2, 1])
        simulation.inject(packet, from: 77, to: 1)
        #expect(simulation.delivered[1] == nil)
        simulation.inject(packet, from: 2, to: 1)
        #expect(simulation.delivered[1]?.count == 1)
        #expect(reasons(simulation)[.wrongAddress] == 1)
    }

    @Test func `A packet for nobody we know is not passed on`() throws {
        var simulation = try pair()
        let before = simulation.packets
        simulation.inject(try modulePacket(fields: [42, 1, 2, 9]), from: 2, to: 1)
        #expect(reasons(simulation)[.namesUnknownNode] == 1)
        #expect(simulation.packets == before)
    }

    @Test func `A packet is never sent back to where it came from`() throws {
        var simulation = Simulation(seed: 3)
        for id in [1, 2, 3] as [Int32] {
            try simulation.add(Simulation.configuration(id, knows: [1, 2, 3].filter { $0 != id }))
        }
        simulation.run(for: .seconds(3))
        // Node 1 reaches 3 over 2 only.
        simulation.connects = { Set([$0, $1]) != [1, 3] }
        simulation.run(for: .seconds(8))
        let before = simulation.packets
        simulation.inject(try modulePacket(fields: [42, 1, 2, 3]), from: 2, to: 1)
        #expect(reasons(simulation)[.noRoute] == 1)
        #expect(simulation.packets == before)
    }

    @Test func `The same bytes are relayed a few times only`() throws {
        var simulation = Simulation(seed: 3)
        for id in [1, 2, 3] as [Int32] {
            try simulation.add(Simulation.configuration(id, knows: [1, 2, 3].filter { $0 != id }))
        }
        simulation.run(for: .seconds(3))
        for _ in 0..<10 { simulation.inject(try modulePacket(fields: [42, 1, 2, 3]), from: 2, to: 1) }
        simulation.run(for: .milliseconds(100))
        #expect(simulation.delivered[3]?.count == 3)
        #expect(reasons(simulation)[.relayedBefore] == 7)
    }

    @Test func `Commands, removals and script messages do nothing unless allowed`() throws {
        var simulation = try pair()
        simulation.act(2) { member, _, actions in
            try? member.sendCommand("kill", parameters: [], to: 1, into: &actions)
            try? member.sendMessage([1], tag: [2], isRequest: true, to: 1, into: &actions)
            try? member.announceRemoval(of: 1, at: Instant(nanoseconds: 0, unixSeconds: 0), into: &actions)
        }
        simulation.run(for: .seconds(1))
        #expect(reasons(simulation)[.notPermitted] == 3)
        #expect(simulation.commands.isEmpty)
        #expect(simulation.members[1]?.snapshot.isEnabled == true)
    }

    @Test func `A command that is allowed by name is handed on, another one is not`() throws {
        var simulation = try pair { $0.permissions.commands = ["get_statistics"] }
        simulation.act(2) { member, _, actions in
            try? member.sendCommand("kill", parameters: [], to: 1, into: &actions)
            try? member.sendCommand("get_statistics", parameters: [Array("core:".utf8)], to: 1, into: &actions)
        }
        simulation.run(for: .seconds(1))
        #expect(simulation.commands[1] == ["get_statistics"])
    }

    @Test func `A bridge packet is refused unless its bridge is configured`() throws {
        let packet = try modulePacket("ratelimit-pipe-repl", fields: [42, 7, 1, 50, Routing.bridgeDestination])
        var simulation = try pair()
        simulation.inject(packet, from: 2, to: 1)
        #expect(reasons(simulation)[.noBridge] == 1)
        var bridged = Simulation(seed: 1)
        var configuration = Simulation.configuration(1, release: try #require(Release("4.0")))
        configuration.bridgesIn = [
            InwardBridge(from: 7, addresses: [Simulation.address(50)], capabilities: ["ratelimit-pipe-repl"])
        ]
        try bridged.add(configuration)
        bridged.inject(packet, from: 51, to: 1)
        #expect(reasons(bridged)[.noBridge] == 1)
        bridged.inject(packet, from: 50, to: 1)
        #expect(bridged.delivered[1]?.first?.source == 50)
    }

    @Test func `Reports that a healthy link is down set it back once in a while only`() throws {
        var simulation = Simulation(seed: 3)
        for id in [1, 2] as [Int32] {
            try simulation.add(Simulation.configuration(id, knows: [1, 2].filter { $0 != id }))
        }
        simulation.run(for: .seconds(3))
        simulation.events = [:]
        for sequence in 0..<50 as Range<Int32> {
            simulation.inject(
                try internalPacket(2, [1, 2, sequence + 10, 1_700_000_100 + sequence, 1, 1, 1, 2]), from: 2, to: 1)
            simulation.run(for: .milliseconds(100))
        }
        let falls = simulation.events[1]?.count { $0 == .linkChanged(2, .restartPinging) }
        #expect(falls == 1)
        #expect(simulation.members[1]?.link(2) == .up)
        #expect(try #require(reasons(simulation)[.rateLimited]) > 40)
    }

    @Test func `UNKNOWN_ID sets a healthy link back once in a while only`() throws {
        var simulation = try pair()
        for _ in 0..<50 {
            simulation.inject(try internalPacket(4, [1, 2]), from: 2, to: 1)
            simulation.run(for: .milliseconds(100))
        }
        #expect(simulation.events[1]?.count { $0 == .linkChanged(2, .restartPinging) } == 1)
        #expect(simulation.members[1]?.link(2) == .up)
    }

    @Test func `Strangers are told so at a bounded rate`() throws {
        var simulation = try pair()
        let before = simulation.packets
        for id in 100..<400 as Range<Int32> {
            simulation.inject(try internalPacket(0, [1, id, 1]), from: id % 200, to: 1)
        }
        #expect(simulation.packets - before == 20)
        #expect(reasons(simulation)[.rateLimited] == 280)
    }

    @Test func `Not more nodes than the limit come in by introduction`() throws {
        var simulation = try pair()
        for id in 10..<400 as Range<Int32> {
            var writer = PacketWriter()
            let name = Array("clusterer-internal".utf8)
            let url = Array(Simulation.url(id).description.utf8)
            try writer.begin(capability: name.span.bytes, type: 5, version: 1, framing: .v2_3)
            try writer.write(1)
            try writer.write(id)
            try writer.write(url.span.bytes)
            let nothing: [UInt8] = []
            try writer.write(nothing.span.bytes)
            for field in [50, 3, 1, id] as [Int32] { try writer.write(field) }
            try writer.finish()
            simulation.inject(writer.copyBytes(), from: id, to: 1)
        }
        #expect(simulation.members[1]?.snapshot.nodes.count == 127)
        #expect(reasons(simulation)[.tooManyNodes] == 264)
    }

    @Test func `A counter that was set too high does not silence its source`() throws {
        var simulation = Simulation(seed: 3)
        for id in [1, 2, 3] as [Int32] {
            try simulation.add(Simulation.configuration(id, knows: [1, 2, 3].filter { $0 != id }))
        }
        simulation.run(for: .seconds(3))
        simulation.inject(try internalPacket(2, [1, 2, .max, .max, 3, 0, 1, 2]), from: 2, to: 1)
        // The link between 2 and 3 fails; node 1 hears of it only from 2 and 3.
        simulation.connects = { Set([$0, $1]) != [2, 3] }
        simulation.run(for: .seconds(70))
        simulation.connects = { _, _ in true }
        simulation.run(for: .seconds(70))
        simulation.connects = { Set([$0, $1]) != [2, 3] }
        simulation.run(for: .seconds(10))
        let neighbours = simulation.members[1]?.snapshot.nodes.first { $0.node == 2 }?.neighbours
        #expect(neighbours == [1])
    }

    @Test(arguments: [
        (["3.1", "3.2"], false), (["3.2.3", "3.2.4"], false), (["2.3", "2.4"], false), (["2.2", "2.3"], false),
        (["3.4", "4.0"], true), (["3.3", "3.6.8"], true), (["3.0.1", "3.1.6"], true), (["3.1.6", "3.1.7"], false),
    ])
    func `Mixed releases are refused when one would misread the other`(releases: [String], works: Bool) throws {
        var configuration = Simulation.configuration(1, release: try #require(Release(releases[0])))
        var other = NodeConfiguration(node: 2, url: Simulation.url(2))
        other.release = Release(releases[1])
        configuration.nodes = [other]
        if works {
            _ = try ClusterMember(configuration)
        } else {
            #expect(throws: ConfigurationFault.self) { _ = try ClusterMember(configuration) }
        }
    }

    @Test(arguments: [
        ("usrloc-contact-repl", "4.0.1", true), ("dialog-dlg-repl", "2.4.11", true),
        ("b2be-entities-repl", "3.4.18", true),
        ("dispatcher-status-repl", "3.1.17", true), ("a-module-of-others", "4.0.1", true),
        ("dialog-prof-repl", "4.0.1", false), ("ratelimit-pipe-repl", "3.4.18", false), ("tm-repl", "3.6.8", false),
        ("dispatcher-status-repl", "3.0.5", false), ("ratelimit-pipe-repl", "2.4.11", false),
    ])
    func `Nobody is asked for a sync of a capability that has none`(name: String, release: String, mayAsk: Bool) throws
    {
        var configuration = Simulation.configuration(1, release: try #require(Release(release)))
        var capability = CapabilityConfiguration(WireName(name))
        configuration.capabilities = [capability]
        var member = try ClusterMember(configuration)
        var actions: [ClusterAction] = []
        #expect(
            member.requestSync(WireName(name), at: Instant(nanoseconds: 0, unixSeconds: 0), into: &actions) == mayAsk)
        capability.syncsAtStart = true
        configuration.capabilities = [capability]
        if mayAsk {
            _ = try ClusterMember(configuration)
        } else {
            #expect(throws: ConfigurationFault.self) { _ = try ClusterMember(configuration) }
        }
    }

    @Test func `A hostile member changes nothing but what it may, and memory stays bounded`() throws {
        var random = SeededRandom.printed()
        var simulation = Simulation(seed: 4)
        for id in [1, 2, 3] as [Int32] {
            var configuration = Simulation.configuration(id, knows: [1, 2, 3].filter { $0 != id })
            configuration.capabilities = [CapabilityConfiguration("dialog-dlg-repl")]
            configuration.tags = [TagConfiguration("vip", isActive: id == 1)]
            try simulation.add(configuration)
        }
        simulation.run(for: .seconds(3))
        guard var member = simulation.members[1] else { return }
        var actions: [ClusterAction] = []
        var now = simulation.now
        let ids: [Int32] = [0, 1, 2, 3, 4, 5, -1, .max, 127]
        let names = ["clusterer-internal", "clusterer-extra", "dialog-dlg-repl"].map { Array($0.utf8) }
        let source = PacketSource(address: Simulation.address(2), connection: 2)
        var writer = PacketWriter()
        var most = 0
        for _ in 0..<1_000_000 {
            let isInternal = Bool.random(using: &random)
            let name = isInternal ? names[0] : Bool.random(using: &random) ? names[1] : names[2]
            try writer.begin(
                capability: name.span.bytes, type: Int32.random(in: 0...14, using: &random), version: 3, framing: .v2_3)
            for field in isInternal ? [1, 2] : [] { try writer.write(Int32(field)) }
            for _ in 0..<Int.random(in: 0...10, using: &random) {
                let isID = Bool.random(using: &random)
                try writer.write(
                    isID ? ids[Int.random(in: 0..<ids.count, using: &random)] : .random(in: -5...40, using: &random))
            }
            for field in isInternal ? [1, 2] : [1, 2, 1] { try writer.write(Int32(field)) }
            try writer.finish()
            let header = try PacketHeader(parsing: writer.bytes, framing: .v2_3)
            actions.removeAll(keepingCapacity: true)
            now = now.advanced(by: .microseconds(100))
            member.receive(writer.bytes, header, from: source, at: now, into: &actions)
            most = Swift.max(most, actions.count)
            for action in actions {
                switch action {
                case .runCommand, .provideSync, .applySync, .sendOverBridge: Issue.record("\(action)")
                case .event(.removed), .event(.message): Issue.record("\(action)")
                default: break
                }
            }
        }
        #expect(most < 300)
        let snapshot = member.snapshot
        #expect(snapshot.isEnabled)
        #expect(snapshot.nodes.count <= 127)
        #expect(snapshot.tags.count <= 128)
        #expect(snapshot.tags.first { $0.name == "vip" }?.isActive == true)
        #expect(snapshot.nodes.allSatisfy { $0.capabilities.count <= 64 && $0.neighbours.count <= 128 })
        // The link to the third node is its own affair.
        #expect(snapshot.nodes.first { $0.node == 3 }?.link == .up)
    }
}
