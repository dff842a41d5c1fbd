import BINMessages
import BINWire
import TestSupport

/// Whole packets: one, or several as a stream behind a byte that says the framing.
struct PacketInputs: FuzzInputs {
    /// The framing of all packets; nil when the first byte of the input says it.
    let fixed: Framing?
    /// Names of the capabilities to make packets of; nil for all.
    var capabilities: Set<String>?

    var kind: String? { fixed == nil ? "packets" : nil }

    /// The framing that a first byte stands for.
    static func framing(_ byte: UInt8) -> Framing {
        switch byte % 8 {
        case 0: .v2_1
        case 1: .v2_2
        default: .v2_3
        }
    }

    /// Releases of different layouts, by framing.
    static let releases: [Framing: [Release]] = [
        .v2_1: [Release(2, 1, 0), Release(2, 1, 5)], .v2_2: [Release(2, 2, 0), Release(2, 2, 8)],
        .v2_3: [
            Release(2, 3, 0), Release(2, 3, 6), Release(2, 4, 0), Release(2, 4, 11), Release(3, 0, 5), Release(3, 1, 0),
            Release(3, 1, 17), Release(3, 2, 0), Release(3, 2, 19), Release(3, 3, 10), Release(3, 4, 18),
            Release(3, 5, 0),
            Release(3, 6, 8), Release(4, 0, 1),
        ],
    ]

    private static func byte(_ framing: Framing) -> UInt8 {
        switch framing {
        case .v2_1: 0
        case .v2_2: 1
        case .v2_3: 2
        }
    }

    func generate(_ random: inout SeededRandom) -> [UInt8] {
        let framing = fixed ?? Self.framing(UInt8(random.below(8)))
        let count = fixed == nil && framing != .v2_1 ? 1 + random.below(4) : 1
        var packets: [[UInt8]] = []
        for _ in 0..<count { packets.append(packet(framing, &random)) }
        return joined(framing, packets, choice: UInt8(random.below(256)))
    }

    func mutate(_ input: [UInt8], _ random: inout SeededRandom, plain: ([UInt8]) -> [UInt8]) -> [UInt8] {
        guard input.count > 16, !random.oneIn(40) else { return generate(&random) }
        let framing = fixed ?? Self.framing(input[0])
        if random.oneIn(8) { return plain(input) }
        var packets = Self.packets(fixed == nil ? Array(input[1...]) : input, framing)
        let place = random.below(packets.count)
        switch random.below(12) {
        case 0 where fixed == nil && framing != .v2_1:
            packets.insert(packet(framing, &random), at: place)
        case 1 where packets.count > 1: packets.remove(at: place)
        case 2 where packets.count > 1: packets.swapAt(place, random.below(packets.count))
        case 3...8: packets[place] = Self.fieldMutated(packets[place], framing, &random)
        default: packets[place] = Self.sealed(plain(packets[place]), framing)
        }
        return joined(framing, packets, choice: random.oneIn(10) ? UInt8(random.below(256)) : input[0])
    }

    func seeds(of packet: [UInt8], _ origin: SeedOrigin) -> [[UInt8]] {
        guard fixed == nil || fixed == origin.header.framing else { return [] }
        if let capabilities, !capabilities.contains(origin.capability) { return [] }
        return [joined(origin.header.framing, [packet])]
    }

    /// Packets behind their first byte, whose upper bits are left to the property.
    private func joined(_ framing: Framing, _ packets: [[UInt8]], choice: UInt8 = 0) -> [UInt8] {
        (fixed == nil ? [Self.byte(framing) | choice & 0xF8] : []) + packets.joined()
    }

    // MARK: Packets

    private static let withType = MessageInputs.candidates.filter { $0.identity.type != nil }
    private static let chunks = MessageInputs.candidates.filter { $0.identity.type == nil }

