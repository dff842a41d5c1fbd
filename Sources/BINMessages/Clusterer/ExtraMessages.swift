public import BINWire

/// Forget a node (Spec/clusterer.md, REMOVE_NODE; since 3.2).
public struct RemoveNode: Message {
    public static let name: StaticString = "REMOVE_NODE"

    /// The node.
    public var node: Int32 = 0

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? {
        layout.dialect == .c ? layout.extraIdentity(type: 6) : nil
    }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: ClustererLayout) -> ClustererLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try visitor.integer("nodeId", &node, .node, "the node to forget")
    }
}

/// A message from the script of one node to that of another (Spec/clusterer.md, GENERIC_MSG).
public struct GenericMessage: Message {
    public static let name: StaticString = "GENERIC_MSG"

    /// 1 request, 0 reply.
    public var isRequest: Int32 = 0
    /// What a reply repeats of its request.
    public var tag = Text()
    /// The message.
    public var message = Text()

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? { layout.extraIdentity(type: 7) }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: ClustererLayout) -> ClustererLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try visitor.integer("reqLike", &isRequest, .boolean, "1 request, 0 reply")
        try visitor.text("tag", &tag, .plain, "what a reply repeats of its request")
        try visitor.text("message", &message, .plain, "the message")
    }
}

/// A management command to be run by the receiver (Spec/clusterer.md, MI_CMD).
public struct ManagementCommand: Message {
    public static let name: StaticString = "MI_CMD"

    /// Name of the command.
    public var command = Text()
    /// Its parameters, in order.
    public var parameters = TextList()

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? { layout.extraIdentity(type: 8) }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: ClustererLayout) -> ClustererLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try visitor.text("command", &command, .plain, "name of the command")
        var count = parameters.count
        try visitor.count("n", &count, atMost: ClustererLimits.parameters, "number of parameters")
        try visitor.texts("parameters", &parameters, count: count, "its parameters, in order")
    }
}

/// A sharing tag became active on the sending node (Spec/clusterer.md, SHTAG_ACTIVE; since 3.0).
public struct SharingTagActive: Message {
    public static let name: StaticString = "SHTAG_ACTIVE"

    /// Name of the tag.
    public var tag = Text()

    public init() {}

    public static func identity(in layout: ClustererLayout) -> MessageIdentity? {
        layout.hasSharingTags ? layout.extraIdentity(type: 13) : nil
    }

    /// No receiver looks at the version.
    public static func reading(version: Int16?, in layout: ClustererLayout) -> ClustererLayout? { layout }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: ClustererLayout
    ) throws(WireError) {
        try visitor.text("tagName", &tag, .plain, "name of the sharing tag")
    }
}
