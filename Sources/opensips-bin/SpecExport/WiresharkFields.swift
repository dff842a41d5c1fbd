import BINMessages

/// The display fields of the dissector: one for each name and kind of value that the declarations have.
struct WiresharkFields {
    /// What a display field holds.
    enum Kind: String {
        case integer, text, value64, id, bytes, list
    }

    /// A display field.
    struct Entry {
        /// Its filter name, without the name of the protocol.
        var key: String
        /// The name of the declaration.
        var name: String
        var kind: Kind
        /// What it is, as the first declaration says it.
        var note: String
        /// The meaning that all declarations give it; nil when they differ.
        var meaning: Meaning?
    }

    /// What the header, the trailer and the dissector itself show. No declared field gets one of these filter names.
    static let reserved: Set<String> = [
        "framing", "magic", "length", "checksum", "undefined", "version", "capability", "type", "message", "layout",
        "releases", "routing", "undecoded", "trailing", "malformed", "undeclared",
    ]

    /// In the order of the declarations.
    private(set) var entries: [Entry] = []
    private var places: [String: [Kind: Int]] = [:]

    /// The fields of everything that is declared, and what stands in front of a sync chunk.
    init(_ catalogue: Catalogue) {
        for capability in catalogue.capabilities {
            for family in capability.families {
                for candidate in family.candidates { add(candidate.fields) }
            }
        }
        add("size", .integer, .plain, "bytes of the content of a chunk")
        add("marker", .integer, .chunkMarker, "101010101, in front of the content of a chunk")
    }

    /// The filter name of a declared field.
    func key(_ name: String, _ kind: Kind) -> String? { places[name]?[kind].map { entries[$0].key } }

    /// The kind of value that a declaration has; nil when it stands for other fields only.
    static func kind(_ field: FieldDeclaration) -> Kind? {
        switch field.shape {
        case .integer, .value32, .count, .integers: .integer
        case .text, .texts: .text
        case .fixedText: field.meaning == .rawAddress ? .bytes : .text
        case .value64: field.meaning == .contactID ? .id : .value64
        case .rest: field.meaning == .chunks || field.meaning == .unsizedChunks ? .list : .bytes
        case .records, .group: .list
        case .condition, .textCondition, .remainder: nil
        }
    }

    private mutating func add(_ fields: [FieldDeclaration]) {
        for field in fields {
            if let kind = WiresharkFields.kind(field) { add(field.name, kind, field.meaning, field.note) }
            switch field.shape {
            case .records(_, let inner), .condition(_, let inner), .textCondition(_, let inner), .remainder(let inner),
                .group(let inner):
                add(inner)
            default: break
            }
        }
    }

    private mutating func add(_ name: String, _ kind: Kind, _ meaning: Meaning, _ note: String) {
        if let place = places[name]?[kind] {
            if entries[place].meaning != meaning { entries[place].meaning = nil }
            return
        }
        let isTaken = WiresharkFields.reserved.contains(name) || places[name] != nil
        let key = isTaken ? "\(name)_\(kind.rawValue)" : name
        places[name, default: [:]][kind] = entries.count
        entries.append(Entry(key: key, name: name, kind: kind, note: note, meaning: meaning))
    }
}
