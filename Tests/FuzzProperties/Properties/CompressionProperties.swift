import BINWire
import TestSupport

extension FuzzProperty {
    /// Inflating gives exactly the stated size or an error, never more than the limits allow; deflated again it comes back.
    static let inflate = FuzzProperty(
        "inflate", largestInput: 4096, inputs: PlainInputs(examples: DeflatedExamples.all)
    ) {
        input throws(Violation) in
        var plan = InputReader(input)
        let flags = plan.byte()
        let size = plan.number32()
        let limits = InflationLimits(maximumSize: 1 << 16, maximumRatio: flags & 2 == 0 ? 200 : Int(plan.byte()))
        let payload = plan.rest
        let dictionary: DeflateDictionary? = flags & 1 == 0 ? nil : .bin1
        var inflater = Inflater(limits: limits)
        // Half of the time once more with the same stream, which must not remember anything.
        for _ in 0...(Int(flags) >> 2 & 1) {
            do throws(WireError) {
                try inflater.inflate(payload, exactly: Int(Int32(bitPattern: size)), dictionary: dictionary)
            } catch {
                guard inflater.bytes.byteCount == 0 else { throw Violation("bytes after \(error)") }
                return
            }
            try require(inflater.bytes.byteCount == Int(size), "\(inflater.bytes.byteCount) bytes, not \(size)")
            try require(inflater.bytes.byteCount <= limits.maximumSize, "more than the limit")
        }
        let inflated = inflater.bytes.array
        var deflater = Deflater(capacity: 1 << 17)
        guard deflater.deflate(inflated.span.bytes, dictionary: dictionary) else { return }
        var second = Inflater(limits: InflationLimits(maximumSize: 1 << 16, maximumRatio: 2000))
        do throws(WireError) {
            try second.inflate(deflater.bytes, exactly: inflated.count, dictionary: dictionary)
        } catch {
            throw Violation("what was deflated does not inflate: \(error)")
        }
        try require(second.bytes.array == inflated, "other bytes behind deflate and inflate")
    }

    /// An envelope is opened as a whole or not at all, and what came out can be packed and opened again.
    static let envelope = FuzzProperty("envelope", largestInput: 4096, inputs: EnvelopeInputs()) {
        input throws(Violation) in
        guard let header = try? PacketHeader(datagram: input, framing: .v2_3) else { return }
        var opener = EnvelopeOpener(limits: InflationLimits(maximumSize: 1 << 17))
        var packets: [[UInt8]] = []
        do throws(WireError) {
            try opener.open(input, header) { packet, header in
                packets.append(header.length == packet.byteCount ? packet.array : [])
            }
        } catch {
            try require(packets.isEmpty, "packets from a refused envelope")
            try require(Int(error.offset) <= input.byteCount, "refused at \(error.offset)")
            return
        }
        try require(!packets.contains([]), "a packet of another length than its header says")
        try require(!packets.isEmpty, "an envelope of nothing")
        var packer = EnvelopePacker(routing: Routing(cluster: 1, source: 1, destination: 2))
        packer.peerAccepts = true
        var sent: [[UInt8]] = []
        do throws(WireError) {
            for packet in packets { try packer.add(packet.span.bytes) { sent.append($0.array) } }
            packer.flush { sent.append($0.array) }
            var received: [[UInt8]] = []
            for packet in sent {
                // An envelope that went through as it is holds what was packed before.
                let header = try PacketHeader(datagram: packet.span.bytes, framing: .v2_3)
                guard !packets.contains(packet) else {
                    received.append(packet)
                    continue
                }
                try opener.open(packet.span.bytes, header) { bytes, _ in received.append(bytes.array) }
            }
            guard received == packets else { throw WireError(.badInnerPacket, at: 0) }
        } catch {
            throw Violation("packed again: \(error)")
        }
    }
}

/// Inputs of `inflate` that begin as they should.
private enum DeflatedExamples {
    static let all: [[UInt8]] = {
        var random = SeededRandom(seed: 7)
        var deflater = Deflater()
        var examples: [[UInt8]] = []
        for flags in 0..<8 as Range<UInt8> {
            for size in [1, 20, 300, 5000] {
                let bytes: [UInt8] =
                    flags < 4
                    ? Array(DeflateDictionary.bin1.bytes.prefix(size)) : (0..<size).map { _ in UInt8(random.below(7)) }
                guard deflater.deflate(bytes.span.bytes, dictionary: flags & 1 == 0 ? nil : .bin1) else { continue }
                var input: [UInt8] = [flags]
                input.append(number32: UInt32(bytes.count))
                if flags & 2 != 0 { input.append(250) }
                examples.append(input + deflater.bytes.array)
            }
        }
        return examples
    }()
}
