/// Which address of record is meant: the key under which usrloc keeps contacts (Spec/usrloc.md).
public struct AddressOfRecord: Hashable, Sendable {
    /// Name of the table of contacts, usually `location`; a receiver drops packets of a table that it does not have (UL-29).
    public var domain: String
    /// User name, or user@domain where the servers use domains. Never empty (UL-26).
    public var name: String

    /// The address of record `name`.
    public init(_ name: String, domain: String = "location") {
        self.domain = domain
        self.name = name
    }
}

/// An address of record as a node keeps it, apart from its contacts (Spec/usrloc.md, type 1).
public struct AoRRecord: Hashable, Sendable {
    /// The address of record.
    public var aor: AddressOfRecord
    /// Number of the record in its hash slot; the middle part of contact ids. On the wire from 2.4.7 and 3.0.1 on.
    public var label: UInt32 = 0
    /// Number that the next contact gets, 0 to 16383. On the wire where ``label`` is.
    public var nextContactLabel: UInt16 = 0
    /// Key/values of the record. On the wire from 3.6 on.
    public var keyValues = KeyValues()

    /// The largest number of a contact in its record (UL-27).
    public static let labelLimit: UInt16 = 16383

    /// A record of `aor`.
    public init(_ aor: AddressOfRecord, label: UInt32 = 0, nextContactLabel: UInt16 = 0, keyValues: KeyValues = .init())
    {
        self.aor = aor
        self.label = label
        self.nextContactLabel = nextContactLabel
        self.keyValues = keyValues
    }
}
