public import BINWire

/// Writes a message: the visitor that encoding is made of.
///
/// Texts are copied from `source`, the bytes that the message refers to: the packet it was decoded from, or the arena it
/// was built in.
public struct Encoder: FieldVisitor, ~Copyable, ~Escapable {
    let source: RawSpan
    var writer: PacketWriter

    /// An encoder that appends to the packet that `writer` has begun.
    @_lifetime(copy source)
    public init(source: RawSpan, writer: consuming PacketWriter) {
        self.source = source
        self.writer = writer
    }

    /// Gives the writer back.
    public consuming func finish() -> PacketWriter { writer }

    @inline(__always)
    public mutating func integer(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        try writer.write(value)
    }

    @inline(__always)
    public mutating func text(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        try writer.write(value, in: source)
    }

    public mutating func fixedText(
        _ name: StaticString, _ value: inout Text, size: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        guard value.length == UInt32(bitPattern: size) else { throw WireError(.wrongValueSize, at: writer.offset) }
        try writer.write(value, in: source)
    }

    @inline(__always)
    public mutating func value64(
        _ name: StaticString, _ value: inout UInt64, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        try writer.writeValue(value)
    }

    @inline(__always)
    public mutating func value32(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        try writer.writeValue(UInt32(bitPattern: value))
    }

    @inline(__always)
    public mutating func count(
        _ name: StaticString, _ value: inout Int32, atMost limit: Int32, _ note: StaticString
    ) throws(WireError) {
        guard value >= 0, value <= limit else { throw WireError(.countOutOfRange, at: writer.offset) }
        try writer.write(value)
    }

    public mutating func integers(
        _ name: StaticString, _ values: inout [Int32], count: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        for value in values { try writer.write(value) }
    }

    public mutating func texts(
        _ name: StaticString, _ values: inout TextList, count: Int32, _ note: StaticString
    ) throws(WireError) {
        guard count > 0 else { return }
        for text in try values.texts(in: source) { try writer.write(text, in: source) }
    }

    public mutating func records<Group: FieldGroup>(
        _ name: StaticString, _ values: inout [Group], count: Int32?, in layout: Group.Layout, _ note: StaticString
    ) throws(WireError) {
        for index in values.indices { try values[index].fields(&self, in: layout) }
    }

    public mutating func rest(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        try writer.writeRaw(try value.bytes(in: source))
    }

    @inline(__always)
    public mutating func begin(_ condition: FieldCondition, on field: StaticString, value: Int32) -> Bool {
        condition.holds(for: value)
    }

    public mutating func begin(_ condition: TextCondition, on field: StaticString, text: Text) -> Bool {
        condition.holds(for: text, in: source)
    }

    @inline(__always)
    public mutating func beginRemainder(_ isPresent: inout Bool) -> Bool { isPresent }

    @inline(__always)
    public mutating func endCondition() {}

    @inline(__always)
    public mutating func beginGroup(_ name: StaticString) {}

    @inline(__always)
    public mutating func endGroup() {}
}
