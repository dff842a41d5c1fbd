import BINCluster
import BINMessages
import BINNode
import BINTransport
import BINWire
import Logging
import Testing

/// Nodes with sockets against each other.
@Suite(.timeLimit(.minutes(2)), .serialized) struct ClusterNodeTests {
    @Test(arguments: ["2.4.11", "3.1.17", "3.4.18", "4.0.1"])
    func `two nodes of which one knows the other come up, and packets arrive in order`(release: String) async throws {
        let cluster = try Cluster(release)
        let keeper = Keeper("cachedb-local-repl")
        let one = try cluster.node(1, knows: [], handlers: [keeper])
        let two = try cluster.node(2, knows: [1])
        try await running([one, two]) {
            try await two.waitUntilUp(1, .seconds(20))
            for number in Int32(0)..<500 {
                try await two.sendPaced(try packet("cachedb-local-repl", number), to: 1)
            }
            try await two.confirmAll(of: 1)
            #expect(await happens { keeper.received.count == 500 })
        }
        #expect(keeper.received.map(\.number) == Array(0..<500))
        #expect(keeper.received.allSatisfy { $0.source == 2 })
    }

    @Test(arguments: ["2.4.11", "3.2.19", "3.6.8", "4.0.1"])
    func `a node gets all data of another that may serve, and live packets behind them`(release: String) async throws {
        let cluster = try Cluster(release)
        let data = (0..<2000).map { number in [UInt8](repeating: UInt8(number % 251), count: 40 + number % 100) }
        let donor = Keeper("cachedb-local-repl", gives: data)
        let requester = Keeper("cachedb-local-repl")
        let one = try cluster.node(1, knows: [2], handlers: [donor]) {
            var capability = CapabilityConfiguration("cachedb-local-repl")
            capability.isAnnounced = true
            capability.servesSync = true
            $0.capabilities = [capability]
        }
        let two = try cluster.node(2, knows: [1], handlers: [requester]) {
            var capability = CapabilityConfiguration("cachedb-local-repl")
            capability.isAnnounced = true
            capability.syncsAtStart = true
            $0.capabilities = [capability]
        }
        let events = two.events()
        let finished = try await running([one, two]) {
            for await event in events {
                if case .sync(_, .finished(let donor, let chunks)) = event.event { return (donor, chunks) }
            }
            return (nil, 0)
        }
        #expect(finished == (1, 2000))
        #expect(requester.chunks == data)
    }

    @Test(arguments: [("4.0.1", 65_516, true), ("4.0.1", 65_515, false), ("3.6.8", 65_535, false)])
    func `a packet that is longer than the largest of the release ends its connection`(
        release: String, length: Int, isEnded: Bool
    ) async throws {
        let cluster = try Cluster(release)
        let one = try cluster.node(1, knows: [])
        // Without a trailer that is as many bytes as header, name, type and number leave.
        let packet = try packet("cachedb-local-repl", 1, padding: length - 38)
        #expect(packet.count == length)
        var writer = PacketWriter()
        try writer.begin(
            capability: Array("clusterer-internal".utf8).span.bytes, type: 0, version: 1, framing: .v2_3)
        for value: Int32 in [1, 2, 1] { try writer.write(value) }
        try writer.finish()
        let ping = writer.copyBytes()
        let outcome = try await running([one]) {
            let client = try TCPClient(BINEndpoint(.bin, host: "127.0.0.1", port: Int(cluster.port)))
            return try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask {
                    try await client.run()
                    return nil
                }
                group.addTask {
                    for await event in client.events { if case .disconnected = event { return "ended" } }
                    return nil
                }
                group.addTask {
                    for await _ in client.packets { return "answered" }
                    return nil
                }
                try await client.send(packet)
                try await client.send(ping)
                defer { group.cancelAll() }
                while let outcome = try await group.next() {
                    if let outcome { return outcome }
                }
                return ""
            }
        }
        #expect(outcome == (isEnded ? "ended" : "answered"))
    }

    @Test func `a node that was not told to serve gives nothing away`() async throws {
        let cluster = try Cluster()
        let one = try cluster.node(1, knows: [2], handlers: [Keeper("cachedb-local-repl", gives: [[1]])]) {
            var capability = CapabilityConfiguration("cachedb-local-repl")
            capability.isAnnounced = true
            $0.capabilities = [capability]
        }
        let requester = Keeper("cachedb-local-repl")
        let two = try cluster.node(2, knows: [1], handlers: [requester]) {
            var capability = CapabilityConfiguration("cachedb-local-repl")
            capability.syncsAtStart = true
            $0.capabilities = [capability]
        }
        try await running([one, two]) {
            try await two.waitUntilUp(1, .seconds(20))
            _ = try await two.ping(1)
            #expect(await two.snapshot.capabilities.first?.isSynced == false)
        }
        #expect(requester.chunks.isEmpty)
    }

    @Test func `a node that leaves is down at once, and up again when it is back`() async throws {
        let cluster = try Cluster()
        let one = try cluster.node(1, knows: [])
        let events = one.events()
        try await running([one]) {
            let first = try cluster.node(2, knows: [1])
            try await running([first]) {
                try await first.waitUntilUp(1, .seconds(20))
                try await one.waitUntilUp(2, .seconds(20))
            }
            var seen: [ClusterEvent] = []
            for await event in events {
                if case .nodeUp(2) = event.event { seen.append(event.event) }
                if case .nodeDown(2) = event.event {
                    seen.append(event.event)
                    break
                }
            }
            #expect(seen == [.nodeUp(2), .nodeDown(2)])
            let second = try cluster.node(2, knows: [1])
            try await running([second]) {
                try await second.waitUntilUp(1, .seconds(20))
                try await one.waitUntilUp(2, .seconds(20))
            }
        }
    }

    @Test func `a node that is back before it confirmed what was sent is asked again`() async throws {
        let cluster = try Cluster()
        let one = try cluster.node(1, knows: [2])
        let events = one.events()
        try await running([one]) {
            let first = try cluster.node(2, knows: [1])
            try await running([first]) {
                try await one.waitUntilUp(2, .seconds(20))
                try await one.sendPaced(try packet("cachedb-local-repl", 1), to: 2)
            }
            for await event in events {
                if case .nodeDown(2) = event.event { break }
            }
            let second = try cluster.node(2, knows: [1])
            try await running([second]) {
                try await one.waitUntilUp(2, .seconds(20))
                try await one.confirmAll(of: 2)
            }
        }
    }

    @Test func `a request gets its reply, and nobody answers in time is said`() async throws {
        let cluster = try Cluster()
        let allow: (inout MemberConfiguration) -> Void = { $0.permissions.genericMessages = true }
        let one = try cluster.node(1, knows: [2], allow)
        let two = try cluster.node(2, knows: [1], allow)
        let questions = one.events()
        try await running([one, two]) {
            try await two.waitUntilUp(1, .seconds(20))
            try await one.waitUntilUp(2, .seconds(20))
            async let reply = two.request(Array("how many?".utf8), of: 1, within: .seconds(20))
            for await event in questions {
                guard case .message(let message) = event.event, message.isRequest else { continue }
                try await one.sendMessage(
                    message.message + Array(" 42".utf8), tag: message.tag, isRequest: false, to: message.source)
                break
            }
            #expect(try await reply == Array("how many? 42".utf8))
            await #expect(throws: NodeError.noReply(1)) {
                try await two.request([1], of: 1, within: .milliseconds(100))
            }
        }
    }

    @Test func `a sharing tag moves to the node that takes it`() async throws {
        let cluster = try Cluster()
        let one = try cluster.node(1, knows: [2]) {
            $0.tags = [TagConfiguration("vip", isActive: true)]
            $0.permissions.yieldsTags = true
            $0.timing.glareWindow = .zero
        }
        let two = try cluster.node(2, knows: [1])
        try await running([one, two]) {
            #expect(await happens { await two.snapshot.tags.contains { $0.name == "vip" && $0.holder == 1 } })
            try await two.waitUntilUp(1, .seconds(20))
            _ = try await two.ping(1)
            try await two.activate(tag: "vip")
            #expect(
                await happens {
                    await one.snapshot.tags.contains { $0.name == "vip" && !$0.isActive && $0.holder == 2 }
                })
            #expect(await two.snapshot.tags.contains { $0.name == "vip" && $0.isActive })
        }
    }

    @Test func `what waits ends when its caller is cancelled, and when the node stops`() async throws {
        let cluster = try Cluster()
        let one = try cluster.node(1, knows: [])
        try await running([one]) {
            let waiting = Task { try await one.waitUntilUp(2, .seconds(60)) }
            try await Task.sleep(for: .milliseconds(20))
            waiting.cancel()
            await #expect(throws: NodeError.cancelled) { try await waiting.value }
            await #expect(throws: NodeError.notReached(2)) { try await one.waitUntilUp(2, .milliseconds(50)) }
        }
        await #expect(throws: NodeError.stopped) { try await one.waitUntilUp(2, .seconds(60)) }
    }

    @Test func `an address that is taken is said`() async throws {
        let cluster = try Cluster()
        let one = try cluster.node(1, knows: [])
        let two = try cluster.node(1, knows: [])
        try await running([one]) {
            try await Task.sleep(for: .milliseconds(50))
            await #expect(throws: (any Error).self) { try await two.run() }
        }
    }

    @Test func `what goes over another node is paced and confirmed by that one, and cannot be pinged`() async throws {
        let cluster = try Cluster()
        let keeper = Keeper("cachedb-local-repl")
        // 1 and 3 are told that the other listens where nobody does.
        func told(_ id: Int32, _ member: inout MemberConfiguration) {
            member.nodes.append(NodeConfiguration(node: id, url: NodeURL(host: cluster.url(id).host, port: 9)))
        }
        let one = try cluster.node(1, knows: [2]) { told(3, &$0) }
        let two = try cluster.node(2, knows: [1, 3])
        let three = try cluster.node(3, knows: [2], handlers: [keeper]) { told(1, &$0) }
        try await running([one, two, three]) {
            try await one.waitUntilUp(3, .seconds(20))
            #expect(await one.snapshot.nodes.first { $0.node == 3 }?.nextHop == 2)
            for number in Int32(0)..<1000 {
                try await one.sendPaced(try packet("cachedb-local-repl", number), to: 3)
            }
            try await one.confirmAll(of: 3)
            #expect(try await one.settle(3, within: .seconds(20)) == 2)
            #expect(await happens { keeper.received.count == 1000 })
            #expect(keeper.received.map(\.number) == Array(0..<1000))
            await #expect(throws: NodeError.notLinked(3)) { try await one.waitUntilLinked(3, .milliseconds(200)) }
            try await one.waitUntilLinked(2, .seconds(20))
        }
    }

    @Test func `a node that cannot listen says so, and nobody waits for it`() async throws {
        var member = MemberConfiguration(
            cluster: 1, node: 1, url: NodeURL(host: "192.0.2.1", port: 5555), release: Release(4, 0, 1))
        member.nodes = [NodeConfiguration(node: 2, url: NodeURL(host: "127.0.0.2", port: 9))]
        var configuration = ClusterNode.Configuration(member: member)
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let node = try ClusterNode(configuration)
        let events = node.events()
        let waiting = Task { try await node.waitUntilUp(2, .seconds(600)) }
        let cancelled = Task { try await node.waitUntilUp(2, .seconds(600)) }
        // Before the node runs a wait can be given up.
        cancelled.cancel()
        await #expect(throws: NodeError.cancelled) { try await cancelled.value }
        await #expect(throws: (any Error).self) { try await node.run() }
        await #expect(throws: NodeError.stopped) { try await waiting.value }
        for await _ in events { Issue.record("there is no event") }
    }
}
