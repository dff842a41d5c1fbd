import BINMessages
import BINWire
import TestSupport

/// One packet that is an envelope more often than not.
///
/// Changing deflated bytes mostly gives bytes that do not inflate. So the packets inside are changed and deflated again, and
/// the numbers in front of them are made to fit, or not.
struct EnvelopeInputs: FuzzInputs {
    private static let inner = PacketInputs(fixed: .v2_3)

    func generate(_ random: inout SeededRandom) -> [UInt8] { Self.envelope(&random) }

    func mutate(_ input: [UInt8], _ random: inout SeededRandom, plain: ([UInt8]) -> [UInt8]) -> [UInt8] {
        guard !random.oneIn(30), let packets = Self.opened(input) else { return generate(&random) }
        switch random.below(6) {
        case 0: return plain(input)
        case 1: return PacketInputs.sealed(plain(input), .v2_3)
        case 2: return Self.envelope(of: Self.inner.mutate(packets, &random, plain: plain), count: nil, &random)
        case 3: return Self.envelope(of: plain(packets), count: nil, &random)
        default:
            var changed = PacketInputs.packets(packets, .v2_3)
            let place = random.below(changed.count)
            changed[place] = Self.inner.mutate(changed[place], &random, plain: plain)
            return Self.envelope(of: Array(changed.joined()), count: changed.count, &random)
        }
    }

    func seeds(of packet: [UInt8], _ origin: SeedOrigin) -> [[UInt8]] {
        guard origin.header.framing == .v2_3 else { return [] }
        var random = SeededRandom(seed: 1)
        return [Self.envelope(of: packet, count: 1, &random)]
    }

    /// What is inside, if the payload inflates at all.
    private static func opened(_ envelope: [UInt8]) -> [UInt8]? {
        guard let header = try? PacketHeader(parsing: envelope.span.bytes, framing: .v2_3),
            let fields = try? EnvelopeOpener.fields(envelope.span.bytes, header), fields.inflatedSize <= 1 << 16
        else { return nil }
        var inflater = Inflater()
        do throws(WireError) {
            try inflater.inflate(
                envelope.span.bytes.extracting(fields.payload), exactly: Int(fields.inflatedSize),
                dictionary: fields.dictionary == 0 ? nil : .bin1)
        } catch {
            return nil
        }
        return inflater.bytes.array
    }

    /// An envelope of some made-up packets.
    static func envelope(_ random: inout SeededRandom) -> [UInt8] {
        let inner = PacketInputs(fixed: .v2_3, capabilities: Self.plainCapabilities)
        var packets: [UInt8] = []
        let count = 1 + random.below(4)
        for _ in 0..<count { packets += inner.generate(&random) }
        return envelope(of: packets, count: count, &random)
    }

    private static let plainCapabilities = Set(Catalogue.declared.capabilities.map(\.name)).subtracting([
        Envelope.capability
    ])

    /// An envelope of `packets`, whose numbers are right most of the time.
    static func envelope(of packets: [UInt8], count: Int?, _ random: inout SeededRandom) -> [UInt8] {
        var deflater = Deflater()
        let usesDictionary = !random.oneIn(3)
        guard deflater.deflate(packets.span.bytes, dictionary: usesDictionary ? .bin1 : nil) else { return packets }
        let payload = deflater.bytes.array
        let counted = count ?? PacketInputs.packets(packets, .v2_3).count
        var body: [UInt8] = []
        body.append(number32: usesDictionary ? UInt32(bitPattern: DeflateDictionary.bin1.id) : 0)
        body.append(number32: UInt32(truncatingIfNeeded: random.oneIn(16) ? random.below(5) : counted))
        body.append(number32: UInt32(truncatingIfNeeded: packets.count + (random.oneIn(16) ? random.below(5) - 2 : 0)))
        body.append(number32: DeflateChecksums.crc32(packets.span.bytes) &+ (random.oneIn(16) ? 1 : 0))
        let identity = MessageIdentity.packet(
            Envelope.capability, type: Envelope.type, version: Envelope.version, routing: .trailer)
        return PacketInputs.packet(identity, .v2_3, body + payload + PacketInputs.trailer(&random))
    }
}
