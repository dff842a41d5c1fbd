import BINCluster
import BINMessages
import BINWire
import TestSupport
import Testing

/// What whoever runs a member can do with it.
@Suite struct OperationTests {
    private func mesh(
        _ ids: [Int32], release: String = "4.0", _ change: (inout MemberConfiguration) -> Void = { _ in }
    ) throws -> Simulation {
        let release = try #require(Release(release))
        var simulation = Simulation(seed: 7)
        for id in ids {
            var configuration = Simulation.configuration(id, knows: ids.filter { $0 != id }, release: release)
            change(&configuration)
            try simulation.add(configuration)
        }
        simulation.run(for: .seconds(5))
        return simulation
    }

    @Test func `A broadcast reaches every node once, with its own trailer`() throws {
        var simulation = try mesh([1, 2, 3, 4])
        let packet = try modulePacket(fields: [42, 43])
        var reached: [Int32] = []
        simulation.act(1) { reached = (try? $0.broadcast(packet.span.bytes, at: $1, into: &$2)) ?? [] }
        simulation.run(for: .seconds(1))
        #expect(reached == [2, 3, 4])
        for id in reached {
            #expect(simulation.delivered[id]?.map(\.source) == [1])
            #expect(simulation.delivered[id]?.first?.bytes == bytes("2a000000 2b000000"))
        }
    }

    @Test func `A broadcast can be kept to the own site, or to the others`() throws {
        var simulation = try mesh([1, 2, 3, 4]) {
            $0.sipAddress = $0.node <= 2 ? "sip:a" : "sip:b"
            for index in $0.nodes.indices { $0.nodes[index].sipAddress = $0.nodes[index].node <= 2 ? "sip:a" : "sip:b" }
        }
        let packet = try modulePacket(fields: [42])
        var own: [Int32] = []
        var others: [Int32] = []
        simulation.act(1) {
            own = (try? $0.broadcast(packet.span.bytes, to: .ownSite, at: $1, into: &$2)) ?? []
            others = (try? $0.broadcast(packet.span.bytes, to: .otherSites, at: $1, into: &$2)) ?? []
        }
        #expect(own == [2])
        #expect(others == [3, 4])
    }

    @Test func `What cannot be sent says why`() throws {
        var simulation = try mesh([1, 2])
        let packet = try modulePacket(fields: [42])
        var failures: [SendFailure?] = []
        func failure(_ body: () throws(SendFailure) -> Void) -> SendFailure? {
            do throws(SendFailure) {
                try body()
                return nil
            } catch {
                return error
            }
        }
        simulation.connects = { _, _ in false }
        simulation.act(1) { member, now, actions in
            failures.append(
                failure { () throws(SendFailure) in try member.send(packet.span.bytes, to: 9, at: now, into: &actions) }
            )
            let short = Array(packet.dropLast())
            failures.append(
                failure { () throws(SendFailure) in try member.send(short.span.bytes, to: 2, at: now, into: &actions) })
        }
        simulation.run(for: .seconds(20))
        simulation.act(1) { member, now, actions in
            failures.append(
                failure { () throws(SendFailure) in try member.send(packet.span.bytes, to: 2, at: now, into: &actions) }
            )
            failures.append(
                failure { () throws(SendFailure) in try member.sendOverBridge(packet.span.bytes, to: 2, into: &actions)
                })
        }
        #expect(failures == [.unknownNode, .notAPacket, .unreachable, .unknownNode])
    }

