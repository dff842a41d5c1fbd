import BINMessages
import BINWire
import Testing

/// The fields of a description, by their names: what a tool prints and reads again, without the printing.
private struct DescribedFields: FieldSource {
    private enum Value {
        case number(Int64)
        case bytes([UInt8])
        case list([Value])
        case records([DescribedFields])
        case group(DescribedFields)
    }

    private var values: [String: Value] = [:]

    init(_ nodes: [FieldNode], _ packet: [UInt8]) {
        var position = 0
        self.init(nodes, packet, &position)
    }

    private init(_ nodes: [FieldNode], _ packet: [UInt8], _ position: inout Int) {
        while position < nodes.count {
            let node = nodes[position]
            let name = node.name.description
            position += 1
            switch node.kind {
            case .endRecord, .endGroup: return
            case .beginGroup: values[name] = .group(DescribedFields(nodes, packet, &position))
            case .beginList, .beginRecords:
                var elements: [Value] = []
                var records: [DescribedFields] = []
                while nodes[position].kind != .endList, nodes[position].kind != .endRecords {
                    let element = nodes[position]
                    position += 1
                    if element.kind == .beginRecord {
                        records.append(DescribedFields(nodes, packet, &position))
                    } else {
                        elements.append(DescribedFields.value(element, packet))
                    }
                }
                position += 1
                values[name] = node.kind == .beginList ? .list(elements) : .records(records)
            default: values[name] = DescribedFields.value(node, packet)
            }
        }
    }

    private static func value(_ node: FieldNode, _ packet: [UInt8]) -> Value {
        switch node.kind {
        case .text, .bytes: .bytes(Array(packet[Int(node.text.offset)..<Int(node.text.offset + node.text.length)]))
        default: .number(node.value)
        }
    }

    /// The same without one of its fields.
    func without(_ name: String) -> DescribedFields {
        var fields = self
        fields.values[name] = nil
        return fields
    }

    var names: [String] { Array(values.keys) }

    func integer(_ name: String, _ meaning: Meaning) -> Int64? {
        if case .number(let number)? = values[name] { number } else { nil }
    }

    func bytes(_ name: String, _ meaning: Meaning) -> [UInt8]? {
        if case .bytes(let bytes)? = values[name] { bytes } else { nil }
    }

    func integers(_ name: String) -> [Int64]? {
        guard case .list(let elements)? = values[name] else { return nil }
        return elements.compactMap { if case .number(let number) = $0 { number } else { nil } }
    }

    func texts(_ name: String) -> [[UInt8]]? {
        guard case .list(let elements)? = values[name] else { return nil }
        return elements.compactMap { if case .bytes(let bytes) = $0 { bytes } else { nil } }
    }

    func records(_ name: String) -> [any FieldSource]? {
        if case .records(let records)? = values[name] { records } else { nil }
    }

    func group(_ name: String) -> (any FieldSource)? {
        if case .group(let group)? = values[name] { group } else { nil }
    }
}

/// Packets made of named values.
@Suite struct CompositionTests {
    private static let candidates = Catalogue.declared.capabilities.flatMap(\.families).flatMap(\.candidates)

    private static func identity(_ candidate: MessageCandidate) -> PacketIdentity {
        PacketIdentity(
            capability: candidate.identity.capability, type: candidate.identity.type,
            version: candidate.identity.version, framing: candidate.framing, layouts: candidate.layouts.map(\.name))
    }

    /// A packet of made-up values, and where its message stands.
    private static func packet(
        _ candidate: MessageCandidate, _ strategy: Filler.Strategy, _ seed: UInt64, routing: Routing?
    ) throws -> (bytes: [UInt8], body: Range<Int>) {
        var filler = Filler(strategy, seed: seed, fields: candidate.fields)
        var writer = PacketWriter()
        try writer.begin(
            capability: Array(candidate.identity.capability.utf8).span.bytes, type: candidate.identity.type ?? 0,
            version: candidate.identity.version ?? 0, framing: candidate.framing)
        let start = writer.offset
        try candidate.fill(&filler, &writer)
        let end = writer.offset
        try writer.finish(routing: routing)
        return (writer.copyBytes(), start..<end)
    }

    private static func fields(
        _ candidate: MessageCandidate, _ packet: (bytes: [UInt8], body: Range<Int>)
    ) -> DescribedFields {
        var nodes: [FieldNode] = []
        _ = candidate.describe(packet.bytes.span.bytes, packet.body, candidate.framing, &nodes)
        return DescribedFields(nodes, packet.bytes)
    }

    @Test func `what a description says is enough to make the same packet`() throws {
        let strategies: [(Filler.Strategy, ClosedRange<UInt64>)] = [
            (.empty, 0...0), (.small, 0...0), (.full, 0...0), (.boundary, 0...7), (.random, 0...7),
        ]
        let routing = Routing(cluster: 1, source: 2, destination: 3)
        var writer = PacketWriter()
        for candidate in Self.candidates {
            let trailer = candidate.identity.routing == .trailer ? routing : nil
            for (strategy, seeds) in strategies {
                for seed in seeds {
                    let words: Comment = "\(candidate.name) in \(candidate.layouts[0].name), \(strategy) \(seed)"
                    let packet = try Self.packet(candidate, strategy, seed, routing: trailer)
                    let fields = Self.fields(candidate, packet)
                    let identity = Self.identity(candidate)
                    if candidate.identity.type == nil {
                        let content = try Catalogue.declared.composeContent(identity, from: fields)
                        #expect(content == Array(packet.bytes[packet.body]), words)
                    } else {
                        try Catalogue.declared.compose(identity, from: fields, routing: trailer, into: &writer)
                        #expect(writer.copyBytes() == packet.bytes, words)
                    }
                }
            }
        }
    }

    @Test func `a field that is missing is named, unless it may be missing`() throws {
        var writer = PacketWriter()
        for candidate in Self.candidates where candidate.identity.type != nil {
            let first = candidate.fields[0]
            switch first.shape {
            case .integer, .text, .value64, .value32, .fixedText: break
            default: continue
            }
            let fields = Self.fields(candidate, try Self.packet(candidate, .small, 0, routing: nil)).without(first.name)
            #expect(throws: CompositionFailure.noValue(field: first.name), "\(candidate.name)") {
                try Catalogue.declared.compose(Self.identity(candidate), from: fields, routing: nil, into: &writer)
            }
        }
    }

    @Test func `what is not declared, and what is too long, is said`() throws {
        let candidate = try #require(
            Self.candidates.first { $0.name.description == "contact-insert" })
        let packet = try Self.packet(candidate, .small, 0, routing: nil)
        let fields = Self.fields(candidate, packet)
        var identity = Self.identity(candidate)
        var small = PacketWriter(maximumLength: 64)
        #expect(throws: CompositionFailure.self) {
            try Catalogue.declared.compose(identity, from: fields, routing: nil, into: &small)
        }
        identity.version = 77
        var writer = PacketWriter()
        let undeclared = #expect(throws: CompositionFailure.self) {
            try Catalogue.declared.compose(identity, from: fields, routing: nil, into: &writer)
        }
        #expect(undeclared?.description.hasSuffix("version 77 is not declared") == true)
        #expect("\(CompositionFailure.noValue(field: "aor"))" == "there is no fitting value for the field aor")
        identity.type = nil
        identity.capability = "no-such-capability"
        let chunk = #expect(throws: CompositionFailure.self) {
            try Catalogue.declared.composeContent(identity, from: fields)
        }
        #expect(chunk?.description == "a chunk of no-such-capability is not declared")
    }
}
