import BINWire

/// One direction of a TCP connection: the bytes in sequence order, and the packets in them.
///
/// This file turns bytes in order into packets; `TCPSequence.swift` puts segments in order.
struct TCPStream {
    enum Phase {
        /// The connection was seen to open: the first bytes tell whether it is BIN.
        case beginning
        /// Begun in the middle, or out of step: looking for the next plausible header.
        case searching
        /// In step: the splitter cuts packets.
        case reading
        /// Not BIN.
        case ignored
    }

    var phase = Phase.searching
    /// Whether a plausible header was found since the stream began.
    var isBIN = false
    /// Sequence number of the first byte of a stream that was seen to open.
    let firstSequence: UInt32?
    /// Sequence number of the next byte in order.
    var nextSequence: UInt32
    /// Sequence number behind the last byte, once a FIN was seen.
    var endSequence: UInt32?
    var isClosed = false
    var held: [HeldSegment] = []
    var heldBytes = 0

    private var splitter = StreamSplitter()
    /// Offset in the stream at which the splitter began.
    private var splitterOffset: UInt64 = 0
    /// Bytes too few to judge; always under a hundred between two segments.
    private var unjudged: [UInt8] = []
    /// Offset in the stream of the next byte in order, lost ones counted.
    private var offset: UInt64 = 0
    /// Bytes passed over since the stream was last in step.
    private var skippedBytes: UInt64 = 0
    /// Bytes lost before the first packet, reported when one is found.
    private var lostBytes: UInt64 = 0
    /// The most the splitter ever held: about what its buffer keeps.
    private var largestPending = 0

    init(sequence: UInt32, isBeginning: Bool) {
        firstSequence = isBeginning ? sequence : nil
        nextSequence = sequence
        phase = isBeginning ? .beginning : .searching
    }

    /// Bytes of memory that count towards the limit: segments of one byte cost more than a byte.
    var bufferedBytes: Int { heldBytes + held.count * HeldSegment.overhead + largestPending + unjudged.count }

    /// Takes the next bytes in order.
    mutating func deliver(_ bytes: RawSpan, _ context: inout StreamContext, _ sink: inout some PacketSink) {
        guard phase != .ignored else { return }
        offset &+= UInt64(bytes.byteCount)
        if unjudged.isEmpty {
            read(bytes, &context, &sink)
        } else {
            unjudged.append(bytes)
            needsReading = true
        }
        // Bytes left to be judged anew are there only when some came before these, or broke the framing with these.
        while needsReading {
            needsReading = false
            var joined: [UInt8] = []
            swap(&joined, &unjudged)
            read(unsafe joined.span.bytes, &context, &sink)
        }
        largestPending = Swift.max(largestPending, splitter.pendingBytes)
    }

    /// Notes that the next `count` bytes will never come.
    mutating func lose(_ count: UInt64, _ context: inout StreamContext, _ sink: inout some PacketSink) {
        guard phase != .ignored else { return }
        reportIncomplete(&context, &sink)
        offset &+= count
        skippedBytes &+= UInt64(unjudged.count)
        unjudged.removeAll(keepingCapacity: true)
        if isBIN { sink.notice(.gap(bytes: count), from: context.origin) } else { lostBytes &+= count }
        phase = .searching
    }

    /// Ends the stream: what is unfinished is reported, buffers are given back. It may go on as one begun in the middle.
    mutating func end(_ context: inout StreamContext, _ sink: inout some PacketSink) {
        reportIncomplete(&context, &sink)
        skippedBytes &+= UInt64(unjudged.count)
        if isBIN, phase == .searching, skippedBytes > 0 {
            sink.notice(.unread(bytes: skippedBytes), from: context.origin)
        }
        if !isBIN, phase != .ignored, offset > 0 { context.counters.ignoredStreams += 1 }
        self = TCPStream(sequence: nextSequence, isBeginning: false)
        isClosed = true
    }

    /// Reports a packet whose rest does not come.
    private mutating func reportIncomplete(_ context: inout StreamContext, _ sink: inout some PacketSink) {
        guard phase == .reading, splitter.pendingBytes > 0 else { return }
        // What 2.2 sends uncounted behind a packet that ends with a null string is no unfinished packet.
        let isNullString = splitter.framing == .v2_2 && splitter.pendingBytes <= 4 && splitter.pending.isZero
        if !isNullString { sink.notice(.incomplete(bytes: splitter.pendingBytes), from: context.origin) }
        splitter = StreamSplitter()
    }

    /// Whether `unjudged` is to be read from its beginning.
    private var needsReading = false

    /// Reads bytes that follow each other, until they are used up, kept for later or the stream is given up.
    private mutating func read(_ bytes: RawSpan, _ context: inout StreamContext, _ sink: inout some PacketSink) {
        var position = 0
        while position < bytes.byteCount {
            switch phase {
            case .ignored: return
            case .beginning: judge(bytes, &position, &context, &sink)
            case .searching: search(bytes, &position, &context, &sink)
            case .reading: cut(bytes, &position, &context, &sink)
            }
        }
    }

    /// Judges the beginning of a stream.
    private mutating func judge(
        _ bytes: RawSpan, _ position: inout Int, _ context: inout StreamContext, _ sink: inout some PacketSink
    ) {
        let rest = bytes.extracting(position..<bytes.byteCount)
        switch Framing.detect(stream: rest) {
        case .packet(let framing):
            begin(framing, remaining: rest.byteCount, &context, &sink)
        case .needsMoreBytes:
            unjudged.append(rest)
            position = bytes.byteCount
        case .notBIN where rest.uint32(uncheckedAt: 0) == Framing.magic:
            // A receiver would take it for a packet, so the splitter is to say what is wrong with it.
            begin(.v2_3, remaining: rest.byteCount, &context, &sink)
        case .notBIN:
            ignore(&context)
        }
    }

