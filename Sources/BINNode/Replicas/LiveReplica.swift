import BINCluster
public import BINMessages
public import BINReplica
import BINTransport
import BINWire
public import ServiceLifecycle
import Synchronization

/// What a cluster replicates, kept by a node: packets and syncs are applied as they come, time passes by itself, and nodes that
/// ask are given all of it.
///
/// ```swift
/// let replica = LiveReplica(ReplicaConfiguration(release: release, seed: .random(in: 0 ... .max)))
/// let node = try ClusterNode(.init(member: member), handlers: replica.handlers)
/// ```
///
/// Reading it stops the node for that long; ``snapshot()`` is for whoever takes more time.
public final class LiveReplica: Service {
    /// Told of each packet that was applied and of each moment that passed, in their order, while the replica stands still.
    public typealias Observer = @Sendable (borrowing Replica, borrowing ReplicaChanges) -> Void

    private struct State {
        var replica: Replica
        var changes = ReplicaChanges()
    }

    private let state: Mutex<State>
    private let observer: Observer?
    /// The releases of nodes that do not run that of the cluster.
    private let releases: [Int32: Release]
    private let release: Release

    /// An empty replica.
    /// - Parameters:
    ///   - configuration: the rules by which packets are applied.
    ///   - releases: what single nodes run, where that is not `configuration.release`.
    ///   - observer: told of every change.
    public init(_ configuration: ReplicaConfiguration, releases: [Int32: Release] = [:], observer: Observer? = nil) {
        state = Mutex(State(replica: Replica(configuration)))
        release = configuration.release
        self.releases = releases
        self.observer = observer
    }

    /// One for each capability that the release replicates to a replica: contacts, dialogs, profile counters, pipes.
    public var handlers: [any CapabilityHandler] {
        let names =
            release < Release(2, 4, 0)
            ? ["ul", "dialog", "ratelimit"]
            : [
                ReplicaChunks.Subject.contacts.capability, ReplicaChunks.Subject.dialogs.capability,
                "dialog-prof-repl", "ratelimit-pipe-repl",
            ]
        return names.map { Handler(capability: $0, replica: self) }
    }

    /// Reads the replica. The node waits for `body`.
    public func read<Result, Failure: Error>(
        _ body: (borrowing Replica) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try state.withLock { state throws(Failure) in try body(state.replica) }
    }

    /// Changes the replica from here: own counts of profiles and pipes, `check` of a pipe. The node waits for `body`.
    public func change<Result, Failure: Error>(
        _ body: (inout Replica) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try state.withLock { state throws(Failure) in try body(&state.replica) }
    }

    /// The replica as it is now.
    public func snapshot() -> Replica { state.withLock { $0.replica } }

    /// The time, as a replica wants it.
    public var now: ReplicaTime { ReplicaTime(milliseconds: NodeClock.unixMilliseconds) }

    /// Lets time pass, until the task is cancelled or a graceful shutdown begins.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                self.advance()
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Takes out what is due, in steps between which the node goes on.
    private func advance() {
        var isDone = false
        while !isDone, !Task.isCancelled {
            isDone = state.withLock { state in
                state.changes.removeAll()
                let done = state.replica.advance(to: now, limit: 4096, into: &state.changes)
                observer?(state.replica, state.changes)
                return done
            }
        }
    }

    private func apply(_ packet: RawSpan, _ header: PacketHeader, from node: Int32, chunks: Int?) -> Int {
        state.withLock { state in
            state.changes.removeAll()
            state.replica.apply(
                packet, header, from: node, release: releases[node] ?? release, at: now, into: &state.changes)
            observer?(state.replica, state.changes)
            return state.changes.appliedChunks(of: chunks)
        }
    }

    private func chunks(_ subject: ReplicaChunks.Subject, for node: Int32) -> SyncChunkSource? {
        let copy = snapshot()
        guard let chunks = try? ReplicaChunks(of: subject, in: copy, for: releases[node] ?? release, at: now) else {
            return nil
        }
        let version = chunks.dataVersion
        let source = ChunkQueue(chunks)
        return SyncChunkSource(dataVersion: version) { source.next() }
    }

    /// The replica as what becomes of one capability.
    private struct Handler: CapabilityHandler {
        let capability: String
        let replica: LiveReplica

        func receive(
            _ packet: RawSpan, _ header: PacketHeader, _ delivery: Delivery, on connection: PacketConnection?
        ) {
            _ = replica.apply(packet, header, from: delivery.source, chunks: nil)
        }

        func apply(
            _ packet: RawSpan, _ header: PacketHeader, _ part: SyncPart, on connection: PacketConnection
        ) -> Int {
            replica.apply(packet, header, from: part.donor, chunks: part.count)
        }

        func chunks(for node: Int32) -> SyncChunkSource? {
            ReplicaChunks.Subject(rawValue: capability).flatMap { replica.chunks($0, for: node) }
        }
    }
}

/// The chunks of one sync, taken by one task at a time.
private final class ChunkQueue: Sendable {
    private let chunks: Mutex<ReplicaChunks>

    init(_ chunks: consuming sending ReplicaChunks) { self.chunks = Mutex(chunks) }

    func next() -> [UInt8]? { chunks.withLock { $0.next() } }
}
