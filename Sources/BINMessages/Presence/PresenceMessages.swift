public import BINWire

/// The layouts of presence replication (Spec/presence.md). The fields never changed, the types did, under one version.
///
/// A string that is absent is sent as one space.
public enum PresenceLayout: UInt8, WireLayout {
    /// PR-A, 2.4: types 101 and 102, and tags of its own in type 10001.
    case a
    /// PR-B, 3.0: types 101 and 102.
    case b
    /// PR-C, 3.1 and later: types 1 and 2, and sync.
    case c

    public var name: String {
        switch self {
        case .a: "PR-A"
        case .b: "PR-B"
        case .c: "PR-C"
        }
    }

    public var releases: ReleaseSet {
        switch self {
        case .a: ReleaseSet(.series(2, 4))
        case .b: ReleaseSet(.series(3, 0))
        case .c: ReleaseSet(.from((3, 1), through: (4, 1)))
        }
    }

    public var framing: Framing { .v2_3 }

    /// `type` in the numbers of 3.1 and later.
    func identity(type: Int32) -> MessageIdentity {
        .packet("presence", type: self == .c ? type : type + 100, version: 1, routing: .trailer)
    }
}

/// The state of a presentity for one event package.
public struct Presentity: FieldGroup, Hashable {
    /// User part of the presentity.
    public var user = Text()
    /// Domain of the presentity.
    public var domain = Text()
    /// Name of the event package.
    public var event = Text()
    /// ETag that the PUBLISH referred to; absent is one space.
    public var oldETag = Text()
    /// ETag that the sender assigned.
    public var newETag = Text()
    /// Seconds left to live; 0 removes.
    public var expires: Int32 = 0
    /// Unix time of the PUBLISH, in seconds.
    public var receivedTime: Int32 = 0
    /// URI of the sender of the PUBLISH; absent is one space.
    public var sender = Text()
    /// More header fields; absent is one space.
    public var extraHeaders = Text()
    /// The sphere; absent is one space.
    public var sphere = Text()
    /// The presence document, may be empty.
    public var body = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: PresenceLayout
    ) throws(WireError) {
        try visitor.text("user", &user, .plain, "user part of the presentity")
        try visitor.text("domain", &domain, .plain, "domain of the presentity")
        try visitor.text("event", &event, .plain, "name of the event package")
        try visitor.text("oldEtag", &oldETag, .plain, "ETag that the PUBLISH referred to, one space for none")
        try visitor.text("newEtag", &newETag, .plain, "ETag that the sender assigned")
        try visitor.integer("expires", &expires, .seconds, "seconds left to live, 0 removes")
        try visitor.integer("receivedTime", &receivedTime, .unixTime, "Unix time of the PUBLISH, in seconds")
        try visitor.text("sender", &sender, .uri, "URI of the sender of the PUBLISH, one space for none")
        try visitor.text("extraHdrs", &extraHeaders, .plain, "more header fields, one space for none")
        try visitor.text("sphere", &sphere, .plain, "the sphere, one space for none")
        try visitor.text("body", &body, .plain, "the presence document, may be empty")
    }
}

/// A presence document was published, or is the answer to a query (Spec/presence.md, type 1).
public struct PresencePublish: Message {
    public static let name: StaticString = "CL_PRESENCE_PUBLISH"

    /// The presentity.
    public var presentity = Presentity()

    public init() {}

    public static func identity(in layout: PresenceLayout) -> MessageIdentity? { layout.identity(type: 1) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: PresenceLayout
    ) throws(WireError) {
        try presentity.fields(&visitor, in: layout)
    }
}

/// Who has this presentity? (Spec/presence.md, type 2)
public struct PresenceQuery: Message {
    public static let name: StaticString = "CL_PRESENCE_PRES_QUERY"

    /// URI of the presentity.
    public var presentityURI = Text()
    /// Name of the event package, with its parameters.
    public var event = Text()

    public init() {}

    public static func identity(in layout: PresenceLayout) -> MessageIdentity? { layout.identity(type: 2) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: PresenceLayout
    ) throws(WireError) {
        try visitor.text("presUri", &presentityURI, .uri, "URI of the presentity")
        try visitor.text("event", &event, .plain, "name of the event package, with its parameters")
    }
}

/// A tag of the presence module became active on the sender (Spec/presence.md, type 10001; only 2.4).
public struct PresenceSharingTagActive: Message {
    public static let name: StaticString = "SHTAG_IS_ACTIVE"

    /// Name of the tag.
    public var tag = Text()

    public init() {}

    public static func identity(in layout: PresenceLayout) -> MessageIdentity? {
        layout == .a ? .packet("presence", type: 10001, version: 1, routing: .trailer) : nil
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: PresenceLayout
    ) throws(WireError) {
        try visitor.text("tag", &tag, .plain, "name of the sharing tag")
    }
}

/// What a chunk of a sync holds: one presentity (Spec/presence.md, sync; since 3.1).
public struct PresenceSyncChunk: Message {
    public static let name: StaticString = "sync-chunk"

    /// The presentity.
    public var presentity = Presentity()

    public init() {}

    public static func identity(in layout: PresenceLayout) -> MessageIdentity? {
        layout == .c ? .chunk("presence", version: 1) : nil
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: PresenceLayout
    ) throws(WireError) {
        try presentity.fields(&visitor, in: layout)
    }
}
