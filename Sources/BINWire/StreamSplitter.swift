/// Cuts a byte stream into packets: bytes in, packets out, however they were fragmented.
///
/// A packet that lies wholly inside of the bytes handed in is returned as its place in them and is not copied. Only one
/// that is spread over several reads is gathered in a buffer of the splitter, which therefore never holds more than one
/// largest packet. A stream that broke a framing rule stays broken: every further call throws the same error.
///
/// ```swift
/// var position = 0
/// while let frame = try splitter.next(in: chunk, at: &position) {
///     handle(splitter.bytes(of: frame, in: chunk), frame.header)
/// }
/// ```
public struct StreamSplitter: Sendable {
    /// A packet found by ``StreamSplitter/next(in:at:)``.
    @frozen
    public struct Frame: Hashable, Sendable {
        /// The header, checked.
        public let header: PacketHeader
        /// Offset of the packet in the chunk; nil when it was gathered from several chunks.
        public let chunkOffset: Int?

        @inlinable
        init(header: PacketHeader, chunkOffset: Int?) {
            self.header = header
            self.chunkOffset = chunkOffset
        }
    }

    /// The generation of the stream: 2.2 or 2.3; a 2.1 datagram is not a stream.
    public let framing: Framing
    /// The largest packet accepted, in bytes.
    public let maximumLength: Int
    /// Number of bytes of the stream before the packet that is being read: its offset in the stream.
    public private(set) var packetOffset: UInt64 = 0
    /// 2.2 only: how often the four bytes of a null string were skipped that the sender did not count.
    public private(set) var skippedNullStrings = 0

    @usableFromInline
    var carry: [UInt8] = []
    @usableFromInline
    var deliveredFromCarry = false
    @usableFromInline
    var failure: WireError?

    /// A splitter at the beginning of a stream.
    /// - Parameters:
    ///   - framing: `.v2_2` or `.v2_3`.
    ///   - maximumLength: 65,535 for releases up to 3.6, 65,515 from 4.0 on.
    public init(framing: Framing = .v2_3, maximumLength: Int = Framing.maximumLength) {
        precondition(framing != .v2_1, "2.1 packets are datagrams; read them with PacketHeader(datagram:framing:)")
        self.framing = framing
        self.maximumLength = maximumLength
    }

    /// Bytes of an incomplete packet at hand.
    public var pendingBytes: Int { deliveredFromCarry ? 0 : carry.count }

    /// Those bytes: of the packet that is being read, or of the one refused, as far as they came with earlier chunks.
    ///
    /// Whoever wants to find back into a stream that broke a framing rule searches these first, and then the chunk
    /// from the position that ``next(in:at:)`` left.
    public var pending: RawSpan {
        @_lifetime(borrow self)
        borrowing get {
            let bytes = unsafe carry.span.bytes.extracting(first: pendingBytes)
            return unsafe _overrideLifetime(bytes, borrowing: self)
        }
    }

    /// Finds the next packet.
    /// - Parameters:
    ///   - chunk: the bytes of one read.
    ///   - position: where to go on in `chunk`; begin with 0. Advanced behind what was consumed.
    /// - Returns: the packet, or nil when all of `chunk` was consumed and more bytes are needed.
    /// - Throws: ``WireError`` with an offset inside of the packet that begins at ``packetOffset``.
    public mutating func next(in chunk: RawSpan, at position: inout Int) throws(WireError) -> Frame? {
        if let failure { throw failure }
        do throws(WireError) {
            if deliveredFromCarry {
                packetOffset += UInt64(carry.count)
                carry.removeAll(keepingCapacity: true)
                deliveredFromCarry = false
            }
            if !carry.isEmpty { return try nextFromCarry(chunk, &position) }
            return try nextFromChunk(chunk, &position)
        } catch {
            failure = error
            throw error
        }
    }

    /// The bytes of a packet that ``next(in:at:)`` returned last.
    /// - Parameters:
    ///   - frame: what it returned.
    ///   - chunk: the same chunk.
    @_lifetime(borrow self, copy chunk)
    public borrowing func bytes(of frame: Frame, in chunk: RawSpan) -> RawSpan {
        if let start = frame.chunkOffset {
            return unsafe _overrideLifetime(
                chunk.extracting(start..<(start + frame.header.length)), borrowing: self)
        }
        return unsafe _overrideLifetime(carry.span.bytes, borrowing: self)
    }

