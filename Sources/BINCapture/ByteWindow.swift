/// The part of an input that is at hand: a buffer whose front is consumed while its end is filled.
///
/// It grows to the largest record asked for and no further; who asks has checked the number against a limit.
struct ByteWindow: ~Copyable, Sendable {
    private var input: ByteInput
    private var buffer: [UInt8]
    /// Index in the buffer of the first byte that is not consumed.
    private(set) var start = 0
    private var end = 0
    /// Offset in the input of that byte.
    private(set) var offset: UInt64 = 0

    init(_ input: consuming ByteInput, chunkSize: Int = 262_144) {
        self.input = input
        self.buffer = [UInt8](repeating: 0, count: chunkSize)
    }

    /// Number of bytes at hand.
    var count: Int { end - start }

    var totalBytes: UInt64? { input.totalBytes }

    /// The bytes at hand.
    var bytes: RawSpan {
        @_lifetime(borrow self)
        borrowing get { unsafe _overrideLifetime(buffer.span.bytes.extracting(start..<end), borrowing: self) }
    }

    /// `count` bytes from index `position` of the buffer on; still there after they were consumed, until the next fill.
    @_lifetime(borrow self)
    borrowing func bytes(at position: Int, count: Int) -> RawSpan {
        // The span's life is tied to the window, which cannot change the buffer while it is borrowed.
        unsafe _overrideLifetime(buffer.span.bytes.extracting(position..<(position + count)), borrowing: self)
    }

    /// Reads until at least `wanted` bytes are at hand.
    /// - Returns: whether they are; false means that the input ended before.
    mutating func fill(_ wanted: Int) throws(CaptureError) -> Bool {
        while end - start < wanted {
            if start > 0 { compact() }
            if buffer.count < wanted {
                // Doubling, not jumping: a length that the file cannot back up does not cost its memory at once.
                let size = Swift.min(Swift.max(buffer.count * 2, 4096), Swift.max(wanted, buffer.count))
                if end == buffer.count {
                    buffer.append(contentsOf: repeatElement(0, count: size - buffer.count))
                }
            }
            let count = try input.read(into: &buffer, at: end)
            guard count > 0 else { return false }
            end += count
        }
        return true
    }

    /// Drops `count` bytes from the front, which are at hand.
    mutating func consume(_ count: Int) {
        start += count
        offset += UInt64(count)
    }

    private mutating func compact() {
        buffer.replaceSubrange(0..<(end - start), with: Array(buffer[start..<end]))
        end -= start
        start = 0
    }
}
