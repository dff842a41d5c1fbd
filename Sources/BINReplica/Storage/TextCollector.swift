import BINMessages
import BINWire

/// Copies the texts of a message into an arena of their own: the visitor that keeps a message beyond its packet.
struct TextCollector: FieldVisitor, ~Copyable, ~Escapable {
    private let source: RawSpan
    private(set) var arena: [UInt8] = []

    @_lifetime(copy source)
    init(_ source: RawSpan) { self.source = source }

    private mutating func take(_ value: inout Text) throws(WireError) {
        let bytes = try value.bytes(in: source)
        let start = arena.count
        unsafe bytes.withUnsafeBytes { unsafe arena.append(contentsOf: $0) }
        value = Text(offset: UInt32(clamping: start), length: value.length)
    }

    mutating func integer(_ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString) {}

    mutating func text(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        try take(&value)
    }

    mutating func fixedText(
        _ name: StaticString, _ value: inout Text, size: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        try take(&value)
    }

    mutating func value64(_ name: StaticString, _ value: inout UInt64, _ meaning: Meaning, _ note: StaticString) {}

    mutating func value32(_ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString) {}

    mutating func count(_ name: StaticString, _ value: inout Int32, atMost limit: Int32, _ note: StaticString) {}

    mutating func integers(
        _ name: StaticString, _ values: inout [Int32], count: Int32, _ meaning: Meaning, _ note: StaticString
    ) {}

    mutating func texts(
        _ name: StaticString, _ values: inout TextList, count: Int32, _ note: StaticString
    ) throws(WireError) {
        try take(&values.extent)
    }

    mutating func records<Group: FieldGroup>(
        _ name: StaticString, _ values: inout [Group], count: Int32?, in layout: Group.Layout, _ note: StaticString
    ) throws(WireError) {
        for index in values.indices { try values[index].fields(&self, in: layout) }
    }

    mutating func rest(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        try take(&value)
    }

    mutating func begin(_ condition: FieldCondition, on field: StaticString, value: Int32) -> Bool {
        condition.holds(for: value)
    }

    mutating func begin(_ condition: TextCondition, on field: StaticString, text: Text) -> Bool {
        // The text that decides was taken over before.
        condition.holds(for: text, in: unsafe arena.span.bytes)
    }

    mutating func beginRemainder(_ isPresent: inout Bool) -> Bool { isPresent }

    mutating func endCondition() {}

    mutating func beginGroup(_ name: StaticString) {}

    mutating func endGroup() {}
}
