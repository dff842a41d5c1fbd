public import BINWire

/// Where a ``Composer`` takes the values of fields from, by name: a JSON object, for one.
public protocol FieldSource {
    /// The names of the fields that have a value. All of them must be fields of the message: one that is not shows another layout.
    var names: [String] { get }
    /// The integer of a field; nil when there is none or it is no integer.
    func integer(_ name: String, _ meaning: Meaning) -> Int64?
    /// The bytes of a text.
    func bytes(_ name: String, _ meaning: Meaning) -> [UInt8]?
    /// The integers of a list.
    func integers(_ name: String) -> [Int64]?
    /// The texts of a list.
    func texts(_ name: String) -> [[UInt8]]?
    /// The groups of a list.
    func records(_ name: String) -> [any FieldSource]?
    /// The fields that stand together under a name.
    func group(_ name: String) -> (any FieldSource)?
}

/// Builds a message from named values: the visitor that turns what the tools print back into packets.
///
/// Texts are gathered in an arena; the message refers to it and is encoded with it as source.
public struct Composer: FieldVisitor {
    /// The texts.
    public private(set) var arena: [UInt8] = []
    /// The field for which there was no fitting value, when something was thrown.
    public private(set) var failedField: String?

    private var strayField: String?

    /// Which of the remainders that were asked for was the last thing before ``failedField``.
    private(set) var failedRemainder: Int?

    private var sources: [any FieldSource]
    /// For each of ``sources`` the names that were asked for.
    private var visited: [Set<String>] = [[]]
    private let absentRemainders: Set<Int>
    private var remainders = 0

    /// A composer of the values in `source`.
    /// - Parameters:
    ///   - source: the values.
    ///   - absentRemainders: numbers of the remainders, in order of visit, that are to be left out. Whether one is there can
    ///     only be tried: what it consists of is not known before it is visited.
    init(_ source: any FieldSource, absentRemainders: Set<Int> = []) {
        sources = [source]
        self.absentRemainders = absentRemainders
    }

    private var source: any FieldSource { sources[sources.count - 1] }

    private mutating func visit(_ name: StaticString) -> String {
        let name = name.description
        visited[visited.count - 1].insert(name)
        return name
    }

    private mutating func push(_ source: any FieldSource) {
        sources.append(source)
        visited.append([])
    }

    private mutating func pop() {
        let asked = visited.removeLast()
        let source = sources.removeLast()
        strayField = strayField ?? source.names.first { !asked.contains($0) }
    }

    /// The first name that has a value and is no field of the message that was composed.
    mutating func finish() -> String? {
        pop()
        return strayField
    }

    private mutating func missing(_ name: StaticString) -> WireError {
        failedField = name.description
        return WireError(.valueOutOfRange, at: 0)
    }

    private mutating func append(_ bytes: [UInt8]) -> Text {
        failedRemainder = nil
        defer { arena.append(contentsOf: bytes) }
        return Text(offset: UInt32(truncatingIfNeeded: arena.count), length: UInt32(truncatingIfNeeded: bytes.count))
    }

    public mutating func integer(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        guard let number = source.integer(visit(name), meaning), let exact = Int32(exactly: number) else {
            throw missing(name)
        }
        failedRemainder = nil
        value = exact
    }

    public mutating func text(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        guard let bytes = source.bytes(visit(name), meaning) else { throw missing(name) }
        value = append(bytes)
    }

    public mutating func fixedText(
        _ name: StaticString, _ value: inout Text, size: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        guard let bytes = source.bytes(visit(name), meaning), bytes.count == Int(size) else { throw missing(name) }
        value = append(bytes)
    }

    public mutating func value64(
        _ name: StaticString, _ value: inout UInt64, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        guard let number = source.integer(visit(name), meaning) else { throw missing(name) }
        failedRemainder = nil
        value = UInt64(bitPattern: number)
    }

    public mutating func value32(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        try integer(name, &value, meaning, note)
    }

    /// The count of what follows is that of the list itself; here only that it may be said.
    public mutating func count(
        _ name: StaticString, _ value: inout Int32, atMost limit: Int32, _ note: StaticString
    ) throws(WireError) {
        _ = visit(name)
    }

    public mutating func integers(
        _ name: StaticString, _ values: inout [Int32], count: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        guard let numbers = source.integers(visit(name)) else { throw missing(name) }
        values = []
        for number in numbers {
            guard let exact = Int32(exactly: number) else { throw missing(name) }
            values.append(exact)
        }
    }

    public mutating func texts(
        _ name: StaticString, _ values: inout TextList, count: Int32, _ note: StaticString
    ) throws(WireError) {
        guard let texts = source.texts(visit(name)) else { throw missing(name) }
        let start = arena.count
        for text in texts {
            guard let length = UInt16(exactly: text.count) else { throw missing(name) }
            arena += [UInt8(truncatingIfNeeded: length), UInt8(truncatingIfNeeded: length >> 8)]
            arena += text
        }
        let extent = Text(
            offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: arena.count - start))
        values = TextList(extent: extent, count: Int32(truncatingIfNeeded: texts.count))
    }

    public mutating func records<Group: FieldGroup>(
        _ name: StaticString, _ values: inout [Group], count: Int32?, in layout: Group.Layout, _ note: StaticString
    ) throws(WireError) {
        guard let records = source.records(visit(name)) else { throw missing(name) }
        failedRemainder = nil
        values = []
        for record in records {
            push(record)
            var group = Group()
            try group.fields(&self, in: layout)
            pop()
            values.append(group)
        }
    }

    public mutating func rest(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        try text(name, &value, meaning, note)
    }

    public mutating func begin(_ condition: FieldCondition, on field: StaticString, value: Int32) -> Bool {
        condition.holds(for: value)
    }

    public mutating func begin(_ condition: TextCondition, on field: StaticString, text: Text) -> Bool {
        unsafe condition.holds(for: text, in: arena.span.bytes)
    }

    public mutating func endCondition() {}

    public mutating func beginRemainder(_ isPresent: inout Bool) -> Bool {
        isPresent = !absentRemainders.contains(remainders)
        if isPresent { failedRemainder = remainders }
        remainders += 1
        return isPresent
    }

    public mutating func beginGroup(_ name: StaticString) {
        push(source.group(visit(name)) ?? NoFields())
    }

    public mutating func endGroup() { pop() }
}

/// A group that is not there.
private struct NoFields: FieldSource {
    var names: [String] { [] }
    func integer(_ name: String, _ meaning: Meaning) -> Int64? { nil }
    func bytes(_ name: String, _ meaning: Meaning) -> [UInt8]? { nil }
    func integers(_ name: String) -> [Int64]? { nil }
    func texts(_ name: String) -> [[UInt8]]? { nil }
    func records(_ name: String) -> [any FieldSource]? { nil }
    func group(_ name: String) -> (any FieldSource)? { nil }
}