    @Test func `A packet goes over another node when the link is down, also when that is found by sending`() throws {
        var simulation = try mesh([1, 2, 3])
        simulation.connects = { Set([$0, $1]) != [1, 3] }
        simulation.failuresShow = true
        let packet = try modulePacket(fields: [42])
        // The link still counts as up; the failed send shows that it is not.
        simulation.act(1) { try? $0.send(packet.span.bytes, to: 3, at: $1, into: &$2) }
        simulation.run(for: .seconds(1))
        #expect(simulation.delivered[3]?.map(\.source) == [1])
        simulation.run(for: .seconds(10))
        #expect(simulation.members[1]?.snapshot.nodes.first { $0.node == 3 }?.nextHop == 2)
        simulation.act(1) { try? $0.send(packet.span.bytes, to: 3, at: $1, into: &$2) }
        simulation.run(for: .seconds(1))
        #expect(simulation.delivered[3]?.count == 2)
    }

    @Test func `A numbered PING is confirmed by its PONG`() throws {
        var simulation = try mesh([1, 2])
        simulation.events = [:]
        var numbers: [UInt64] = []
        for _ in 0..<3 {
            simulation.act(1) { if let number = $0.ping(2, at: $1, into: &$2) { numbers.append(number) } }
        }
        simulation.run(for: .milliseconds(100))
        let confirmed = (simulation.events[1] ?? []).compactMap {
            if case .pong(2, let number, _) = $0 { number } else { nil }
        }
        #expect(numbers.count == 3)
        // A PING that was due anyway is confirmed like the others.
        #expect(confirmed.suffix(3) == numbers[...])
    }

