import BINWire

/// The parts of a contact id (Spec/usrloc.md, contact id).
public struct ContactID: Hashable, Sendable {
    /// Number of the contact in its record, 0 to 16383.
    public var contactLabel: UInt16
    /// Number of the record in its hash slot.
    public var recordLabel: UInt32
    /// Low 16 bits of the hash of the AoR.
    public var aorHash: UInt16

    /// The parts of `value`; the two highest bits, which mean nothing, are dropped.
    public init(_ value: UInt64) {
        contactLabel = UInt16(truncatingIfNeeded: value & 0x3FFF)
        recordLabel = UInt32(truncatingIfNeeded: value >> 14)
        aorHash = UInt16(truncatingIfNeeded: value >> 46)
    }

    /// An id as a server makes it: from the hash of the AoR and the numbers that it gave record and contact.
    public init(aor: String, recordLabel: UInt32, contactLabel: UInt16) {
        self.contactLabel = contactLabel & 0x3FFF
        self.recordLabel = recordLabel
        self.aorHash = UInt16(truncatingIfNeeded: ContactID.hash(aor))
    }

    /// The id of a contact whom nobody gave numbers: record label 0, and the low 14 bits of the hash of the URI as the contact
    /// label. So a producer that keeps no tables says the same id in every packet of a contact. Two contacts of one AoR get
    /// the same id in one of 16384 cases; receivers find contacts by URI, so that only management commands by id notice.
    public init(of uri: String, in aor: String) {
        self.init(
            aor: aor, recordLabel: 0, contactLabel: UInt16(truncatingIfNeeded: ContactID.hash(uri) & 0x3FFF))
    }

    private static func hash(_ text: String) -> UInt32 { unsafe KeyHash.hash(text.utf8.span.bytes) }

    /// The 64 bits.
    public var value: UInt64 {
        UInt64(contactLabel & 0x3FFF) | UInt64(recordLabel) << 14 | UInt64(aorHash) << 46
    }
}
