import BINCluster
import BINMessages
import BINNode
import BINReplica
import BINText
import BINWire
import Synchronization

/// A visit to a cluster to hear the counters that its nodes broadcast. Nobody can be asked for them: they are not synced.
struct CounterListening {
    let kind: CounterKind
    /// How long it listens once the link to the first node is up.
    let seconds: Int
    /// Seconds for which what was heard counts.
    let expiry: UInt64

    /// Joins, listens, and leaves.
    /// - Throws: ``ClusterVisit/Failure`` when the node cannot join or the link to the first node does not come up.
    func read(_ membership: VisitArguments) async throws -> CounterReading {
        var member = try membership.member(knowing: [])
        let name = kind.capability(of: member.release)
        var capability = CapabilityConfiguration(WireName(name))
        // Nodes that still believe in an earlier link answer only who has something to announce.
        capability.isAnnounced = true
        member.capabilities = [capability]
        var configuration = ReplicaConfiguration(release: member.release, seed: .random(in: 0 ... .max))
        configuration.refusesOtherVersions = false
        configuration.expireCounters(after: expiry)
        let heard = HeardPackets()
        let replica = LiveReplica(configuration) { _, changes in heard.note(changes) }
        let visit = try ClusterVisit(
            try membership.configuration(member), handlers: replica.handlers.filter { $0.capability == name })
        let first = try membership.ids[0]
        let timeout = membership.timeout
        let (kind, seconds) = (kind, seconds)
        let reading = try await visit.run { node in
            try await ClusterVisit.waitUntilUp(node, first, seconds: timeout)
            try await Task.sleep(for: .seconds(seconds))
            var copy = replica.snapshot()
            var changes = ReplicaChanges()
            // Values that stand at 0 with all nodes are forgotten, as in a server.
            copy.advance(to: replica.now, into: &changes)
            return CounterReading(copy, kind, at: replica.now)
        }
        if let complaint = heard.complaint(kind, seconds) { Terminal.complain(complaint) }
        return reading
    }
}

/// Whether anything was heard, and whether it could be read.
private final class HeardPackets: Sendable {
    private struct State {
        var count = 0
        var refused = 0
        var reason: ReplicaChange.Reason?
    }

    private let state = Mutex(State())

    /// Takes what one packet did.
    func note(_ changes: borrowing ReplicaChanges) {
        state.withLock { state in
            state.count += 1
            for case .ignored(let reason) in changes.changes.map(\.action) {
                switch reason {
                case .unreadable, .notOfRelease:
                    state.refused += 1
                    state.reason = state.reason ?? reason
                    return
                default: continue
                }
            }
        }
    }

    /// The sentence for standard error; nil when there is nothing to say.
    func complaint(_ kind: CounterKind, _ seconds: Int) -> String? {
        let state = state.withLock { $0 }
        if state.refused > 0 {
            let reason = if case .unreadable(let error)? = state.reason { "\(error)" } else { "another message" }
            return "\(state.refused) of \(state.count) packets are not what --release writes: \(reason)"
        }
        guard state.count == 0 else { return nil }
        return switch kind {
        case .profiles:
            "nothing was heard in \(seconds) s: no node shares profiles (/b and profile_replication_cluster), or it speaks less often"
        case .pipes:
            "nothing was heard in \(seconds) s: no node shares pipes (/b and pipe_replication_cluster), or it speaks less often"
        }
    }
}