    @Test func `Nodes can be added, switched off and forgotten`() throws {
        var simulation = try mesh([1, 2])
        try simulation.add(Simulation.configuration(3, knows: [1], release: try #require(Release("4.0"))))
        var node = NodeConfiguration(node: 3, url: Simulation.url(3))
        simulation.act(1) { try? $0.setNode(node, at: $1, into: &$2) }
        simulation.run(for: .seconds(5))
        #expect(simulation.members[1]?.link(3) == .up)
        node.isEnabled = false
        simulation.act(1) { try? $0.setNode(node, at: $1, into: &$2) }
        #expect(simulation.members[1]?.snapshot.nodes.first { $0.node == 3 }?.nextHop == nil)
        let packet = try modulePacket(fields: [42, 1, 3, 1])
        simulation.inject(packet, from: 3, to: 1)
        #expect(simulation.members[1]?.snapshot.refusals[.disabledNode] == 1)
        simulation.act(1) { $0.removeNode(3, at: $1, into: &$2) }
        #expect(simulation.members[1]?.snapshot.nodes.map(\.node) == [2])
        #expect(simulation.members[1]?.snapshot.nodes.first?.neighbours == [1])
    }

    @Test func `A new list of nodes keeps those that stay and forgets the others`() throws {
        var simulation = try mesh([1, 2, 3])
        let nodes = [2, 4].map { NodeConfiguration(node: $0, url: Simulation.url($0)) }
        simulation.act(1) { try? $0.reload(nodes, at: $1, into: &$2) }
        #expect(simulation.members[1]?.snapshot.nodes.map(\.node) == [2, 4])
        #expect(simulation.members[1]?.link(2) == .up)
        #expect(simulation.events[1]?.contains(.nodeRemoved(3)) == true)
        #expect(simulation.events[1]?.contains(.nodeAdded(4)) == true)
    }

    @Test func `REMOVE_NODE is obeyed where that is allowed`() throws {
        var simulation = try mesh([1, 2, 3]) { $0.permissions.removesNodes = true }
        simulation.act(1) { try? $0.announceRemoval(of: 3, at: $1, into: &$2) }
        simulation.run(for: .seconds(1))
        #expect(simulation.members[1]?.snapshot.nodes.map(\.node) == [2])
        #expect(simulation.members[2]?.snapshot.nodes.map(\.node) == [1])
        #expect(simulation.members[3]?.snapshot.isEnabled == false)
        #expect(simulation.events[3]?.contains(.removed(by: 1)) == true)
    }

    @Test func `Script messages arrive as they were sent where that is allowed`() throws {
        var simulation = try mesh([1, 2]) { $0.permissions.genericMessages = true }
        simulation.act(1) {
            try? $0.sendMessage(Array("hello".utf8), tag: Array("1-1-x".utf8), isRequest: true, to: 2, into: &$2)
        }
        simulation.run(for: .seconds(1))
        let messages = (simulation.events[2] ?? []).compactMap {
            if case .message(let message) = $0 { message } else { nil }
        }
        #expect(messages.map(\.source) == [1])
        #expect(messages.map(\.isRequest) == [true])
        #expect(messages.map(\.tag) == [Array("1-1-x".utf8)])
        #expect(messages.map(\.message) == [Array("hello".utf8)])
    }

    @Test func `A bridge is open while its tag is active`() throws {
        var simulation = try mesh([1, 2]) {
            $0.bridgesOut = [OutwardBridge(to: 7, while: "bridge", urls: [Simulation.url(90), Simulation.url(91)])]
        }
        let packet = try modulePacket("ratelimit-pipe-repl", fields: [42])
        simulation.act(1) { try? $0.sendOverBridge(packet.span.bytes, to: 7, into: &$2) }
        #expect(simulation.bridged.isEmpty)
        simulation.act(1) { try? $0.activate("bridge", at: $1, into: &$2) }
        simulation.act(1) { try? $0.sendOverBridge(packet.span.bytes, to: 7, into: &$2) }
        let sent = try #require(simulation.bridged.first)
        #expect(sent.2 == [Simulation.url(90), Simulation.url(91)])
        let header = try PacketHeader(datagram: sent.1.span.bytes, framing: .v2_3)
        #expect(try Routing(trailerOf: sent.1.span.bytes, header: header) == Routing(bridgeFrom: 1, to: 7, source: 1))
    }

    @Test func `A capability that is switched off takes and sends nothing`() throws {
        var simulation = try mesh([1, 2]) {
            $0.capabilities = [CapabilityConfiguration("cap-x")]
            $0.capabilities[0].isAnnounced = true
            $0.capabilities[0].servesSync = true
        }
        #expect(
            simulation.members[2]?.snapshot.nodes.first?.capabilities == [
                AnnouncedCapability(name: "cap-x", isSynced: true)
            ])
        #expect(simulation.members[2]?.workIndex("cap-x").count == 2)
        simulation.act(1) { $0.setCapability("cap-x", isEnabled: false, at: $1, into: &$2) }
        simulation.run(for: .seconds(1))
        #expect(
            simulation.members[2]?.snapshot.nodes.first?.capabilities == [
                AnnouncedCapability(name: "cap-x", isSynced: false)
            ])
        #expect(simulation.members[2]?.workIndex("cap-x").count == 1)
        let packet = try modulePacket("cap-x", fields: [42])
        simulation.act(2) { try? $0.send(packet.span.bytes, to: 1, at: $1, into: &$2) }
        simulation.run(for: .seconds(1))
        #expect(simulation.delivered[1] == nil)
        #expect(simulation.members[1]?.snapshot.refusals[.disabledCapability] == 1)
        var reached: [Int32]? = []
        simulation.act(1) { reached = try? $0.broadcast(packet.span.bytes, at: $1, into: &$2) }
        #expect(reached == nil)
    }

    @Test func `In 2.2 a packet carries the id of its sender, and a node that fails rests for a while`() throws {
        let release = try #require(Release("2.2"))
        var simulation = Simulation(seed: 7)
        for id in [1, 2] as [Int32] {
            try simulation.add(Simulation.configuration(id, knows: [3 - id], release: release))
        }
        var writer = PacketWriter()
        let name = Array("ul".utf8)
        try writer.begin(capability: name.span.bytes, type: 1, version: 1, framing: .v2_2)
        try writer.write(1)
        try writer.finish()
        let packet = writer.copyBytes()
        simulation.act(1) { try? $0.send(packet.span.bytes, to: 2, at: $1, into: &$2) }
        simulation.run(for: .seconds(1))
        #expect(simulation.delivered[2]?.map(\.source) == [1])
        for _ in 0..<3 { simulation.act(1) { $0.sendFailed(to: 2, at: $1, into: &$2) } }
        #expect(simulation.members[1]?.link(2) == .down)
        simulation.run(for: .seconds(31))
        #expect(simulation.members[1]?.link(2) == .up)
    }

