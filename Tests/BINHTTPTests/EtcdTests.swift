import BINCluster
import BINHTTP
import BINNode
import Foundation
import Logging
import Testing

/// An etcd server of its own, on ports that are free.
private final class EtcdServer {
    static let program = ["/usr/bin/etcd", "/usr/local/bin/etcd"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    let port = Int.random(in: 10_000..<32_000)
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    private let process = Process()

    init() throws {
        let (client, peer) = ("http://127.0.0.1:\(port)", "http://127.0.0.1:\(port + 1)")
        process.executableURL = URL(fileURLWithPath: try #require(Self.program))
        process.arguments = [
            "--data-dir", folder.path, "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=\(peer)",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Ends it as a crash does.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }
}

@Suite(.timeLimit(.minutes(2)), .serialized) struct EtcdTests {
    private func member(_ id: Int32, port: UInt16, etcd: Int) throws -> (GossipNode, EtcdOwnership) {
        func url(_ id: Int32) -> NodeURL { NodeURL(host: "127.0.0.\(id)", port: port) }
        var member = GossipConfiguration(cluster: 1, node: id, url: url(id))
        if id != 1 { member.neighbours = [url(1)] }
        var flag = FlagConfiguration("trunk", preferred: [1, 2])
        flag.isExternal = true
        member.flags = [flag]
        member.timing = GossipTiming(interval: .milliseconds(100))
        var configuration = GossipNode.Configuration(member: member)
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let node = try GossipNode(configuration)
        // The first address is one at which nobody listens.
        var leases = EtcdOwnership.Configuration(
            endpoints: [HTTPCall(host: "127.0.0.1", port: 1), HTTPCall(host: "127.0.0.1", port: etcd)], cluster: 1,
            node: id, flags: [flag])
        leases.timeToLive = 6
        leases.logger = configuration.logger
        return (node, EtcdOwnership(node, leases))
    }

    private func happens(_ condition: () async -> Bool) async -> Bool {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            if await condition() { return true }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return await condition()
    }

    @Test(.enabled(if: EtcdServer.program != nil, "there is no etcd here"))
    func `one node owns the flag, the next takes it with a higher number, and without etcd nobody does`() async throws {
        let server = try EtcdServer()
        let port = UInt16.random(in: 10_000..<32_000)
        let (one, first) = try member(1, port: port, etcd: server.port)
        let (two, second) = try member(2, port: port, etcd: server.port)
        let lost = two.events()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await one.run() }
            group.addTask { try await two.run() }
            let leases = Task { await first.run() }
            #expect(await happens { await one.owns("trunk") != nil })
            let fence = try #require(await one.owns("trunk"))
            group.addTask { await second.run() }
            #expect(await happens { await two.owner(of: "trunk")?.node == 1 }, "the others see the owner")
            // Longer than a lease, which is renewed meanwhile.
            try await Task.sleep(for: .seconds(7))
            #expect(await one.owns("trunk") == fence)
            #expect(await two.owns("trunk") == nil)
            leases.cancel()
            await leases.value
            #expect(await one.owns("trunk") == nil)
            #expect(await happens { await two.owns("trunk") != nil }, "what was given back is taken at once")
            #expect(try #require(await two.owns("trunk")) > fence)
            server.kill()
            #expect(await happens { await two.owns("trunk") == nil }, "an owner that cannot renew stops")
            for await event in lost {
                guard case .lost("trunk", let reason) = event.event else { continue }
                #expect(reason == .leaseExpired)
                break
            }
            group.cancelAll()
        }
    }
}
