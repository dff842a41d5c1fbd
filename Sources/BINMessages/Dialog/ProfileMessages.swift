public import BINWire

/// Counters of dialog profiles on the sending node (Spec/dialog.md, type 4).
public struct ProfileCounters: Message {
    public static let name: StaticString = "profile-counters"

    /// 2.2 only: node id of the sender.
    public var serverID: Int32 = 0
    /// The counters.
    public var profiles: [ProfileCounter] = []

    public init() {}

    public static func identity(in layout: DialogLayout) -> MessageIdentity? {
        guard layout != .a else { return nil }
        return .packet(
            layout.profileCapability, type: 4, version: layout.version, routing: layout < .d ? .none : .trailer)
    }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: DialogLayout) -> DialogLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DialogLayout
    ) throws(WireError) {
        if layout.hasServerID {
            try visitor.integer("serverId", &serverID, .node, "node id of the sender")
        }
        try visitor.records("profiles", &profiles, count: nil, in: layout, "counters")
    }
}

/// The counter of a profile, or of one value of it.
public struct ProfileCounter: FieldGroup, Hashable {
    /// Name of the profile, without `/b`.
    public var profile = Text()
    /// 1 when the counter is that of one value.
    public var hasValue: Int32 = 0
    /// The value.
    public var value = Text()
    /// The sender's own count; replaces what it sent before. 0 takes the value back.
    public var counter: Int32 = 0

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DialogLayout
    ) throws(WireError) {
        try visitor.text("profileName", &profile, .plain, "name of the profile")
        try visitor.integer("hasValue", &hasValue, .boolean, "1 when the counter is that of one value")
        if visitor.begin(.differs(from: 0), on: "hasValue", value: hasValue) {
            try visitor.text("value", &value, .plain, "value of the profile")
            visitor.endCondition()
        }
        try visitor.integer("counter", &counter, .plain, "the sender's own count")
    }
}
