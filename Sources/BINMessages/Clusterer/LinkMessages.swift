public import BINWire

/// The two fields that every internal packet of the clusterer begins with.
public struct ClustererOrigin: FieldGroup, Hashable {
    /// The cluster.
    public var cluster: Int32 = 0
    /// The node that made the packet; kept while it is flooded.
    public var source: Int32 = 0

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try visitor.integer("clusterId", &cluster, .cluster, "the cluster")
        try visitor.integer("sourceNodeId", &source, .node, "the node that made the packet")
    }
}

/// The nodes that a flooded packet has passed, always its last field (Spec/clusterer.md, flooding).
public struct FloodPath: FieldGroup, Hashable {
    /// Node ids, the originator first.
    public var nodes: [Int32] = []

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        var count = Int32(truncatingIfNeeded: nodes.count)
        try visitor.count("pathLen", &count, atMost: ClustererLimits.path, "number of nodes passed")
        try visitor.integers("path", &nodes, count: count, .node, "nodes passed, the originator first")
    }
}

/// Are you there? (Spec/clusterer.md, PING)
public struct Ping: Message {
    public static let name: StaticString = "PING"

    /// Cluster and sender.
    public var origin = ClustererOrigin()
    /// Since 2.4: 1 when the answer shall list the nodes that the peer knows.
    public var requestsNodeList: Int32 = 0

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? { layout.internalIdentity(type: 0) }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: ClustererLayout) -> ClustererLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try origin.fields(&visitor, in: layout)
        if layout > .a {
            try visitor.integer("reqNodeList", &requestsNodeList, .boolean, "1 asks for the list of known nodes")
        }
    }
}

/// I am. (Spec/clusterer.md, PONG)
public struct Pong: Message {
    public static let name: StaticString = "PONG"

    /// Cluster and sender.
    public var origin = ClustererOrigin()
    /// Since 2.4: the nodes that the sender knows besides itself and the asking one, when they were asked for.
    public var nodes: [Int32] = []

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? { layout.internalIdentity(type: 1) }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: ClustererLayout) -> ClustererLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try origin.fields(&visitor, in: layout)
        if layout > .a {
            var count = Int32(truncatingIfNeeded: nodes.count)
            try visitor.count("n", &count, atMost: ClustererLimits.nodes, "number of nodes listed")
            try visitor.integers("nodeIds", &nodes, count: count, .node, "nodes that the sender knows")
        }
    }
}

/// I do not know you. (Spec/clusterer.md, UNKNOWN_ID)
public struct UnknownID: Message {
    public static let name: StaticString = "UNKNOWN_ID"

    /// Cluster and sender.
    public var origin = ClustererOrigin()

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? { layout.internalIdentity(type: 4) }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: ClustererLayout) -> ClustererLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try origin.fields(&visitor, in: layout)
    }
}

/// A link of the source came up or went down (Spec/clusterer.md, LS_UPDATE).
public struct LinkStateUpdate: Message {
    public static let name: StaticString = "LS_UPDATE"

    /// Cluster and originator.
    public var origin = ClustererOrigin()
    /// Sequence number, 0 after a restart.
    public var sequence: Int32 = 0
    /// Since 2.4: Unix time in seconds.
    public var timestamp: Int32 = 0
    /// The other end of the link.
    public var neighbour: Int32 = 0
    /// 0 up, 1 down.
    public var state: Int32 = 0
    /// Nodes passed.
    public var path = FloodPath()

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? { layout.internalIdentity(type: 2) }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: ClustererLayout) -> ClustererLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try origin.fields(&visitor, in: layout)
        try visitor.integer("seq", &sequence, .plain, "sequence number, 0 after a restart")
        if layout > .a {
            try visitor.integer("timestamp", &timestamp, .unixTime, "Unix time in seconds")
        }
        try visitor.integer("neighbourId", &neighbour, .node, "the other end of the link")
        try visitor.integer("state", &state, .linkState, "0 up, 1 down")
        try path.fields(&visitor, in: layout)
    }
}
