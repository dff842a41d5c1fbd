public import BINWire

/// Send me all you have of a capability (Spec/clusterer.md, SYNC_REQ).
public struct SyncRequest: Message {
    public static let name: StaticString = "SYNC_REQ"

    /// Name of the capability.
    public var capability = Text()

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? {
        layout.extraIdentity(type: 10, version: layout.syncVersion)
    }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: ClustererLayout) -> ClustererLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try visitor.text("capability", &capability, .capability, "the capability to be synced")
    }
}

/// A part of all that the donor has (Spec/clusterer.md, SYNC).
///
/// The chunks are laid out by the capability that is synced; ``SyncChunks`` walks over them.
public struct SyncPacket: Message {
    public static let name: StaticString = "SYNC"

    /// Name of the capability.
    public var capability = Text()
    /// Sync v2 and later: version of the capability's format.
    public var dataVersion: Int32 = 0
    /// The chunks, one behind the other.
    public var chunks = Text()

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? {
        layout.extraIdentity(type: 11, version: layout.syncVersion)
    }

    public static func layoutName(in layout: ClustererLayout) -> String { "\(layout.name) v\(layout.syncVersion)" }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try visitor.text("capability", &capability, .capability, "the capability that is synced")
        if layout.syncVersion >= 2 {
            try visitor.integer("dataVersion", &dataVersion, .plain, "version of the capability's format")
            try visitor.rest("chunks", &chunks, .chunks, "sized chunks")
        } else {
            try visitor.rest("chunks", &chunks, .unsizedChunks, "chunks without a size")
        }
    }

    public func isPlausible(in layout: ClustererLayout, source: RawSpan) -> Bool {
        let start = Int(chunks.offset)
        let range = start..<(start + Int(chunks.length))
        return SyncChunks.areWellFormed(source, range: range, sized: layout.syncVersion >= 2)
    }
}

/// That was all (Spec/clusterer.md, SYNC_END).
public struct SyncEnd: Message {
    public static let name: StaticString = "SYNC_END"

    /// Name of the capability.
    public var capability = Text()
    /// Sync v3: number of chunks in all packets of this sync.
    public var chunkCount: Int32 = 0

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? {
        layout.extraIdentity(type: 12, version: layout.syncVersion)
    }

    public static func layoutName(in layout: ClustererLayout) -> String { "\(layout.name) v\(layout.syncVersion)" }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try visitor.text("capability", &capability, .capability, "the capability that was synced")
        if layout.syncVersion >= 3 {
            try visitor.integer("totalChunks", &chunkCount, .plain, "number of chunks in all packets of this sync")
        }
    }
}
