import BINCluster
import Metrics
import Synchronization

/// What a member of the gossip counts, in swift-metrics. Every metric has the dimension `cluster`.
final class GossipMetrics: Sendable {
    private struct State {
        var counters: [String: Counter] = [:]
    }

    private let cluster: String
    private let state = Mutex(State())
    private let members: [Gauge]
    private let owned: Gauge

    init(cluster: Int32) {
        self.cluster = "\(cluster)"
        members = ["alive", "suspected", "down", "left"].map { [cluster = self.cluster] status in
            Gauge(label: "bin_gossip_members", dimensions: [("cluster", cluster), ("status", status)])
        }
        owned = Gauge(label: "bin_gossip_flags_owned", dimensions: [("cluster", self.cluster)])
    }

    /// `bin_gossip_packets_sent` and `bin_gossip_bytes_sent`, with the dimension `message`.
    func sent(_ kind: GossipKind, bytes: Int) {
        add("bin_gossip_packets_sent", "message", kind.rawValue, 1)
        add("bin_gossip_bytes_sent", "message", kind.rawValue, bytes)
    }

    /// `bin_gossip_packets_received` and `bin_gossip_bytes_received`, with the dimension `message`.
    func received(_ kind: GossipKind, bytes: Int) {
        add("bin_gossip_packets_received", "message", kind.rawValue, 1)
        add("bin_gossip_bytes_received", "message", kind.rawValue, bytes)
    }

    /// `bin_gossip_packets_refused`, with the dimension `reason`.
    func refused(_ refusal: GossipRefusal) { add("bin_gossip_packets_refused", "reason", "\(refusal)", 1) }

    /// `bin_gossip_members`, with the dimension `status`, and `bin_gossip_flags_owned`.
    func note(members counts: [Int], owned count: Int) {
        for (gauge, count) in zip(members, counts) { gauge.record(count) }
        owned.record(count)
    }

    private func add(_ label: String, _ dimension: String, _ value: String, _ amount: Int) {
        state.withLock { state in
            let key = label + value
            let counter =
                state.counters[key]
                ?? Counter(label: label, dimensions: [("cluster", cluster), (dimension, value)])
            state.counters[key] = counter
            counter.increment(by: amount)
        }
    }
}
