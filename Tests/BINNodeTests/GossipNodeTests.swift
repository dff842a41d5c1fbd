import BINCluster
import BINNode
import BINTransport
import BINWire
import Foundation
import Logging
import NIOCore
import ServiceLifecycle
import Testing

/// Members of the gossip with sockets and disks, at 127.0.0.1, 127.0.0.2, … and one port, five rounds a second.
private struct GossipCluster {
    let port = UInt16.random(in: 10_000..<32_000)
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func url(_ id: Int32) -> NodeURL { NodeURL(host: "127.0.0.\(id)", port: port) }

    func memory(_ id: Int32) -> String { folder.appendingPathComponent("\(id)").path }

    func node(
        _ id: Int32, knows: [Int32], _ configure: (inout GossipNode.Configuration) -> Void = { _ in }
    ) throws -> GossipNode {
        var member = GossipConfiguration(cluster: 1, node: id, url: url(id))
        member.neighbours = knows.map { url($0) }
        member.timing = GossipTiming(interval: .milliseconds(200))
        member.timing.storeInterval = .milliseconds(200)
        var configuration = GossipNode.Configuration(member: member)
        configuration.memory = memory(id)
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        configure(&configuration)
        return try GossipNode(configuration)
    }
}

private func sees(_ node: GossipNode, _ others: [Int32], as status: MemberStatus = .alive) async -> Bool {
    let members = await node.members
    return others.allSatisfy { id in members.contains { $0.node == id && $0.status == status } }
}

