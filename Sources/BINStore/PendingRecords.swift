public import BINReplica
import Synchronization

/// Changes on their way to a sink. Of a record that changed more than once only the last state waits, so that there are never
/// more than the replica has records and lost.
public final class PendingRecords: Sendable {
    private enum Key: Hashable {
        case contact(UInt64)
        case dialog(UInt64)
        case profile(String, value: String?)
        case pipe(String)

        init(_ change: RecordChange) {
            switch change {
            case .contact(let serial, _), .contactRemoved(let serial, _): self = .contact(serial)
            case .dialog(let serial, _), .dialogRemoved(let serial, _, _): self = .dialog(serial)
            case .profile(let record): self = .profile(record.profile, value: record.value)
            case .profileRemoved(let name, let value, _): self = .profile(name, value: value)
            case .pipe(let record): self = .pipe(record.name)
            case .pipeRemoved(let name, _): self = .pipe(name)
            }
        }
    }

    private struct State {
        var changes: [RecordChange] = []
        var places: [Key: Int] = [:]
        var scratch: [RecordChange] = []
        /// Changes that were handed over, those included that another one took the place of.
        var total: UInt64 = 0
    }

    private let state = Mutex(State())

    /// No changes.
    public init() {}

    /// Records that wait.
    public var count: Int { state.withLock { $0.changes.count } }

    /// Changes that were handed over so far.
    public var total: UInt64 { state.withLock { $0.total } }

    /// Takes what a replica tells its observer.
    public func append(_ changes: borrowing ReplicaChanges, of replica: borrowing Replica) {
        state.withLock { state in
            replica.append(changes, to: &state.scratch)
            for change in state.scratch { PendingRecords.put(change, &state) }
            state.scratch.removeAll(keepingCapacity: true)
        }
    }

    /// Takes changes.
    public func append(_ changes: [RecordChange]) {
        state.withLock { state in for change in changes { PendingRecords.put(change, &state) } }
    }

    /// Takes states that may be older than what waits: of a record that waits already, what waits counts.
    public func appendMissing(_ changes: [RecordChange]) {
        state.withLock { state in
            for change in changes where state.places[Key(change)] == nil { PendingRecords.put(change, &state) }
        }
    }

    private static func put(_ change: RecordChange, _ state: inout State) {
        state.total &+= 1
        let key = Key(change)
        if let place = state.places[key] {
            state.changes[place] = change
        } else {
            state.places[key] = state.changes.count
            state.changes.append(change)
        }
    }

    /// Takes out everything that waits, in the order in which each record first changed.
    public func take() -> [RecordChange] {
        state.withLock { state in
            let changes = state.changes
            state.changes = []
            state.places = [:]
            return changes
        }
    }
}
