/// The values that a ``Filler`` takes, by strategy and meaning.
package struct FillValues: Sendable {
    private let strategy: Filler.Strategy
    /// Counts the values taken, so that boundaries come in turn and not by chance.
    private var turn: Int
    private var hasLongText = false

    init(_ strategy: Filler.Strategy, seed: UInt64) {
        self.strategy = strategy
        self.turn = Int(seed % 64)
    }

    private mutating func inTurn<Value>(_ values: [Value]) -> Value {
        defer { turn += 1 }
        return values[turn % values.count]
    }

    // MARK: Numbers

    /// The values that a meaning allows, where they are few.
    package static func domain(_ meaning: Meaning) -> ClosedRange<Int32>? {
        switch meaning {
        case .boolean, .linkState, .capabilityState, .entityType, .mediaKind, .forkState, .participantKind: 0...1
        case .algorithm: 0...5
        case .dialogState: 1...5
        case .matchMode: -1...2
        case .valueType: 0...2
        case .transport: 1...7
        case .entityState: 0...7
        case .tupleInfo, .mediaLeg, .pipeFlags, .memberStatus: 0...3
        default: nil
        }
    }

    mutating func integer(_ meaning: Meaning, _ generator: inout FillGenerator) -> Int32 {
        if let domain = FillValues.domain(meaning) {
            switch strategy {
            case .empty: return domain.contains(0) ? 0 : domain.lowerBound
            case .small, .brief, .full: return domain.contains(1) ? 1 : domain.upperBound
            case .boundary: return inTurn([domain.lowerBound, domain.upperBound])
            case .random: return domain.lowerBound + Int32(generator.next(below: domain.count))
            }
        }
        let names = meaning.flagNames?.names ?? []
        switch strategy {
        case .empty: return 0
        case .small, .brief, .full: return meaning == .unixTime ? 1_700_000_000 : small(meaning, names)
        case .boundary:
            if let bit = names.lastIndex(where: { !$0.isEmpty }) {
                return inTurn([meaning.flagNames?.nameOfAll == nil ? 0 : -1, 1 << Int32(min(bit, 30))])
            }
            return inTurn([Int32.max, -1, 0, Int32.min, 1])
        case .random:
            if !names.isEmpty {
                let known = names.indices.filter { !names[$0].isEmpty && $0 < 31 }
                guard !known.isEmpty else { return 0 }
                return 1 << Int32(known[generator.next(below: known.count)])
            }
            return Int32(truncatingIfNeeded: generator.next() & 0x7FFF)
        }
    }

    private mutating func small(_ meaning: Meaning, _ names: [String]) -> Int32 {
        if let bit = names.firstIndex(where: { !$0.isEmpty }), bit < 31 { return 1 << Int32(bit) }
        // Different numbers, so that fields which are mixed up are seen.
        defer { turn += 1 }
        return Int32(turn % 100) + 1
    }

    mutating func value64(_ meaning: Meaning, _ generator: inout FillGenerator) -> UInt64 {
        switch strategy {
        case .empty: 0
        case .small, .brief, .full: meaning == .unixTime ? 1_700_000_000 : 0x0001_0002_0003_4005
        case .boundary:
            meaning == .contactID
                ? inTurn([UInt64.max, 0, 1, 1 << 63]) : inTurn([10, UInt64(Int64.max), 0, UInt64.max, 1 << 32])
        case .random: generator.next() >> 20
        }
    }

    // MARK: Texts

    mutating func fixedText(size: Int, _ meaning: Meaning, _ generator: inout FillGenerator) -> [UInt8] {
        if meaning == .rawAddress, size == 24 {
            switch strategy {
            case .boundary:
                return [10, 0, 0, 0, 16, 0, 0, 0, 0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0xFF, count: 12)
            default: return [2, 0, 0, 0, 4, 0, 0, 0, 192, 0, 2, 1] + [UInt8](repeating: 0, count: 12)
            }
        }
        switch strategy {
        case .empty: return [UInt8](repeating: 0, count: max(0, size))
        case .small, .brief, .full: return (0..<max(0, size)).map { UInt8(ascii: "A") + UInt8($0 % 26) }
        case .boundary: return [UInt8](repeating: 0xFF, count: max(0, size))
        case .random: return (0..<max(0, size)).map { _ in UInt8(ascii: "a") + UInt8(generator.next(below: 26)) }
        }
    }

    mutating func text(_ name: String, _ meaning: Meaning, _ generator: inout FillGenerator) -> [UInt8] {
        switch strategy {
        case .empty: return []
        case .small, .full: return Array((FillValues.examples(meaning).first ?? name).utf8)
        case .brief: return Array(name.utf8.prefix(1))
        case .boundary: return boundaryText(meaning)
        case .random:
            let examples = FillValues.examples(meaning)
            if !examples.isEmpty { return Array(examples[generator.next(below: examples.count)].utf8) }
            return (0..<generator.next(below: 12)).map { _ in UInt8(ascii: "!") + UInt8(generator.next(below: 90)) }
        }
    }

    private mutating func boundaryText(_ meaning: Meaning) -> [UInt8] {
        switch meaning {
        case .keyValues, .flagNames, .untypedVariables, .typedVariables, .untypedProfiles, .typedProfiles, .sipMessage,
            .capability:
            return Array(inTurn(FillValues.examples(meaning)).utf8)
        default: break
        }
        let long: [UInt8]
        if hasLongText { long = Array("y".utf8) } else { long = [UInt8](repeating: UInt8(ascii: "l"), count: 257) }
        hasLongText = hasLongText || turn % 6 == 2
        return inTurn([
            [], [UInt8(ascii: "x")], long, Array("Zürich ✓ 東京".utf8), [0xFF, 0xFE, 0x00, 0xC3],
            Array("\"quoted\" \\ \n\t\u{7F}/".utf8),
        ])
    }

    /// Texts that make sense where not every text does; empty where the name of the field will do.
    package static func examples(_ meaning: Meaning) -> [String] {
        switch meaning {
        case .keyValues: ["{\"_st\":\"vip\",\"n\":-1}", "", "{\"\":\"\"}", "{\"k\":2147483647}"]
        case .flagNames: ["NAT", "", "NAT SIP_PING"]
        case .untypedVariables: ["name#value|", "", "a#|b#x\\|y\\#z\\\\|"]
        case .typedVariables: ["name#1#value|n#2#-5|", "", "a#1#|b#1#x\\|y\\#z\\\\|c#2#2147483647|"]
        case .untypedProfiles: ["calls/b#alice|", "", "calls#|"]
        case .typedProfiles: ["calls/b#1#alice|", "", "calls/s#1#|"]
        case .socket: ["udp:192.0.2.1:5060", "", "tls:[2001:db8::1]:5061"]
        case .uri: ["sip:alice@192.0.2.7:5060", "", "sip:bob@example.com;transport=tcp"]
        case .addressOfRecord: ["alice", "bob@example.com"]
        case .capability: ["usrloc-contact-repl", "dialog-dlg-repl"]
        case .sipMessage: ["OPTIONS sip:a SIP/2.0\r\n\r\n\0", "SIP/2.0 200 OK\r\n\r\n\0"]
        default: []
        }
    }
}
