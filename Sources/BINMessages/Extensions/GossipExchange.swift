public import BINWire

// What an exchange consists of: sums over ranges of members, what is known of single members, and what is new of them.

/// The sums over a range of members and over its sixteen parts (Spec/extensions/gossip.md, type 1).
public struct GossipRangeSums: FieldGroup, Hashable {
    /// The leading bits of the positions in the range, as a number.
    public var prefix: Int32 = 0
    /// How many bits those are: a multiple of 4 from 0 to 24.
    public var bits: Int32 = 0
    /// Sixteen sums of eight bytes, lowest byte first, of the parts in their order.
    public var sums = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        try visitor.integer("prefix", &prefix, .bits, "leading bits of the positions in the range")
        try visitor.integer("bits", &bits, .plain, "how many bits those are, a multiple of 4 from 0 to 24")
        try visitor.fixedText("sums", &sums, size: 128, .opaque, "16 sums of 8 bytes, one for each part of the range")
    }
}

/// Do we know the same? (Spec/extensions/gossip.md, type 1)
public struct GossipSummary: Message {
    public static let name: StaticString = "SUMMARY"

    /// The ranges.
    public var ranges: [GossipRangeSums] = []

    public init() {}

    public static func identity(in layout: GossipLayout) -> MessageIdentity? { layout.identity(type: 1) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        var count = Int32(truncatingIfNeeded: ranges.count)
        try visitor.count("rangeCount", &count, atMost: PacketCapacity.elements(ofAtLeast: 138), "number of ranges")
        try visitor.records("ranges", &ranges, count: count, in: layout, "the ranges")
    }
}

/// A range of members whose parts are not looked at.
public struct GossipRange: FieldGroup, Hashable {
    /// The leading bits of the positions in the range, as a number.
    public var prefix: Int32 = 0
    /// How many bits those are: a multiple of 4 from 0 to 28.
    public var bits: Int32 = 0

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        try visitor.integer("prefix", &prefix, .bits, "leading bits of the positions in the range")
        try visitor.integer("bits", &bits, .plain, "how many bits those are, a multiple of 4 from 0 to 28")
    }
}

/// How much the sender knows of a member.
public struct GossipKnowledge: FieldGroup, Hashable {
    /// The member.
    public var node: Int32 = 0
    /// Its generation: Unix time of its start, in seconds, or a later number.
    public var generation: Int32 = 0
    /// The last version of its state that is known.
    public var version: Int32 = 0
    /// Counts how often it contradicted a suspicion.
    public var incarnation: Int32 = 0
    /// Its status: 0 alive, 1 suspected, 2 down, 3 left.
    public var status: Int32 = 0

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        try visitor.integer("nodeId", &node, .node, "the member")
        try visitor.integer("generation", &generation, .unixTime, "when it was started, or a later number")
        try visitor.integer("version", &version, .plain, "last version of its state that is known")
        try visitor.integer("incarnation", &incarnation, .plain, "how often it contradicted a suspicion")
        try visitor.integer("status", &status, .memberStatus, "0 alive, 1 suspected, 2 down, 3 left")
    }
}

/// This is what I know of the members in these ranges (Spec/extensions/gossip.md, type 2).
public struct GossipDigest: Message {
    public static let name: StaticString = "DIGEST"

    /// The ranges; all that the sender knows of their members is there.
    public var ranges: [GossipRange] = []
    /// The members.
    public var members: [GossipKnowledge] = []

    public init() {}

    public static func identity(in layout: GossipLayout) -> MessageIdentity? { layout.identity(type: 2) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        var rangeCount = Int32(truncatingIfNeeded: ranges.count)
        try visitor.count("rangeCount", &rangeCount, atMost: PacketCapacity.elements(ofAtLeast: 8), "number of ranges")
        try visitor.records("ranges", &ranges, count: rangeCount, in: layout, "the ranges")
        var count = Int32(truncatingIfNeeded: members.count)
        try visitor.count("memberCount", &count, atMost: PacketCapacity.elements(ofAtLeast: 20), "number of members")
        try visitor.records("members", &members, count: count, in: layout, "every known member in those ranges")
    }
}

/// A key of a member's state and its value.
public struct GossipEntry: FieldGroup, Hashable {
    /// The version of the state that this key was changed with.
    public var version: Int32 = 0
    /// 1 when the key was deleted.
    public var isDeleted: Int32 = 0
    /// The key.
    public var key = Text()
    /// The value.
    public var value = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        try visitor.integer("version", &version, .plain, "version of the state with which the key was changed")
        try visitor.integer("isDeleted", &isDeleted, .boolean, "1 when the key was deleted")
        try visitor.text("key", &key, .plain, "the key")
        if visitor.begin(.equals(0), on: "isDeleted", value: isDeleted) {
            try visitor.text("value", &value, .plain, "the value")
            visitor.endCondition()
        }
    }
}

/// What is new of a member.
public struct GossipNews: FieldGroup, Hashable {
    /// Who it is and how far its state is known once this is applied.
    public var knowledge = GossipKnowledge()
    /// The entries are all those changed after this version; 0 when they are all there are.
    public var base: Int32 = 0
    /// Deletions up to this version are forgotten.
    public var floor: Int32 = 0
    /// The entries, by version.
    public var entries: [GossipEntry] = []

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        try knowledge.fields(&visitor, in: layout)
        try visitor.integer("base", &base, .plain, "the entries are those changed after this version, 0 for all")
        try visitor.integer("floor", &floor, .plain, "deletions up to this version are forgotten")
        var count = Int32(truncatingIfNeeded: entries.count)
        try visitor.count("entryCount", &count, atMost: PacketCapacity.elements(ofAtLeast: 10), "number of entries")
        try visitor.records("entries", &entries, count: count, in: layout, "the entries, by version")
    }
}

/// This is new (Spec/extensions/gossip.md, type 3).
public struct GossipDelta: Message {
    public static let name: StaticString = "DELTA"

    /// 1 when there is more than fitted.
    public var hasMore: Int32 = 0
    /// The members of which something is new.
    public var news: [GossipNews] = []
    /// The members of which the sender wants news.
    public var wants: [GossipKnowledge] = []

    public init() {}

    public static func identity(in layout: GossipLayout) -> MessageIdentity? { layout.identity(type: 3) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: GossipLayout
    ) throws(WireError) {
        try visitor.integer("hasMore", &hasMore, .boolean, "1 when there is more than fitted")
        var count = Int32(truncatingIfNeeded: news.count)
        try visitor.count("newsCount", &count, atMost: PacketCapacity.elements(ofAtLeast: 32), "members with news")
        try visitor.records("news", &news, count: count, in: layout, "the members of which something is new")
        var wantCount = Int32(truncatingIfNeeded: wants.count)
        try visitor.count("wantCount", &wantCount, atMost: PacketCapacity.elements(ofAtLeast: 20), "members asked for")
        try visitor.records("wants", &wants, count: wantCount, in: layout, "what the sender knows of those it asks for")
    }
}
