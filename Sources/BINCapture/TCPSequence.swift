import BINWire

/// A TCP segment as places in its frame.
struct TCPSegment {
    var sequence: UInt32
    var isSYN: Bool
    var isFIN: Bool
    var isRST: Bool
    /// Where the data stands in the frame, as far as it was captured.
    var payload: Range<Int>
    /// Bytes of data behind it that were not captured.
    var missingBytes: Int

    /// Reads the header that begins a payload of IP.
    /// - Parameters:
    ///   - bytes: what `payload` refers to.
    ///   - payload: header and data.
    ///   - missingBytes: how much of `payload` was not captured.
    /// - Returns: nil when the header is not whole.
    init?(_ bytes: RawSpan, _ payload: Range<Int>, missingBytes: Int) {
        guard payload.count >= 20 else { return nil }
        let start = payload.lowerBound
        let headerLength = Int(bytes.uint8(uncheckedAt: start + 12) >> 4) * 4
        guard headerLength >= 20, headerLength <= payload.count else { return nil }
        let flags = bytes.uint8(uncheckedAt: start + 13)
        sequence = bytes.uint32(bigEndianAt: start + 4)
        isFIN = flags & 0x01 != 0
        isSYN = flags & 0x02 != 0
        isRST = flags & 0x04 != 0
        self.payload = (start + headerLength)..<payload.upperBound
        self.missingBytes = missingBytes
    }
}

/// A segment that came too early.
struct HeldSegment {
    var sequence: UInt32
    var bytes: [UInt8]
    var missingBytes: Int

    /// About what a segment costs in memory besides its bytes: its place in the list and the head of its own array.
    static let overhead = 64

    /// Bytes of sequence space.
    var length: Int { bytes.count + missingBytes }
}

/// Puts the segments of one direction in order. Sequence numbers wrap; distances between them are signed 32-bit numbers.
extension TCPStream {
    /// A segment farther away than any window reaches belongs to another connection.
    private static let farthest: Int32 = 1 << 26

    /// Takes in a segment of this direction.
    mutating func receive(
        _ segment: TCPSegment, in frame: RawSpan, _ context: inout StreamContext, _ sink: inout some PacketSink
    ) {
        var sequence = segment.sequence
        let payload = frame.extracting(segment.payload)
        let length = payload.byteCount + segment.missingBytes
        if segment.isSYN {
            sequence &+= 1
            // The same SYN again is a retransmission. Any other begins a new connection.
            if sequence != firstSequence || isClosed { restart(at: sequence, isBeginning: true, &context, &sink) }
        } else if distance(to: sequence).magnitude > TCPStream.farthest.magnitude {
            // A new connection whose SYN was not captured, if it shows a packet; else a stray segment.
            guard case .packet = Framing.detect(stream: payload) else { return }
            restart(at: sequence, isBeginning: false, &context, &sink)
        }
        if length > 0 {
            isClosed = false
            take(sequence, payload, missing: segment.missingBytes, &context, &sink)
        }
        if segment.isFIN || segment.isRST {
            let end = sequence &+ UInt32(truncatingIfNeeded: length)
            if distance(to: end) >= 0, !isClosed { endSequence = end }
        }
        if endSequence == nextSequence, !isClosed {
            end(&context, &sink)
            // A FIN takes a place of its own in the sequence; data sent after a RST would go on behind it as well.
            if segment.isFIN { nextSequence &+= 1 }
        }
    }

    /// Counts everything as lost that did not come, and ends the stream.
    mutating func finish(_ context: inout StreamContext, _ sink: inout some PacketSink) {
        while !held.isEmpty { skipAhead(&context, &sink) }
        end(&context, &sink)
    }

    private mutating func restart(
        at sequence: UInt32, isBeginning: Bool, _ context: inout StreamContext, _ sink: inout some PacketSink
    ) {
        finish(&context, &sink)
        self = TCPStream(sequence: sequence, isBeginning: isBeginning)
    }

    /// How far ahead of the next byte `sequence` is; negative behind it.
    private func distance(to sequence: UInt32) -> Int32 { Int32(bitPattern: sequence &- nextSequence) }

    private mutating func take(
        _ sequence: UInt32, _ payload: RawSpan, missing: Int, _ context: inout StreamContext,
        _ sink: inout some PacketSink
    ) {
        let ahead = distance(to: sequence)
        if ahead > 0 {
            hold(sequence, payload, missing: missing, &context, &sink)
        } else {
            accept(payload, missing: missing, overlap: Int(ahead.magnitude), &context, &sink)
            if !held.isEmpty { takeHeld(&context, &sink) }
        }
    }

    /// Delivers what is new of a segment whose first `overlap` bytes were there before: those win that came first.
    private mutating func accept(
        _ payload: RawSpan, missing: Int, overlap: Int, _ context: inout StreamContext, _ sink: inout some PacketSink
    ) {
        let length = payload.byteCount + missing
        guard overlap < length else { return }
        nextSequence &+= UInt32(truncatingIfNeeded: length - overlap)
        if overlap < payload.byteCount {
            deliver(payload.extracting(overlap..<payload.byteCount), &context, &sink)
        }
        if missing > 0 { lose(UInt64(Swift.min(missing, length - overlap)), &context, &sink) }
    }

    /// Keeps a segment that came too early, in order of sequence.
    private mutating func hold(
        _ sequence: UInt32, _ payload: RawSpan, missing: Int, _ context: inout StreamContext,
        _ sink: inout some PacketSink
    ) {
        guard phase != .ignored else {
            nextSequence = sequence &+ UInt32(truncatingIfNeeded: payload.byteCount + missing)
            return
        }
        let ahead = distance(to: sequence)
        var place = held.count
        while place > 0, distance(to: held[place - 1].sequence) > ahead { place -= 1 }
        if place > 0, held[place - 1].sequence == sequence {
            // The longer one of two that begin alike holds all of the other.
            guard held[place - 1].length < payload.byteCount + missing else { return }
            heldBytes -= held[place - 1].bytes.count
            held.remove(at: place - 1)
            place -= 1
        }
        var bytes: [UInt8] = []
        bytes.append(payload)
        held.insert(HeldSegment(sequence: sequence, bytes: bytes, missingBytes: missing), at: place)
        heldBytes += bytes.count
        while held.count > context.limits.heldSegments || heldBytes > context.limits.heldBytes {
            skipAhead(&context, &sink)
        }
    }

    /// Gives up what is missing before the first segment that came too early.
    private mutating func skipAhead(_ context: inout StreamContext, _ sink: inout some PacketSink) {
        guard let first = held.first else { return }
        let gap = distance(to: first.sequence)
        if gap > 0 {
            nextSequence = first.sequence
            lose(UInt64(gap), &context, &sink)
        }
        takeHeld(&context, &sink)
    }

    /// Delivers those held segments that follow now.
    private mutating func takeHeld(_ context: inout StreamContext, _ sink: inout some PacketSink) {
        var count = 0
        while count < held.count, distance(to: held[count].sequence) <= 0 {
            let segment = held[count]
            heldBytes -= segment.bytes.count
            count += 1
            accept(
                unsafe segment.bytes.span.bytes, missing: segment.missingBytes,
                overlap: Int(distance(to: segment.sequence).magnitude), &context, &sink)
        }
        if count == held.count { held = [] } else { held.removeFirst(count) }
    }
}
