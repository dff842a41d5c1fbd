public import BINWire

/// A capability of a node and whether its data are complete.
public struct CapabilityState: FieldGroup, Hashable {
    /// Name of the capability.
    public var capability = Text()
    /// 1 synced, 0 not.
    public var state: Int32 = 0

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try visitor.text("capabilityName", &capability, .capability, "name of the capability")
        try visitor.integer("state", &state, .capabilityState, "1 synced, 0 not")
    }
}

/// The capabilities of one node (Spec/clusterer.md, CAPS).
public struct NodeCapabilities: FieldGroup, Hashable {
    /// The node.
    public var node: Int32 = 0
    /// Its capabilities.
    public var capabilities: [CapabilityState] = []

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try visitor.integer("nodeId", &node, .node, "the node")
        var count = Int32(truncatingIfNeeded: capabilities.count)
        try visitor.count("nCaps", &count, atMost: ClustererLimits.capabilities, "number of its capabilities")
        try visitor.records("caps", &capabilities, count: count, in: layout, "its capabilities")
    }
}

/// What nodes can do and whether their data are complete (Spec/clusterer.md, CAP_UPDATE; since 2.4, in two forms).
public struct CapabilityUpdate: Message {
    public static let name: StaticString = "CAP_UPDATE"

    /// Cluster and originator.
    public var origin = ClustererOrigin()
    /// 3.1.7, 3.2.4 and later: sequence number, 0 after a restart.
    public var sequence: Int32 = 0
    /// 3.1.7, 3.2.4 and later: Unix time in seconds.
    public var timestamp: Int32 = 0
    /// The nodes.
    public var nodes: [NodeCapabilities] = []
    /// 1 when the receiver shall answer with its own.
    public var requiresReply: Int32 = 0
    /// Nodes passed.
    public var path = FloodPath()

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? {
        layout > .a ? layout.internalIdentity(type: 9) : nil
    }

    public static func layoutName(in layout: ClustererLayout) -> String {
        "\(layout.name) \(layout.hasSequencedCapabilities ? "new" : "old")"
    }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: ClustererLayout) -> ClustererLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try origin.fields(&visitor, in: layout)
        if layout.hasSequencedCapabilities {
            try visitor.integer("seq", &sequence, .plain, "sequence number, 0 after a restart")
            try visitor.integer("timestamp", &timestamp, .unixTime, "Unix time in seconds")
        }
        var count = Int32(truncatingIfNeeded: nodes.count)
        try visitor.count("nNodes", &count, atMost: ClustererLimits.nodes, "number of nodes")
        try visitor.records("nodes", &nodes, count: count, in: layout, "the nodes")
        try visitor.integer("requireReply", &requiresReply, .boolean, "1 asks the receiver for its own")
        try path.fields(&visitor, in: layout)
    }
}
