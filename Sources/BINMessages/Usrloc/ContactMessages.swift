public import BINWire

/// A contact record as inserts and updates carry it; the two differ only in where the contact id stands.
public struct ContactRecord: Hashable, Sendable {
    /// 2.2 only: node id of the sender.
    public var serverID: Int32 = 0
    /// Name of the table of contacts.
    public var domain = Text()
    /// Address of record.
    public var aor = Text()
    /// Contact URI, without brackets and header parameters.
    public var contact = Text()
    /// Bits 0–13 contact label, 14–45 record label, 46–61 low 16 bits of the AoR hash.
    public var contactID: UInt64 = 0
    /// Call-ID of the REGISTER.
    public var callID = Text()
    /// User-Agent of the REGISTER.
    public var userAgent = Text()
    /// Path header body.
    public var path = Text()
    /// Free registration attributes.
    public var attributes = Text()
    /// `sip:ip:port[;transport=…]`, the real source, or empty.
    public var received = Text()
    /// Value of `+sip.instance`.
    public var instance = Text()
    /// Unix time in seconds; 0 for ever, 10 deleted but not yet flushed to the database.
    public var expires: UInt64 = 0
    /// Preference times 1000, 0 to 1000; -1 unspecified.
    public var q: Int32 = -1
    /// Receiving socket, `proto:ip:port`, or `proto:tag` since 3.0; empty for none.
    public var socket = Text()
    /// CSeq number of the REGISTER.
    public var cseq: Int32 = 0
    /// 1 memory only, 2 extra hop (2.4 and later), 4 push notification (3.1 and later).
    public var flags: Int32 = 0
    /// Up to 3.5: branch flags as bits that belong to each node's script.
    public var branchFlags: Int32 = 0
    /// Since 3.6: branch flags as names separated by single spaces.
    public var branchFlagNames = Text()
    /// Bits of the methods the contact accepts; all bits when not stated.
    public var methods: Int32 = -1
    /// Unix time in seconds.
    public var lastModified: UInt64 = 0
    /// Key/values of the contact, a JSON object or empty.
    public var keyValues = Text()
    /// How the receiver finds the contact that is meant.
    public var match = ContactMatch()

    /// An empty record.
    public init() {}

    /// The fields before the contact id of an insert.
    @inline(__always)
    mutating func leadingFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ContactLayout
    ) throws(WireError) {
        if layout.hasServerID {
            try visitor.integer("serverId", &serverID, .node, "node id of the sender")
        }
        try visitor.text("domain", &domain, .plain, "name of the table of contacts")
        try visitor.text("aor", &aor, .addressOfRecord, "address of record")
        try visitor.text("contact", &contact, .uri, "contact URI")
    }

    /// The contact id, wherever it stands.
    @inline(__always)
    mutating func contactIDField<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor
    ) throws(WireError) {
        try visitor.value64("contactId", &contactID, .contactID, "AoR hash, record label and contact label")
    }

    /// The fields behind the contact id of an insert, up to the time of the last change.
    @inline(__always)
    mutating func commonFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ContactLayout
    ) throws(WireError) {
        try visitor.text("callid", &callID, .plain, "Call-ID of the REGISTER")
        try visitor.text("userAgent", &userAgent, .plain, "User-Agent of the REGISTER")
        try visitor.text("path", &path, .plain, "Path header body")
        try visitor.text("attr", &attributes, .plain, "free registration attributes")
        try visitor.text("received", &received, .uri, "real source of the REGISTER, may be empty")
        try visitor.text("instance", &instance, .plain, "value of +sip.instance")
        try visitor.value64(
            "expires", &expires, .unixTime, "Unix time in seconds; 0 for ever, 10 deleted but not yet flushed")
        try visitor.value32("q", &q, .q, "preference times 1000, -1 unspecified")
        try visitor.text("sock", &socket, .socket, "receiving socket, empty for none")
        try visitor.integer("cseq", &cseq, .plain, "CSeq number of the REGISTER")
        try visitor.integer("flags", &flags, .contactFlags, "internal flags of the contact")
        if layout.hasFlagNames {
            try visitor.text("cflags", &branchFlagNames, .flagNames, "branch flags by name")
        } else {
            try visitor.integer("cflags", &branchFlags, .bits, "branch flags, bits local to each node")
        }
        try visitor.integer("methods", &methods, .methods, "methods the contact accepts, all bits when not stated")
        try visitor.value64("lastModified", &lastModified, .unixTime, "Unix time in seconds")
    }

    @inline(__always)
    mutating func keyValuesField<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor
    ) throws(WireError) {
        try visitor.text("kv", &keyValues, .keyValues, "key/values of the contact")
    }
}

