/// How much an envelope may make of its payload.
@frozen
public struct InflationLimits: Hashable, Sendable {
    /// The most inflated bytes accepted.
    public var maximumSize: Int
    /// The most inflated bytes accepted for each byte of the payload. Deflate can reach 1032; recorded traffic
    /// stays below 80.
    public var maximumRatio: Int

    /// - Parameters:
    ///   - maximumSize: by default 1 MiB.
    ///   - maximumRatio: by default 200.
    @inlinable
    public init(maximumSize: Int = 1 << 20, maximumRatio: Int = 200) {
        self.maximumSize = maximumSize
        self.maximumRatio = maximumRatio
    }
}

/// Decompresses raw deflate data of a stated size, within limits, with one stream and one buffer that are used again.
///
/// Nothing is reserved for a size before it passed the limits.
@safe public struct Inflater: ~Copyable {
    /// What is accepted.
    public let limits: InflationLimits
    private var stream = InflateStream()
    private var output: UnsafeMutableRawBufferPointer
    private var count = 0

    /// An inflater that accepts what `limits` allow. Its buffer grows to the largest size that it was used for.
    public init(limits: InflationLimits = InflationLimits()) {
        self.limits = limits
        unsafe self.output = .allocate(byteCount: 4096, alignment: 16)
    }

    deinit {
        unsafe output.deallocate()
    }

    /// The last result; empty after an error.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        borrowing get {
            let span = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: output[..<count]))
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Decompresses `payload`; the result is ``bytes``.
    /// - Parameters:
    ///   - payload: deflate data and nothing else, at most 4 GiB.
    ///   - size: the bytes that must result, no more and no fewer.
    ///   - dictionary: what it was compressed with.
    ///   - offset: where the payload stands in its packet; errors say it.
    /// - Throws: ``WireError/Code/inflatedSizeOutOfRange``, ``WireError/Code/inflationRatioTooHigh``,
    ///   ``WireError/Code/badDeflateData``, ``WireError/Code/deflateDataCutShort``,
    ///   ``WireError/Code/inflatedSizeMismatch``, ``WireError/Code/bytesBehindDeflateData``.
    public mutating func inflate(
        _ payload: RawSpan, exactly size: Int, dictionary: DeflateDictionary? = nil, offset: Int = 0
    ) throws(WireError) {
        count = 0
        guard size > 0, size <= limits.maximumSize else { throw WireError(.inflatedSizeOutOfRange, at: offset) }
        // Divided, not multiplied: the product of two numbers that others choose could overflow.
        guard (size - 1) / Swift.max(limits.maximumRatio, 1) < payload.byteCount else {
            throw WireError(.inflationRatioTooHigh, at: offset)
        }
        // One more byte: when it is written, there is more than was stated.
        let capacity = unsafe output.count
        if size >= capacity {
            unsafe output.deallocate()
            unsafe output = .allocate(byteCount: size + 1, alignment: 16)
        }
        let target = unsafe UnsafeMutableRawBufferPointer(rebasing: output[...size])
        let known = dictionary?.bytes ?? []
        let outcome = unsafe stream.inflate(payload, dictionary: known.span.bytes, into: target)
        guard !outcome.isBroken else { throw WireError(.badDeflateData, at: offset) }
        guard outcome.ended else {
            // Stopped for want of input, or for want of room.
            throw WireError(outcome.room > 0 ? .deflateDataCutShort : .inflatedSizeMismatch, at: offset)
        }
        guard outcome.room == 1 else { throw WireError(.inflatedSizeMismatch, at: offset) }
        guard outcome.unread == 0 else { throw WireError(.bytesBehindDeflateData, at: offset) }
        count = size
    }
}

// The buffer is owned by exactly one value, which cannot be copied; handing it to another thread hands over all of it.
extension Inflater: @unchecked Sendable {}
