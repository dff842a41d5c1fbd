import BINMessages
import BINWire

/// A message, or a group of fields that is repeated in one, in all its layouts at once.
///
/// Kaitai Struct describes a type by one sequence of fields, so the layouts are laid over each other: a field that not every
/// layout has gets a condition on the parameter `layout`.
struct KaitaiGroup {
    /// The group as one layout has it.
    struct Variant {
        var layout: String
        var framing: Framing
        var fields: [FieldDeclaration]
    }

    /// Name of its type.
    let id: String
    /// What it is, and the section that says so.
    let doc: String
    private let reference: String
    /// By layout, oldest first.
    private(set) var variants: [Variant] = []

    /// What stands on the wire, without what a group holds.
    private enum Kind: Hashable {
        case plain(FieldDeclaration.Shape)
        case records(counted: Bool)
    }

    /// When a field is there, besides the layout.
    private struct Condition: Hashable {
        var field: String
        var condition: FieldCondition
    }

    /// A field with everything around it.
    private struct Field {
        var name: String
        var kind: Kind
        var meaning: Meaning
        var note: String
        /// The field that counts the elements.
        var count: String?
        var conditions: [Condition]
        var layouts: Set<String>

        func isSame(as other: Field) -> Bool {
            name == other.name && kind == other.kind && conditions == other.conditions && count == other.count
        }
    }

    init(id: String, doc: String, reference: String) {
        self.id = id
        self.doc = doc
        self.reference = reference
    }

    /// Adds a layout; one that is known already must look the same.
    mutating func add(_ variant: Variant) {
        if let known = variants.first(where: { $0.layout == variant.layout }) {
            precondition(known.fields == variant.fields, "\(id) looks different in \(variant.layout)")
            return
        }
        variants.append(variant)
        variants.sort { $0.layout < $1.layout }
    }

    /// What its fields mean.
    var meanings: Set<Meaning> { Set(sequence.map(\.meaning)) }

    /// The type, with the parameter `layout` of `layoutEnum`.
    func write(to text: inout KaitaiText, layoutEnum: String) {
        let fields = sequence
        text.nested(id) { text in
            text.pair("doc", doc)
            text.pair("doc-ref", reference)
            text.nested("params") { text in
                text.element(id: "layout") { text in
                    text.line("type: u1")
                    text.pair("enum", layoutEnum)
                }
            }
            text.nested("seq") { text in
                for field in fields { write(field, among: fields, to: &text, layoutEnum: layoutEnum) }
            }
            text.nested("instances") { text in
                text.nested("len_size") { text in
                    text.line("doc: bytes of the length of a string")
                    let short = Set(variants.filter { $0.framing == .v2_3 }.map(\.layout))
                    if let condition = condition(short, layoutEnum) {
                        text.pair("value", "\(short.isEmpty ? "4" : "(\(condition)) ? 2 : 4")")
                    } else {
                        text.line("value: 2")
                    }
                }
            }
        }
    }

    private func write(_ field: Field, among fields: [Field], to text: inout KaitaiText, layoutEnum: String) {
        var id = KaitaiText.identifier(field.name)
        if fields.contains(where: { $0.name == field.name && $0.kind != field.kind }) {
            id += field.kind == .plain(.text) ? "_text" : "_integer"
        }
        text.element(id: id) { text in
            text.pair("-orig-id", field.name)
            switch field.kind {
            case .plain(.integer):
                text.line("type: s4")
                if field.meaning.numberNames != nil {
                    text.pair("enum", KaitaiEnum.id(of: field.meaning))
                } else if field.meaning.flagNames != nil {
                    text.pair("-bits", KaitaiEnum.id(of: field.meaning))
                }
            case .plain(.count(let limit)):
                text.line("type: s4")
                text.nested("valid") { text in
                    text.line("min: 0")
                    text.line("max: \(limit)")
                }
            case .plain(.value64): text.line("type: number_64(len_size)")
            case .plain(.value32): text.line("type: number_32(len_size)")
            case .plain(.texts): text.line("type: text(len_size)")
            case .plain(.text): text.line("type: text(len_size)")
            case .records: text.line("type: \(KaitaiGroup.recordType(field.name))(layout)")
            case .plain(let shape): preconditionFailure("\(shape) is not used by the codecs of this export")
            }
            if let count = field.count {
                text.line("repeat: expr")
                text.line("repeat-expr: \(KaitaiText.identifier(count))")
            } else if case .records = field.kind {
                text.line("repeat: eos")
            }
            let layouts = condition(field.layouts, layoutEnum)
            let values = field.conditions.map { expression($0, among: fields) }
            let all = [layouts.map { values.isEmpty ? $0 : "(\($0))" }].compactMap(\.self) + values
            if !all.isEmpty { text.pair("if", all.joined(separator: " and ")) }
            text.pair("doc", field.note)
        }
    }

