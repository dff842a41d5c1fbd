import BINCluster
import BINMessages
import BINNode
import BINTransport
import BINWire
import Logging
import ServiceLifecycle
import Synchronization
import Testing

/// A capability that keeps what it gets, and gives what it was told to.
final class Keeper: CapabilityHandler {
    let capability: String
    private let state = Mutex(State())

    private struct State {
        var received: [(source: Int32, number: Int32)] = []
        var chunks: [[UInt8]] = []
        var gives: [[UInt8]] = []
    }

    init(_ capability: String, gives: [[UInt8]] = []) {
        self.capability = capability
        state.withLock { $0.gives = gives }
    }

    /// The numbers that came, with the nodes they came from.
    var received: [(source: Int32, number: Int32)] { state.withLock { $0.received } }
    /// The chunks of syncs.
    var chunks: [[UInt8]] { state.withLock { $0.chunks } }

    func receive(
        _ packet: RawSpan, _ header: PacketHeader, _ delivery: Delivery, on connection: PacketConnection?
    ) {
        var cursor = FieldCursor(packet, range: delivery.body, framing: header.framing)
        guard let number = try? cursor.readInt32() else { return }
        state.withLock { $0.received.append((delivery.source, number)) }
    }

    func apply(
        _ packet: RawSpan, _ header: PacketHeader, _ part: SyncPart, on connection: PacketConnection
    ) -> Int {
        var chunks = SyncChunks(packet, range: part.chunks)
        var count = 0
        while let chunk = try? chunks.next() {
            let bytes = packet.extracting(chunk.content).withUnsafeBytes { Array($0) }
            state.withLock { $0.chunks.append(bytes) }
            count += 1
        }
        return count
    }

    func chunks(for node: Int32) -> SyncChunkSource? {
        let all = state.withLock { $0.gives }
        let position = Mutex(0)
        return SyncChunkSource(dataVersion: 3) {
            position.withLock { position in
                guard position < all.count else { return nil }
                defer { position += 1 }
                return all[position]
            }
        }
    }
}

/// A packet of a module that holds a number, without its trailer.
func packet(_ capability: String, _ number: Int32, padding: Int = 0) throws -> [UInt8] {
    var writer = PacketWriter()
    try writer.begin(capability: Array(capability.utf8).span.bytes, type: 1, version: 3, framing: .v2_3)
    try writer.write(number)
    try writer.writeRaw([UInt8](repeating: 7, count: padding).span.bytes)
    try writer.finish()
    return writer.copyBytes()
}

/// Nodes of one cluster at 127.0.0.1, 127.0.0.2, …, all at one port.
struct Cluster {
    let port: UInt16
    let release: Release

    /// The port is below those that the system gives to connections, and another one each time.
    init(_ release: String = "4.0.1") throws {
        port = UInt16.random(in: 10_000..<32_000)
        self.release = try #require(Release(release))
    }

    func url(_ id: Int32) -> NodeURL { NodeURL(host: "127.0.0.\(id)", port: port) }

    /// A node that knows some others.
    func node(
        _ id: Int32, knows: [Int32], handlers: [any CapabilityHandler] = [],
        _ configure: (inout MemberConfiguration) -> Void = { _ in }
    ) throws -> ClusterNode {
        var member = MemberConfiguration(cluster: 1, node: id, url: url(id), release: release)
        member.nodes = knows.map { NodeConfiguration(node: $0, url: url($0)) }
        member.timing.restartDelay = .milliseconds(50)
        configure(&member)
        var configuration = ClusterNode.Configuration(member: member)
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try ClusterNode(configuration, handlers: handlers)
    }
}

/// Runs nodes for the time of `body`.
func running<Result: Sendable>(
    _ nodes: [any Service], _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        for node in nodes {
            group.addTask {
                try await node.run()
                return nil
            }
        }
        group.addTask { try await body() }
        defer { group.cancelAll() }
        while let result = try await group.next() {
            if let result { return result }
        }
        throw NodeError.stopped
    }
}

/// Waits until `condition` holds, for a bounded time.
func happens(within limit: Duration = .seconds(30), _ condition: () async -> Bool) async -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return await condition()
}
