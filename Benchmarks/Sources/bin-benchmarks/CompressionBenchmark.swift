import BINCapture
import BINWire
import CReference

/// The recorded contact sync through our deflater and inflater, and through packer and opener as a whole, beside raw zlib
/// with the same pieces, level and dictionary. Packer and opener also frame, check and compute CRC-32; so zlib does that too.
struct CompressionBenchmark {
    private let packets: [[UInt8]]
    /// The packets as a packer gathers them.
    private let batches: [[UInt8]]
    private let dictionary = DeflateDictionary.bin1

    /// The sync packets of a capture.
    private struct SyncPackets: PacketSink {
        var packets: [[UInt8]] = []

        mutating func receive(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
            guard header.type == 11, header.capability.string(in: bytes) == "clusterer-extra" else { return }
            packets.append(bytes.withUnsafeBytes { Array($0) })
        }
        mutating func refuse(
            _ bytes: RawSpan, _ framing: Framing?, _ error: WireError, streamOffset: UInt64, from origin: PacketOrigin
        ) {}
        mutating func notice(_ notice: CaptureNotice, from origin: PacketOrigin) {}
    }

    init() throws {
        // Benchmarks/Sources/bin-benchmarks/CompressionBenchmark.swift
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        var sync = SyncPackets()
        var assembler = PacketAssembler()
        var reader = try CaptureFileReader(
            ByteInput(path: "/\(root)/Tests/Corpus/captures/4.0.1/usrloc-big.pcap"))
        try assembler.receive(contentsOf: &reader, into: &sync)
        packets = sync.packets
        var batches: [[UInt8]] = []
        for packet in packets {
            if let last = batches.last, last.count + packet.count <= EnvelopePacker.Policy().batchSize {
                batches[batches.count - 1] += packet
            } else {
                batches.append(packet)
            }
        }
        self.batches = batches
    }

    func run() {
        let size = packets.reduce(0) { $0 + $1.count }
        for level in [1, 6] {
            let payloads = batches.map { deflated($0, level) }
            let ratio = Double(size) / Double(payloads.reduce(0) { $0 + $1.count })
            print("contact sync of \(size) bytes, level \(level): \(decimals(ratio)) times smaller")
            let deflating = Comparison(
                "    deflate", unit: "ns", trials: 60, rounds: 2,
                ours: { deflate($0, level) }, theirs: { deflateInC($0, level, checked: false) })
            let packing = Comparison(
                "    pack into envelopes", unit: "ns", trials: 60, rounds: 2,
                ours: { pack($0, level) }, theirs: { deflateInC($0, level, checked: true) })
            let inflating = Comparison(
                "    inflate", unit: "ns", trials: 60, rounds: 10,
                ours: { inflate(payloads, $0) }, theirs: { inflateInC(payloads, $0, checked: false) })
            let envelopes = envelopes(level)
            let opening = Comparison(
                "    open envelopes", unit: "ns", trials: 60, rounds: 10,
                ours: { open(envelopes, $0) }, theirs: { inflateInC(payloads, $0, checked: true) })
            for comparison in [deflating, packing, inflating, opening] {
                let ours = Double(size) / comparison.ours.best * 1000
                let zlib = Double(size) / comparison.theirs.best * 1000
                print(
                    """
                    \(comparison.name)
                            \(decimals(ours)) MB/s; raw zlib \(decimals(zlib)) MB/s
                            throughput ratio \(decimals(1 / comparison.ratio)) (\(decimals(1 / comparison.medianRatio)))
                    """)
            }
        }
    }

    // MARK: Ours

    private func deflated(_ bytes: [UInt8], _ level: Int) -> [UInt8] {
        var deflater = Deflater(level: level)
        precondition(deflater.deflate(bytes.span.bytes, dictionary: dictionary))
        return deflater.bytes.withUnsafeBytes { Array($0) }
    }