    /// A packet of some message with made-up values.
    private func packet(_ framing: Framing, _ random: inout SeededRandom) -> [UInt8] {
        let fitting = Self.withType.filter {
            $0.framing == framing && capabilities?.contains($0.identity.capability) != false
        }
        guard let candidate = fitting.randomElement(using: &random) else { return [] }
        if candidate.isExtension { return EnvelopeInputs.envelope(&random) }
        let last = candidate.fields.last?.meaning
        var body: [UInt8]
        if last == .chunks || last == .unsizedChunks {
            body = Self.sync(candidate, sized: last == .chunks, &random)
        } else {
            body = MessageInputs.body(of: candidate, &random)
        }
        if candidate.identity.routing == .trailer { body += Self.trailer(&random) }
        return Self.packet(candidate.identity, framing, body)
    }

    /// The body of a sync packet with up to three chunks.
    static func sync(_ candidate: MessageCandidate, sized: Bool, _ random: inout SeededRandom) -> [UInt8] {
        guard let chunk = chunks.randomElement(using: &random) else { return [] }
        var body = MessageInputs.body(
            of: candidate,
            choices: [
                "capability": .text(Array(chunk.identity.capability.utf8)),
                "dataVersion": .integer(Int32(chunk.identity.version ?? 0)),
            ], &random)
        for _ in 0..<random.below(4) {
            let content = MessageInputs.body(of: chunk, &random)
            if sized { body.append(number32: UInt32(content.count)) }
            body.append(number32: UInt32(bitPattern: SyncChunks.marker))
            body += content
        }
        return body
    }

    static func trailer(_ random: inout SeededRandom) -> [UInt8] {
        var bytes: [UInt8] = []
        let isBridge = random.oneIn(6)
        bytes.append(number32: UInt32(1 + random.below(3)))
        if isBridge { bytes.append(number32: 2) }
        bytes.append(number32: UInt32(1 + random.below(3)))
        bytes.append(number32: isBridge ? UInt32(bitPattern: Routing.bridgeDestination) : 2)
        return bytes
    }

    static func packet(_ identity: MessageIdentity, _ framing: Framing, _ body: [UInt8]) -> [UInt8] {
        var writer = PacketWriter()
        do throws(WireError) {
            try writer.begin(
                capability: Array(identity.capability.utf8).span.bytes, type: identity.type ?? 0,
                version: identity.version ?? 0, framing: framing)
            try writer.writeRaw(body.span.bytes)
            try writer.finish()
        } catch {
            return []
        }
        return writer.copyBytes()
    }

    /// The packets of a stream, what is left behind them as the last; always at least one.
    static func packets(_ stream: [UInt8], _ framing: Framing) -> [[UInt8]] {
        guard framing != .v2_1 else { return [stream] }
        var packets: [[UInt8]] = []
        var rest = stream[...]
        while rest.count >= framing.minimumLength {
            var length = Int(rest[rest.startIndex + 4]) | Int(rest[rest.startIndex + 5]) << 8
            if framing == .v2_3 {
                length |= Int(rest[rest.startIndex + 6]) << 16 | Int(rest[rest.startIndex + 7]) << 24
            }
            guard length >= framing.minimumLength, length < rest.count else { break }
            packets.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return packets + [Array(rest)]
    }

    /// Changes one field, and the header so that it fits.
    private static func fieldMutated(_ packet: [UInt8], _ framing: Framing, _ random: inout SeededRandom) -> [UInt8] {
        guard let header = try? PacketHeader(parsing: packet.span.bytes, framing: framing) else {
            return sealed(packet, framing)
        }
        var interpreter = Interpreter()
        var description = PacketDescription()
        interpreter.interpret(
            packet.span.bytes, header, from: SenderAddress(high: 0, low: 0), into: &description)
        let mutation = FieldMutation(bytes: packet, nodes: description.nodes, prefix: framing.textLengthSize)
        return sealed(mutation.mutated(&random), framing)
    }

    /// Sets the length, or the checksum, so that what stands behind the header is looked at.
    static func sealed(_ packet: [UInt8], _ framing: Framing) -> [UInt8] {
        guard packet.count >= 12, packet.count <= Framing.maximumLength else { return packet }
        var sealed = packet
        var field: [UInt8] = []
        switch framing {
        case .v2_1: field.append(number32: Checksum.compute(packet.span.bytes.extracting(8..<packet.count)))
        case .v2_2: field.append(number16: packet.count)
        case .v2_3: field.append(number32: UInt32(packet.count))
        }
        sealed.replaceSubrange(4..<(4 + field.count), with: field)
        return sealed
    }
}
