public import BINWire

/// The layout of the presence user agent's announcements (Spec/pua.md).
public enum PuaLayout: UInt8, WireLayout {
    /// PUA-A, 3.2 and later.
    case a

    public var name: String { "PUA-A" }
    public var releases: ReleaseSet { ReleaseSet(.from((3, 2), through: (4, 1))) }
    public var framing: Framing { .v2_3 }
}

/// A record changed in the shared database (Spec/pua.md, type 1).
public struct PuaUpdate: Message {
    public static let name: StaticString = "CL_PUA_UPDATE_PRES"

    /// URI of the presentity.
    public var presentityURI = Text()
    /// Source and kind of the record (``FlagNames/pua``).
    public var flags: Int32 = 0
    /// Id of the record.
    public var id = Text()
    /// Event package (``FlagNames/puaEvents``).
    public var event: Int32 = 0
    /// ETag; absent is one space.
    public var eTag = Text()

    public init() {}

    public static func identity(in layout: PuaLayout) -> MessageIdentity? {
        .packet("pua", type: 1, version: 1, routing: .trailer)
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: PuaLayout
    ) throws(WireError) {
        try visitor.text("presUri", &presentityURI, .uri, "URI of the presentity")
        try visitor.integer("flag", &flags, .puaFlags, "source and kind of the record")
        try visitor.text("id", &id, .plain, "id of the record")
        try visitor.integer("event", &event, .puaEvents, "event package")
        try visitor.text("etag", &eTag, .plain, "ETag, one space for none")
    }
}
