import BINWire
import TestSupport
import Testing

@Suite struct EnvelopeTests {
    private static let packets = [Sample.of2_3, Sample.packet(length: 300), Sample.of2_3]

    // MARK: Packing

    @Test func `nothing is packed for a peer that is not known to accept it`() throws {
        let packets = Array(repeating: Sample.packet(length: 300), count: 50)
        let (sent, counters) = try packed(packets, accepts: false)
        #expect(sent == packets)
        #expect(counters.plainPackets == 50)
        #expect(counters.envelopes == 0)
    }

    @Test func `while the peer does not accept, no packet waits`() throws {
        var packer = EnvelopePacker(routing: Routing(cluster: 1, source: 3, destination: 2))
        var sent = 0
        let small = Sample.of2_3
        try packer.add(small.span.bytes) { _ in sent += 1 }
        #expect(sent == 1)
        packer.peerAccepts = true
        try packer.add(small.span.bytes) { _ in sent += 1 }
        #expect(sent == 1)
        let (waiting, bytes) = (packer.pendingPackets, packer.pendingBytes)
        #expect(waiting == 1)
        #expect(bytes == Sample.of2_3.count)
        packer.peerAccepts = false
        var last = 0
        packer.flush { bytes in
            last = bytes.byteCount
            sent += 1
        }
        #expect(last == Sample.of2_3.count)
        #expect(sent == 2)
        let left = packer.pendingPackets
        #expect(left == 0)
    }

    @Test func `many packets go in one envelope, with the trailer of the packer`() throws {
        let packets = Array(repeating: Self.packets, count: 20).flatMap { $0 }
        let (sent, counters) = try packed(packets)
        #expect(sent.count == 1)
        let envelope = sent[0]
        #expect(envelope.isEnvelope)
        let header = try PacketHeader(datagram: envelope, framing: .v2_3)
        let routing = try Routing(trailerOf: envelope, header: header)
        #expect(routing == Routing(cluster: 1, source: 3, destination: 2))
        let fields = try EnvelopeOpener.fields(envelope.span.bytes, header)
        #expect(fields.packetCount == 60)
        #expect(fields.dictionary == DeflateDictionary.bin1.id)
        #expect(Int(fields.inflatedSize) == packets.reduce(0) { $0 + $1.count })
        #expect(envelope.count - fields.payload.count == Envelope.overhead)
        #expect(counters.packedPackets == 60)
        #expect(counters.envelopeBytes == UInt64(envelope.count))
        #expect(counters.packedBytes == UInt64(fields.inflatedSize))
        #expect(try opened(envelope) == packets)
    }

    @Test func `an envelope can go over a bridge`() throws {
        let packets = Array(repeating: Sample.packet(length: 300), count: 5)
        let bridge = Routing(bridgeFrom: 1, to: 4, source: 3)
        let (sent, _) = try packed(packets, routing: bridge)
        #expect(sent.count == 1)
        let header = try PacketHeader(datagram: sent[0], framing: .v2_3)
        #expect(try Routing(trailerOf: sent[0], header: header) == bridge)
        #expect(try opened(sent[0]) == packets)
    }

    @Test func `small and incompressible packets go plain`() throws {
        var random = SeededRandom.printed()
        #expect(try packed([Sample.of2_3]).sent == [Sample.of2_3])
        let noise = (0..<30).map { _ in Sample.packet(size: 900, incompressible: true, using: &random) }
        let (sent, counters) = try packed(noise)
        #expect(sent == noise)
        #expect(counters.envelopes == 0)
        let large = [Sample.packet(size: 65_000, incompressible: true, using: &random)]
        #expect(try packed(large).sent == large)
    }

