public import BINCluster
import Synchronization

/// Something that happened in the cluster, and when.
public struct NodeEvent: Hashable, Sendable {
    /// By the node's clocks.
    public var time: Instant
    /// What happened.
    public var event: ClusterEvent
}

/// What a node tells, for any number of readers, each of which gets all that come while it reads.
///
/// Events are posted by one task at a time, so that all readers get them in the same order.
///
/// A reader that is slow misses the newest events beyond 4096 that wait; ``missed`` counts them for all readers.
final class NodeEvents<Event: Sendable>: Sendable {
    private struct State {
        var readers: [Int: AsyncStream<Event>.Continuation] = [:]
        var nextID = 0
        var missed = 0
        var finished = false
    }

    private let state = Mutex(State())
    private static var limit: Int { 4096 }

    /// Whether anybody reads.
    var hasReaders: Bool { state.withLock { !$0.readers.isEmpty } }

    var missed: Int { state.withLock { $0.missed } }

    func stream() -> AsyncStream<Event> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Event.self, bufferingPolicy: .bufferingOldest(Self.limit))
        let id = state.withLock { state -> Int? in
            guard !state.finished else { return nil }
            state.nextID += 1
            state.readers[state.nextID] = continuation
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.readers[id] = nil } }
        return stream
    }

    func post(_ event: Event) {
        // Not under the lock: whoever cancels a reader holds what waking it needs, and comes for the lock with that.
        let readers = state.withLock { Array($0.readers.values) }
        var missed = 0
        for reader in readers {
            if case .dropped = reader.yield(event) { missed += 1 }
        }
        if missed > 0 { state.withLock { $0.missed += missed } }
    }

    func finish() {
        let readers = state.withLock { state in
            state.finished = true
            defer { state.readers = [:] }
            return Array(state.readers.values)
        }
        for reader in readers { reader.finish() }
    }
}
