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

    /// The 64 bits.
    public var value: UInt64 {
        UInt64(contactLabel & 0x3FFF) | UInt64(recordLabel) << 14 | UInt64(aorHash) << 46
    }
}
