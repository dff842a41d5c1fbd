import BINCluster
import Metrics
import Synchronization

/// What a node counts, in swift-metrics. Every metric has the dimension `cluster`.
final class NodeMetrics: Sendable {
    /// Packets handed to the transport: `bin_node_packets_sent`.
    private let sent: Counter
    /// Packets of capabilities that nobody here handles: `bin_node_packets_unhandled`.
    private let unhandled: Counter
    /// Chunks of syncs that were applied: `bin_node_sync_chunks_applied`.
    private let chunksApplied: Counter
    private let cluster: String
    private let up: Gauge
    private let state = Mutex(State())

    private struct State {
        var received: [String: Counter] = [:]
        var refused: [Refusal.Reason: Counter] = [:]
        var nodesUp = 0
    }

    init(cluster: Int32) {
        self.cluster = "\(cluster)"
        let dimensions = [("cluster", self.cluster)]
        sent = Counter(label: "bin_node_packets_sent", dimensions: dimensions)
        unhandled = Counter(label: "bin_node_packets_unhandled", dimensions: dimensions)
        chunksApplied = Counter(label: "bin_node_sync_chunks_applied", dimensions: dimensions)
        up = Gauge(label: "bin_node_nodes_up", dimensions: dimensions)
    }

    func notedSent() { sent.increment() }
    func notedUnhandled() { unhandled.increment() }
    func applied(chunks: Int) { chunksApplied.increment(by: chunks) }

    /// A packet of a capability: `bin_node_packets_received`, with the dimension `capability`.
    func received(_ capability: String) {
        state.withLock { state in
            let counter =
                state.received[capability]
                ?? Counter(
                    label: "bin_node_packets_received", dimensions: [("cluster", cluster), ("capability", capability)])
            state.received[capability] = counter
            counter.increment()
        }
    }

    /// Something that was not taken: `bin_node_packets_refused`, with the dimension `reason`.
    func refused(_ refusal: Refusal) {
        state.withLock { state in
            let counter =
                state.refused[refusal.reason]
                ?? Counter(
                    label: "bin_node_packets_refused",
                    dimensions: [("cluster", cluster), ("reason", refusal.reason.rawValue)])
            state.refused[refusal.reason] = counter
            counter.increment(by: 1 + Int(clamping: refusal.unreported))
        }
    }

    /// Keeps the gauge of reachable nodes: `bin_node_nodes_up`.
    func noted(_ event: ClusterEvent) {
        let change =
            switch event {
            case .nodeUp: 1
            case .nodeDown: -1
            default: 0
            }
        guard change != 0 else { return }
        state.withLock { state in
            state.nodesUp += change
            up.record(state.nodesUp)
        }
    }
}
