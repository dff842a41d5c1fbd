import BINMessages
import BINWire

/// Fills a message with random values, through its declaration.
///
/// Fields that a condition looks at often get the value that it asks for, so that what stands behind it is reached.
struct OtherCapabilitiesFiller: FieldVisitor {
    /// The bytes that the texts of the message refer to.
    private(set) var arena: [UInt8] = []
    private var random: OtherCapabilitiesRandom
    private var integers: [String: [Int32]] = [:]
    private var texts: [String: [String]] = [:]

    init(_ fields: [FieldDeclaration], seed: UInt64) {
        random = OtherCapabilitiesRandom(state: seed)
        collect(fields)
    }

    private mutating func collect(_ fields: [FieldDeclaration]) {
        for field in fields {
            switch field.shape {
            case .condition(let condition, let inner):
                switch condition {
                case .equals(let value): integers[field.name, default: []].append(value)
                case .differs(let value): integers[field.name, default: []].append(value &+ 1)
                }
                collect(inner)
            case .textCondition(let condition, let inner):
                if case .equals(let value) = condition { texts[field.name, default: []].append(value) }
                collect(inner)
            case .records(_, let inner), .remainder(let inner), .group(let inner): collect(inner)
            default: break
            }
        }
    }

    private mutating func newText(_ bytes: some Collection<UInt8>) -> Text {
        let offset = UInt32(arena.count)
        arena.append(contentsOf: bytes)
        return Text(offset: offset, length: UInt32(bytes.count))
    }

    private mutating func randomBytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    mutating func integer(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        if let wanted = integers[name.description], Bool.random(using: &random) {
            value = wanted.randomElement(using: &random) ?? 0
        } else {
            value =
                Bool.random(using: &random)
                ? Int32.random(in: -2...9, using: &random) : .random(in: .min ... .max, using: &random)
        }
    }

    mutating func text(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        if let wanted = texts[name.description], Int.random(in: 0..<8, using: &random) > 0 {
            value = newText(Array((wanted.randomElement(using: &random) ?? "").utf8))
        } else {
            value = newText(randomBytes(Int.random(in: 0...12, using: &random)))
        }
    }

    mutating func fixedText(
        _ name: StaticString, _ value: inout Text, size: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        value = newText(randomBytes(Int(size)))
    }

    mutating func value64(
        _ name: StaticString, _ value: inout UInt64, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        value = .random(in: 0 ... .max, using: &random)
    }

    mutating func value32(
        _ name: StaticString, _ value: inout Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        value = .random(in: .min ... .max, using: &random)
    }

    mutating func count(
        _ name: StaticString, _ value: inout Int32, atMost limit: Int32, _ note: StaticString
    ) throws(WireError) {
        value = .random(in: 0...min(limit, 3), using: &random)
    }

    mutating func integers(
        _ name: StaticString, _ values: inout [Int32], count: Int32, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        values = (0..<count).map { _ in Int32.random(in: .min ... .max, using: &random) }
    }

    mutating func texts(
        _ name: StaticString, _ values: inout TextList, count: Int32, _ note: StaticString
    ) throws(WireError) {
        var bytes: [UInt8] = []
        for _ in 0..<count { bytes += [1, 0, UInt8.random(in: 0...255, using: &random)] }
        values = TextList(extent: newText(bytes), count: count)
    }

    mutating func records<Group: FieldGroup>(
        _ name: StaticString, _ values: inout [Group], count: Int32?, in layout: Group.Layout, _ note: StaticString
    ) throws(WireError) {
        values = []
        for _ in 0..<(count ?? Int32.random(in: 0...3, using: &random)) {
            var group = Group()
            try group.fields(&self, in: layout)
            values.append(group)
        }
    }

    mutating func rest(
        _ name: StaticString, _ value: inout Text, _ meaning: Meaning, _ note: StaticString
    ) throws(WireError) {
        value = newText(randomBytes(Int.random(in: 0...12, using: &random)))
    }

    mutating func begin(_ condition: FieldCondition, on field: StaticString, value: Int32) -> Bool {
        condition.holds(for: value)
    }

    mutating func begin(_ condition: TextCondition, on field: StaticString, text: Text) -> Bool {
        condition.holds(for: text, in: arena.span.bytes)
    }

    mutating func beginRemainder(_ isPresent: inout Bool) -> Bool {
        isPresent = Int.random(in: 0..<4, using: &random) > 0
        return isPresent
    }

    mutating func endCondition() {}
    mutating func beginGroup(_ name: StaticString) {}
    mutating func endGroup() {}
}

/// A small generator that gives the same numbers for the same seed.
struct OtherCapabilitiesRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