    /// Reads packets where they lie in the chunk; copies only an incomplete last one.
    private mutating func nextFromChunk(_ chunk: RawSpan, _ position: inout Int) throws(WireError) -> Frame? {
        let available = chunk.byteCount - position
        guard available > 0 else { return nil }
        var rest = chunk.extracting(position..<chunk.byteCount)
        switch try expectedLength(rest) {
        case .nullString:
            skipNullString()
            position += 4
            return try nextFromChunk(chunk, &position)
        case .packet(let length) where length <= available:
            rest = rest.extracting(first: length)
            let header = try PacketHeader(parsing: rest, framing: framing, maximumLength: maximumLength)
            let start = position
            position += length
            packetOffset += UInt64(length)
            return Frame(header: header, chunkOffset: start)
        case .packet, .unknown:
            append(rest)
            position = chunk.byteCount
            return nil
        }
    }

    /// Completes the packet in the buffer with bytes from the chunk.
    private mutating func nextFromCarry(_ chunk: RawSpan, _ position: inout Int) throws(WireError) -> Frame? {
        while true {
            let wanted: Int
            switch try expectedLength(unsafe carry.span.bytes) {
            case .nullString:
                // The four zero bytes came with an earlier read; what is left begins a packet.
                carry.removeFirst(4)
                skipNullString()
                continue
            case .packet(let length):
                if carry.count == length {
                    let header = try PacketHeader(
                        parsing: unsafe carry.span.bytes, framing: framing, maximumLength: maximumLength)
                    deliveredFromCarry = true
                    return Frame(header: header, chunkOffset: nil)
                }
                wanted = length - carry.count
            case .unknown:
                wanted = 1
            }
            let available = chunk.byteCount - position
            guard available > 0 else { return nil }
            let taken = Swift.min(wanted, available)
            append(chunk.extracting(position..<(position + taken)))
            position += taken
        }
    }

    private enum Expectation {
        case packet(length: Int)
        case nullString
        case unknown
    }

    /// What the first bytes of a packet promise, checked as far as they are there.
    private func expectedLength(_ bytes: RawSpan) throws(WireError) -> Expectation {
        guard bytes.byteCount >= 4 else {
            try checkPartialMagic(bytes)
            return .unknown
        }
        if bytes.uint32(uncheckedAt: 0) != Framing.magic {
            guard framing == .v2_2, bytes.uint32(uncheckedAt: 0) == 0, packetOffset > 0 else {
                throw WireError(.badMagic, at: 0)
            }
            guard bytes.byteCount >= 8 else { return .unknown }
            guard bytes.uint32(uncheckedAt: 4) == Framing.magic else { throw WireError(.badMagic, at: 0) }
            return .nullString
        }
        guard bytes.byteCount >= framing.lengthPrefixSize else { return .unknown }
        let length = framing == .v2_2 ? Int(bytes.uint16(uncheckedAt: 4)) : Int(bytes.uint32(uncheckedAt: 4))
        guard length >= framing.minimumLength else { throw WireError(.packetTooShort, at: 4) }
        guard length <= maximumLength else { throw WireError(.packetTooLong, at: 4) }
        return .packet(length: length)
    }

    /// Refuses fewer than four bytes as soon as they cannot begin a packet any more.
    private func checkPartialMagic(_ bytes: RawSpan) throws(WireError) {
        let mayBeNullString = framing == .v2_2 && packetOffset > 0
        var isMagic = true
        var isZero = true
        for index in 0..<bytes.byteCount {
            let byte = bytes.uint8(uncheckedAt: index)
            isMagic = isMagic && byte == UInt8(truncatingIfNeeded: Framing.magic >> (8 * UInt32(index)))
            isZero = isZero && byte == 0
        }
        guard isMagic || (mayBeNullString && isZero) else { throw WireError(.badMagic, at: 0) }
    }

    private mutating func skipNullString() {
        skippedNullStrings += 1
        packetOffset += 4
    }

    private mutating func append(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe carry.append(contentsOf: $0) }
    }
}
