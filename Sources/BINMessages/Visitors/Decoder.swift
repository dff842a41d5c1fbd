public import BINWire

/// Reads a message from its bytes: the visitor that decoding is made of.
///
/// It looks at no name and copies no text. What it refuses is named afterwards by a ``Describer`` over the same bytes.
public struct Decoder: FieldVisitor, ~Copyable, ~Escapable {
    var cursor: FieldCursor

    /// A decoder of the fields that `cursor` is over.
    @inline(__always)
    @_lifetime(copy cursor)
    public init(_ cursor: consuming FieldCursor) {
        self.cursor = cursor
    }

    /// Throws unless every byte was read.
    @inline(__always)
    public func finish() throws(WireError) {
        guard cursor.isAtEnd else { throw WireError(.trailingBytes, at: cursor.offset) }
    }

    /// Offset of the next unread byte.
    public var offset: Int { cursor.offset }

    @inline(__always)
    public mutating func integer(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        value = try cursor.readInt32()
    }

    @inline(__always)
    public mutating func text(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        value = try cursor.readText()
    }

    public mutating func fixedText(
        _ name: StaticString, _ value: inout Text, size: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        let offset = cursor.offset
        let text = try cursor.readText()
        guard text.length == UInt32(bitPattern: size) else { throw WireError(.wrongValueSize, at: offset) }
        value = text
    }

    @inline(__always)
    public mutating func value64(
        _ name: StaticString, _ value: inout UInt64, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        value = try cursor.readValue64()
    }

    @inline(__always)
    public mutating func value32(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        value = try cursor.readValue32()
    }

    @inline(__always)
    public mutating func count(
        _ name: StaticString, _ value: inout Int32, atMost limit: Int32, _ note: StaticString
    ) throws(WireError) {
        let offset = cursor.offset
        value = try cursor.readInt32()
        guard value >= 0, value <= limit else { throw WireError(.countOutOfRange, at: offset) }
    }

    public mutating func integers(
        _ name: StaticString, _ values: inout [Int32], count: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        guard Int(count) <= cursor.remaining / 4 else { throw WireError(.integerPastEnd, at: cursor.offset) }
        values.removeAll(keepingCapacity: true)
        values.reserveCapacity(Int(count))
        for _ in 0..<count { values.append(try cursor.readInt32()) }
    }

    public mutating func texts(
        _ name: StaticString, _ values: inout TextList, count: Int32, _ note: StaticString
    ) throws(WireError) {
        let start = cursor.offset
        for _ in 0..<count { _ = try cursor.readText() }
        let length = UInt32(truncatingIfNeeded: cursor.offset - start)
        values = TextList(extent: Text(offset: UInt32(truncatingIfNeeded: start), length: length), count: count)
    }

    public mutating func records<Group: FieldGroup>(
        _ name: StaticString, _ values: inout [Group], count: Int32?, in layout: Group.Layout, _ note: StaticString
    ) throws(WireError) {
        values.removeAll(keepingCapacity: true)
        if let count {
            for _ in 0..<count { try record(&values, in: layout) }
        } else {
            while !cursor.isAtEnd { try record(&values, in: layout) }
        }
    }

    @inline(__always)
    mutating func record<Group: FieldGroup>(_ values: inout [Group], in layout: Group.Layout) throws(WireError) {
        var group = Group()
        try group.fields(&self, in: layout)
        values.append(group)
    }

    public mutating func rest(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        value = try cursor.readBytes(cursor.remaining)
    }

    @inline(__always)
    public mutating func begin(_ condition: FieldCondition, on field: StaticString, value: Int32) -> Bool {
        condition.holds(for: value)
    }

    @inline(__always)
    public mutating func begin(_ condition: TextCondition, on field: StaticString, text: Text) -> Bool {
        condition.holds(for: text, in: cursor.bytes)
    }

    @inline(__always)
    public mutating func beginRemainder(_ isPresent: inout Bool) -> Bool {
        isPresent = !cursor.isAtEnd
        return isPresent
    }

    @inline(__always)
    public mutating func endCondition() {}

    @inline(__always)
    public mutating func beginGroup(_ name: StaticString) {}

    @inline(__always)
    public mutating func endGroup() {}
}
