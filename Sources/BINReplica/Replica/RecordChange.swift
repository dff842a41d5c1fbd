public import BINMessages

/// A change of a replica in memory of its own, as a store outside of the process keeps it.
///
/// Addresses of record without contacts, profile counters and pipes are not among them: servers keep none of them in a database.
public enum RecordChange: Sendable {
    /// A contact is new, or another one than before. `serial` names it for as long as the replica lives, whatever changes.
    case contact(serial: UInt64, Contact)
    /// A contact was deleted, or its time was up; what it was last.
    case contactRemoved(serial: UInt64, Contact)
    /// A dialog is new, or another one than before.
    case dialog(serial: UInt64, Dialog)
    /// A dialog ended, or its time was up.
    case dialogRemoved(serial: UInt64, callID: String, id: UInt64)
}

extension Replica {
    /// Appends what `changes` are to a store. To be called before the next change, as deleted records are gone then.
    ///
    /// A contact that was changed more than once is copied as it is now, each time.
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
            default: continue
            }
        }
    }
}
