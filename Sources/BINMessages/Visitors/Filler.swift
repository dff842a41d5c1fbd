package import BINWire

/// Gives every field of a message a made-up value: the visitor that test vectors and round-trip tests are made of.
///
/// The same strategy and seed always give the same values. Texts stand in ``arena``, which the message is to be encoded
/// from. Which values decide about other fields is known from the declaration, so that both sides of every condition come up.
package struct Filler: FieldVisitor {
    /// What kind of values are made.
    package enum Strategy: String, Sendable, CaseIterable {
        /// Zeros, empty strings, empty lists; nothing that may be left out.
        case empty
        /// One of everything, with values that are easy to read: a text is the name of its field.
        case small
        /// As small, with texts of one letter.
        case brief
        /// The ends of each range, texts of no byte, one byte and many, other alphabets, bytes that are no text.
        case boundary
        /// As small, with the first list as long as it may be.
        case full
        /// Anything that makes sense.
        case random
    }

    /// A value that a field is to have whatever the strategy says.
    package enum Choice: Hashable, Sendable {
        /// An integer or a count.
        case integer(Int32)
        /// A text.
        case text([UInt8])
    }

    /// The texts, which the message refers to.
    package private(set) var arena: [UInt8] = []

    private let strategy: Strategy
    private let hints: FillHints
    private let choices: [String: Choice]
    private var generator: FillGenerator
    private var values: FillValues
    /// Groups that may still be made, so that lists in lists do not multiply.
    private var groupsLeft = 150
    private var hasFullList = false

    /// The longest list that ``Strategy/full`` makes as long as it may be.
    private static let longestFullList: Int32 = 128

    /// A filler of messages with `fields`.
    /// - Parameters:
    ///   - strategy: what kind of values to make.
    ///   - seed: another one gives other values.
    ///   - fields: the declaration, for the values that conditions look at.
    ///   - choices: values of certain fields, by their names.
    package init(
        _ strategy: Strategy, seed: UInt64 = 0, fields: [FieldDeclaration] = [], choices: [String: Choice] = [:]
    ) {
        self.strategy = strategy
        self.hints = FillHints(fields)
        self.choices = choices
        self.generator = FillGenerator(seed: seed)
        self.values = FillValues(strategy, seed: seed)
    }

    private mutating func store(_ bytes: [UInt8]) -> Text {
        let start = arena.count
        arena.append(contentsOf: bytes)
        return Text(offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: bytes.count))
    }

    /// The value of an integer: one chosen for it, one that a condition looks at, or one that its meaning allows.
    private mutating func number(_ name: StaticString, _ meaning: Meaning) -> Int32 {
        let field = name.description
        if case .integer(let value)? = choices[field] { return value }
        if let hinted = hints.integers[field], !hinted.isEmpty {
            switch strategy {
            case .empty: break
            case .small, .brief, .full: return hinted[0]
            case .boundary, .random: return hinted[generator.next(below: hinted.count)]
            }
        }
        return values.integer(meaning, &generator)
    }

    private mutating func string(_ name: StaticString, _ meaning: Meaning) -> [UInt8] {
        let field = name.description
        if case .text(let value)? = choices[field] { return value }
        if let hinted = hints.texts[field], !hinted.isEmpty {
            switch strategy {
            case .empty: break
            case .small, .brief, .full: return Array(hinted[0].utf8)
            case .boundary, .random: return Array(hinted[generator.next(below: hinted.count)].utf8)
            }
        }
        return values.text(field, meaning, &generator)
    }

    package mutating func integer(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) { value = number(name, meaning) }

    package mutating func text(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) { value = store(string(name, meaning)) }

    package mutating func fixedText(
        _ name: StaticString, _ value: inout Text, size: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        value = store(values.fixedText(size: Int(size), meaning, &generator))
    }

    package mutating func value64(
        _ name: StaticString, _ value: inout UInt64, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) { value = values.value64(meaning, &generator) }

    package mutating func value32(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) { value = number(name, meaning) }

    package mutating func count(
        _ name: StaticString, _ value: inout Int32, atMost limit: Int32, _ note: StaticString
    ) throws(WireError) {
        value = min(limit, listLength(name, limit))
    }

    private mutating func listLength(_ name: StaticString, _ limit: Int32) -> Int32 {
        if case .integer(let value)? = choices[name.description] { return value }
        switch strategy {
        case .empty: return 0
        case .small, .brief: return 1
        case .boundary: return Int32(generator.next(below: 3))
        case .random: return Int32(generator.next(below: 4))
        case .full:
            guard !hasFullList else { return 1 }
            hasFullList = true
            return limit <= Filler.longestFullList ? limit : 3
        }
    }

    package mutating func integers(
        _ name: StaticString, _ values: inout [Int32], count: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        values = []
        for _ in 0..<max(0, count) { values.append(number(name, meaning)) }
    }

    package mutating func texts(
        _ name: StaticString, _ values: inout TextList, count: Int32, _ note: StaticString
    ) throws(WireError) {
        let start = arena.count
        for _ in 0..<max(0, count) {
            let text = string(name, .plain)
            let length = UInt16(clamping: text.count)
            arena.append(UInt8(truncatingIfNeeded: length))
            arena.append(UInt8(truncatingIfNeeded: length >> 8))
            arena.append(contentsOf: text.prefix(Int(length)))
        }
        let length = UInt32(truncatingIfNeeded: arena.count - start)
        values = TextList(
            extent: Text(offset: UInt32(truncatingIfNeeded: start), length: length), count: max(0, count))
    }

    package mutating func records<Group: FieldGroup>(
        _ name: StaticString, _ values: inout [Group], count: Int32?, in layout: Group.Layout, _ note: StaticString
    ) throws(WireError) {
        values = []
        for _ in 0..<max(0, count ?? listLength(name, .max)) {
            // A counted list must have what was counted; one that goes on to the end may be shorter.
            guard groupsLeft > 0 || count != nil else { return }
            groupsLeft -= 1
            var group = Group()
            try group.fields(&self, in: layout)
            values.append(group)
        }
    }

    package mutating func rest(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        // Chunks belong to another message.
        value = meaning == .chunks || meaning == .unsizedChunks ? Text() : store(string(name, meaning))
    }

    package mutating func begin(_ condition: FieldCondition, on field: StaticString, value: Int32) -> Bool {
        condition.holds(for: value)
    }

    package mutating func begin(_ condition: TextCondition, on field: StaticString, text: Text) -> Bool {
        unsafe condition.holds(for: text, in: arena.span.bytes)
    }

    package mutating func beginRemainder(_ isPresent: inout Bool) -> Bool {
        switch strategy {
        case .empty: isPresent = false
        case .small, .brief, .full: isPresent = true
        case .boundary, .random: isPresent = generator.next(below: 4) > 0
        }
        return isPresent
    }

    package mutating func endCondition() {}

    package mutating func beginGroup(_ name: StaticString) {}

    package mutating func endGroup() {}
}

