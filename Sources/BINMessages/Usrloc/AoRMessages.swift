public import BINWire

/// An address of record appeared on the sending node (Spec/usrloc.md, type 1).
public struct AoRInsert: Message {
    public static let name: StaticString = "aor-insert"

    /// 2.2 only: node id of the sender.
    public var serverID: Int32 = 0
    /// Name of the table of contacts, usually `location`; must exist on the receiver.
    public var domain = Text()
    /// Address of record: user name, or user@domain.
    public var aor = Text()
    /// Number of the record in its hash slot; the middle part of contact ids.
    public var label: Int32 = 0
    /// Number of the next contact of this record, 0 to 16383.
    public var nextContactLabel: Int32 = 0
    /// Key/values of the record, a JSON object or empty.
    public var keyValues = Text()

    public init() {}

    public static func identity(in layout: ContactLayout) -> MessageIdentity? { layout.identity(type: 1) }

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
        if layout.hasLabels {
            try visitor.integer("label", &label, .plain, "number of the record in its hash slot")
            try visitor.integer("nextClabel", &nextContactLabel, .plain, "number of the next contact, 0 to 16383")
        }
        if layout.hasAoRKeyValues {
            try visitor.text("kv", &keyValues, .keyValues, "key/values of the record")
        }
    }
}

/// An address of record and all its contacts went away (Spec/usrloc.md, type 2).
public struct AoRDelete: Message {
    public static let name: StaticString = "aor-delete"

    /// 2.2 only: node id of the sender.
    public var serverID: Int32 = 0
    /// Name of the table of contacts.
    public var domain = Text()
    /// Address of record.
    public var aor = Text()

    public init() {}

    public static func identity(in layout: ContactLayout) -> MessageIdentity? { layout.identity(type: 2) }

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
    }
}