    @Test(arguments: [
        // Seconds at which a node of 2.2 speaks, and which of that is heard, with a limit of 10 s.
        ([0, 10, 20], [true, true, true]),
        ([0, 11, 20, 30, 31], [true, false, false, true, true]),
        // A new chance, not taken; deaf again.
        ([0, 41, 59, 60], [true, false, false, true]),
        ([0, 30, 41, 60], [true, true, false, true]),
    ])
    func `In 2.2 a node that was silent for long is not listened to for twice that time`(
        seconds: [Int64], heard: [Bool]
    ) throws {
        let release = try #require(Release("2.2"))
        var configuration = Simulation.configuration(1, knows: [2], release: release)
        var capability = CapabilityConfiguration("ul")
        capability.silenceLimit = .seconds(10)
        configuration.capabilities = [capability]
        var member = try ClusterMember(configuration)
        var actions: [ClusterAction] = []
        let start = Instant(nanoseconds: 5_000_000_000, unixSeconds: 1_700_000_000)
        member.start(at: start, into: &actions)
        let address = try #require(member.snapshot.nodes.first?.url.address)
        for (second, isHeard) in zip(seconds, heard) {
            // Another capability has no limit.
            for (name, isDelivered) in [("ul", isHeard), ("dialog", true)] {
                var writer = PacketWriter()
                try writer.begin(capability: Array(name.utf8).span.bytes, type: 1, version: 1, framing: .v2_2)
                try writer.write(2)
                try writer.finish()
                let packet = writer.copyBytes()
                let header = try PacketHeader(parsing: packet.span.bytes, framing: .v2_2)
                actions = []
                member.receive(
                    packet.span.bytes, header, from: PacketSource(address: address, connection: 1),
                    at: start.advanced(by: .seconds(second)), into: &actions)
                let wasDelivered = actions.contains { if case .deliver = $0 { true } else { false } }
                #expect(wasDelivered == isDelivered, "\(name) after \(second) s")
            }
        }
        #expect(member.snapshot.refusals[.silentNode, default: 0] == heard.count { !$0 })
    }

    @Test func `A node with a name instead of an address waits for its addresses`() throws {
        var configuration = Simulation.configuration(1)
        let url = NodeURL(host: "sip.example.org", port: 5555)
        configuration.nodes = [NodeConfiguration(node: 2, url: url)]
        var member = try ClusterMember(configuration)
        var actions: [ClusterAction] = []
        let now = Instant(nanoseconds: 1_000_000_000, unixSeconds: 1_700_000_000)
        member.start(at: now, into: &actions)
        #expect(actions.contains(.resolve(2, url)))
        // Until the link is up the name is looked up again, but not with each PING.
        var lookups = 0
        for second in 1...60 {
            actions = []
            member.tick(at: now.advanced(by: .seconds(second)), into: &actions)
            lookups += actions.count { $0 == .resolve(2, url) }
        }
        #expect((3...12).contains(lookups), "\(lookups)")
        let packet = try modulePacket(fields: [42, 1, 2, 1])
        let header = try PacketHeader(parsing: packet.span.bytes, framing: .v2_3)
        let address = try #require(PeerAddress("10.9.9.9"))
        for expected in [false, true] {
            actions = []
            member.receive(
                packet.span.bytes, header, from: PacketSource(address: address, connection: 1), at: now, into: &actions)
            let isDelivered = actions.contains { if case .deliver = $0 { true } else { false } }
            #expect(isDelivered == expected)
            member.resolved(2, to: [address])
        }
    }
}
