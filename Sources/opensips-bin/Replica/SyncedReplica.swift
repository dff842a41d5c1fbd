import BINCluster
import BINMessages
import BINNode
import BINReplica
import BINTransport
import BINWire
import Synchronization

/// A replica of what one sync brings.
final class SyncedReplica: SyncGatherer {
    private struct State {
        var replica: Replica
        var changes = ReplicaChanges()
        var failure: String?
    }

    let capability: String
    private let release: Release
    private let state: Mutex<State>

    init(capability: String, release: Release) {
        self.capability = capability
        self.release = release
        state = Mutex(State(replica: SyncedReplica.empty(release)))
    }

    /// Everything is kept as the donor says it.
    private static func empty(_ release: Release) -> Replica {
        var configuration = ReplicaConfiguration(release: release, seed: 0)
        configuration.hasStrictContacts = true
        return Replica(configuration)
    }

    func begin() { state.withLock { $0.replica = SyncedReplica.empty(release) } }

    var gathered: Replica { state.withLock { $0.replica } }

    var failure: String? { state.withLock { $0.failure } }

    func apply(
        _ packet: RawSpan, _ header: PacketHeader, _ part: SyncPart, on connection: PacketConnection
    ) -> Int {
        state.withLock { state in
            state.changes.removeAll()
            // Nothing that a sync says is too old: a moment at which nothing has passed.
            state.replica.apply(
                packet, header, from: part.donor, release: release, at: ReplicaTime(milliseconds: 0),
                into: &state.changes)
            for case .ignored(.unreadable(let error)) in state.changes.changes.map(\.action) {
                state.failure = state.failure ?? "\(error)"
            }
            return state.changes.appliedChunks(of: part.count)
        }
    }
}
