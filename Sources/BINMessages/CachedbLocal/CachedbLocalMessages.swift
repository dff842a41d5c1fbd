public import BINWire

/// The layouts of the local key-value cache (Spec/cachedb_local.md). They differ in what the time of a sync chunk means.
public enum CachedbLocalLayout: UInt8, WireLayout {
    /// CDB-A, 3.0, 3.1.0–3.1.12, 3.2.0–3.2.9, 3.3.0–3.3.2: chunks say when an entry expires on the sender's clock.
    case a
    /// CDB-B, all later ones: chunks say for how long an entry lives on.
    case b

    public var name: String { self == .a ? "CDB-A" : "CDB-B" }

    public var releases: ReleaseSet {
        switch self {
        case .a: ReleaseSet(.series(3, 0), .series(3, 1, 0...12), .series(3, 2, 0...9), .series(3, 3, 0...2))
        case .b:
            ReleaseSet(
                .series(3, 1, 13...), .series(3, 2, 10...), .series(3, 3, 3...), .from((3, 4), through: (4, 1)))
        }
    }

    public var framing: Framing { .v2_3 }

    func identity(type: Int32) -> MessageIdentity {
        .packet("cachedb-local-repl", type: type, version: 1, routing: .trailer)
    }
}

/// An entry was stored (Spec/cachedb_local.md, type 1).
public struct CacheInsert: Message {
    public static let name: StaticString = "REPL_CACHE_INSERT"

    /// Name of the collection, `default` if none is configured.
    public var collection = Text()
    /// The key.
    public var key = Text()
    /// The value; integers as decimal digits.
    public var value = Text()
    /// Time to live in seconds, 0 for ever.
    public var expires: Int32 = 0

    public init() {}

    public static func identity(in layout: CachedbLocalLayout) -> MessageIdentity? { layout.identity(type: 1) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: CachedbLocalLayout
    ) throws(WireError) {
        try visitor.text("collection", &collection, .plain, "name of the collection")
        try visitor.text("attr", &key, .plain, "the key")
        try visitor.text("value", &value, .plain, "the value; integers as decimal digits")
        try visitor.integer("expires", &expires, .seconds, "time to live in seconds, 0 for ever")
    }
}

/// An entry was removed (Spec/cachedb_local.md, type 2).
public struct CacheRemove: Message {
    public static let name: StaticString = "REPL_CACHE_REMOVE"

    /// Name of the collection.
    public var collection = Text()
    /// The key.
    public var key = Text()

    public init() {}

    public static func identity(in layout: CachedbLocalLayout) -> MessageIdentity? { layout.identity(type: 2) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: CachedbLocalLayout
    ) throws(WireError) {
        try visitor.text("collection", &collection, .plain, "name of the collection")
        try visitor.text("attr", &key, .plain, "the key")
    }
}

/// What a chunk of a sync holds: one entry (Spec/cachedb_local.md, sync).
public struct CacheSyncChunk: Message {
    public static let name: StaticString = "sync-chunk"

    /// Name of the collection.
    public var collection = Text()
    /// The key.
    public var key = Text()
    /// The value.
    public var value = Text()
    /// CDB-A: seconds from the start of the sender to the expiry. CDB-B: seconds left to live. 0 for ever in both.
    public var expires: Int32 = 0

    public init() {}

    public static func identity(in layout: CachedbLocalLayout) -> MessageIdentity? {
        .chunk("cachedb-local-repl", version: 1)
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: CachedbLocalLayout
    ) throws(WireError) {
        try visitor.text("collection", &collection, .plain, "name of the collection")
        try visitor.text("attr", &key, .plain, "the key")
        try visitor.text("value", &value, .plain, "the value; integers as decimal digits")
        if layout == .a {
            try visitor.integer(
                "expires", &expires, .senderUptime, "seconds from the sender's start to the expiry, 0 for ever")
        } else {
            try visitor.integer("expires", &expires, .seconds, "seconds left to live, 0 for ever")
        }
    }
}
