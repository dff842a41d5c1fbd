import BINMessages
import BINWire

extension VectorSubject {
    /// The longest packet that a vector is made of, in bytes, apart from a few that try just that.
    static let longestPacket = 2000
    /// The longest packet of which there are more, in bytes.
    private static let shortPacket = 400

    /// Packets that must be read.
    func validVectors() -> [Vector] {
        var vectors: [Vector] = []
        var seen: Set<[UInt8]> = []
        func add(_ vector: Vector?) {
            guard let vector, vector.packet.count <= Self.longestPacket, seen.insert(vector.packet).inserted else {
                return
            }
            vectors.append(vector)
        }
        add(filled(.small, 0, [.ordinary], "every field has a value; a text is the name of its field"))
        add(filled(.empty, 0, [.empty], "numbers are 0, strings and lists are empty"))
        let far = Routing(cluster: .max, source: -1, destination: 0)
        let words = "values at the ends of their ranges, texts from no byte to many"
        add(filled(.boundary, 1, [.boundary], words, routing: far))
        // The same chunk in another sync packet needs no more than that.
        guard isFirstCarrier else { return vectors + severalChunks }
        if (vectors.last?.packet.count ?? 0) <= Self.shortPacket {
            add(filled(.boundary, 2, [.boundary], words + ", others", routing: far))
            add(filled(.random, 7, [.random], "values without a pattern"))
        }
        if hasLists { add(filled(.full, 0, [.fullList], "a list as long as it may be, or of three elements")) }
        for (field, choice, words) in conditionChoices() {
            let filler = Filler(.brief, fields: candidate.fields, choices: [field: choice])
            guard let content = content(filler) else { continue }
            add(reading("condition/\(field)/\(words)", "\(field) is \(words)", [.condition], raw([content]).bytes))
        }
        return vectors + severalChunks
    }

    private var severalChunks: [Vector] {
        guard carrier != nil else { return [] }
        let contents = [Filler.Strategy.brief, .random, .empty].compactMap {
            content(Filler($0, seed: 3, fields: candidate.fields))
        }
        let vector = reading("chunks", "three chunks, one behind the other", [.severalChunks], raw(contents).bytes)
        return vector.map { [$0] } ?? []
    }

    private func filled(
        _ strategy: Filler.Strategy, _ seed: UInt64, _ flags: [VectorFlag], _ comment: String,
        routing: Routing = VectorSubject.routing
    ) -> Vector? {
        guard let content = content(Filler(strategy, seed: seed, fields: candidate.fields)) else { return nil }
        return reading("\(strategy.rawValue)/\(seed)", comment, flags, raw([content], routing: routing).bytes)
    }

    /// Both sides of every condition.
    private func conditionChoices() -> [(String, Filler.Choice, String)] {
        let hints = FillHints(candidate.fields)
        var choices: [(String, Filler.Choice, String)] = []
        for (field, values) in hints.integers.sorted(by: { $0.key < $1.key }) {
            for value in values { choices.append((field, .integer(value), "\(value)")) }
        }
        for (field, values) in hints.texts.sorted(by: { $0.key < $1.key }) {
            for value in values + ["another"] where hints.texts[field]?.contains(value) == true || values.count > 1 {
                choices.append((field, .text(Array(value.utf8)), value.isEmpty ? "empty" : value))
            }
        }
        return choices
    }

    private var hasLists: Bool {
        flatFields.contains { field in
            switch field.shape {
            case .count, .records: true
            default: false
            }
        }
    }

    /// All fields, those inside of groups too.
    var flatFields: [FieldDeclaration] { VectorSubject.flat(candidate.fields) }

    private static func flat(_ fields: [FieldDeclaration]) -> [FieldDeclaration] {
        fields.flatMap { field -> [FieldDeclaration] in
            switch field.shape {
            case .records(_, let inner), .condition(_, let inner), .textCondition(_, let inner), .remainder(let inner),
                .group(let inner):
                return [field] + flat(inner)
            default: return [field]
            }
        }
    }

    // MARK: What a receiver may refuse

    /// Packets that releases send or let pass although something in them is not as it should be.
    func acceptableVectors() -> [Vector] {
        guard isFirstCarrier, isNewest || framing != .v2_3 else { return [] }
        var vectors: [Vector] = []
        var flags: Set<VectorFlag> = []
        let base = content(Filler(.brief, fields: candidate.fields)) ?? []
        for field in flatFields {
            guard let (choice, flag, words) = odd(field), flags.insert(flag).inserted else { continue }
            let filler = Filler(.brief, fields: candidate.fields, choices: [field.name: choice])
            guard let content = content(filler), content != base else { continue }
            let vector = reading(
                "odd/\(flag.rawValue)/\(field.name)", "\(field.name): \(words)", [flag], raw([content]).bytes,
                isStrict: false)
            if let vector { vectors.append(vector) } else { flags.remove(flag) }
        }
        guard framing == .v2_2 else { return vectors }
        var packet = raw([base])
        packet.undefined = (0xBEEF, 0xFFFF)
        if let vector = reading(
            "undefined", "the bytes behind length and version are not zero", [.undefinedBytes], packet.bytes,
            isStrict: false)
        {
            vectors.append(vector)
        }
        if let last = nodes(base).last, last.kind == .text {
            let content = Array(base[..<(Int(last.offset) - contentOffset)])
            let vector = reading(
                "uncounted", "\(last.name), which stands last, is a null string and not counted",
                [.uncountedNullString], raw([content]).bytes, isStrict: false)
            if let vector { vectors.append(vector) }
        }
        return vectors
    }

    /// A value for `field` that is read as it is but should not be sent.
    private func odd(_ field: FieldDeclaration) -> (Filler.Choice, VectorFlag, String)? {
        switch field.shape {
        case .text:
            let text: String
            switch field.meaning {
            case .keyValues: text = "{ \"k\" : \"v\" }"
            case .flagNames: text = "NAT  SIP_PING "
            case .untypedVariables, .untypedProfiles: text = "name#value"
            case .typedVariables, .typedProfiles: text = "name#value|"
            default: return nil
            }
            return (.text(Array(text.utf8)), .looseText, "a text that is not in its form is kept as it is")
        case .integer, .value32:
            if field.meaning.flagNames != nil, field.meaning != .methods {
                return (.integer(Int32.min | 0x4000_0000), .unknownBits, "bits 30 and 31, which mean nothing, are set")
            }
            if let domain = FillValues.domain(field.meaning) {
                return (.integer(domain.upperBound + 90), .unknownValue, "a number that means nothing")
            }
            return nil
        default: return nil
        }
    }
}