    private func deflate(_ rounds: Int, _ level: Int) -> UInt64 {
        var deflater = Deflater(level: level)
        var sum: UInt64 = 0
        for _ in 0..<rounds {
            for batch in batches {
                guard deflater.deflate(batch.span.bytes, dictionary: dictionary) else { return 0 }
                sum += UInt64(deflater.bytes.byteCount)
            }
        }
        return sum
    }

    private func inflate(_ payloads: [[UInt8]], _ rounds: Int) -> UInt64 {
        var inflater = Inflater()
        var sum: UInt64 = 0
        for _ in 0..<rounds {
            for (payload, batch) in zip(payloads, batches) {
                do throws(WireError) {
                    try inflater.inflate(payload.span.bytes, exactly: batch.count, dictionary: dictionary)
                } catch {
                    return 0
                }
                sum += UInt64(inflater.bytes.byteCount)
            }
        }
        return sum
    }

    private func packer(_ level: Int) -> EnvelopePacker {
        var policy = EnvelopePacker.Policy()
        policy.level = level
        var packer = EnvelopePacker(routing: Routing(cluster: 1, source: 1, destination: 2), policy: policy)
        packer.peerAccepts = true
        return packer
    }

    private func envelopes(_ level: Int) -> [[UInt8]] {
        var packer = packer(level)
        var envelopes: [[UInt8]] = []
        for packet in packets {
            try? packer.add(packet.span.bytes) { bytes in envelopes.append(bytes.withUnsafeBytes { Array($0) }) }
        }
        packer.flush { bytes in envelopes.append(bytes.withUnsafeBytes { Array($0) }) }
        return envelopes
    }

    private func pack(_ rounds: Int, _ level: Int) -> UInt64 {
        var packer = packer(level)
        var sum: UInt64 = 0
        for _ in 0..<rounds {
            for packet in packets { try? packer.add(packet.span.bytes) { bytes in sum += UInt64(bytes.byteCount) } }
            packer.flush { bytes in sum += UInt64(bytes.byteCount) }
        }
        return sum
    }

    private func open(_ envelopes: [[UInt8]], _ rounds: Int) -> UInt64 {
        var opener = EnvelopeOpener()
        var sum: UInt64 = 0
        for _ in 0..<rounds {
            for envelope in envelopes {
                do throws(WireError) {
                    let header = try PacketHeader(parsing: envelope.span.bytes, framing: .v2_3)
                    try opener.open(envelope.span.bytes, header) { bytes, _ in sum += UInt64(bytes.byteCount) }
                } catch {
                    return 0
                }
            }
        }
        return sum
    }

    // MARK: Theirs

    private func deflateInC(_ rounds: Int, _ level: Int, checked: Bool) -> UInt64 {
        withTexts(batches) { pieces, dictionary in
            c_deflate_rounds(pieces, CInt(batches.count), dictionary, CInt(level), checked ? 1 : 0, rounds)
        }
    }

    private func inflateInC(_ payloads: [[UInt8]], _ rounds: Int, checked: Bool) -> UInt64 {
        withTexts(payloads) { pieces, dictionary in
            c_inflate_rounds(pieces, CInt(payloads.count), dictionary, checked ? 1 : 0, rounds)
        }
    }

    /// Calls `body` with the places of pieces and dictionary, which lie in one run of bytes.
    private func withTexts(
        _ pieces: [[UInt8]], _ body: (UnsafePointer<c_text>, UnsafePointer<c_text>) -> UInt64
    ) -> UInt64 {
        let all = pieces + [dictionary.bytes]
        return all.flatMap { $0 }.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                var texts: [c_text] = []
                var offset = 0
                for piece in all {
                    var text = c_text()
                    text.start = bytes.baseAddress.map { $0 + offset }
                    text.length = CInt(piece.count)
                    texts.append(text)
                    offset += piece.count
                }
                return texts.withUnsafeBufferPointer { texts in
                    texts.baseAddress.map { body($0, $0 + pieces.count) } ?? 0
                }
            }
        }
    }
}
