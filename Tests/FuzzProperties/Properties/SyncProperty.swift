import BINMessages
import BINWire
import TestSupport

extension FuzzProperty {
    /// A walk over chunks goes forward, stays inside, and covers everything; a sync packet around them is described in order and
    /// written with the same bytes.
    static let sync = FuzzProperty("sync", largestInput: 4096, inputs: ChunkInputs()) { input throws(Violation) in
        var reader = InputReader(input)
        let layout = ChunkInputs.layout(reader.number16())
        let body = reader.rest
        var chunks = SyncChunks(body, range: 0..<body.byteCount)
        var position = 0
        var isWhole = true
        while true {
            let chunk: SyncChunks.Chunk?
            do throws(WireError) {
                chunk = try chunks.next()
            } catch {
                try require(Int(error.offset) <= body.byteCount, "refused at \(error.offset)")
                isWhole = false
                break
            }
            guard let chunk else { break }
            try require(chunk.sizeOffset == position, "a chunk begins at \(chunk.sizeOffset), not at \(position)")
            try require(chunk.content.lowerBound == position + 8, "the content begins at \(chunk.content.lowerBound)")
            position = chunk.content.upperBound
        }
        try require(!isWhole || position == body.byteCount, "the walk ended at \(position) of \(body.byteCount)")
        let packet = layout.packet(body.array)
        guard let header = try? PacketHeader(datagram: packet.span.bytes, framing: .v2_3) else { return }
        var interpreter = Interpreter()
        var description = PacketDescription()
        interpreter.interpret(packet.span.bytes, header, from: SenderAddress(high: 0, low: 1), into: &description)
        guard description.failure == nil else { return }
        if layout.isSized { try require(isWhole, "a sync packet whose chunks cannot be walked over was read") }
        try requireOrder(description.nodes, in: description.body, complete: true)
        var writer = PacketWriter()
        description.verify(packet.span.bytes, header, using: &writer)
        if let failure = description.failure { throw Violation("\(failure)") }
    }
}

/// Two bytes that say which sync packet and which capability, and the chunks.
struct ChunkInputs: FuzzInputs {
    /// A sync packet without its chunks.
    struct Layout {
        let sync: MessageCandidate
        let chunk: MessageCandidate

        var isSized: Bool { sync.fields.last?.meaning == .chunks }

        func packet(_ chunks: [UInt8]) -> [UInt8] {
            var body: [UInt8] = []
            let name = Array(chunk.identity.capability.utf8)
            body.append(number16: name.count)
            body += name
            if isSized { body.append(number32: UInt32(UInt16(bitPattern: chunk.identity.version ?? 0))) }
            body += chunks
            for number in [1, 2, 1] as [UInt32] { body.append(number32: number) }
            return PacketInputs.packet(sync.identity, .v2_3, body)
        }
    }

    private static let syncs = MessageInputs.candidates.filter {
        $0.fields.last?.meaning == .chunks || $0.fields.last?.meaning == .unsizedChunks
    }
    private static let chunks = MessageInputs.candidates.filter { $0.identity.type == nil }

    static func layout(_ number: Int) -> Layout {
        Layout(sync: syncs[number & 0xFF % syncs.count], chunk: chunks[number >> 8 % chunks.count])
    }

    func generate(_ random: inout SeededRandom) -> [UInt8] {
        let number = random.below(1 << 16)
        var input: [UInt8] = []
        input.append(number16: number)
        let layout = Self.layout(number)
        for _ in 0..<random.below(4) {
            let content = MessageInputs.body(of: layout.chunk, &random)
            if layout.isSized { input.append(number32: UInt32(content.count)) }
            input.append(number32: UInt32(bitPattern: SyncChunks.marker))
            input += content
        }
        return input
    }

    func mutate(_ input: [UInt8], _ random: inout SeededRandom, plain: ([UInt8]) -> [UInt8]) -> [UInt8] {
        guard input.count > 10, !random.oneIn(30) else { return generate(&random) }
        guard random.oneIn(2) else { return plain(input) }
        let layout = Self.layout(Int(input[0]) | Int(input[1]) << 8)
        let packet = layout.packet(Array(input[2...]))
        guard let header = try? PacketHeader(datagram: packet.span.bytes, framing: .v2_3) else { return plain(input) }
        var interpreter = Interpreter()
        var description = PacketDescription()
        interpreter.interpret(packet.span.bytes, header, from: SenderAddress(high: 0, low: 1), into: &description)
        let start = packet.count - 12 - (input.count - 2)
        // Fields of the chunks alone, with offsets that count from the first of them.
        let inner = description.nodes.compactMap { node -> FieldNode? in
            guard Int(node.offset) >= start || !node.isField else { return nil }
            var moved = node
            if node.isField { moved.offset -= UInt32(start) }
            return moved
        }
        let mutation = FieldMutation(bytes: Array(input[2...]), nodes: inner, prefix: 2)
        return Array(input[..<2]) + mutation.mutated(&random)
    }

    func seeds(of packet: [UInt8], _ origin: SeedOrigin) -> [[UInt8]] {
        guard let candidate = origin.description.candidate, let chunk = origin.description.chunkCandidate,
            let sync = Self.syncs.firstIndex(where: { $0.isSame(as: candidate) }),
            let place = Self.chunks.firstIndex(where: { $0.isSame(as: chunk) }),
            let first = origin.description.nodes.first(where: {
                $0.kind == .count && $0.name.description == "size" || $0.meaning == .chunkMarker
            })
        else { return [] }
        let range = Int(first.offset)..<origin.description.body.upperBound
        return [[UInt8(sync), UInt8(place)] + packet[range].prefix(3000)]
    }
}
