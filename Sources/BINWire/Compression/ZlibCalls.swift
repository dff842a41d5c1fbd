import CZlib

// The only place of this module that calls zlib. What makes each call safe:
//
// * A `z_stream` must not move between calls, because zlib's state points back to it. So it lives in memory of its own, which
//   belongs to one value that cannot be copied, and is freed, after zlib's own memory, when that value ends.
// * zlib reads `avail_in` bytes from `next_in` and writes at most `avail_out` bytes to `next_out`. Both are set from one buffer
//   that is borrowed for the length of the call, and are cleared after it, so zlib keeps no pointer into memory of others.
// * zlib counts in 32 bits. Every length is compared with `zlibLimit` before it is narrowed.

/// The most bytes that are handed to zlib in one call.
private let zlibLimit = Int(UInt32.max)

/// A raw deflate stream without header and checksum, for one compression after the other.
@safe struct DeflateStream: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameter level: 1 (fast) to 9 (small).
    init(level: Int) {
        unsafe stream = .allocate(capacity: 1)
        // All zero is how zlib wants a new stream: no input, its own allocator.
        unsafe stream.initialize(to: z_stream())
        // Negative window bits: raw deflate. The version and size let zlib refuse headers of another version.
        let result = unsafe deflateInit2_(
            stream, Int32(clamping: Swift.min(Swift.max(level, 1), 9)), Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY,
            zlibVersion(), Int32(MemoryLayout<z_stream>.size))
        precondition(result == Z_OK, "zlib has no memory, or is another one than its headers")
    }

    deinit {
        // Frees what zlib allocated, then the stream; nobody else has the pointer.
        _ = unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Deflates all of `input` into `output`, ignoring what was deflated before.
    /// - Returns: the bytes written; nil when there was not enough room.
    mutating func deflate(
        _ input: RawSpan, dictionary: RawSpan, into output: UnsafeMutableRawBufferPointer
    ) -> Int? {
        precondition(input.byteCount <= zlibLimit && output.count <= zlibLimit && dictionary.byteCount <= zlibLimit)
        guard unsafe deflateReset(stream) == Z_OK else { return nil }
        if dictionary.byteCount > 0 {
            // zlib copies the dictionary into its window during the call.
            let result = unsafe dictionary.withUnsafeBytes {
                unsafe deflateSetDictionary(
                    stream, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32($0.count))
            }
            guard result == Z_OK else { return nil }
        }
        let result = unsafe input.withUnsafeBytes { source in
            // zlib's interface is not const-correct; it does not write to its input.
            unsafe stream.pointee.next_in = UnsafeMutablePointer(
                mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
            unsafe stream.pointee.avail_in = UInt32(source.count)
            unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe stream.pointee.avail_out = UInt32(output.count)
            let result = unsafe CZlib.deflate(stream, Z_FINISH)
            unsafe stream.pointee.next_in = nil
            unsafe stream.pointee.next_out = nil
            return result
        }
        return result == Z_STREAM_END ? unsafe output.count - Int(stream.pointee.avail_out) : nil
    }
}

/// Reads raw deflate streams, one after the other.
@safe struct InflateStream: ~Copyable {
    /// How an inflation ended.
    struct Outcome {
        /// Whether the deflate data ended.
        var ended: Bool
        /// Whether they were none.
        var isBroken: Bool
        /// Bytes of the input that were not used.
        var unread: Int
        /// Bytes of the output that were not written.
        var room: Int
    }

    private let stream: UnsafeMutablePointer<z_stream>

    init() {
        unsafe stream = .allocate(capacity: 1)
        // All zero is how zlib wants a new stream: no input, its own allocator.
        unsafe stream.initialize(to: z_stream())
        let result = unsafe inflateInit2_(stream, -15, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
        precondition(result == Z_OK, "zlib has no memory, or is another one than its headers")
    }

    deinit {
        // Frees what zlib allocated, then the stream; nobody else has the pointer.
        _ = unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Inflates `input` into `output`, ignoring what was inflated before, until one of them is used up.
    mutating func inflate(
        _ input: RawSpan, dictionary: RawSpan, into output: UnsafeMutableRawBufferPointer
    ) -> Outcome {
        precondition(input.byteCount <= zlibLimit && output.count <= zlibLimit && dictionary.byteCount <= zlibLimit)
        var outcome = Outcome(ended: false, isBroken: true, unread: input.byteCount, room: output.count)
        guard unsafe inflateReset(stream) == Z_OK else { return outcome }
        if dictionary.byteCount > 0 {
            // zlib copies the dictionary into its window during the call.
            let result = unsafe dictionary.withUnsafeBytes {
                unsafe inflateSetDictionary(
                    stream, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32($0.count))
            }
            guard result == Z_OK else { return outcome }
        }
        let result = unsafe input.withUnsafeBytes { source in
            // zlib's interface is not const-correct; it does not write to its input.
            unsafe stream.pointee.next_in = UnsafeMutablePointer(
                mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
            unsafe stream.pointee.avail_in = UInt32(source.count)
            unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe stream.pointee.avail_out = UInt32(output.count)
            let result = unsafe CZlib.inflate(stream, Z_FINISH)
            unsafe stream.pointee.next_in = nil
            unsafe stream.pointee.next_out = nil
            return result
        }
        outcome.ended = result == Z_STREAM_END
        // Z_BUF_ERROR says that input or output is used up, which is no mistake of the data.
        outcome.isBroken = !outcome.ended && result != Z_OK && result != Z_BUF_ERROR
        outcome.unread = unsafe Int(stream.pointee.avail_in)
        outcome.room = unsafe Int(stream.pointee.avail_out)
        return outcome
    }
}

// Each stream is owned by exactly one value, which cannot be copied; handing it to another thread hands over all of it.
extension DeflateStream: @unchecked Sendable {}
extension InflateStream: @unchecked Sendable {}

/// The checksums of zlib.
package enum DeflateChecksums {
    /// The common CRC-32: reflected, polynomial 0xEDB88320, initial value and final inversion 0xFFFFFFFF.
    package static func crc32(_ bytes: RawSpan) -> UInt32 {
        precondition(bytes.byteCount <= zlibLimit)
        // Reads the given bytes and returns a number.
        return unsafe bytes.withUnsafeBytes {
            unsafe UInt32(
                truncatingIfNeeded: CZlib.crc32(
                    0, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32($0.count)))
        }
    }

    /// Adler-32 of RFC 1950.
    static func adler32(_ bytes: RawSpan) -> UInt32 {
        precondition(bytes.byteCount <= zlibLimit)
        // The same; the first value of an Adler-32 is 1.
        return unsafe bytes.withUnsafeBytes {
            unsafe UInt32(
                truncatingIfNeeded: CZlib.adler32(
                    1, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32($0.count)))
        }
    }
}
