public import BINWire

/// What walks over the fields of a message, in wire order: a decoder, an encoder, a describer, a recorder.
///
/// A message declares its fields once, by calling these functions on whatever visitor it is handed (``FieldGroup``).
/// Decoding, encoding, describing and the exported layouts all come from that one declaration. The functions are
/// generic over the visitor and inlined, so that a decoder pays nothing for the names it does not look at.
///
/// Names are those of the specification, words joined in camelCase. Notes are one line, with the unit.
public protocol FieldVisitor: ~Copyable, ~Escapable {
    /// A 32-bit integer.
    mutating func integer(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError)

    /// A length-prefixed string.
    mutating func text(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError)

    /// A string of exactly `size` bytes: the memory image of a structure, or a text of a fixed length.
    mutating func fixedText(
        _ name: StaticString, _ value: inout Text, size: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError)

    /// A string of exactly 8 bytes: the memory image of a 64-bit number.
    mutating func value64(
        _ name: StaticString, _ value: inout UInt64, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError)

    /// A string of exactly 4 bytes: the memory image of a 32-bit number.
    mutating func value32(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError)

    /// A 32-bit number of elements that stand later in the message; refused unless it is 0 to `limit`.
    mutating func count(
        _ name: StaticString, _ value: inout Int32, atMost limit: Int32, _ note: StaticString
    ) throws(WireError)

    /// `count` 32-bit integers.
    mutating func integers(
        _ name: StaticString, _ values: inout [Int32], count: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError)

    /// `count` strings.
    mutating func texts(
        _ name: StaticString, _ values: inout TextList, count: Int32, _ note: StaticString
    ) throws(WireError)

    /// `count` groups of fields, or as many as there are up to the end of the message when `count` is nil.
    mutating func records<Group: FieldGroup>(
        _ name: StaticString, _ values: inout [Group], count: Int32?, in layout: Group.Layout, _ note: StaticString
    ) throws(WireError)

    /// Everything up to the end of the message, without a length of its own.
    mutating func rest(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError)

    /// Whether the fields up to ``endCondition()`` are there: when `value`, the value of `field`, meets `condition`.
    ///
    /// Whoever gets `true` visits those fields and then calls ``endCondition()``.
    mutating func begin(_ condition: FieldCondition, on field: StaticString, value: Int32) -> Bool

    /// The same for a condition on a text, the value of `field`.
    mutating func begin(_ condition: TextCondition, on field: StaticString, text: Text) -> Bool

    /// Whether the fields up to ``endCondition()``, the last ones of the message, are there: they are when the message goes
    /// on. Reading sets `isPresent`, writing obeys it.
    mutating func beginRemainder(_ isPresent: inout Bool) -> Bool

    /// Ends the fields of a condition.
    mutating func endCondition()

    /// Begins fields that are shown together under `name`. There is nothing on the wire that stands for it.
    mutating func beginGroup(_ name: StaticString)

    /// Ends them.
    mutating func endGroup()
}

/// When fields are there.
@frozen
public enum FieldCondition: Hashable, Sendable {
    /// The field has this value.
    case equals(Int32)
    /// The field has another value.
    case differs(from: Int32)

    /// Whether `value` meets it.
    @inlinable @inline(__always)
    public func holds(for value: Int32) -> Bool {
        switch self {
        case .equals(let expected): value == expected
        case .differs(let other): value != other
        }
    }
}

/// A list of strings as its place in a source, kept in their wire form (16-bit lengths) so that an empty one costs nothing.
@frozen
public struct TextList: Hashable, Sendable, BitwiseCopyable {
    /// Where the strings stand, lengths included.
    public var extent: Text
    /// Number of strings.
    public var count: Int32

    /// The empty list.
    @inlinable
    public init() {
        extent = Text()
        count = 0
    }

    /// `count` strings that stand at `extent`.
    @inlinable
    public init(extent: Text, count: Int32) {
        self.extent = extent
        self.count = count
    }

    /// The places of the strings.
    /// - Throws: ``BINWire/WireError`` when they do not lie in `source` as they should.
    public func texts(in source: RawSpan) throws(WireError) -> [Text] {
        let start = Int(extent.offset)
        var cursor = FieldCursor(source, range: start..<(start + Int(extent.length)), framing: .v2_3)
        var texts: [Text] = []
        for _ in 0..<Swift.max(0, count) { texts.append(try cursor.readText()) }
        return texts
    }
}
