/// A registered contact: every field that some release replicates, in memory of its own (Spec/usrloc.md, types 3 and 4).
///
/// A field that the release of a sender does not have keeps its default when it is received; what becomes of a field that
/// the release of a receiver does not have is said at the field.
public struct Contact: Hashable, Sendable {
    /// The address of record it is registered for.
    public var aor: AddressOfRecord
    /// Contact URI, without brackets and header parameters. Never empty.
    public var uri: String
    /// The number that names the contact across the cluster; nil where it is not on the wire: in inserts before 2.4.2, in
    /// updates before 2.4.3. When a contact without it is sent, ``ContactID/init(of:in:)`` is written.
    public var id: ContactID?
    /// Call-ID of the REGISTER.
    public var callID = ""
    /// User-Agent of the REGISTER; servers write `n/a` when there was none.
    public var userAgent = "n/a"
    /// Body of the Path header.
    public var path = ""
    /// Free registration attributes.
    public var attributes = ""
    /// Where the REGISTER really came from, `sip:ip:port[;transport=…]`, or empty.
    public var received = ""
    /// Value of `+sip.instance`. Receivers take it from inserts only (UL-36).
    public var instance = ""
    /// Unix time in seconds; ``permanent``, and 10 for a contact that was deleted but not yet flushed (UL-20).
    public var expires: UInt64
    /// Preference times 1000, 0 to 1000; -1 unspecified.
    public var q: Int32 = -1
    /// The socket that received the REGISTER: `proto:ip:port`, or since 3.0 `proto:tag`; empty for none. 2.1 and
    /// 2.2.0–2.2.2 refuse a contact whose socket is none of their own (UL-14).
    public var socket = ""
    /// CSeq number of the REGISTER. Receivers ignore an insert or update whose number is too low (UL-32 to UL-35).
    public var cseq: Int32 = 0
    /// Internal flags. Bits that the release of the receiver does not have are left out.
    public var flags: ContactFlags = []
    /// Branch flags, in both forms.
    public var branchFlags = BranchFlags()
    /// Methods that the contact accepts; ``SIPMethods/notStated`` by default.
    public var methods: SIPMethods = .notStated
    /// Unix time of the last change in seconds.
    public var lastModified: UInt64 = 0
    /// Key/values. On the wire in inserts from 3.0, in updates from 2.4.2 on; not written towards releases before. In an
    /// update an empty map leaves the receiver's as it is (UL-11). A text from a peer that is no map counts as none (UL-12).
    public var keyValues = KeyValues()
    /// How the receiver finds the contact that is meant.
    public var matching: ContactMatching = .receiverDefault

    /// ``expires`` of a contact that does not expire.
    public static let permanent: UInt64 = 0

    /// A contact of `aor` that is reached at `uri` until `expires`, a Unix time in seconds.
    public init(_ aor: AddressOfRecord, uri: String, expires: UInt64) {
        self.aor = aor
        self.uri = uri
        self.expires = expires
    }

    /// What a delete says of this contact.
    public var key: ContactKey {
        ContactKey(aor, uri: uri, callID: callID, cseq: cseq, matching: matching)
    }

    /// The sharing tag that owns the contact: the value of `_st` (UL-10, UL-42). 3.0 and later.
    public var sharingTag: String? {
        get { if case .string(let tag)? = keyValues["_st"] { tag } else { nil } }
        set { keyValues["_st"] = newValue.map { .string($0) } }
    }
}

/// What a contact delete carries (Spec/usrloc.md, type 5).
public struct ContactKey: Hashable, Sendable {
    /// The address of record.
    public var aor: AddressOfRecord
    /// Contact URI.
    public var uri: String
    /// Call-ID of the REGISTER.
    public var callID: String
    /// CSeq number; the receiver deletes nothing when its own is higher (UL-35).
    public var cseq: Int32
    /// How the receiver finds the contact. Servers send ``ContactMatching/uriAndCallID`` without a rule of their own.
    public var matching: ContactMatching

    /// A contact of `aor`.
    public init(
        _ aor: AddressOfRecord, uri: String, callID: String, cseq: Int32, matching: ContactMatching = .uriAndCallID
    ) {
        self.aor = aor
        self.uri = uri
        self.callID = callID
        self.cseq = cseq
        self.matching = matching
    }
}

/// How a receiver finds the contact that is meant (Spec/usrloc.md, match block; 3.1.3 and later).
///
/// Towards releases without a match block nothing is written and the receiver compares in its own way (UL-6); only
/// ``parameters(_:)`` is refused there, as it could meet another contact.
public enum ContactMatching: Hashable, Sendable {
    /// The receiver's own way. Also what packets without a match block are read as.
    case receiverDefault
    /// By contact URI.
    case uri
    /// By contact URI and Call-ID.
    case uriAndCallID
    /// By the values of the named URI parameters, 0 to 64 of them.
    case parameters([String])
}

/// Branch flags of a contact (Spec/usrloc.md, cflags).
///
/// Up to 3.5 they travel as bits whose meaning belongs to the script of each node, from 3.6 on as names. Neither can be
/// made of the other, so a contact for nodes of both kinds states both; one that has flags only in the form that the
/// receiver does not understand is refused.
public struct BranchFlags: Hashable, Sendable {
    /// Bits, for releases up to 3.5.
    public var bits: Int32
    /// Names, for 3.6 and later, without spaces.
    public var names: [String]

    /// Flags in one form or both; none by default.
    public init(bits: Int32 = 0, names: [String] = []) {
        self.bits = bits
        self.names = names
    }
}