    @Test func `a batch is cut before it becomes too large, and no packet is lost or moved`() throws {
        var random = SeededRandom.printed()
        for maximumLength in [256, 1400, 65_507, 65_515] {
            var policy = EnvelopePacker.Policy()
            policy.maximumLength = maximumLength
            policy.batchSize = [2000, 65_536, 1 << 20].randomElement(using: &random) ?? 1
            let packets = (0..<400).map { _ in
                Sample.packet(
                    size: .random(in: 1...900, using: &random), incompressible: .random(using: &random), using: &random)
            }
            let (sent, _) = try packed(packets, policy: policy)
            let envelopes = sent.filter(\.isEnvelope)
            #expect(envelopes.allSatisfy { $0.count <= maximumLength })
            #expect(try sent.flatMap { try opened($0) } == packets)
        }
    }

    @Test func `what compresses better than receivers believe is cut until they do`() throws {
        var policy = EnvelopePacker.Policy()
        policy.limits.maximumRatio = 20
        policy.level = 9
        var random = SeededRandom.printed()
        let packets = Array(repeating: Sample.packet(size: 2000, using: &random), count: 30)
        let (sent, counters) = try packed(packets, policy: policy)
        #expect(counters.envelopes > 1)
        #expect(try sent.flatMap { try opened($0, limits: policy.limits) } == packets)
    }

    @Test func `packets that must not wait go plain, behind those that came before`() throws {
        var random = SeededRandom.printed()
        let contacts = (0..<5).map { _ in Sample.packet(size: 300, using: &random) }
        let ping = Sample.packet(capability: "clusterer-internal", size: 300, using: &random)
        let envelope = RawEnvelope(contacts).bytes
        let (sent, _) = try packed(contacts + [ping, envelope] + contacts)
        #expect(sent.count == 4)
        #expect(try opened(sent[0]) == contacts)
        #expect(sent[1] == ping)
        #expect(sent[2] == envelope)
        #expect(try opened(sent[3]) == contacts)
    }

    @Test func `what is no packet is not taken`() throws {
        var packer = EnvelopePacker(routing: Routing(cluster: 1, source: 3, destination: 2))
        packer.peerAccepts = true
        for wrong in [[], Array(Sample.of2_3.dropLast()), Sample.of2_3 + [0], Sample.datagram] as [[UInt8]] {
            do throws(WireError) {
                try packer.add(wrong.span.bytes) { _ in }
                Issue.record("\(wrong.count) bytes were taken")
            } catch {
                continue
            }
        }
        let left = packer.pendingPackets
        #expect(left == 0)
    }

    @Test func `random packets with random policies come out as they went in`() throws {
        var random = SeededRandom.printed()
        for _ in 0..<60 {
            var policy = EnvelopePacker.Policy()
            policy.level = .random(in: -1...11, using: &random)
            policy.batchSize = .random(in: -5...200_000, using: &random)
            policy.maximumLength = .random(in: 0...70_000, using: &random)
            policy.smallestBatch = .random(in: 0...1000, using: &random)
            policy.smallestSaving = .random(in: -1...100, using: &random)
            policy.dictionary = Bool.random(using: &random) ? .bin1 : nil
            let packets = (0..<Int.random(in: 1...120, using: &random)).map { _ in
                Sample.packet(
                    size: .random(in: 1...2000, using: &random),
                    incompressible: Int.random(in: 0...4, using: &random) == 0,
                    using: &random)
            }
            let (sent, counters) = try packed(packets, policy: policy)
            #expect(try sent.flatMap { try opened($0) } == packets)
            #expect(counters.plainPackets + counters.packedPackets == UInt64(packets.count))
            #expect(sent.reduce(0) { $0 + $1.count } <= packets.reduce(0) { $0 + $1.count })
        }
    }

    // MARK: Opening

    @Test func `a plain packet passes unchanged`() throws {
        #expect(try opened(Sample.of2_3) == [Sample.of2_3])
        var random = SeededRandom.printed()
        let similar = Sample.packet(capability: "ext-deflatf", size: 100, using: &random)
        #expect(try opened(similar) == [similar])
    }

    @Test func `an envelope made by hand is opened, with and without a dictionary`() throws {
        #expect(try opened(RawEnvelope(Self.packets).bytes) == Self.packets)
        #expect(try opened(RawEnvelope(Self.packets, dictionary: .bin1).bytes) == Self.packets)
    }

