public import BINWire

/// The counter of one rate-limit pipe (Spec/ratelimit.md, record).
public struct Pipe: FieldGroup, Hashable {
    /// Name of the pipe.
    public var name = Text()
    /// 1 replicated over BIN, 2 replicated over a cachedb; since 3.3.
    public var flags: Int32 = 0
    /// 0 none, 1 TAILDROP, 2 RED, 3 FEEDBACK, 4 NETWORK, 5 SBT.
    public var algorithm: Int32 = 0
    /// Last limit that the script used.
    public var limit: Int32 = 0
    /// The sender's own count; in an aggregate that of its whole cluster.
    public var counter: Int32 = 0

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: PipeLayout
    ) throws(WireError) {
        try visitor.text("pipeName", &name, .plain, "name of the pipe")
        if layout.hasFlags {
            try visitor.integer("flags", &flags, .pipeFlags, "1 replicated over BIN, 2 over a cachedb")
        }
        try visitor.integer(
            "algorithm", &algorithm, .algorithm, "0 none, 1 TAILDROP, 2 RED, 3 FEEDBACK, 4 NETWORK, 5 SBT")
        try visitor.integer("limit", &limit, .plain, "last limit that the script used")
        try visitor.integer("counter", &counter, .plain, "the sender's own count")
    }

    /// Whether algorithm and flags have values that exist; tells records with flags from records without.
    func isPlausible(in layout: PipeLayout) -> Bool {
        (0...5).contains(algorithm) && (!layout.hasFlags || (0...3).contains(flags)) && !name.isEmpty
    }
}

/// Counters of the pipes of the sending node (Spec/ratelimit.md, type 0).
public struct PipeCounters: Message {
    public static let name: StaticString = "pipe-counters"

    /// 2.2 only: node id of the sender. Without any pipe the packet is a sign of life.
    public var serverID: Int32 = 0
    /// The pipes.
    public var pipes: [Pipe] = []

    public init() {}

    public static func identity(in layout: PipeLayout) -> MessageIdentity? { layout.identity(type: 0) }

    /// Only 2.2 looks at the version.
    public static func reading(version: Int16?, in layout: PipeLayout) -> PipeLayout? {
        layout != .a || version == 1 ? layout : nil
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: PipeLayout
    ) throws(WireError) {
        if layout.hasServerID {
            try visitor.integer("serverId", &serverID, .node, "node id of the sender")
        }
        try visitor.records("pipes", &pipes, count: nil, in: layout, "counters")
    }

    public func isPlausible(in layout: PipeLayout, source: RawSpan) -> Bool {
        pipes.allSatisfy { $0.isPlausible(in: layout) }
    }
}

/// Counters summed over a whole cluster, from a bridge node to another cluster (Spec/ratelimit.md, type 10; since 4.0).
public struct PipeAggregateEdge: Message {
    public static let name: StaticString = "aggregate-edge"

    /// The counters.
    public var aggregate = PipeAggregate()

    public init() {}

    public static func identity(in layout: PipeLayout) -> MessageIdentity? {
        layout >= .d ? layout.identity(type: 10) : nil
    }

    /// Only 2.2 looks at the version.
    public static func reading(version: Int16?, in layout: PipeLayout) -> PipeLayout? {
        layout != .a || version == 1 ? layout : nil
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: PipeLayout
    ) throws(WireError) {
        try aggregate.fields(&visitor, in: layout)
    }
}

/// What a bridge node received, passed on inside of its own cluster (Spec/ratelimit.md, type 11; since 4.0).
public struct PipeAggregateCore: Message {
    public static let name: StaticString = "aggregate-core"

    /// The counters.
    public var aggregate = PipeAggregate()

    public init() {}

    public static func identity(in layout: PipeLayout) -> MessageIdentity? {
        layout >= .d ? layout.identity(type: 11) : nil
    }

    /// Only 2.2 looks at the version.
    public static func reading(version: Int16?, in layout: PipeLayout) -> PipeLayout? {
        layout != .a || version == 1 ? layout : nil
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: PipeLayout
    ) throws(WireError) {
        try aggregate.fields(&visitor, in: layout)
    }
}

/// Counters summed over a whole cluster.
public struct PipeAggregate: FieldGroup, Hashable {
    /// The cluster that is summed.
    public var sourceCluster: Int32 = 0
    /// The pipes.
    public var pipes: [Pipe] = []

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: PipeLayout
    ) throws(WireError) {
        try visitor.integer("sourceCluster", &sourceCluster, .cluster, "the cluster that is summed")
        try visitor.records("pipes", &pipes, count: nil, in: layout, "sums over the source cluster")
    }
}
