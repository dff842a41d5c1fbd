import BINWire

/// How fast a stream is cut into packets when it arrives in reads of 64 KiB, the usual fragmentation.
struct SplitBenchmark {
    let gigabytesPerSecond: Double

    init(packet: [UInt8]) {
        let packetCount = 40_000
        var stream: [UInt8] = []
        stream.reserveCapacity(packet.count * packetCount)
        for _ in 0..<packetCount { stream.append(contentsOf: packet) }
        let clock = ContinuousClock()
        var best = Double.infinity
        for _ in 0..<40 {
            var found = 0
            let duration = clock.measure { found = SplitBenchmark.split(stream) }
            precondition(found == packetCount, "every packet must be found")
            let (seconds, attoseconds) = duration.components
            best = min(best, Double(seconds) + Double(attoseconds) / 1e18)
        }
        gigabytesPerSecond = Double(stream.count) / best / 1e9
    }

    @inline(never)
    private static func split(_ stream: [UInt8]) -> Int {
        var splitter = StreamSplitter()
        var found = 0
        var start = 0
        let span = stream.span.bytes
        while start < span.byteCount {
            let chunk = span.extracting(start..<min(start + 65_536, span.byteCount))
            var position = 0
            while let frame = (try? splitter.next(in: chunk, at: &position)) ?? nil {
                found += frame.header.length > 0 ? 1 : 0
            }
            start += chunk.byteCount
        }
        return found
    }
}
