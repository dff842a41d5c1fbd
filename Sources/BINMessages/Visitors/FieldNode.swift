public import BINWire

/// One step in the description of a packet: a field, or the beginning or end of a group of fields.
///
/// A description is a flat list of nodes in wire order. Each byte of the body belongs to exactly one node that is a field.
public struct FieldNode: Hashable, Sendable {
    /// What the node is.
    public enum Kind: UInt8, Hashable, Sendable {
        /// A 32-bit integer; ``FieldNode/value``.
        case integer
        /// A length-prefixed string; ``FieldNode/text``.
        case text
        /// A string that carries a 64-bit number; ``FieldNode/value``.
        case value64
        /// A string that carries a 32-bit number; ``FieldNode/value``.
        case value32
        /// A number of elements that follow; ``FieldNode/value``.
        case count
        /// Bytes without a length; ``FieldNode/text``.
        case bytes
        /// Begins a list of integers or strings.
        case beginList
        /// Ends it.
        case endList
        /// Begins a list of groups.
        case beginRecords
        /// Ends it.
        case endRecords
        /// Begins a group of a list.
        case beginRecord
        /// Ends it.
        case endRecord
        /// Begins fields that are shown together.
        case beginGroup
        /// Ends them.
        case endGroup
    }

    /// What the node is.
    public var kind: Kind
    /// How the value is to be understood.
    public var meaning: Meaning
    /// Name of the field or list; for an element of a list the name of the list.
    public var name: StaticString
    /// Offset of the first byte of the field in the packet, its length prefix included.
    public var offset: UInt32
    /// Number of bytes, the length prefix included.
    public var length: UInt32
    /// The number, for the kinds that carry one.
    public var value: Int64
    /// The bytes, for the kinds that carry some.
    public var text: Text

    package init(
        _ kind: Kind, _ name: StaticString, _ meaning: Meaning = .plain, offset: Int = 0, end: Int = 0,
        value: Int64 = 0,
        text: Text = Text()
    ) {
        self.kind = kind
        self.meaning = meaning
        self.name = name
        self.offset = UInt32(truncatingIfNeeded: offset)
        self.length = UInt32(truncatingIfNeeded: end - offset)
        self.value = value
        self.text = text
    }

    /// Whether the node stands for bytes of the packet.
    public var isField: Bool { kind.rawValue <= Kind.bytes.rawValue }

    /// Nodes are equal when they say the same of the same bytes.
    public static func == (left: FieldNode, right: FieldNode) -> Bool {
        left.kind == right.kind && left.meaning == right.meaning && left.name.description == right.name.description
            && left.offset == right.offset && left.length == right.length && left.value == right.value
            && left.text == right.text
    }

    /// Hashes what tells nodes apart cheaply.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(offset)
        hasher.combine(length)
    }
}
