import BINWire

/// Where the parts of an AoR stand in its record.
enum AoRField {
    /// Place of the first contact.
    static let firstContact = 0
    /// Neighbours in the list of AoRs without contacts.
    static let emptyNext = 4
    static let emptyPrevious = 8
    /// Hash of the protocol.
    static let hash = 12
    static let label = 16
    static let nextContactLabel = 20
    static let domain = 22
    static let nameLength = 24
    static let keyValuesLength = 26
    /// Size of the record in units of the arena.
    static let units = 28
    /// Contacts, traces of deleted ones included.
    static let contactCount = 30
    static let serial = 32
    /// Unix time since which there is no contact.
    static let emptySince = 40
    /// Live contacts.
    static let liveCount = 48
    /// Name, then key/values.
    static let texts = 52
}

/// Where the parts of a contact stand in its record.
enum ContactField {
    /// The next contact of the AoR.
    static let next = 0
    static let aor = 4
    /// Neighbours among the contacts whose time is up in the same slot of the wheel.
    static let dueNext = 8
    static let duePrevious = 12
    /// Neighbours among contacts with the same URI.
    static let uriNext = 16
    static let uriPrevious = 20
    /// Neighbours among contacts with the same Call-ID.
    static let callNext = 24
    static let callPrevious = 28
    static let serial = 32
    static let contactID = 40
    static let expires = 48
    static let lastModified = 56
    static let cseq = 64
    static let flags = 68
    static let branchFlags = 72
    static let methods = 76
    static let q = 80
    /// Node that sent what is stored.
    static let sender = 84
    /// Strict mode: highest CSeq that was deleted.
    static let deletedCSeq = 88
    /// Size of the record in units of the arena.
    static let units = 92
    static let marks = 94
    /// Lengths of the texts, 16 bits each.
    static let lengths = 96
    /// When the contact is due, in seconds, as the wheel counts; 0 when it is not in the wheel.
    static let due = 116
    static let texts = 120
}

/// The texts of a contact in the order of its record.
enum ContactText: Int {
    case uri, callID, userAgent, path, attributes, received, instance, socket, branchFlagNames, keyValues
    static let count = 10
}

/// What is to be known of a contact record beside its fields.
struct ContactMarks: OptionSet {
    let rawValue: UInt16
    /// There is a contact; without it, only the trace of a deleted one.
    static let live = ContactMarks(rawValue: 1)
    /// Strict mode: a delete came.
    static let deleted = ContactMarks(rawValue: 2)
}
