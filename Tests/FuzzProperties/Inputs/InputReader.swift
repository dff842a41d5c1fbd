import BINWire

/// Takes decisions from the first bytes of an input. What is missing reads as zero, so that every input decides something.
struct InputReader: ~Escapable {
    private let bytes: RawSpan
    private var position = 0

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) { self.bytes = bytes }

    @_lifetime(self: copy self)
    mutating func byte() -> UInt8 {
        guard position < bytes.byteCount else { return 0 }
        defer { position += 1 }
        return bytes.uint8(uncheckedAt: position)
    }

    @_lifetime(self: copy self)
    mutating func number16() -> Int { Int(byte()) | Int(byte()) << 8 }

    @_lifetime(self: copy self)
    mutating func number32() -> UInt32 { UInt32(number16()) | UInt32(number16()) << 16 }

    /// Whether every byte was taken.
    var isAtEnd: Bool { position >= bytes.byteCount }

    /// What was not taken.
    var rest: RawSpan {
        @_lifetime(copy self)
        get { bytes.extracting(min(position, bytes.byteCount)..<bytes.byteCount) }
    }

    /// The next `count` bytes, or what is left of them.
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    mutating func take(_ count: Int) -> RawSpan {
        let start = position
        position = min(bytes.byteCount, position + max(0, count))
        return bytes.extracting(start..<position)
    }
}

extension [UInt8] {
    /// Appends the four bytes of a number, lowest first.
    mutating func append(number32 value: UInt32) {
        for shift in stride(from: 0, to: 32, by: 8) { append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
    }

    /// Appends the two bytes of a number, lowest first.
    mutating func append(number16 value: Int) {
        append(UInt8(truncatingIfNeeded: value))
        append(UInt8(truncatingIfNeeded: value >> 8))
    }
}
