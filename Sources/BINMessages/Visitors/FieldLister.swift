package import BINWire

/// Lists the fields of a message that was not read from a packet just now, with their values: the visitor that shows what is
/// kept of a message as inspecting its packet would.
///
/// Texts are listed as they refer to the memory that the message was kept with; offsets and lengths of fields mean nothing.
package struct FieldLister: FieldVisitor {
    /// The fields so far.
    package private(set) var nodes: [FieldNode] = []
    private var source: [UInt8]

    /// - Parameter source: what the texts of the message refer to; a condition may depend on one.
    package init(source: [UInt8]) { self.source = source }

    package mutating func integer(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) {
        nodes.append(FieldNode(.integer, name, meaning, value: Int64(value)))
    }

    package mutating func text(_ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString) {
        nodes.append(FieldNode(.text, name, meaning, text: value))
    }

    package mutating func fixedText(
        _ name: StaticString, _ value: inout Text, size: Int32, _ meaning: Meaning, _ note: StaticString
    ) {
        nodes.append(FieldNode(.text, name, meaning, text: value))
    }

    package mutating func value64(
        _ name: StaticString, _ value: inout UInt64, _ meaning: Meaning, _ note: StaticString
    ) {
        nodes.append(FieldNode(.value64, name, meaning, value: Int64(bitPattern: value)))
    }

    package mutating func value32(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) {
        nodes.append(FieldNode(.value32, name, meaning, value: Int64(value)))
    }

    package mutating func count(
        _ name: StaticString, _ value: inout Int32, atMost limit: Int32, _ note: StaticString
    ) {
        nodes.append(FieldNode(.count, name, value: Int64(value)))
    }

    package mutating func integers(
        _ name: StaticString, _ values: inout [Int32], count: Int32, _ meaning: Meaning, _ note: StaticString
    ) {
        nodes.append(FieldNode(.beginList, name))
        for value in values { nodes.append(FieldNode(.integer, name, meaning, value: Int64(value))) }
        nodes.append(FieldNode(.endList, name))
    }

    package mutating func texts(
        _ name: StaticString, _ values: inout TextList, count: Int32, _ note: StaticString
    ) throws(WireError) {
        nodes.append(FieldNode(.beginList, name))
        for text in try values.texts(in: unsafe source.span.bytes) { nodes.append(FieldNode(.text, name, text: text)) }
        nodes.append(FieldNode(.endList, name))
    }

    package mutating func records<Group: FieldGroup>(
        _ name: StaticString, _ values: inout [Group], count: Int32?, in layout: Group.Layout, _ note: StaticString
    ) throws(WireError) {
        nodes.append(FieldNode(.beginRecords, name))
        for index in values.indices {
            nodes.append(FieldNode(.beginRecord, name))
            try values[index].fields(&self, in: layout)
            nodes.append(FieldNode(.endRecord, name))
        }
        nodes.append(FieldNode(.endRecords, name))
    }

    package mutating func rest(_ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString) {
        nodes.append(FieldNode(.bytes, name, meaning, text: value))
    }

    package mutating func begin(_ condition: FieldCondition, on field: StaticString, value: Int32) -> Bool {
        condition.holds(for: value)
    }

    package mutating func begin(_ condition: TextCondition, on field: StaticString, text: Text) -> Bool {
        condition.holds(for: text, in: unsafe source.span.bytes)
    }

    package mutating func beginRemainder(_ isPresent: inout Bool) -> Bool { isPresent }

    package mutating func endCondition() {}

    package mutating func beginGroup(_ name: StaticString) { nodes.append(FieldNode(.beginGroup, name)) }

    package mutating func endGroup() { nodes.append(FieldNode(.endGroup, "")) }
}
