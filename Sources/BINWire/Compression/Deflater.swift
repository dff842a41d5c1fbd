/// Compresses pieces of bytes with raw deflate, each by itself, with one stream and one buffer that are used again.
///
/// To set a stream up costs six times as much as to compress a packet of 300 bytes, so keep a deflater.
@safe public struct Deflater: ~Copyable {
    /// The most bytes that a result can have.
    public let capacity: Int
    private var stream: DeflateStream
    private let output: UnsafeMutableRawBufferPointer
    private var count = 0

    /// - Parameters:
    ///   - level: 1 (fast) to 9 (small); others are taken for the nearest.
    ///   - capacity: the most bytes that a result can have, by default those of a packet.
    public init(level: Int = 6, capacity: Int = Framing.maximumLength) {
        self.capacity = Swift.max(capacity, 1)
        self.stream = DeflateStream(level: level)
        // One more byte: deflate says that it is done only when there is room left.
        unsafe self.output = .allocate(byteCount: self.capacity + 1, alignment: 16)
    }

    deinit {
        unsafe output.deallocate()
    }

    /// The last result; empty when there was no room for it.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        borrowing get {
            let span = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: output[..<count]))
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Compresses `input`; the result is ``bytes``.
    /// - Parameters:
    ///   - input: at most 4 GiB.
    ///   - dictionary: what the receiver knows beforehand.
    ///   - limit: the most bytes that the result may have; cut to ``capacity``.
    /// - Returns: whether the result has at most `limit` bytes.
    public mutating func deflate(_ input: RawSpan, dictionary: DeflateDictionary? = nil, limit: Int = .max) -> Bool {
        let room = Swift.min(Swift.max(limit, 0), capacity)
        let target = unsafe UnsafeMutableRawBufferPointer(rebasing: output[...room])
        let known = dictionary?.bytes ?? []
        let written = unsafe stream.deflate(input, dictionary: known.span.bytes, into: target)
        count = written ?? 0
        return written != nil
    }
}

// The buffer is owned by exactly one value, which cannot be copied; handing it to another thread hands over all of it.
extension Deflater: @unchecked Sendable {}
