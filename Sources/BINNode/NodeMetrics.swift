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
    private let links: Gauge
    private let state = Mutex(State())

    private struct State {
        var received: [String: Counter] = [:]
        var refused: [Refusal.Reason: Counter] = [:]
        var roundTrips: [Int32: Timer] = [:]
        var nodesUp = 0
        var linksUp: Set<Int32> = []
    }

    init(cluster: Int32) {
        self.cluster = "\(cluster)"
        let dimensions = [("cluster", self.cluster)]
        sent = Counter(label: "bin_node_packets_sent", dimensions: dimensions)
        unhandled = Counter(label: "bin_node_packets_unhandled", dimensions: dimensions)
        chunksApplied = Counter(label: "bin_node_sync_chunks_applied", dimensions: dimensions)
        up = Gauge(label: "bin_node_nodes_up", dimensions: dimensions)
        links = Gauge(label: "bin_node_links_up", dimensions: dimensions)
    }

    func notedSent() { sent.increment() }
    func notedUnhandled() { unhandled.increment() }
    func applied(chunks: Int) { chunksApplied.increment(by: chunks) }

    /// What counts the packets of a capability: `bin_node_packets_received`, with the dimension `capability`.
    func received(_ capability: String) -> Counter {
        state.withLock { state in
            let counter =
                state.received[capability]
                ?? Counter(
                    label: "bin_node_packets_received", dimensions: [("cluster", cluster), ("capability", capability)])
            state.received[capability] = counter
            return counter
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

    /// Keeps the gauges of reachable nodes and of own links, `bin_node_nodes_up` and `bin_node_links_up`, and the timer of
    /// answers to PINGs, `bin_node_round_trip` with the dimension `node`.
    func noted(_ event: ClusterEvent) {
        switch event {
        case .nodeUp: state.withLock { countNodes(&$0, 1) }
        case .nodeDown: state.withLock { countNodes(&$0, -1) }
        case .linkChanged(let node, let link):
            state.withLock { state in
                if link == .up { state.linksUp.insert(node) } else { state.linksUp.remove(node) }
                links.record(state.linksUp.count)
            }
        case .pong(let node, _, let roundTrip):
            state.withLock { timer(of: node, &$0).recordNanoseconds(roundTrip.wholeNanoseconds) }
        default: break
        }
    }

    private func countNodes(_ state: inout State, _ change: Int) {
        state.nodesUp += change
        up.record(state.nodesUp)
    }

    private func timer(of node: Int32, _ state: inout State) -> Timer {
        if let timer = state.roundTrips[node] { return timer }
        let timer = Timer(label: "bin_node_round_trip", dimensions: [("cluster", cluster), ("node", "\(node)")])
        state.roundTrips[node] = timer
        return timer
    }
}
