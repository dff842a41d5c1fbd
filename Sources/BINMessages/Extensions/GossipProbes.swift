public import BINWire

// How a node finds out whether another one is alive.

/// Are you there? (Spec/extensions/gossip.md, type 4)
public struct HeartbeatRequest: Message {
    public static let name: StaticString = "HEARTBEAT_REQ"

    /// Number that the answer repeats.
    public var sequence: Int32 = 0
    /// Generation of the receiver as the sender knows it; 0 when it does not.
    public var generation: Int32 = 0
    /// Incarnation of the receiver as the sender knows it.
    public var incarnation: Int32 = 0
    /// Status of the receiver as the sender knows it.
    public var status: Int32 = 0

    public init() {}

    public static func identity(in layout: GossipLayout) -> MessageIdentity? { layout.identity(type: 4) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        try visitor.integer("sequence", &sequence, .plain, "number that the answer repeats")
        try visitor.integer("generation", &generation, .unixTime, "of the receiver as the sender knows it, or 0")
        try visitor.integer("incarnation", &incarnation, .plain, "of the receiver as the sender knows it")
        try visitor.integer("status", &status, .memberStatus, "of the receiver as the sender knows it")
    }
}

/// I am. (Spec/extensions/gossip.md, type 5)
public struct Heartbeat: Message {
    public static let name: StaticString = "HEARTBEAT"

    /// Number of the request.
    public var sequence: Int32 = 0
    /// Generation of the sender.
    public var generation: Int32 = 0
    /// Incarnation of the sender.
    public var incarnation: Int32 = 0

    public init() {}

    public static func identity(in layout: GossipLayout) -> MessageIdentity? { layout.identity(type: 5) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        try visitor.integer("sequence", &sequence, .plain, "number of the request")
        try visitor.integer("generation", &generation, .unixTime, "of the sender")
        try visitor.integer("incarnation", &incarnation, .plain, "of the sender")
    }
}

/// Can you reach that node? (Spec/extensions/gossip.md, type 6)
public struct ProbeRequest: Message {
    public static let name: StaticString = "PROBE_REQ"

    /// Number that the answer repeats.
    public var sequence: Int32 = 0
    /// The node.
    public var node: Int32 = 0

    public init() {}

    public static func identity(in layout: GossipLayout) -> MessageIdentity? { layout.identity(type: 6) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        try visitor.integer("sequence", &sequence, .plain, "number that the answer repeats")
        try visitor.integer("nodeId", &node, .node, "the node to reach")
    }
}

/// I can, or not so far. (Spec/extensions/gossip.md, type 7)
public struct ProbeResult: Message {
    public static let name: StaticString = "PROBE_RESULT"

    /// Number of the request.
    public var sequence: Int32 = 0
    /// The node.
    public var node: Int32 = 0
    /// 1 when it answered, 0 when it did not so far.
    public var isReached: Int32 = 0
    /// Generation that it answered with.
    public var generation: Int32 = 0
    /// Incarnation that it answered with.
    public var incarnation: Int32 = 0

    public init() {}

    public static func identity(in layout: GossipLayout) -> MessageIdentity? { layout.identity(type: 7) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        try visitor.integer("sequence", &sequence, .plain, "number of the request")
        try visitor.integer("nodeId", &node, .node, "the node to reach")
        try visitor.integer("isReached", &isReached, .boolean, "1 when it answered, 0 when it did not so far")
        try visitor.integer("generation", &generation, .unixTime, "that it answered with, or 0")
        try visitor.integer("incarnation", &incarnation, .plain, "that it answered with")
    }
}
