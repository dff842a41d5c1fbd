public import BINMessages

/// A change of a replica in memory of its own, as a store outside of the process keeps it.
///
/// Addresses of record without contacts are not among them: servers keep none in a database.
public enum RecordChange: Sendable {
    /// A contact is new, or another one than before. `serial` names it for as long as the replica lives, whatever changes.
    case contact(serial: UInt64, Contact)
    /// A contact was deleted, or its time was up; what it was last.
    case contactRemoved(serial: UInt64, Contact)
    /// A dialog is new, or another one than before.
    case dialog(serial: UInt64, Dialog)
    /// A dialog ended, or its time was up.
    case dialogRemoved(serial: UInt64, callID: String, id: UInt64)
    /// What nodes count in a profile, or in one value of it, is new or another number than before.
    case profile(ProfileRecord)
    /// No node counts anything in a value of a profile since `time`.
    case profileRemoved(String, value: String?, time: ReplicaTime)
    /// What nodes count in a pipe is new or another number than before.
    case pipe(PipeRecord)
    /// Nobody uses a pipe any more since `time`.
    case pipeRemoved(String, time: ReplicaTime)
}

extension Replica {
    /// Appends what `changes` are to a store. To be called before the next change, as deleted records are gone then.
    ///
    /// What was changed more than once is copied as it is now, each time.
    public func append(_ changes: ReplicaChanges, to records: inout [RecordChange]) {
        for change in changes.changes {
            switch (change.subject, change.action) {
            case (_, .ignored): continue
            case (.contact(let handle?, _), .deleted), (.contact(let handle?, _), .expired):
                guard let contact = contacts.copy(of: handle) else { continue }
                records.append(.contactRemoved(serial: handle.serial, contact))
            case (.contact(let handle?, _), _):
                guard let contact = contacts.copy(of: handle) else { continue }
                records.append(.contact(serial: handle.serial, contact))
            case (.dialog(let handle?), .deleted), (.dialog(let handle?), .expired):
                guard let dialog = dialogs.dialog(handle) else { continue }
                records.append(.dialogRemoved(serial: handle.serial, callID: dialog.callID, id: dialog.id))
            case (.dialog(let handle?), _):
                guard let dialog = dialogs.dialog(handle) else { continue }
                records.append(.dialog(serial: handle.serial, dialog))
            case (.profile(let name, let value), .deleted), (.profile(let name, let value), .expired):
                records.append(.profileRemoved(name, value: value, time: time))
            case (.profile(let name, let value), _):
                records.append(.profile(profiles.record(of: name, value: value, at: time)))
            case (.pipe(let name), .deleted), (.pipe(let name), .expired):
                records.append(.pipeRemoved(name, time: time))
            case (.pipe(let name), _):
                guard let pipe = pipes.record(of: name, at: time) else { continue }
                records.append(.pipe(pipe))
            default: continue
            }
        }
    }
}
