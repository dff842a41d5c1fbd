import BINCluster
import BINConformance
import BINMessages
import BINNode
import BINReplica
import BINTransport
import BINWire
import Foundation
import Logging
import Synchronization

/// A node of this package with short times, as a target: it gives the data of two capabilities, asks for those of two others, has a
/// sharing tag, keeps contacts, dialogs and counters in a replica and the rest in its ``ModuleHandlers``.
struct OwnNode {
    let node: ClusterNode
    private let replica: LiveReplica
    private let release: Release
    let target: ConformanceTarget

    /// - Parameter isClosed: whether it knows the first two nodes of the runner beforehand, and takes no others.
    init(_ release: Release, node id: Int32 = 1, runnerID: Int32 = 9, isClosed: Bool = false, relays: Bool = true)
        throws
    {
        // Below the ports that the system gives to connections, and another one each time.
        let port = UInt16.random(in: 10_000..<32_000)
        let network = UInt8.random(in: 70..<250)
        let url = NodeURL(host: "127.0.\(network).\(id)", port: port)
        var member = MemberConfiguration(cluster: 1, node: id, url: url, release: release)
        member.tags = [TagConfiguration("vip", isActive: true)]
        member.timing.pingInterval = .milliseconds(800)
        member.timing.pingTimeout = .milliseconds(800)
        member.timing.nodeTimeout = .seconds(1)
        member.timing.restartDelay = .milliseconds(50)
        member.timing.syncTimeout = .seconds(2)
        member.timing.glareWindow = .zero
        member.capabilities = ["gives-a", "gives-b", "wants-a", "wants-b"].map { name in
            var capability = CapabilityConfiguration(WireName(name))
            capability.isAnnounced = true
            capability.servesSync = true
            capability.syncsAtStart = name.hasPrefix("wants")
            return capability
        }
        var replicated = ReplicaConfiguration(release: release, seed: 1)
        replicated.profiles = [
            ProfileDefinition("calls", hasValues: false), ProfileDefinition("caller", hasValues: true),
        ]
        let replica = LiveReplica(replicated)
        let modules = replica.handlers + ModuleHandlers(release: release).all
        member.capabilities += modules.map { module in
            var capability = CapabilityConfiguration(WireName(module.capability))
            capability.isAnnounced = true
            capability.servesSync = true
            return capability
        }
        member.relays = relays
        if isClosed {
            member.discoversNodes = false
            member.nodes = [runnerID, runnerID + 1].map { other in
                NodeConfiguration(node: other, url: NodeURL(host: "127.0.\(network).\(other)", port: port))
            }
        }
        var configuration = ClusterNode.Configuration(member: member)
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let givers = ["gives-a", "gives-b", "wants-a", "wants-b"].map { Giver($0) }
        node = try ClusterNode(configuration, handlers: givers + modules)
        self.replica = replica
        self.release = release
        var target = ConformanceTarget(
            endpoint: BINEndpoint(.bin, host: url.host, port: Int(port)), release: release, cluster: 1, node: runnerID,
            host: "127.0.\(network).\(runnerID)", unixTime: { Int64(Date().timeIntervalSince1970) })
        if isClosed { target.port = Int(port) }
        self.target = target
    }

    /// Runs cases against it.
    func run(_ cases: [ConformanceCase], _ configure: (inout ConformanceTarget) -> Void) async throws
        -> [ConformanceResult]
    {
        var target = target
        target.activeTag = "vip"
        target.patience = .seconds(8)
        configure(&target)
        return try await ConformanceResults.of(target, cases) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await node.run() }
                group.addTask { try await broadcastCounters() }
                try await group.next()
                group.cancelAll()
            }
        }
    }
}

extension OwnNode {
    /// Tells the others what this node counts: a call in two profiles, and a pipe in use.
    private func broadcastCounters() async throws {
        var producer = try ReplicationProducer(for: release, routing: Routing(cluster: 1, source: 1, destination: 2))
        try replica.change { replica throws(ReplicaRefusal) in
            try replica.profiles.setOwn("calls", count: 1)
            try replica.profiles.setOwn("caller", value: "alice", count: 1)
        }
        while !Task.isCancelled {
            let now = replica.now
            let (profiles, pipes) = try replica.change { replica throws(ReplicaRefusal) in
                _ = try replica.pipes.check("calls", limit: 100, .tailDrop, at: now)
                return (replica.profiles.round(at: now), replica.pipes.round(at: now))
            }
            for packet in try producer.profileCounts(profiles) + producer.pipeCounts(pipes) {
                // Nobody has to be there.
                _ = try? await node.broadcast(Routing.removed(from: packet))
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}

/// Collects results from the task of the runner.
final class ConformanceResults: Sendable {
    private let results = Mutex<[ConformanceResult]>([])

    /// Runs cases against a node that runs meanwhile.
    static func of(
        _ target: ConformanceTarget, _ cases: [ConformanceCase],
        against node: @escaping @Sendable () async throws -> Void
    ) async throws -> [ConformanceResult] {
        let runner = ConformanceRunner(target: target, cases: cases)
        let collected = ConformanceResults()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await node()
                return false
            }
            group.addTask {
                // The runner does not wait for a target that does not listen yet.
                try await Task.sleep(for: .milliseconds(200))
                try await runner.run { result in collected.results.withLock { $0.append(result) } }
                return true
            }
            while let isDone = try await group.next(), !isDone {}
            group.cancelAll()
        }
        return collected.results.withLock { $0 }
    }
}

/// A capability with a thousand records, of several packets.
private struct Giver: CapabilityHandler {
    let capability: String

    init(_ capability: String) { self.capability = capability }

    func receive(
        _ packet: RawSpan, _ header: PacketHeader, _ delivery: Delivery, on connection: PacketConnection?
    ) {}

    func apply(
        _ packet: RawSpan, _ header: PacketHeader, _ part: SyncPart, on connection: PacketConnection
    ) -> Int {
        var chunks = SyncChunks(packet, range: part.chunks)
        var count = 0
        while (try? chunks.next()) ?? nil != nil { count += 1 }
        return count
    }

    func chunks(for node: Int32) -> SyncChunkSource? {
        let position = Mutex(0)
        return SyncChunkSource(dataVersion: 1) {
            position.withLock { position in
                guard position < 1000 else { return nil }
                defer { position += 1 }
                return [UInt8](repeating: UInt8(truncatingIfNeeded: position), count: 100)
            }
        }
    }
}
