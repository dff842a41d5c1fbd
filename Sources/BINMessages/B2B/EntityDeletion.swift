public import BINWire

// A deleted entity does not name its upper module, which receivers know from its creation. The three ways in which the
// packet can go on are messages of their own, and the bytes decide between them.

/// A back-to-back entity went away, whose module appends nothing (Spec/b2b.md, type 5).
public struct EntityDelete: Message {
    public static let name: StaticString = "REPL_ENTITY_DELETE"

    /// Type, tags and Call-ID of the entity.
    public var key = EntityKey()

    public init() {}

    public static func identity(in layout: EntityLayout) -> MessageIdentity? { layout.identity(type: 5) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try key.fields(&visitor, in: layout)
    }

    public func isPlausible(in layout: EntityLayout, source: RawSpan) -> Bool { key.isPlausible }
}

/// A back-to-back entity of b2b_logic went away (Spec/b2b.md, type 5).
public struct LogicEntityDelete: Message {
    public static let name: StaticString = "REPL_ENTITY_DELETE"

    /// Type, tags and Call-ID of the entity.
    public var key = EntityKey()
    /// The tuple that it belonged to.
    public var logic = LogicTail()

    public init() {}

    public static func identity(in layout: EntityLayout) -> MessageIdentity? { layout.identity(type: 5) }

    public static func layoutName(in layout: EntityLayout) -> String { "\(layout.name) b2b_logic" }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try key.fields(&visitor, in: layout)
        visitor.beginGroup("tail")
        try logic.tupleOnlyFields(&visitor, in: layout)
        visitor.endGroup()
    }

    public func isPlausible(in layout: EntityLayout, source: RawSpan) -> Bool {
        key.isPlausible && logic.isPlausible(in: layout, kinds: [0, 2, 3], source: source)
    }
}

/// A back-to-back entity of media_exchange went away (Spec/b2b.md, type 5).
public struct MediaEntityDelete: Message {
    public static let name: StaticString = "REPL_ENTITY_DELETE"

    /// Type, tags and Call-ID of the entity.
    public var key = EntityKey()
    /// Its media session.
    public var media = MediaTail()

    public init() {}

    public static func identity(in layout: EntityLayout) -> MessageIdentity? { layout.identity(type: 5) }

    public static func layoutName(in layout: EntityLayout) -> String { "\(layout.name) media_exchange" }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try key.fields(&visitor, in: layout)
        visitor.beginGroup("tail")
        try media.deleteFields(&visitor, in: layout)
        visitor.endGroup()
    }

    public func isPlausible(in layout: EntityLayout, source: RawSpan) -> Bool {
        key.isPlausible && media.isPlausible(source: source)
    }
}
