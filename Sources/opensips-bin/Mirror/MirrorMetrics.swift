import BINStore
import Metrics

/// What monitoring sees of a mirror (`mirror --http`) beside what the mirror counts itself.
struct MirrorMetrics {
    private let refused = Gauge(label: "bin_mirror_records_refused")
    private let isFailing = Gauge(label: "bin_mirror_failing")

    /// Sets all to what is now.
    func set(_ status: Mirror.Status, _ held: MirroredCounts) {
        refused.record(status.refused)
        isFailing.record(status.failure == nil ? 0 : 1)
        for (name, count) in held.counts { Gauge(label: "bin_mirror_held", dimensions: [("kind", name)]).record(count) }
    }

    /// What is wrong with a mirror, in one sentence; nil when nothing is.
    static func trouble(_ status: Mirror.Status) -> String? {
        if let failure = status.failure { return "the store cannot be written: \(failure)" }
        // Which of them a cluster has is its own affair.
        return status.synced.isEmpty ? "no first sync was written yet" : nil
    }
}
