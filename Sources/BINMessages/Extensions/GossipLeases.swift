public import BINWire

// How a flag with the policy `quorum` gets its one owner, and what a node keeps on disk.

/// May I have this flag? (Spec/extensions/gossip.md, type 8)
public struct LeaseRequest: Message {
    public static let name: StaticString = "LEASE_REQ"

    /// Number that the answer repeats.
    public var sequence: Int32 = 0
    /// 0 asks only for the highest fencing number, 1 for the lease or more time, 2 gives it back.
    public var purpose: Int32 = 0
    /// The fencing number under which the sender has it or would have it.
    public var fence: UInt64 = 0
    /// Name of the flag.
    public var flag = Text()

    public init() {}

    public static func identity(in layout: GossipLayout) -> MessageIdentity? { layout.identity(type: 8) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        try visitor.integer("sequence", &sequence, .plain, "number that the answer repeats")
        try visitor.integer(
            "purpose", &purpose, .plain, "0 asks for the highest fence, 1 for the lease, 2 gives it back")
        try visitor.value64("fence", &fence, .plain, "fencing number under which the sender would have it")
        try visitor.text("flag", &flag, .plain, "name of the flag")
    }
}

/// You may, or not. (Spec/extensions/gossip.md, type 9)
public struct LeaseAnswer: Message {
    public static let name: StaticString = "LEASE_ANSWER"

    /// Number of the request.
    public var sequence: Int32 = 0
    /// 0 refused, 1 granted, 2 the sender does not vote yet.
    public var outcome: Int32 = 0
    /// The highest fencing number that the sender granted or heard of.
    public var highestFence: UInt64 = 0
    /// Name of the flag.
    public var flag = Text()

    public init() {}

    public static func identity(in layout: GossipLayout) -> MessageIdentity? { layout.identity(type: 9) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        try visitor.integer("sequence", &sequence, .plain, "number of the request")
        try visitor.integer("outcome", &outcome, .plain, "0 refused, 1 granted, 2 the sender does not vote yet")
        try visitor.value64("highestFence", &highestFence, .plain, "highest fencing number the sender knows of")
        try visitor.text("flag", &flag, .plain, "name of the flag")
    }
}

/// What a node must not forget of a flag.
public struct FlagMemory: FieldGroup, Hashable {
    /// Name of the flag.
    public var flag = Text()
    /// The highest fencing number granted or heard of.
    public var highestFence: UInt64 = 0
    /// The node that has this node's vote; 0 for none.
    public var holder: Int32 = 0

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        try visitor.text("flag", &flag, .plain, "name of the flag")
        try visitor.value64("highestFence", &highestFence, .plain, "highest fencing number granted or heard of")
        try visitor.integer("holder", &holder, .node, "the node that has the vote, 0 for none")
    }
}

/// Where a member can be found again.
public struct MemberPlace: FieldGroup, Hashable {
    /// The member.
    public var node: Int32 = 0
    /// Where it listens.
    public var url = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        try visitor.integer("nodeId", &node, .node, "the member")
        try visitor.text("url", &url, .plain, "where it listens")
    }
}

/// What a node keeps on disk, as a packet that is never sent (Spec/extensions/gossip.md, type 10).
public struct GossipMemory: Message {
    public static let name: StaticString = "MEMORY"

    /// The generation that the node has.
    public var generation: Int32 = 0
    /// Its flags.
    public var flags: [FlagMemory] = []
    /// Members that it can ask when it comes back.
    public var members: [MemberPlace] = []

    public init() {}

    public static func identity(in layout: GossipLayout) -> MessageIdentity? { layout.identity(type: 10) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        try visitor.integer("generation", &generation, .unixTime, "generation of the node")
        var flagCount = Int32(truncatingIfNeeded: flags.count)
        try visitor.count("flagCount", &flagCount, atMost: PacketCapacity.elements(ofAtLeast: 16), "number of flags")
        try visitor.records("flags", &flags, count: flagCount, in: layout, "the flags")
        var count = Int32(truncatingIfNeeded: members.count)
        try visitor.count("memberCount", &count, atMost: PacketCapacity.elements(ofAtLeast: 6), "number of members")
        try visitor.records("members", &members, count: count, in: layout, "members to ask when it comes back")
    }
}
