import BINMessages
import BINWire
import Testing

/// Messages of made-up values, in every layout of every message.
@Suite struct RoundTripTests {
    static let candidates: [MessageCandidate] = Catalogue.declared.capabilities.flatMap(\.families).flatMap(
        \.candidates)

    /// How often the strategies with chance in them are tried.
    private static let seeds: [(Filler.Strategy, ClosedRange<UInt64>)] = [
        (.empty, 0...0), (.small, 0...0), (.brief, 0...0), (.full, 0...0), (.boundary, 0...23), (.random, 0...23),
    ]

    /// A packet that holds nothing but the message, and where that stands.
    private static func packet(
        _ candidate: MessageCandidate, _ fill: (inout PacketWriter) throws(WireError) -> Void
    ) throws -> (bytes: [UInt8], body: Range<Int>) {
        var writer = PacketWriter()
        let name = Array("x".utf8)
        try writer.begin(capability: name.span.bytes, type: 0, version: 0, framing: candidate.framing)
        let start = writer.offset
        try fill(&writer)
        try writer.finish()
        let bytes = writer.copyBytes()
        return (bytes, start..<bytes.count)
    }

    private static func filled(
        _ candidate: MessageCandidate, _ strategy: Filler.Strategy, _ seed: UInt64
    ) throws -> (bytes: [UInt8], body: Range<Int>) {
        var filler = Filler(strategy, seed: seed, fields: candidate.fields)
        return try packet(candidate) { writer throws(WireError) in try candidate.fill(&filler, &writer) }
    }

    private static func nodes(
        _ candidate: MessageCandidate, _ packet: (bytes: [UInt8], body: Range<Int>)
    ) -> (nodes: [FieldNode], part: MessageCandidate.DescribedPart) {
        var nodes: [FieldNode] = []
        let part = candidate.describe(packet.bytes.span.bytes, packet.body, candidate.framing, &nodes)
        return (nodes, part)
    }

    @Test func `what is written is read to the last byte and written the same again`() throws {
        for candidate in Self.candidates {
            for (strategy, seeds) in Self.seeds {
                for seed in seeds {
                    let words: Comment = "\(candidate.name) in \(candidate.layouts[0].name), \(strategy) \(seed)"
                    let first = try Self.filled(candidate, strategy, seed)
                    let (nodes, part) = Self.nodes(candidate, first)
                    #expect(part.error == nil && part.end == first.body.upperBound, words)
                    let second = try Self.packet(candidate) { writer throws(WireError) in
                        try candidate.reencode(first.bytes.span.bytes, first.body, candidate.framing, &writer)
                    }
                    #expect(second.bytes == first.bytes, words)
                    #expect(Self.nodes(candidate, second).nodes == nodes, words)
                }
            }
        }
    }

    @Test func `every byte of a message belongs to one field`() throws {
        for candidate in Self.candidates {
            for (strategy, seeds) in Self.seeds {
                let packet = try Self.filled(candidate, strategy, seeds.upperBound)
                var end = packet.body.lowerBound
                for node in Self.nodes(candidate, packet).nodes where node.isField {
                    #expect(Int(node.offset) == end, "\(node.name) of \(candidate.name)")
                    end += Int(node.length)
                }
                #expect(end == packet.body.upperBound, "\(candidate.name) in \(candidate.layouts[0].name)")
            }
        }
    }

    @Test func `a filler gives the same values for the same seed and others for another`() throws {
        let candidate = try #require(Self.candidates.first { $0.name.description == "contact-insert" })
        let first = try Self.filled(candidate, .random, 5)
        #expect(try Self.filled(candidate, .random, 5).bytes == first.bytes)
        #expect(try Self.filled(candidate, .random, 6).bytes != first.bytes)
    }

    @Test func `both sides of every condition on a number come up`() throws {
        for candidate in Self.candidates {
            for (field, values) in FillHints(candidate.fields).integers {
                var seen: Set<Int32> = []
                for seed in 0...40 as ClosedRange<UInt64> {
                    let packet = try Self.filled(candidate, .boundary, seed)
                    for node in Self.nodes(candidate, packet).nodes where node.name.description == field {
                        seen.insert(Int32(truncatingIfNeeded: node.value))
                    }
                }
                // A field that stands behind another condition may be rare; but what comes must be of both kinds.
                guard !seen.isEmpty else { continue }
                #expect(seen.isSuperset(of: values), "\(field) of \(candidate.name) in \(candidate.layouts[0].name)")
            }
        }
    }
}