    @Test func `the example of the specification is opened`() throws {
        let envelope = bytes(
            "5034434b5400000001000b006578742d6465666c61746501000000eb14cbe20300000093000000d5bfe6c103b9d410cc"
                + "c748bebc602bca320b0c19c13148bc0623523518236b0000010000000300000002000000")
        let packets = try opened(envelope)
        #expect(packets.count == 3)
        for (index, packet) in packets.enumerated() {
            let header = try PacketHeader(datagram: packet, framing: .v2_3)
            #expect(header.type == 13)
            #expect(header.capability.string(in: packet) == "clusterer-extra")
            #expect(Array(packet[33..<37]) == Array("vip\(index + 1)".utf8))
        }
    }

    @Test func `another type or version is refused`() {
        var envelope = RawEnvelope(Self.packets)
        envelope.version = 2
        #expect(envelope.refusal()?.code == .unknownEnvelope)
        envelope.version = 1
        envelope.type = 0
        #expect(envelope.refusal()?.code == .unknownEnvelope)
    }

    @Test func `an unknown dictionary is refused`() throws {
        let own = try #require(DeflateDictionary(Array("a dictionary of one's own".utf8)))
        let envelope = RawEnvelope(Self.packets, dictionary: own)
        #expect(envelope.refusal() == WireError(.unknownDictionary, at: 27))
        #expect(try opened(envelope.bytes, dictionaries: [.bin1, own]) == Self.packets)
        var lying = RawEnvelope(Self.packets)
        lying.dictionary = 1
        #expect(lying.refusal()?.code == .unknownDictionary)
    }

    @Test func `sizes that lie are refused at their field`() {
        var envelope = RawEnvelope(Self.packets)
        let size = envelope.inflatedSize
        for wrong in [0, -1, .min, 1_048_577, .max] as [Int32] {
            envelope.inflatedSize = wrong
            #expect(envelope.refusal() == WireError(.inflatedSizeOutOfRange, at: 35))
        }
        envelope.inflatedSize = size + 1
        #expect(envelope.refusal()?.code == .inflatedSizeMismatch)
        envelope.inflatedSize = size - 1
        #expect(envelope.refusal()?.code == .inflatedSizeMismatch)
        envelope.inflatedSize = 1_000_000
        #expect(envelope.refusal()?.code == .inflationRatioTooHigh)
    }

    @Test func `counts that lie are refused at their field`() {
        var envelope = RawEnvelope(Self.packets)
        for wrong in [0, -1, .min, 65_536, .max] as [Int32] {
            envelope.packetCount = wrong
            #expect(envelope.refusal() == WireError(.countOutOfRange, at: 31))
        }
        // More than the stated size could hold, and as many as it could but does not.
        for wrong in [65_535, 22, 4, 2, 1] as [Int32] {
            envelope.packetCount = wrong
            #expect(envelope.refusal() == WireError(.innerPacketCountMismatch, at: 31), "\(wrong)")
        }
    }

    @Test func `a wrong checksum is refused at its field`() {
        var envelope = RawEnvelope(Self.packets)
        envelope.checksum ^= 0x100
        #expect(envelope.refusal() == WireError(.badChecksum, at: 39))
    }

    @Test func `envelopes inside of envelopes are refused`() {
        let inner = RawEnvelope(Self.packets).bytes
        #expect(RawEnvelope([Sample.of2_3, inner]).refusal()?.code == .nestedEnvelope)
        #expect(RawEnvelope([inner]).refusal()?.code == .nestedEnvelope)
    }

