public import BINWire

/// A node as a topology update describes it (Spec/clusterer.md, NODE).
public struct TopologyNode: FieldGroup, Hashable {
    /// Its id.
    public var node: Int32 = 0
    /// Since 2.4: 1 when the description follows.
    public var hasDescription: Int32 = 0
    /// Where it listens and how it is reached.
    public var description = NodeProperties()
    /// Sequence number of its last link state update.
    public var sequence: Int32 = 0
    /// Since 2.4: Unix time of that update, in seconds.
    public var timestamp: Int32 = 0
    /// The nodes it has a link to.
    public var neighbours: [Int32] = []

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try visitor.integer("nodeId", &node, .node, "the node")
        if layout > .a {
            try visitor.integer("hasDescr", &hasDescription, .boolean, "1 when the description follows")
            if visitor.begin(.differs(from: 0), on: "hasDescr", value: hasDescription) {
                try description.fields(&visitor, in: layout)
                visitor.endCondition()
            }
        }
        try visitor.integer("lsSeq", &sequence, .plain, "sequence number of its last link state update")
        if layout > .a {
            try visitor.integer("lsTimestamp", &timestamp, .unixTime, "Unix time of that update, in seconds")
        }
        var count = Int32(truncatingIfNeeded: neighbours.count)
        try visitor.count("noNeigh", &count, atMost: ClustererLimits.nodes, "number of its links")
        try visitor.integers("neigh", &neighbours, count: count, .node, "the nodes it has a link to")
    }
}

/// What a node says of itself (Spec/clusterer.md, NODE_DESCRIPTION).
public struct NodeProperties: FieldGroup, Hashable {
    /// Where it listens: `bin:host:port` or `bins:host:port`.
    public var url = Text()
    /// Its SIP address; equal ones mark nodes of the same site.
    public var sipAddress = Text()
    /// The lower, the rather it is used as a hop.
    public var priority: Int32 = 0
    /// Number of ping retries before it is taken as down.
    public var pingRetries: Int32 = 0

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try visitor.text("url", &url, .plain, "where it listens")
        try visitor.text("sipAddr", &sipAddress, .plain, "its SIP address, may be empty")
        try visitor.integer("priority", &priority, .plain, "the lower, the rather it is used as a hop")
        try visitor.integer("noPingRetries", &pingRetries, .plain, "ping retries before it is taken as down")
    }
}

/// All that the source knows of the topology (Spec/clusterer.md, FULL_TOP_UPDATE).
public struct FullTopologyUpdate: Message {
    public static let name: StaticString = "FULL_TOP_UPDATE"

    /// Cluster and originator.
    public var origin = ClustererOrigin()
    /// Sequence number, 0 after a restart.
    public var sequence: Int32 = 0
    /// Since 2.4: Unix time in seconds.
    public var timestamp: Int32 = 0
    /// The nodes, the source itself first.
    public var nodes: [TopologyNode] = []
    /// Nodes passed.
    public var path = FloodPath()

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? { layout.internalIdentity(type: 3) }

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
        var count = Int32(truncatingIfNeeded: nodes.count)
        try visitor.count("noNodes", &count, atMost: ClustererLimits.nodes, "number of nodes")
        try visitor.records("nodes", &nodes, count: count, in: layout, "the nodes, the source itself first")
        try path.fields(&visitor, in: layout)
    }
}

/// Who a node is (Spec/clusterer.md, NODE_DESCRIPTION; since 2.4).
public struct NodeDescription: Message {
    public static let name: StaticString = "NODE_DESCRIPTION"

    /// Cluster and the node that is described.
    public var origin = ClustererOrigin()
    /// Where it listens and how it is reached.
    public var properties = NodeProperties()
    /// Nodes passed.
    public var path = FloodPath()

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? {
        layout > .a ? layout.internalIdentity(type: 5) : nil
    }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: ClustererLayout) -> ClustererLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try origin.fields(&visitor, in: layout)
        try properties.fields(&visitor, in: layout)
        try path.fields(&visitor, in: layout)
    }
}
