import BINMessages
import BINWire

/// A contact in a store, read in place.
public struct ContactView: ~Escapable {
    /// From the beginning of the record to the end of its chunk.
    private let record: RawSpan

    /// Nil when the record at `place` is not the contact with this serial number any more.
    @_lifetime(copy record)
    init?(_ record: RawSpan, serial: UInt64) {
        self.init(unchecked: record)
        guard record.byteCount >= ContactField.texts, self.serial == serial else { return nil }
        var end = ContactField.texts
        for index in 0..<ContactText.count { end += length(index) }
        guard end <= record.byteCount else { return nil }
    }

    /// The contact that is known to stand there.
    @inline(__always)
    @_lifetime(copy record)
    init(unchecked record: RawSpan) { self.record = record }

    @inline(__always)
    private func length(_ index: Int) -> Int { Int(record.uint16(uncheckedAt: ContactField.lengths + 2 * index)) }

    @inline(__always)
    @_lifetime(copy self)
    func text(_ text: ContactText) -> RawSpan {
        var start = ContactField.texts
        for index in 0..<text.rawValue { start += length(index) }
        return record.extracting(start..<(start + length(text.rawValue)))
    }

    @inline(__always)
    private func integer(_ offset: Int) -> Int32 { Int32(bitPattern: record.uint32(uncheckedAt: offset)) }

    var serial: UInt64 { record.uint64(uncheckedAt: ContactField.serial) }
    var marks: ContactMarks { ContactMarks(rawValue: record.uint16(uncheckedAt: ContactField.marks)) }
    var deletedCSeq: Int32 { integer(ContactField.deletedCSeq) }

    /// Contact URI.
    public var uri: RawSpan { @_lifetime(copy self) get { text(.uri) } }
    /// Call-ID of the REGISTER.
    public var callID: RawSpan { @_lifetime(copy self) get { text(.callID) } }
    /// User-Agent of the REGISTER.
    public var userAgent: RawSpan { @_lifetime(copy self) get { text(.userAgent) } }
    /// Path header body.
    public var path: RawSpan { @_lifetime(copy self) get { text(.path) } }
    /// Free registration attributes.
    public var attributes: RawSpan { @_lifetime(copy self) get { text(.attributes) } }
    /// The real source, or empty.
    public var received: RawSpan { @_lifetime(copy self) get { text(.received) } }
    /// Value of `+sip.instance`.
    public var instance: RawSpan { @_lifetime(copy self) get { text(.instance) } }
    /// Receiving socket.
    public var socket: RawSpan { @_lifetime(copy self) get { text(.socket) } }
    /// Branch flags by name, of releases from 3.6 on.
    public var branchFlagNames: RawSpan { @_lifetime(copy self) get { text(.branchFlagNames) } }
    /// Key/values, a JSON object or empty.
    public var keyValues: RawSpan { @_lifetime(copy self) get { text(.keyValues) } }
    /// The number that names the contact (Spec/usrloc.md, contact id). Strict mode: 0 where the sender's release has none.
    public var contactID: UInt64 { record.uint64(uncheckedAt: ContactField.contactID) }
    /// Unix time in seconds; 0 for ever.
    public var expires: UInt64 { record.uint64(uncheckedAt: ContactField.expires) }
    /// Unix time of the last change in seconds.
    public var lastModified: UInt64 { record.uint64(uncheckedAt: ContactField.lastModified) }
    /// CSeq number of the REGISTER.
    public var cseq: Int32 { integer(ContactField.cseq) }
    /// Internal flags.
    public var flags: Int32 { integer(ContactField.flags) }
    /// Branch flags as bits, of releases up to 3.5.
    public var branchFlags: Int32 { integer(ContactField.branchFlags) }
    /// Bits of the methods the contact accepts.
    public var methods: Int32 { integer(ContactField.methods) }
    /// Preference times 1000, -1 unspecified.
    public var q: Int32 { integer(ContactField.q) }
    /// The node that sent what is stored.
    public var sender: Int32 { integer(ContactField.sender) }
    /// Whether the contact counts at `now`, Unix time in seconds: it is neither expired nor deleted.
    public func isValid(at now: UInt64) -> Bool { marks.contains(.live) && (expires == 0 || expires > now) }

    /// The sharing tag that owns the contact, the key `_st` (UL-10); nil when there is none.
    public var sharingTag: String? {
        guard !keyValues.isEmpty, case .string(let tag)? = KeyValues(received: keyValues)["_st"] else { return nil }
        return tag
    }
}

/// An address of record in a store, read in place.
public struct AoRView: ~Escapable {
    private let record: RawSpan

    /// Nil when the record is not the AoR with this serial number any more.
    @_lifetime(copy record)
    init?(_ record: RawSpan, serial: UInt64) {
        self.init(unchecked: record)
        guard record.byteCount >= AoRField.texts, self.serial == serial else { return nil }
        guard AoRField.texts + nameLength + keyValuesLength <= record.byteCount else { return nil }
    }

    @inline(__always)
    @_lifetime(copy record)
    init(unchecked record: RawSpan) { self.record = record }

    var serial: UInt64 { record.uint64(uncheckedAt: AoRField.serial) }
    var domain: UInt16 { record.uint16(uncheckedAt: AoRField.domain) }
    private var nameLength: Int { Int(record.uint16(uncheckedAt: AoRField.nameLength)) }
    private var keyValuesLength: Int { Int(record.uint16(uncheckedAt: AoRField.keyValuesLength)) }
    var firstContact: UInt32 { record.uint32(uncheckedAt: AoRField.firstContact) }

    /// Address of record.
    public var name: RawSpan {
        @_lifetime(copy self) get { record.extracting(AoRField.texts..<(AoRField.texts + nameLength)) }
    }
    /// Key/values of the record, a JSON object or empty.
    public var keyValues: RawSpan {
        @_lifetime(copy self)
        get {
            let start = AoRField.texts + nameLength
            return record.extracting(start..<(start + keyValuesLength))
        }
    }
    /// Number of the record in its hash slot.
    public var label: UInt32 { record.uint32(uncheckedAt: AoRField.label) }
    /// Number that the next contact gets.
    public var nextContactLabel: UInt16 { record.uint16(uncheckedAt: AoRField.nextContactLabel) }
    /// Hash of the address (Spec/usrloc.md, hash).
    public var hash: UInt32 { record.uint32(uncheckedAt: AoRField.hash) }
    /// Number of contacts, those included whose time is up.
    public var contactCount: Int { Int(record.uint32(uncheckedAt: AoRField.liveCount)) }
}
