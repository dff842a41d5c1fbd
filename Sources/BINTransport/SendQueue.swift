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

        /// An empty one with room for so many.
        init(first: UInt64, bytes: Int, packets: Int) {
            self.bytes = ByteBuffer()
            self.lengths = []
            self.first = first
            self.bytes.reserveCapacity(bytes)
            self.lengths.reserveCapacity(packets)
        }

        var count: Int { lengths.count - head }
        var last: UInt64 { first + UInt64(count) - 1 }

        mutating func dropFirst() -> (number: UInt64, length: Int) {
            let length = lengths[head]
            head += 1
            first += 1
            bytes.moveReaderIndex(forwardBy: length)
            return (first - 1, length)
        }
    }

    let maximumBytes: Int
    let maximumPackets: Int
    private let chunkSize: Int
    private var full = CircularBuffer<Chunk>()
    /// What is being filled. It stands apart because what is changed inside of a `CircularBuffer` is copied first.
    private var tail = Chunk(first: 0, bytes: 0, packets: 0)
    private var writing = CircularBuffer<Chunk>()
    /// Size of the last write.
    private var usual = (bytes: 0, packets: 0)
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
        if tail.count == 0 {
            // What follows an emptied queue is about as long as the write before.
            tail = Chunk(first: lastNumber, bytes: usual.bytes, packets: usual.packets)
        } else if tail.bytes.readableBytes + packet.byteCount > chunkSize {
            let packets = tail.count
            full.append(tail)
            tail = Chunk(first: lastNumber, bytes: chunkSize, packets: packets + 8)
        }
        _ = packet.withUnsafeBytes { tail.bytes.writeBytes($0) }
        tail.lengths.append(packet.byteCount)
        return lastNumber
    }

    /// Drops the oldest packet that waits.
    mutating func dropOldest() -> UInt64? {
        guard packets > 0 else { return nil }
        let length: Int
        let number: UInt64
        if var chunk = full.popFirst() {
            (number, length) = chunk.dropFirst()
            if chunk.count > 0 { full.prepend(chunk) }
        } else {
            (number, length) = tail.dropFirst()
        }
        bytes -= length
        packets -= 1
        return number
    }

    /// Takes what is to be written next.
    mutating func beginWrite() -> ByteBuffer? {
        guard packets > 0 else { return nil }
        let chunk = full.popFirst() ?? takeTail()
        usual = (chunk.bytes.readableBytes, chunk.count)
        bytes -= chunk.bytes.readableBytes
        packets -= chunk.count
        writing.append(chunk)
        return chunk.bytes
    }

    private mutating func takeTail() -> Chunk {
        defer { tail = Chunk(first: 0, bytes: 0, packets: 0) }
        return tail
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
            full.prepend(chunk)
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
        if tail.count > 0 { full.append(takeTail()) }
        let ranges = full.map { $0.first...$0.last }
        full.removeAll()
        bytes = 0
        packets = 0
        writtenThrough = lastNumber
        return ranges
    }
}
