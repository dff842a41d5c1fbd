import BINMessages
import BINWire
import TestSupport

/// A message in one layout: four bytes that say which, and the body without header and trailer.
struct MessageInputs: FuzzInputs {
    var kind: String? { "message" }

    /// Every layout of every message, sync chunks included.
    static let candidates: [MessageCandidate] = Catalogue.declared.capabilities.flatMap(\.families).flatMap(
        \.candidates)

    /// What the four bytes are: made of names, so that stored inputs keep their meaning when messages are added.
    static let keys: [UInt32] = candidates.map { candidate in
        let words =
            "\(candidate.identity.capability)/\(candidate.name)/\(candidate.framing)/\(candidate.layouts[0].name)"
        // FNV-1a
        return words.utf8.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }

    private static let places = Dictionary(zip(keys, keys.indices)) { first, _ in first }

    /// The layout that a key names; keys that name none are shared out among all, so that the fuzzer finds each.
    static func place(of key: UInt32) -> Int { places[key] ?? Int(key % UInt32(candidates.count)) }

    func generate(_ random: inout SeededRandom) -> [UInt8] {
        let place = random.below(Self.candidates.count)
        return Self.input(place, Self.body(of: Self.candidates[place], &random))
    }

    func mutate(_ input: [UInt8], _ random: inout SeededRandom, plain: ([UInt8]) -> [UInt8]) -> [UInt8] {
        guard input.count > 4, !random.oneIn(40) else { return generate(&random) }
        let body = Array(input[4...])
        let place = Self.place(of: InputReader.number(input))
        let candidate = Self.candidates[place]
        switch random.below(8) {
        case 0: return Self.input(random.below(Self.candidates.count), body)
        case 1...4:
            var nodes: [FieldNode] = []
            _ = candidate.describe(body.span.bytes, 0..<body.count, candidate.framing, &nodes)
            let prefix = candidate.framing.textLengthSize
            return Self.input(place, FieldMutation(bytes: body, nodes: nodes, prefix: prefix).mutated(&random))
        default: return Self.input(place, plain(body))
        }
    }

    func seeds(of packet: [UInt8], _ origin: SeedOrigin) -> [[UInt8]] {
        origin.bodies(of: packet).map { Self.input($0.place, $0.body) }
    }

    static func input(_ place: Int, _ body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(number32: keys[place])
        return bytes + body
    }

    /// The body of a message with made-up values.
    static func body(
        of candidate: MessageCandidate, choices: [String: Filler.Choice] = [:], _ random: inout SeededRandom
    ) -> [UInt8] {
        let strategies = Filler.Strategy.allCases
        var filler = Filler(
            strategies[random.below(strategies.count)], seed: random.next() % 4096, fields: candidate.fields,
            choices: choices)
        var writer = PacketWriter()
        do throws(WireError) {
            try writer.begin(capability: Array("x".utf8).span.bytes, type: 0, version: 0, framing: candidate.framing)
            let start = writer.offset
            try candidate.fill(&filler, &writer)
            try writer.finish()
            return Array(writer.copyBytes()[start...])
        } catch {
            return []
        }
    }
}

extension InputReader {
    /// The number that `bytes` begin with.
    static func number(_ bytes: [UInt8]) -> UInt32 {
        var reader = InputReader(bytes.span.bytes)
        return reader.number32()
    }
}