    @Test func `what is inside must be whole packets of 2_3`() {
        let packet = Sample.of2_3
        for wrong in [
            Array(packet.dropLast()), packet + [0x50], Array(repeating: 0, count: 40), Sample.datagram,
            packet + Array(packet.prefix(16)),
        ] as [[UInt8]] {
            var envelope = RawEnvelope([wrong])
            envelope.packetCount = 1
            #expect(envelope.refusal() == WireError(.badInnerPacket, at: 43))
        }
        let long = Sample.packet(length: 65_530)
        #expect(RawEnvelope([long]).refusal(limits: InflationLimits(maximumRatio: 2000)) == nil)
        #expect(
            RawEnvelope([long]).refusal(limits: InflationLimits(maximumRatio: 2000), maximumLength: 65_515)?.code
                == .badInnerPacket)
    }

    @Test func `an envelope without a trailer or without its fields is refused`() {
        var envelope = RawEnvelope(Self.packets)
        envelope.payload = []
        #expect(envelope.refusal()?.code == .inflationRatioTooHigh)
        envelope.routing = nil
        #expect(envelope.refusal()?.code == .integerPastEnd)
    }

    @Test func `a bomb is refused`() {
        let bomb = Sample.packet(length: 65_535)
        var envelope = RawEnvelope(Array(repeating: bomb, count: 15))
        #expect(envelope.payload.count < 5000)
        #expect(envelope.refusal() == WireError(.inflationRatioTooHigh, at: 43))
        envelope.inflatedSize = 65_535
        envelope.packetCount = 1
        #expect(envelope.refusal()?.code == .inflatedSizeMismatch)
    }

    @Test func `nothing of a refused envelope is handed on, however late its mistake`() throws {
        var opener = EnvelopeOpener()
        let last = RawEnvelope([Sample.of2_3, Sample.of2_3, Array(Sample.of2_3.dropLast())]).bytes
        let header = try PacketHeader(datagram: last, framing: .v2_3)
        var received = 0
        do throws(WireError) {
            try opener.open(last.span.bytes, header) { _, _ in received += 1 }
            Issue.record("it was opened")
        } catch {
            #expect(error.code == .badInnerPacket)
        }
        #expect(received == 0)
    }

    @Test func `an envelope that is cut at any byte is refused`() {
        for dictionary in [nil, DeflateDictionary.bin1] {
            let whole = RawEnvelope(Self.packets, dictionary: dictionary)
            for length in 0..<whole.payload.count {
                var cut = whole
                cut.payload = Array(whole.payload.prefix(length))
                let code = cut.refusal(limits: InflationLimits(maximumRatio: 2000))?.code
                #expect(code == .deflateDataCutShort || length == 0 && code == .inflationRatioTooHigh)
            }
            let bytes = whole.bytes
            for length in 0..<bytes.count {
                var cut = Array(bytes.prefix(length))
                if length >= 8 {
                    // With a length that is true, so that the rest is looked at.
                    for index in 0..<4 { cut[4 + index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
                }
                let packets = try? opened(cut)
                #expect(packets == nil || packets == [cut] && !cut.isEnvelope)
            }
        }
    }

    @Test func `no flipped bit goes unnoticed`() {
        let whole = RawEnvelope(Self.packets, dictionary: .bin1).bytes
        // From the first field to the end of the payload; header and trailer are not what an envelope can check.
        for index in 27..<(whole.count - 12) {
            for bit in 0..<8 {
                var damaged = whole
                damaged[index] ^= 1 << UInt8(bit)
                let packets = try? opened(damaged)
                // Some bits of deflate data mean nothing: padding behind the last block.
                #expect(packets == nil || packets == Self.packets, "byte \(index), bit \(bit)")
            }
        }
    }

    @Test func `random damage is survived, and what is handed on is what was sent`() throws {
        var random = SeededRandom.printed()
        for _ in 0..<300 {
            let packets = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                Sample.packet(size: .random(in: 1...400, using: &random), using: &random)
            }
            let whole = RawEnvelope(packets, dictionary: Bool.random(using: &random) ? .bin1 : nil).bytes
            #expect(try opened(whole) == packets)
            for _ in 0..<20 {
                var damaged = whole
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    damaged[Int.random(in: 27..<(whole.count - 12), using: &random)] = .random(
                        in: 0...255, using: &random)
                }
                if let handedOn = try? opened(damaged) { #expect(handedOn == packets) }
            }
        }
    }
}
