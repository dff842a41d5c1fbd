public import BINWire

/// Decodes a message and writes down every field with its name, place and value.
///
/// What it has written down when it throws is what was read before the mistake; ``failedField`` names where it stopped.
public struct Describer: FieldVisitor, ~Copyable, ~Escapable {
    var decoder: Decoder
    /// The description so far.
    public var nodes: [FieldNode]
    /// Name of the field that could not be read.
    public private(set) var failedField: StaticString?

    /// A describer of the fields that `cursor` is over.
    /// - Parameters:
    ///   - cursor: the fields.
    ///   - nodes: where to append; handed back by ``finish()`` or read from ``nodes``.
    @_lifetime(copy cursor)
    public init(_ cursor: consuming FieldCursor, appendingTo nodes: consuming [FieldNode] = []) {
        self.decoder = Decoder(cursor)
        self.nodes = nodes
    }

    /// Offset of the next unread byte.
    public var offset: Int { decoder.offset }

    /// Lists and groups that have begun and not ended, innermost last.
    private var open: [FieldNode] = []

    /// Gives the description back. Lists and groups that a mistake left open are ended, so that they can be printed.
    public consuming func finish() -> [FieldNode] {
        while let end = open.popLast() { nodes.append(end) }
        return nodes
    }

    private mutating func begin(_ kind: FieldNode.Kind, _ end: FieldNode.Kind, _ name: StaticString) {
        nodes.append(FieldNode(kind, name))
        open.append(FieldNode(end, name))
    }

    private mutating func end() {
        if let end = open.popLast() { nodes.append(end) }
    }

    public mutating func integer(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        let start = offset
        do throws(WireError) { try decoder.integer(name, &value, meaning, note) } catch { throw failed(name, error) }
        nodes.append(FieldNode(.integer, name, meaning, offset: start, end: offset, value: Int64(value)))
    }

    public mutating func text(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        let start = offset
        do throws(WireError) { try decoder.text(name, &value, meaning, note) } catch { throw failed(name, error) }
        nodes.append(FieldNode(.text, name, meaning, offset: start, end: offset, text: value))
    }

    public mutating func fixedText(
        _ name: StaticString, _ value: inout Text, size: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        let start = offset
        do throws(WireError) {
            try decoder.fixedText(name, &value, size: size, meaning, note)
        } catch {
            throw failed(name, error)
        }
        nodes.append(FieldNode(.text, name, meaning, offset: start, end: offset, text: value))
    }

    public mutating func value64(
        _ name: StaticString, _ value: inout UInt64, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        let start = offset
        do throws(WireError) { try decoder.value64(name, &value, meaning, note) } catch { throw failed(name, error) }
        nodes.append(
            FieldNode(.value64, name, meaning, offset: start, end: offset, value: Int64(bitPattern: value)))
    }

    public mutating func value32(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        let start = offset
        do throws(WireError) { try decoder.value32(name, &value, meaning, note) } catch { throw failed(name, error) }
        nodes.append(FieldNode(.value32, name, meaning, offset: start, end: offset, value: Int64(value)))
    }

    public mutating func count(
        _ name: StaticString, _ value: inout Int32, atMost limit: Int32, _ note: StaticString
    ) throws(WireError) {
        let start = offset
        do throws(WireError) {
            try decoder.count(name, &value, atMost: limit, note)
        } catch {
            throw failed(name, error)
        }
        nodes.append(FieldNode(.count, name, offset: start, end: offset, value: Int64(value)))
    }

    public mutating func integers(
        _ name: StaticString, _ values: inout [Int32], count: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        let start = offset
        do throws(WireError) {
            try decoder.integers(name, &values, count: count, meaning, note)
        } catch {
            throw failed(name, error)
        }
        begin(.beginList, .endList, name)
        for (index, value) in values.enumerated() {
            let place = start + 4 * index
            nodes.append(FieldNode(.integer, name, meaning, offset: place, end: place + 4, value: Int64(value)))
        }
        end()
    }

    public mutating func texts(
        _ name: StaticString, _ values: inout TextList, count: Int32, _ note: StaticString
    ) throws(WireError) {
        begin(.beginList, .endList, name)
        let start = offset
        for _ in 0..<count {
            let place = offset
            var value = Text()
            do throws(WireError) { try decoder.text(name, &value, .plain, note) } catch { throw failed(name, error) }
            nodes.append(FieldNode(.text, name, offset: place, end: offset, text: value))
        }
        end()
        let length = UInt32(truncatingIfNeeded: offset - start)
        values = TextList(extent: Text(offset: UInt32(truncatingIfNeeded: start), length: length), count: count)
    }

    public mutating func records<Group: FieldGroup>(
        _ name: StaticString, _ values: inout [Group], count: Int32?, in layout: Group.Layout, _ note: StaticString
    ) throws(WireError) {
        begin(.beginRecords, .endRecords, name)
        values.removeAll(keepingCapacity: true)
        var left = count ?? .max
        while left > 0, count != nil || !decoder.cursor.isAtEnd {
            begin(.beginRecord, .endRecord, name)
            var group = Group()
            try group.fields(&self, in: layout)
            values.append(group)
            end()
            left -= 1
        }
        end()
    }

    public mutating func rest(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        let start = offset
        try decoder.rest(name, &value, meaning, note)
        nodes.append(FieldNode(.bytes, name, meaning, offset: start, end: offset, text: value))
    }

    public mutating func begin(_ condition: FieldCondition, on field: StaticString, value: Int32) -> Bool {
        condition.holds(for: value)
    }

    public mutating func begin(_ condition: TextCondition, on field: StaticString, text: Text) -> Bool {
        decoder.begin(condition, on: field, text: text)
    }

    public mutating func beginRemainder(_ isPresent: inout Bool) -> Bool { decoder.beginRemainder(&isPresent) }

    public mutating func endCondition() {}

    public mutating func beginGroup(_ name: StaticString) { begin(.beginGroup, .endGroup, name) }

    public mutating func endGroup() { end() }

    /// Notes which field it was that could not be read.
    private mutating func failed(_ name: StaticString, _ error: WireError) -> WireError {
        failedField = name
        return error
    }
}
