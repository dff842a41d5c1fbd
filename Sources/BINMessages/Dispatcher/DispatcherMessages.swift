public import BINWire

/// The ways in which dispatcher states are sent (Spec/dispatcher.md); the fields of an update are the same in both.
public enum DispatcherLayout: UInt8, WireLayout {
    /// DS-A, 3.0: without sync.
    case capability
    /// DS-A, 3.1 and later: with sync.
    case sync

    public var name: String { "DS-A" }

    public var releases: ReleaseSet {
        switch self {
        case .capability: ReleaseSet(.series(3, 0))
        case .sync: ReleaseSet(.from((3, 1), through: (4, 1)))
        }
    }

    public var framing: Framing { .v2_3 }

    /// The bits of a state that exist.
    static let knownBits: Int32 = 31
}

/// Bits of the state of a destination were set or cleared (Spec/dispatcher.md, type 1).
public struct DispatcherStatusUpdate: Message {
    public static let name: StaticString = "REPL_DS_STATUS_UPDATE"

    /// Name of the partition, `default` for the default one.
    public var partition = Text()
    /// Number of the set of destinations.
    public var set: Int32 = 0
    /// URI of the destination as provisioned.
    public var address = Text()
    /// 1: the bits of ``state`` are set; 0: they are cleared.
    public var type: Int32 = 0
    /// The bits (``FlagNames/dispatcher``).
    public var state: Int32 = 0

    public init() {}

    public static func identity(in layout: DispatcherLayout) -> MessageIdentity? {
        .packet("dispatcher-status-repl", type: 1, version: 1, routing: .trailer)
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DispatcherLayout
    ) throws(WireError) {
        try visitor.text("partition", &partition, .plain, "name of the partition")
        try visitor.integer("setId", &set, .plain, "number of the set of destinations")
        try visitor.text("address", &address, .uri, "URI of the destination as provisioned")
        try visitor.integer("type", &type, .boolean, "1 the bits of state are set, 0 they are cleared")
        try visitor.integer(
            "state", &state, .dispatcherFlags,
            "1 inactive, 2 probing, 4 reset the count of failures, 8 not yet in the database, 16 always probing")
    }

    public func isPlausible(in layout: DispatcherLayout, source: RawSpan) -> Bool {
        (0...1).contains(type) && state & ~DispatcherLayout.knownBits == 0
    }
}

/// What a chunk of a sync holds: one destination (Spec/dispatcher.md, sync; since 3.1).
public struct DispatcherSyncChunk: Message {
    public static let name: StaticString = "sync-chunk"

    /// Name of the partition.
    public var partition = Text()
    /// Number of the set of destinations.
    public var set: Int32 = 0
    /// URI of the destination as provisioned.
    public var address = Text()
    /// All bits of the destination; a receiver looks at the two lowest (``FlagNames/dispatcher``).
    public var state: Int32 = 0

    public init() {}

    public static func identity(in layout: DispatcherLayout) -> MessageIdentity? {
        layout == .sync ? .chunk("dispatcher-status-repl", version: 1) : nil
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DispatcherLayout
    ) throws(WireError) {
        try visitor.text("partition", &partition, .plain, "name of the partition")
        try visitor.integer("setId", &set, .plain, "number of the set of destinations")
        try visitor.text("address", &address, .uri, "URI of the destination as provisioned")
        try visitor.integer("state", &state, .dispatcherFlags, "all bits; receivers look at 1 inactive and 2 probing")
    }

    public func isPlausible(in layout: DispatcherLayout, source: RawSpan) -> Bool {
        state & ~DispatcherLayout.knownBits == 0
    }
}
