public import BINWire

/// A back-to-back entity was created (Spec/b2b.md, type 1).
public struct EntityCreate: Message {
    public static let name: StaticString = "REPL_ENTITY_CREATE"

    /// The entity.
    public var entity = EntityState()
    /// What its upper module appends.
    public var tail = EntityTail()

    public init() {}

    public static func identity(in layout: EntityLayout) -> MessageIdentity? { layout.identity(type: 1) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try entity.fields(&visitor, in: layout)
        try tail.createFields(&visitor, in: layout, of: entity.moduleName)
    }

    public func isPlausible(in layout: EntityLayout, source: RawSpan) -> Bool {
        entity.isPlausible
            && tail.isPlausible(in: layout, of: entity.moduleName, kinds: [1, 3], source: source)
    }
}

/// A back-to-back entity changed (Spec/b2b.md, type 2).
public struct EntityUpdate: Message {
    public static let name: StaticString = "REPL_ENTITY_UPDATE"

    /// The entity.
    public var entity = EntityState()
    /// What its upper module appends.
    public var tail = EntityTail()

    public init() {}

    public static func identity(in layout: EntityLayout) -> MessageIdentity? { layout.identity(type: 2) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try entity.fields(&visitor, in: layout)
        try tail.updateFields(&visitor, in: layout, of: entity.moduleName)
    }

    public func isPlausible(in layout: EntityLayout, source: RawSpan) -> Bool {
        entity.isPlausible
            && tail.isPlausible(in: layout, of: entity.moduleName, kinds: [2, 3], source: source)
    }
}

/// An entity has another key of its upper module (Spec/b2b.md, type 3).
public struct EntityParameterUpdate: Message {
    public static let name: StaticString = "REPL_ENTITY_PARAM_UPDATE"

    /// Type, tags and Call-ID of the entity.
    public var key = EntityKey()
    /// The new key; before 3.3 at most 21 bytes.
    public var logicKey = Text()

    public init() {}

    public static func identity(in layout: EntityLayout) -> MessageIdentity? { layout.identity(type: 3) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try key.fields(&visitor, in: layout)
        try visitor.text("logicKey", &logicKey, .plain, "the new key of the upper module")
    }

    public func isPlausible(in layout: EntityLayout, source: RawSpan) -> Bool { key.isPlausible }
}

/// A back-to-back entity was acknowledged (Spec/b2b.md, type 4).
public struct EntityAcknowledge: Message {
    public static let name: StaticString = "REPL_ENTITY_ACK"

    /// The entity.
    public var entity = EntityState()
    /// What its upper module appends.
    public var tail = EntityTail()

    public init() {}

    public static func identity(in layout: EntityLayout) -> MessageIdentity? { layout.identity(type: 4) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try entity.fields(&visitor, in: layout)
        try tail.acknowledgeFields(&visitor, in: layout, of: entity.moduleName)
    }

    public func isPlausible(in layout: EntityLayout, source: RawSpan) -> Bool {
        entity.isPlausible
            && tail.isPlausible(in: layout, of: entity.moduleName, kinds: [2, 3], source: source)
    }
}

/// What a chunk of a sync holds: one entity, as it is sent when it is created (Spec/b2b.md, sync).
public struct EntitySyncChunk: Message {
    public static let name: StaticString = "sync-chunk"

    /// The entity and what its upper module appends.
    public var created = EntityCreate()

    public init() {}

    public static func identity(in layout: EntityLayout) -> MessageIdentity? {
        .chunk("b2be-entities-repl", version: 1)
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try created.fields(&visitor, in: layout)
    }

    public func isPlausible(in layout: EntityLayout, source: RawSpan) -> Bool {
        created.isPlausible(in: layout, source: source)
    }
}