@Suite(.timeLimit(.minutes(2)), .serialized) struct GossipNodeTests {
    @Test func `nodes that know one neighbour come to know all, and what each says of itself`() async throws {
        let cluster = try GossipCluster()
        let nodes = try (Int32(1)...4).map { try cluster.node($0, knows: $0 == 1 ? [] : [1]) }
        let changes = nodes[3].stateChanges()
        try await running(nodes) {
            for node in nodes { #expect(await happens { await sees(node, [1, 2, 3, 4]) }) }
            try await nodes[1].set(Array("trunk".utf8), to: Array("up".utf8))
            #expect(await happens { await nodes[3].value(Array("trunk".utf8), of: 2) == Array("up".utf8) })
            try await nodes[1].set(Array("trunk".utf8), to: nil)
            var seen: [[UInt8]?] = []
            for await change in changes where change.node == 2 && change.key == Array("trunk".utf8) {
                seen.append(change.value)
                if change.value == nil { break }
            }
            #expect(seen.last == .some(nil))
            #expect(await nodes[0].hasJoined)
        }
    }

    @Test func `a state that fits no datagram goes over a stream`() async throws {
        let cluster = try GossipCluster()
        let nodes = try [cluster.node(1, knows: []), cluster.node(2, knows: [1])]
        let packets = nodes[0].packets()
        try await running(nodes) {
            #expect(await happens { await sees(nodes[0], [2]) })
            let value = [UInt8](repeating: 7, count: 5000)
            try await nodes[0].set([1], to: value)
            #expect(await happens { await nodes[1].value([1], of: 1) == value })
            for await packet in packets where packet.isSent && packet.bytes > 5000 {
                #expect(packet.isStream && packet.kind == .delta)
                break
            }
        }
    }

    @Test func `who leaves is known as left at once, and its flag goes to the next`() async throws {
        let cluster = try GossipCluster()
        let flag = FlagConfiguration("vip", preferred: [1, 2])
        let one = try cluster.node(1, knows: []) { $0.member.flags = [flag] }
        let two = try cluster.node(2, knows: [1]) { $0.member.flags = [flag] }
        let ownership = two.ownership(of: "vip")
        try await running([two]) {
            let first = try await running([one]) {
                #expect(await happens { await one.owns("vip") != nil })
                #expect(await happens { await two.owner(of: "vip")?.node == 1 })
                return await one.owns("vip")
            }
            #expect(await happens { await sees(two, [1], as: .left) })
            for await change in ownership {
                guard case .acquired(let fence) = change else { continue }
                #expect(fence > first ?? .max)
                break
            }
        }
    }

    @Test func `a node that is shut down gracefully tells the others, too`() async throws {
        let cluster = try GossipCluster()
        let one = try cluster.node(1, knows: [])
        let two = try cluster.node(2, knows: [1])
        try await running([one]) {
            let services = ServiceGroup(
                services: [two], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await services.run() }
                // Each must know the other: who knows nobody can tell nobody.
                #expect(await happens { await sees(one, [2]) })
                #expect(await happens { await sees(two, [1]) })
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
            }
            #expect(await happens { await sees(one, [2], as: .left) })
        }
    }

    @Test func `after all were down they find back by what is on disk, though no neighbour is there`() async throws {
        let cluster = try GossipCluster()
        let first = try (Int32(1)...3).map {
            try cluster.node($0, knows: $0 == 1 ? [] : [1]) { $0.leavesAtEnd = false }
        }
        let generations = try await running(first) {
            for node in first { #expect(await happens { await sees(node, [1, 2, 3]) }) }
            for id in Int32(1)...3 {
                #expect(
                    await happens {
                        FileManager.default.contents(atPath: cluster.memory(id)).map { $0.count > 90 } ?? false
                    })
            }
            return await [first[0].generation, first[1].generation, first[2].generation]
        }
        // The neighbour that they were given stays away.
        let second = try (Int32(2)...3).map { try cluster.node($0, knows: [1]) }
        try await running(second) {
            for node in second { #expect(await happens { await sees(node, [2, 3]) }) }
            #expect(await second[0].generation > generations[1])
        }
    }

    @Test func `a quorum flag has one owner among three voters, which keep what they granted on disk`() async throws {
        let cluster = try GossipCluster()
        let flag = FlagConfiguration("vip", preferred: [1, 2, 3], policy: .quorum)
        let nodes = try (Int32(1)...3).map { id in
            try cluster.node(id, knows: id == 1 ? [] : [1]) { $0.member.flags = [flag] }
        }
        try await running(nodes) {
            #expect(await happens { await nodes[0].owns("vip") != nil })
            let fence = await nodes[0].owns("vip")
            #expect(await happens { await nodes[2].owner(of: "vip")?.fence == fence })
            #expect(await nodes[1].owns("vip") == nil)
        }
        for id in Int32(1)...3 {
            let bytes = try #require(FileManager.default.contents(atPath: cluster.memory(id)))
            #expect(GossipMember.owner(ofMemory: Array(bytes)) ?? (0, 0) == (1, id))
        }
    }

    @Test func `a node that can put nothing on disk grants and gets no lease`() async throws {
        let cluster = try GossipCluster()
        let flag = FlagConfiguration("vip", preferred: [1, 2], policy: .quorum)
        let one = try cluster.node(1, knows: []) { $0.member.flags = [flag] }
        let two = try cluster.node(2, knows: [1]) {
            $0.member.flags = [flag]
            $0.memory = "/nowhere/memory"
        }
        try await running([one, two]) {
            #expect(await happens { await sees(one, [2]) })
            // Longer than voters take to learn, and candidates to settle.
            try await Task.sleep(for: .seconds(5))
            #expect(await one.owns("vip") == nil)
            #expect(await two.owns("vip") == nil)
        }
    }

    @Test func `the memory of another node is refused, and one that is damaged`() throws {
        let cluster = try GossipCluster()
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: cluster.memory(1)))
        #expect(throws: GossipMemoryError.unreadable(path: cluster.memory(1), reason: "it is damaged")) {
            try cluster.node(1, knows: [])
        }
        let now = Instant(nanoseconds: 1, unixSeconds: 1_700_000_000)
        var member = GossipMember(
            GossipConfiguration(cluster: 1, node: 7, url: cluster.url(7)), seed: 1, at: now)
        for case .store(let bytes) in member.start(at: now) {
            try Data(bytes).write(to: URL(fileURLWithPath: cluster.memory(2)))
        }
        #expect(throws: GossipMemoryError.anothers(path: cluster.memory(2), cluster: 1, node: 7)) {
            try cluster.node(2, knows: [])
        }
    }

    @Test func `what is no gossip is refused, and the node goes on`() async throws {
        let cluster = try GossipCluster()
        let one = try cluster.node(1, knows: [])
        let events = one.events()
        try await running([one]) {
            let sender = try await UDPTransport.bind(to: BINEndpoint(.udp, host: "127.0.0.9", port: 0))
            defer { sender.close() }
            let junk = try packet("ext-gossip", 7)
            let target = try SocketAddress(ipAddress: "127.0.0.1", port: Int(cluster.port))
            for _ in 0..<20 { try await sender.send(junk, to: target) }
            for await event in events where event.event == .refused(.malformed) { break }
            try await one.set([1], to: [2])
            #expect(await one.value([1], of: 1) == [2])
        }
    }
}
