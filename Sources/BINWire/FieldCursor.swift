/// A bounds-checked cursor over the fields of one packet.
///
/// It reads what the wire knows: 32-bit integers and length-prefixed strings. Every read either lies wholly inside of
/// the range it was made for or throws, and a failed read moves nothing. Capture files are read through the same cursor.
@frozen
public struct FieldCursor: ~Escapable {
    /// All bytes of the packet; offsets count from its beginning.
    public let bytes: RawSpan
    @usableFromInline
    var position: Int
    /// Offset behind the last byte that may be read.
    public let end: Int
    /// Whether string lengths are 32-bit (2.1, 2.2).
    @usableFromInline
    let hasWideLengths: Bool
    /// Whether a null string that 2.2 left out at the very end may still be supplied.
    @usableFromInline
    var mayOmitLastText: Bool
    /// Whether the last string was missing and taken as empty: the 2.2 sender counts no trailing null string.
    public var omittedLastText: Bool { omitted }
    @usableFromInline
    var omitted = false

    /// A cursor over `range` of `bytes`.
    /// - Parameters:
    ///   - bytes: the whole packet.
    ///   - range: the part to read; cut to what `bytes` hold.
    ///   - framing: fixes the width of string lengths.
    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan, range: Range<Int>, framing: Framing) {
        self.bytes = bytes
        self.position = Swift.min(Swift.max(range.lowerBound, 0), bytes.byteCount)
        self.end = Swift.min(Swift.max(range.upperBound, self.position), bytes.byteCount)
        self.hasWideLengths = framing != .v2_3
        self.mayOmitLastText = framing == .v2_2
    }

    /// Offset of the next unread byte.
    @inlinable @inline(__always)
    public var offset: Int { position }

    /// Number of unread bytes.
    @inlinable @inline(__always)
    public var remaining: Int { end &- position }

    /// Whether every byte was read.
    @inlinable @inline(__always)
    public var isAtEnd: Bool { position == end }

    /// Reads a 32-bit integer.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func readInt32() throws(WireError) -> Int32 {
        guard remaining >= 4 else { throw WireError(.integerPastEnd, at: position) }
        let value = Int32(bitPattern: bytes.uint32(uncheckedAt: position))
        position &+= 4
        return value
    }

    /// Reads a length-prefixed string.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func readText() throws(WireError) -> Text {
        let start: Int
        let length: Int
        if hasWideLengths {
            guard remaining >= 4 else { return try readOmittedText() }
            length = Int(Int32(bitPattern: bytes.uint32(uncheckedAt: position)))
            guard length >= 0 else { throw WireError(.negativeLength, at: position) }
            start = position &+ 4
        } else {
            guard remaining >= 2 else { throw WireError(.lengthPastEnd, at: position) }
            length = Int(bytes.uint16(uncheckedAt: position))
            start = position &+ 2
        }
        guard length <= end &- start else { throw WireError(.textPastEnd, at: position) }
        position = start &+ length
        return Text(offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: length))
    }

    /// Reads a string that must be the memory image of a 64-bit number.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func readValue64() throws(WireError) -> UInt64 {
        let prefix = hasWideLengths ? 4 : 2
        guard remaining >= prefix &+ 8, textLength(prefix) == 8 else { throw refusedValue(size: 8) }
        let value = bytes.uint64(uncheckedAt: position &+ prefix)
        position &+= prefix &+ 8
        return value
    }

    /// Reads a string that must be the memory image of a 32-bit number.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func readValue32() throws(WireError) -> Int32 {
        let prefix = hasWideLengths ? 4 : 2
        guard remaining >= prefix &+ 4, textLength(prefix) == 4 else { throw refusedValue(size: 4) }
        let value = Int32(bitPattern: bytes.uint32(uncheckedAt: position &+ prefix))
        position &+= prefix &+ 4
        return value
    }

    /// The length of the next string, whose prefix lies inside.
    @inlinable @inline(__always)
    func textLength(_ prefix: Int) -> UInt32 {
        prefix == 2 ? UInt32(bytes.uint16(uncheckedAt: position)) : bytes.uint32(uncheckedAt: position)
    }

    /// Says why a fixed-size value could not be read: the packet ends, or the string has another size.
    @usableFromInline @inline(never)
    func refusedValue(size: UInt32) -> WireError {
        let prefix = hasWideLengths ? 4 : 2
        guard remaining >= prefix else { return WireError(.lengthPastEnd, at: position) }
        return WireError(textLength(prefix) == size ? .textPastEnd : .wrongValueSize, at: position)
    }

    /// Reads `count` raw bytes.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func readBytes(_ count: Int) throws(WireError) -> Text {
        guard count >= 0, count <= remaining else { throw WireError(.textPastEnd, at: position) }
        let text = Text(offset: UInt32(truncatingIfNeeded: position), length: UInt32(truncatingIfNeeded: count))
        position &+= count
        return text
    }

    /// The string that a 2.2 sender left out of its length because it was null and last; an error anywhere else.
    @usableFromInline @inline(never)
    @_lifetime(self: copy self)
    mutating func readOmittedText() throws(WireError) -> Text {
        guard mayOmitLastText, isAtEnd else { throw WireError(.lengthPastEnd, at: position) }
        mayOmitLastText = false
        omitted = true
        return Text(offset: UInt32(truncatingIfNeeded: position), length: 0)
    }
}