    private func expression(_ condition: Condition, among fields: [Field]) -> String {
        let id = KaitaiText.identifier(condition.field)
        let meaning = fields.first { $0.name == condition.field }?.meaning ?? .plain
        let (relation, value) =
            switch condition.condition {
            case .equals(let value): ("==", value)
            case .differs(let value): ("!=", value)
            }
        if let name = meaning.name(of: Int64(value)) {
            return "\(id) \(relation) \(KaitaiEnum.id(of: meaning))::\(KaitaiText.identifier(name))"
        }
        return "\(id) \(relation) \(value)"
    }

    /// True for exactly `layouts`; nil when these are all.
    private func condition(_ layouts: Set<String>, _ layoutEnum: String) -> String? {
        guard variants.contains(where: { !layouts.contains($0.layout) }) else { return nil }
        let present = variants.filter { layouts.contains($0.layout) }.map(\.layout)
        let absent = variants.filter { !layouts.contains($0.layout) }.map(\.layout)
        func join(_ names: [String], _ relation: String, _ word: String) -> String {
            names.map { "layout \(relation) \(layoutEnum)::\(KaitaiText.identifier($0))" }.joined(separator: word)
        }
        return present.count <= absent.count ? join(present, "==", " or ") : join(absent, "!=", " and ")
    }

    /// Name of the type of an element of a list: the list's without the plural.
    static func recordType(_ list: String) -> String {
        let id = KaitaiText.identifier(list)
        return id.hasSuffix("s") ? String(id.dropLast()) : id
    }

    /// The fields of all layouts, so that each layout has its own in the order of the wire.
    private var sequence: [Field] {
        var sequence: [Field] = []
        for variant in variants {
            var fields: [Field] = []
            var count: String?
            KaitaiGroup.flatten(variant.fields, [], variant.layout, &count, into: &fields)
            var position = 0
            for field in fields {
                if let known = sequence[position...].firstIndex(where: { $0.isSame(as: field) }) {
                    sequence[known].layouts.insert(variant.layout)
                    position = known + 1
                } else {
                    sequence.insert(field, at: position)
                    position += 1
                }
            }
        }
        return sequence
    }

    private static func flatten(
        _ declarations: [FieldDeclaration], _ conditions: [Condition], _ layout: String, _ count: inout String?,
        into fields: inout [Field]
    ) {
        for declaration in declarations {
            var kind = Kind.plain(declaration.shape)
            var counted: String?
            switch declaration.shape {
            case .condition(let condition, let inner):
                let added = Condition(field: declaration.name, condition: condition)
                flatten(inner, conditions + [added], layout, &count, into: &fields)
                continue
            case .count: count = declaration.name
            case .texts, .integers: counted = count
            case .records(let isCounted, _):
                kind = .records(counted: isCounted)
                counted = isCounted ? count : nil
            default: break
            }
            fields.append(
                Field(
                    name: declaration.name, kind: kind, meaning: declaration.meaning, note: declaration.note,
                    count: counted, conditions: conditions, layouts: [layout]))
        }
    }
}

/// The names of the values of a meaning.
struct KaitaiEnum {
    static func id(of meaning: Meaning) -> String { KaitaiText.identifier("\(meaning)") }

    /// Values and names; of bits the value of each bit.
    static func values(of meaning: Meaning) -> [(value: Int64, name: String)] {
        if let (base, names) = meaning.numberNames {
            return names.enumerated().map { (base + Int64($0), $1) }
        }
        guard let flags = meaning.flagNames else { return [] }
        var values = flags.nameOfAll.map { [(value: Int64(-1), name: $0)] } ?? []
        for (bit, name) in flags.names.enumerated() where !name.isEmpty { values.append((1 << Int64(bit), name)) }
        return values
    }
}
