import NIOCore

/// The packets of one destination that wait, in order, with bounds in bytes and packets.
///
/// Packets are copied one behind the other into large buffers when they are queued, so a write hands many of them to the
/// operating system at once and no packet costs an allocation. What is being written stands apart until the system took
/// it all; if the connection breaks before, it goes back to the front.
struct SendQueue: Sendable {
    struct Chunk: Sendable {
        var bytes: ByteBuffer
        /// Lengths of the packets; those before `head` were dropped.
        var lengths: [Int]
        var head = 0
        /// Number of the packet at `head`.
        var first: UInt64

        var count: Int { lengths.count - head }
        var last: UInt64 { first + UInt64(count) - 1 }
    }

    let maximumBytes: Int
    let maximumPackets: Int
    private let chunkSize: Int
    private var chunks = CircularBuffer<Chunk>()
    private var writing = CircularBuffer<Chunk>()
    /// Bytes that wait; those being written do not count.
    private(set) var bytes = 0
    /// Packets that wait.
    private(set) var packets = 0
    /// The number of the packet queued last.
    private(set) var lastNumber: UInt64 = 0
    /// Every packet up to this number was taken by the operating system, or lost.
    private(set) var writtenThrough: UInt64 = 0

    init(maximumBytes: Int, maximumPackets: Int, chunkSize: Int = 65536) {
        self.maximumBytes = maximumBytes
        self.maximumPackets = maximumPackets
        self.chunkSize = chunkSize
    }

    var isEmpty: Bool { packets == 0 && writing.isEmpty }
    /// Whether everything waits and nothing is being written.
    var isIdle: Bool { writing.isEmpty }
    var writingCount: Int { writing.count }

    /// Whether a packet may be queued. One always may when nothing waits.
    func hasRoom(for length: Int) -> Bool {
        packets == 0 || (packets < maximumPackets && bytes + length <= maximumBytes)
    }

    var isHalfEmpty: Bool { bytes <= maximumBytes / 2 && packets <= maximumPackets / 2 }

    mutating func append(_ packet: RawSpan) -> UInt64 {
        lastNumber += 1
        bytes += packet.byteCount
        packets += 1
        if let index = chunks.indices.last, chunks[index].bytes.readableBytes + packet.byteCount <= chunkSize {
            Self.write(packet, to: &chunks[index])
        } else {
            var chunk = Chunk(bytes: ByteBuffer(), lengths: [], first: lastNumber)
            // What follows a full buffer fills one as well; the first in an empty queue may stay alone.
            if !chunks.isEmpty {
                chunk.bytes.reserveCapacity(chunkSize)
                chunk.lengths.reserveCapacity(chunks[chunks.index(before: chunks.endIndex)].count + 8)
            }
            Self.write(packet, to: &chunk)
            chunks.append(chunk)
        }
        return lastNumber
    }

    private static func write(_ packet: RawSpan, to chunk: inout Chunk) {
        _ = packet.withUnsafeBytes { chunk.bytes.writeBytes($0) }
        chunk.lengths.append(packet.byteCount)
    }

    /// Drops the oldest packet that waits.
    mutating func dropOldest() -> UInt64? {
        guard let index = chunks.indices.first else { return nil }
        let length = chunks[index].lengths[chunks[index].head]
        let number = chunks[index].first
        chunks[index].head += 1
        chunks[index].first += 1
        chunks[index].bytes.moveReaderIndex(forwardBy: length)
        if chunks[index].count == 0 { chunks.removeFirst() }
        bytes -= length
        packets -= 1
        return number
    }

    /// Takes what is to be written next.
    mutating func beginWrite() -> ByteBuffer? {
        guard let chunk = chunks.popFirst() else { return nil }
        bytes -= chunk.bytes.readableBytes
        packets -= chunk.count
        writing.append(chunk)
        return chunk.bytes
    }

    /// The oldest write is complete.
    /// - Returns: its packets and bytes.
    mutating func endWrite() -> (packets: Int, bytes: Int) {
        guard let chunk = writing.popFirst() else { return (0, 0) }
        writtenThrough = chunk.last
        return (chunk.count, chunk.bytes.readableBytes)
    }

    /// The connection broke: what was being written waits again, before everything else.
    mutating func putBack() {
        while let chunk = writing.popLast() {
            bytes += chunk.bytes.readableBytes
            packets += chunk.count
            chunks.prepend(chunk)
        }
    }

    /// The connection broke: what was being written is given up.
    mutating func giveUpWriting() -> ClosedRange<UInt64>? {
        guard let first = writing.first, let last = writing.last else { return nil }
        writing.removeAll()
        writtenThrough = last.last
        return first.first...last.last
    }

    /// Gives everything up; the packets that waited, as ranges of their numbers.
    mutating func removeAll() -> [ClosedRange<UInt64>] {
        putBack()
        let ranges = chunks.map { $0.first...$0.last }
        chunks.removeAll()
        bytes = 0
        packets = 0
        writtenThrough = lastNumber
        return ranges
    }
}
