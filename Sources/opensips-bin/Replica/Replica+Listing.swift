import BINReplica

extension Replica {
    /// The contacts that count at a moment, in the order in which they came.
    func listedContacts(at seconds: UInt64) -> [ContactHandle] {
        var handles: [ContactHandle] = []
        contacts.forEachAoR { aor in
            for handle in contacts.contacts(of: aor) where contacts.contact(handle)?.isValid(at: seconds) == true {
                handles.append(handle)
            }
        }
        return handles.sorted { $0.serial < $1.serial }
    }
}
