import BINWire
import TestSupport

extension FuzzProperty {
    /// However a stream is cut into reads, the same packets come out of it, or the same error at the same place.
    static let splitter = FuzzProperty("splitter", largestInput: 8192, inputs: StreamInputs()) {
        input throws(Violation) in
        var plan = InputReader(input)
        let flags = plan.byte()
        let framing: Framing = flags & 1 == 0 ? .v2_3 : .v2_2
        let maximumLength = flags & 2 == 0 ? Framing.maximumLength : 1024
        let cuts = plan.take(Int(plan.byte()))
        let stream = plan.rest
        let whole = Splitting(framing, maximumLength, [stream.byteCount], stream)
        var pieces: [Int] = []
        var left = stream.byteCount
        var index = 0
        while left > 0 {
            // A zero is a read that brought nothing.
            let wanted = cuts.byteCount == 0 ? 1 : Int(cuts.uint8(uncheckedAt: index % cuts.byteCount))
            let length = min(left, index < 4096 ? wanted : max(1, wanted))
            pieces.append(length)
            left -= length
            index += 1
        }
        let fragmented = Splitting(framing, maximumLength, pieces, stream)
        try require(whole.packets == fragmented.packets, "other packets in pieces of \(pieces.prefix(20))")
        try require(
            whole.error == fragmented.error,
            "\(String(describing: whole.error)) became \(String(describing: fragmented.error))")
        try require(whole.packetOffset == fragmented.packetOffset, "the stream broke at another place")
        try require(whole.nullStrings == fragmented.nullStrings, "another number of null strings")
        for result in [whole, fragmented] where result.error == nil {
            let taken = result.packets.reduce(0) { $0 + $1.count } + result.nullStrings * 4 + result.pendingBytes
            try require(taken == stream.byteCount, "\(taken) bytes of \(stream.byteCount) are accounted for")
        }
    }
}

/// What a splitter made of a stream.
private struct Splitting {
    var packets: [[UInt8]] = []
    var error: WireError?
    var packetOffset: UInt64 = 0
    var nullStrings = 0
    var pendingBytes = 0

    init(_ framing: Framing, _ maximumLength: Int, _ pieces: [Int], _ stream: RawSpan) {
        var splitter = StreamSplitter(framing: framing, maximumLength: maximumLength)
        var start = 0
        do throws(WireError) {
            for piece in pieces {
                let chunk = stream.extracting(start..<(start + piece))
                start += piece
                var position = 0
                while let frame = try splitter.next(in: chunk, at: &position) {
                    packets.append(splitter.bytes(of: frame, in: chunk).array)
                }
            }
        } catch {
            self.error = error
        }
        packetOffset = splitter.packetOffset
        nullStrings = splitter.skippedNullStrings
        pendingBytes = splitter.pendingBytes
    }
}

/// A byte of flags, a counted list of lengths to cut the stream into, and the stream.
private struct StreamInputs: FuzzInputs {
    private static let inner = PacketInputs(fixed: nil)

    func generate(_ random: inout SeededRandom) -> [UInt8] {
        let stream = Self.inner.generate(&random)
        let cuts = random.bytes(random.below(6))
        let isWide = stream.first.map { PacketInputs.framing($0) == .v2_2 } ?? false
        return [isWide ? 1 : 0, UInt8(cuts.count)] + cuts + stream.dropFirst()
    }

    func mutate(_ input: [UInt8], _ random: inout SeededRandom, plain: ([UInt8]) -> [UInt8]) -> [UInt8] {
        guard input.count > 2, !random.oneIn(40) else { return generate(&random) }
        let start = min(input.count, 2 + Int(input[1]))
        if random.oneIn(3) { return plain(input) }
        let framing: UInt8 = input[0] & 1 == 0 ? 2 : 1
        let stream = Self.inner.mutate([framing] + input[start...], &random, plain: plain).dropFirst()
        // Now and then the four bytes that 2.2 does not count.
        let tail: [UInt8] = framing == 1 && random.oneIn(8) ? [0, 0, 0, 0] : []
        return Array(input[..<start]) + stream + tail
    }

    func seeds(of packet: [UInt8], _ origin: SeedOrigin) -> [[UInt8]] {
        guard origin.header.framing != .v2_1 else { return [] }
        return [[origin.header.framing == .v2_2 ? 1 : 0, 2, 5, 200] + packet]
    }
}