    /// Looks for the next plausible header.
    private mutating func search(
        _ bytes: RawSpan, _ position: inout Int, _ context: inout StreamContext, _ sink: inout some PacketSink
    ) {
        let start = position
        while position < bytes.byteCount {
            while position <= bytes.byteCount - 4, bytes.uint32(uncheckedAt: position) != Framing.magic {
                position += 1
            }
            let rest = bytes.extracting(position..<bytes.byteCount)
            guard rest.byteCount >= 4 else {
                guard rest.mayBeginMagic else {
                    position += 1
                    continue
                }
                keep(rest, skipped: position - start)
                position = bytes.byteCount
                giveUpSearching(&context)
                return
            }
            switch Framing.detect(stream: rest) {
            case .packet(let framing):
                skippedBytes &+= UInt64(position - start)
                begin(framing, remaining: rest.byteCount, &context, &sink)
                return
            case .needsMoreBytes:
                keep(rest, skipped: position - start)
                position = bytes.byteCount
                return
            case .notBIN:
                position += 1
            }
        }
        skippedBytes &+= UInt64(position - start)
        giveUpSearching(&context)
    }

    private mutating func giveUpSearching(_ context: inout StreamContext) {
        if !isBIN, skippedBytes > context.limits.searchedBytes { ignore(&context) }
    }

    private mutating func keep(_ rest: RawSpan, skipped: Int) {
        skippedBytes &+= UInt64(skipped)
        unjudged.append(rest)
    }

    private mutating func ignore(_ context: inout StreamContext) {
        phase = .ignored
        unjudged = []
        context.counters.ignoredStreams += 1
    }

    /// Gets in step with the packet that begins `remaining` bytes before the end of what was delivered.
    private mutating func begin(
        _ framing: Framing, remaining: Int, _ context: inout StreamContext, _ sink: inout some PacketSink
    ) {
        if isBIN {
            if skippedBytes > 0 { sink.notice(.resynchronised(skippedBytes: skippedBytes), from: context.origin) }
        } else {
            isBIN = true
            context.counters.streams += 1
            if lostBytes > 0 { sink.notice(.gap(bytes: lostBytes), from: context.origin) }
            if skippedBytes > 0 { sink.notice(.skipped(bytes: skippedBytes), from: context.origin) }
        }
        skippedBytes = 0
        lostBytes = 0
        splitter = StreamSplitter(framing: framing)
        largestPending = 0
        splitterOffset = offset &- UInt64(remaining)
        phase = .reading
    }

    /// Cuts packets out of bytes that are in step.
    private mutating func cut(
        _ bytes: RawSpan, _ position: inout Int, _ context: inout StreamContext, _ sink: inout some PacketSink
    ) {
        do throws(WireError) {
            while let frame = try splitter.next(in: bytes, at: &position) {
                context.counters.packets += 1
                sink.receive(splitter.bytes(of: frame, in: bytes), frame.header, from: context.origin)
            }
        } catch {
            recover(from: error, bytes, &position, &context, &sink)
        }
    }

    /// Reports a broken framing rule and looks on behind the byte at which the refused packet begins.
    private mutating func recover(
        from error: WireError, _ bytes: RawSpan, _ position: inout Int, _ context: inout StreamContext,
        _ sink: inout some PacketSink
    ) {
        let streamOffset = splitterOffset &+ splitter.packetOffset
        phase = .searching
        skippedBytes = 1
        context.counters.refused += 1
        let rest = bytes.extracting(position..<bytes.byteCount)
        guard splitter.pendingBytes > 0 else {
            sink.refuse(
                rest.prefix(Framing.maximumLength), splitter.framing, error, streamOffset: streamOffset,
                from: context.origin)
            position += 1
            return
        }
        // The packet began in an earlier segment: put it before the rest and search the whole.
        var whole: [UInt8] = []
        whole.append(splitter.pending)
        whole.append(rest)
        sink.refuse(
            unsafe whole.span.bytes.prefix(Framing.maximumLength), splitter.framing, error,
            streamOffset: streamOffset, from: context.origin)
        unjudged = Array(whole.dropFirst())
        splitter = StreamSplitter()
        needsReading = true
        position = bytes.byteCount
    }
}

/// What a stream needs to know and to count besides its own bytes; lent to it for one segment.
struct StreamContext {
    var counters = CaptureCounters()
    var origin: PacketOrigin
    let limits: CaptureLimits
}

extension RawSpan {
    /// At most the first `count` bytes.
    @_lifetime(copy self)
    func prefix(_ count: Int) -> RawSpan { extracting(first: Swift.min(count, byteCount)) }

    /// Whether all bytes are zero.
    fileprivate var isZero: Bool {
        for index in 0..<byteCount where uint8(uncheckedAt: index) != 0 { return false }
        return true
    }

    /// Whether fewer than four bytes could be the beginning of `P4CK`.
    fileprivate var mayBeginMagic: Bool {
        for index in 0..<Swift.min(byteCount, 4)
        where uint8(uncheckedAt: index) != UInt8(truncatingIfNeeded: Framing.magic >> UInt32(8 * index)) {
            return false
        }
        return true
    }
}