/// A contact was registered (Spec/usrloc.md, type 3).
public struct ContactInsert: Message {
    public static let name: StaticString = "contact-insert"

    /// The contact.
    public var record = ContactRecord()

    public init() {}

    public static func identity(in layout: ContactLayout) -> MessageIdentity? { layout.identity(type: 3) }

    public static func reading(version: Int16?, in layout: ContactLayout) -> ContactLayout? {
        layout.reading(version: version)
    }

    @inline(__always)
    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ContactLayout
    ) throws(WireError) {
        try record.leadingFields(&visitor, in: layout)
        if layout.hasContactIDInInsert { try record.contactIDField(&visitor) }
        try record.commonFields(&visitor, in: layout)
        if layout.hasKeyValuesInInsert { try record.keyValuesField(&visitor) }
        if layout.hasMatch { try record.match.fields(&visitor, in: layout) }
    }
}

/// A contact was registered again or changed (Spec/usrloc.md, type 4).
public struct ContactUpdate: Message {
    public static let name: StaticString = "contact-update"

    /// The contact.
    public var record = ContactRecord()

    public init() {}

    public static func identity(in layout: ContactLayout) -> MessageIdentity? { layout.identity(type: 4) }

    public static func reading(version: Int16?, in layout: ContactLayout) -> ContactLayout? {
        layout.reading(version: version)
    }

    @inline(__always)
    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ContactLayout
    ) throws(WireError) {
        try record.leadingFields(&visitor, in: layout)
        try record.commonFields(&visitor, in: layout)
        if layout.hasKeyValuesInUpdate { try record.keyValuesField(&visitor) }
        if layout.hasContactIDInUpdate { try record.contactIDField(&visitor) }
        if layout.hasMatch { try record.match.fields(&visitor, in: layout) }
    }
}

/// A contact was unregistered (Spec/usrloc.md, type 5).
public struct ContactDelete: Message {
    public static let name: StaticString = "contact-delete"

    /// 2.2 only: node id of the sender.
    public var serverID: Int32 = 0
    /// Name of the table of contacts.
    public var domain = Text()
    /// Address of record.
    public var aor = Text()
    /// Contact URI.
    public var contact = Text()
    /// Call-ID of the REGISTER.
    public var callID = Text()
    /// CSeq number of the REGISTER.
    public var cseq: Int32 = 0
    /// How the receiver finds the contact that is meant.
    public var match = ContactMatch()

    public init() {}

    public static func identity(in layout: ContactLayout) -> MessageIdentity? { layout.identity(type: 5) }

    public static func reading(version: Int16?, in layout: ContactLayout) -> ContactLayout? {
        layout.reading(version: version)
    }

    @inline(__always)
    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ContactLayout
    ) throws(WireError) {
        if layout.hasServerID {
            try visitor.integer("serverId", &serverID, .node, "node id of the sender")
        }
        try visitor.text("domain", &domain, .plain, "name of the table of contacts")
        try visitor.text("aor", &aor, .addressOfRecord, "address of record")
        try visitor.text("contact", &contact, .uri, "contact URI")
        try visitor.text("callid", &callID, .plain, "Call-ID of the REGISTER")
        try visitor.integer("cseq", &cseq, .plain, "CSeq number of the REGISTER")
        if layout.hasMatch { try match.fields(&visitor, in: layout) }
    }
}

/// What a chunk of a contact sync holds: an address of record, or a contact of the one before (Spec/usrloc.md, sync).
public struct ContactSyncChunk: Message {
    public static let name: StaticString = "sync-chunk"

    /// 0: ``aor`` is meant; anything else: ``contact``.
    public var kind: Int32 = 0
    /// The address of record.
    public var aor = AoRInsert()
    /// The contact.
    public var contact = ContactInsert()

    public init() {}

    public static func identity(in layout: ContactLayout) -> MessageIdentity? {
        guard layout >= .d else { return nil }
        return .chunk(layout.capability, version: layout.version)
    }

    public static func reading(version: Int16?, in layout: ContactLayout) -> ContactLayout? {
        layout.reading(version: version)
    }

    @inline(__always)
    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ContactLayout
    ) throws(WireError) {
        try visitor.integer("kind", &kind, .plain, "0 address of record, otherwise contact")
        if visitor.begin(.equals(0), on: "kind", value: kind) {
            try aor.fields(&visitor, in: layout)
            visitor.endCondition()
        }
        if visitor.begin(.differs(from: 0), on: "kind", value: kind) {
            try contact.fields(&visitor, in: layout)
            visitor.endCondition()
        }
    }
}
