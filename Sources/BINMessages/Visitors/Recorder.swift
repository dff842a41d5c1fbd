public import BINWire

/// A field as a declaration states it, without a value.
public struct FieldDeclaration: Hashable, Sendable {
    /// What stands on the wire.
    public indirect enum Shape: Hashable, Sendable {
        /// A 32-bit integer.
        case integer
        /// A length-prefixed string.
        case text
        /// A string of `size` bytes.
        case fixedText(size: Int32)
        /// A string of 8 bytes that carries a 64-bit number.
        case value64
        /// A string of 4 bytes that carries a 32-bit number.
        case value32
        /// A 32-bit number of elements, at most `limit`.
        case count(limit: Int32)
        /// 32-bit integers, as many as the last count says.
        case integers
        /// Strings, as many as the last count says.
        case texts
        /// Groups of fields, as many as the last count says, or up to the end of the message.
        case records(counted: Bool, [FieldDeclaration])
        /// Everything up to the end of the message.
        case rest
        /// Fields that are there when the named field meets the condition.
        case condition(FieldCondition, [FieldDeclaration])
        /// Fields that are there when the named text meets the condition.
        case textCondition(TextCondition, [FieldDeclaration])
        /// Fields at the end that are there when the message goes on.
        case remainder([FieldDeclaration])
        /// Fields that are shown together.
        case group([FieldDeclaration])
    }

    /// Name of the field or group; for a condition, of the field it looks at; empty for a remainder.
    public let name: String
    /// What stands on the wire.
    public let shape: Shape
    /// How the value is to be understood.
    public let meaning: Meaning
    /// One line that says what it is.
    public let note: String
}

/// Turns a declaration into the list of its fields.
///
/// It answers every condition with true and visits every repeated group once, so the result shows all that can be there.
public struct Recorder: FieldVisitor {
    /// What the fields of a level stand in.
    private enum Frame {
        case message
        case condition(FieldCondition)
        case textCondition(TextCondition)
        case remainder
        case group
    }

    private var levels: [(name: String, frame: Frame, fields: [FieldDeclaration])] = [("", .message, [])]

    /// A recorder that has seen nothing.
    public init() {}

    /// The fields of `group` in `layout`.
    public static func fields<Group: FieldGroup>(of group: Group.Type, in layout: Group.Layout) -> [FieldDeclaration] {
        var recorder = Recorder()
        var value = Group()
        // A recorder reads nothing, so there is nothing it could refuse.
        try? value.fields(&recorder, in: layout)
        return recorder.levels.last?.fields ?? []
    }

    private mutating func add(
        _ name: StaticString, _ shape: FieldDeclaration.Shape, _ meaning: Meaning, _ note: StaticString
    ) {
        let field = FieldDeclaration(name: name.description, shape: shape, meaning: meaning, note: note.description)
        levels[levels.count - 1].fields.append(field)
    }

    public mutating func integer(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) { add(name, .integer, meaning, note) }

    public mutating func text(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) { add(name, .text, meaning, note) }

    public mutating func fixedText(
        _ name: StaticString, _ value: inout Text, size: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) { add(name, .fixedText(size: size), meaning, note) }

    public mutating func value64(
        _ name: StaticString, _ value: inout UInt64, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) { add(name, .value64, meaning, note) }

    public mutating func value32(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) { add(name, .value32, meaning, note) }

    public mutating func count(
        _ name: StaticString, _ value: inout Int32, atMost limit: Int32, _ note: StaticString
    ) throws(WireError) { add(name, .count(limit: limit), .plain, note) }

    public mutating func integers(
        _ name: StaticString, _ values: inout [Int32], count: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) { add(name, .integers, meaning, note) }

    public mutating func texts(
        _ name: StaticString, _ values: inout TextList, count: Int32, _ note: StaticString
    ) throws(WireError) { add(name, .texts, .plain, note) }

    public mutating func records<Group: FieldGroup>(
        _ name: StaticString, _ values: inout [Group], count: Int32?, in layout: Group.Layout, _ note: StaticString
    ) throws(WireError) {
        let fields = Recorder.fields(of: Group.self, in: layout)
        add(name, .records(counted: count != nil, fields), .plain, note)
    }

    public mutating func rest(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) { add(name, .rest, meaning, note) }

    public mutating func begin(_ condition: FieldCondition, on field: StaticString, value: Int32) -> Bool {
        levels.append((field.description, .condition(condition), []))
        return true
    }

    public mutating func begin(_ condition: TextCondition, on field: StaticString, text: Text) -> Bool {
        levels.append((field.description, .textCondition(condition), []))
        return true
    }

    public mutating func beginRemainder(_ isPresent: inout Bool) -> Bool {
        levels.append(("", .remainder, []))
        return true
    }

    public mutating func endCondition() { endLevel() }

    public mutating func beginGroup(_ name: StaticString) { levels.append((name.description, .group, [])) }

    public mutating func endGroup() { endLevel() }

    private mutating func endLevel() {
        guard levels.count > 1, let level = levels.popLast() else { return }
        let shape: FieldDeclaration.Shape
        switch level.frame {
        case .message: return
        case .condition(let condition): shape = .condition(condition, level.fields)
        case .textCondition(let condition): shape = .textCondition(condition, level.fields)
        case .remainder: shape = .remainder(level.fields)
        case .group: shape = .group(level.fields)
        }
        let field = FieldDeclaration(name: level.name, shape: shape, meaning: .plain, note: "")
        levels[levels.count - 1].fields.append(field)
    }
}
