public import BINWire

/// May I join? (Spec/clusterer.md, dialect A; 2.3 only)
public struct JoinRequest: Message {
    public static let name: StaticString = "JOIN_REQUEST"

    /// Cluster and sender.
    public var origin = ClustererOrigin()

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? {
        layout == .a ? layout.internalIdentity(type: 5) : nil
    }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: ClustererLayout) -> ClustererLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try origin.fields(&visitor, in: layout)
    }
}

/// You may. (Spec/clusterer.md, dialect A; 2.3 only)
public struct JoinAccept: Message {
    public static let name: StaticString = "JOIN_ACCEPT"

    /// Cluster and sender.
    public var origin = ClustererOrigin()

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? {
        layout == .a ? layout.internalIdentity(type: 6) : nil
    }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: ClustererLayout) -> ClustererLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try origin.fields(&visitor, in: layout)
    }
}

/// Here I am, and this is who I am (Spec/clusterer.md, dialect A; 2.3 only).
public struct JoinConfirm: Message {
    public static let name: StaticString = "JOIN_CONFIRM"

    /// Cluster and the joining node.
    public var origin = ClustererOrigin()
    /// Free text.
    public var description = Text()
    /// Where it listens and how it is reached.
    public var properties = NodeProperties()
    /// Sequence number of its last link state update.
    public var linkStateSequence: Int32 = 0
    /// Sequence number of its last topology update.
    public var topologySequence: Int32 = 0
    /// 1 from the joining node itself, 0 when passed on.
    public var isOriginalSource: Int32 = 0
    /// Nodes passed.
    public var path = FloodPath()

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? {
        layout == .a ? layout.internalIdentity(type: 7) : nil
    }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: ClustererLayout) -> ClustererLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try origin.fields(&visitor, in: layout)
        try visitor.text("description", &description, .plain, "free text")
        try properties.fields(&visitor, in: layout)
        try visitor.integer("lsSeq", &linkStateSequence, .plain, "sequence number of its last link state update")
        try visitor.integer("topSeq", &topologySequence, .plain, "sequence number of its last topology update")
        try visitor.integer("isOrigSource", &isOriginalSource, .boolean, "1 from the joining node itself")
        try path.fields(&visitor, in: layout)
    }
}

/// The links that a joining node needs to know (Spec/clusterer.md, dialect A; 2.3 only).
public struct TopologyDescription: Message {
    public static let name: StaticString = "TOP_DESCRIPTION"

    /// Cluster and sender.
    public var origin = ClustererOrigin()
    /// The nodes.
    public var nodes: [NodeLinks] = []

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? {
        layout == .a ? layout.internalIdentity(type: 8) : nil
    }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: ClustererLayout) -> ClustererLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try origin.fields(&visitor, in: layout)
        var count = Int32(truncatingIfNeeded: nodes.count)
        try visitor.count("noNodes", &count, atMost: ClustererLimits.nodes, "number of nodes")
        try visitor.records("nodes", &nodes, count: count, in: layout, "the nodes")
    }
}

/// A node and its links.
public struct NodeLinks: FieldGroup, Hashable {
    /// The node.
    public var node: Int32 = 0
    /// The nodes it has a link to.
    public var neighbours: [Int32] = []

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try visitor.integer("nodeId", &node, .node, "the node")
        var count = Int32(truncatingIfNeeded: neighbours.count)
        try visitor.count("noNeigh", &count, atMost: ClustererLimits.nodes, "number of its links")
        try visitor.integers("neigh", &neighbours, count: count, .node, "the nodes it has a link to")
    }
}