/// The values that the conditions of a declaration look at, one for each side.
package struct FillHints: Sendable {
    /// By the name of an integer.
    package private(set) var integers: [String: [Int32]] = [:]
    /// By the name of a text.
    package private(set) var texts: [String: [String]] = [:]

    /// The hints that `fields` give.
    package init(_ fields: [FieldDeclaration]) {
        collect(fields)
        for (name, values) in integers where !values.contains(0) { integers[name] = values + [0] }
    }

    private mutating func collect(_ fields: [FieldDeclaration]) {
        for field in fields {
            switch field.shape {
            case .condition(.equals(let value), let inner):
                add(field.name, [value])
                collect(inner)
            case .condition(.differs(let value), let inner):
                add(field.name, [value == 0 ? 1 : 0, value])
                collect(inner)
            case .textCondition(.equals(let text), let inner):
                add(field.name, [text])
                collect(inner)
            case .textCondition(.isNone(let others), let inner):
                add(field.name, [others.map { $0.prefix(1) }.joined() + "-other"])
                collect(inner)
            case .textCondition(.isNotEmpty, let inner):
                add(field.name, [field.name, ""])
                collect(inner)
            case .records(_, let inner), .remainder(let inner), .group(let inner): collect(inner)
            case .integer, .text, .fixedText, .value64, .value32, .count, .integers, .texts, .rest: break
            }
        }
    }

    private mutating func add(_ name: String, _ values: [Int32]) {
        for value in values where integers[name]?.contains(value) != true { integers[name, default: []].append(value) }
    }

    private mutating func add(_ name: String, _ values: [String]) {
        for value in values where texts[name]?.contains(value) != true { texts[name, default: []].append(value) }
    }
}

/// Numbers that look random and are the same on every machine.
package struct FillGenerator: Sendable {
    private var state: UInt64

    /// A sequence that depends on nothing but `seed`.
    package init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

    /// 64 bits.
    package mutating func next() -> UInt64 {
        state = state &+ 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A number from 0 up to but without `limit`, which is at least 1.
    package mutating func next(below limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }
}
