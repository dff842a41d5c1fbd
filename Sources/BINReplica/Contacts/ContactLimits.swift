/// What a store of contacts holds at most. What goes beyond is refused, and said.
public struct ContactLimits: Hashable, Sendable {
    /// Contacts; in strict mode together with the traces of deleted ones.
    public var contacts = 4_000_000
    /// Addresses of record.
    public var aors = 4_000_000
    /// Contacts of one address of record.
    public var contactsPerAoR = 1024
    /// Tables of contacts.
    public var domains = 16
    /// Bytes of all records.
    public var bytes = 4 << 30
    /// Strict mode: how long the trace of a deleted contact is kept, in seconds. An insert with a lower CSeq that comes later
    /// than this brings the contact back.
    public var deletionMemory: UInt64 = 3600
    /// How long an address of record without contacts is kept, in seconds.
    public var emptyAoRs: UInt64 = 60

    /// The limits above.
    public init() {}
}

/// An address of record in a ``ContactStore``.
///
/// It may be kept: when the record is gone, the store knows that it is not the one that was meant.
public struct AoRHandle: Hashable, Sendable {
    let place: UInt32
    let serial: UInt64
}

/// A contact in a ``ContactStore``. It may be kept as an ``AoRHandle`` may.
public struct ContactHandle: Hashable, Sendable {
    let place: UInt32
    /// A number that no other contact of the store ever has; the order in which contacts came in. A durable store can use it
    /// as its key.
    public let serial: UInt64
}
