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

    /// Whether the bytes go on for at least 8 more behind `end`, as they do in front of a trailer. Then a length may be
    /// loaded before it is known to lie inside, and one comparison does for length and string.
    @usableFromInline
    let hasSlack: Bool

    /// How many bytes behind the end of a body make ``init(_:bodyBeforeTrailer:)`` possible.
    @inlinable
    public static var slack: Int { 8 }

    /// A cursor over the body of a 2.3 packet that is followed by at least ``slack`` more bytes.
    ///
    /// It reads the same as the general cursor, with fewer comparisons. Nil when there are not that many bytes behind it.
    @inlinable @inline(__always)
    @_lifetime(copy bytes)
    public init?(_ bytes: RawSpan, bodyBeforeTrailer range: Range<Int>) {
        guard range.lowerBound >= 0, range.upperBound <= bytes.byteCount &- FieldCursor.slack else { return nil }
        self.bytes = bytes
        self.position = range.lowerBound
        self.end = range.upperBound
        self.hasWideLengths = false
        self.mayOmitLastText = false
        self.hasSlack = true
    }

    /// A cursor over `range` of `bytes`.
    /// - Parameters:
    ///   - bytes: the whole packet.
    ///   - range: the part to read; cut to what `bytes` hold.
    ///   - framing: fixes the width of string lengths.
    @inlinable @inline(__always)
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan, range: Range<Int>, framing: Framing) {
        self.bytes = bytes
        self.position = Swift.min(Swift.max(range.lowerBound, 0), bytes.byteCount)
        self.end = Swift.min(Swift.max(range.upperBound, self.position), bytes.byteCount)
        self.hasWideLengths = framing != .v2_3
        self.mayOmitLastText = framing == .v2_2
        self.hasSlack = false
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
        if hasSlack {
            start = position &+ 2
            length = Int(bytes.uint16(uncheckedAt: position))
            guard start &+ length <= end else { throw FieldCursor.refusedText(position, end) }
            position = start &+ length
            return Text(offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: length))
        }
        if hasWideLengths {
            guard remaining >= 4 else {
                // 2.2 counts no null string that stands last.
                guard mayOmitLastText, position == end else { throw WireError(.lengthPastEnd, at: position) }
                mayOmitLastText = false
                return Text(offset: UInt32(truncatingIfNeeded: position), length: 0)
            }
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
        guard hasSlack || remaining >= prefix, textLength(prefix) == 8, remaining >= prefix &+ 8 else {
            throw FieldCursor.refusedValue(bytes, position, end, prefix, 8)
        }
        let value = bytes.uint64(uncheckedAt: position &+ prefix)
        position &+= prefix &+ 8
        return value
    }

    /// Reads a string that must be the memory image of a 32-bit number.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func readValue32() throws(WireError) -> Int32 {
        let prefix = hasWideLengths ? 4 : 2
        guard hasSlack || remaining >= prefix, textLength(prefix) == 4, remaining >= prefix &+ 4 else {
            throw FieldCursor.refusedValue(bytes, position, end, prefix, 4)
        }
        let value = Int32(bitPattern: bytes.uint32(uncheckedAt: position &+ prefix))
        position &+= prefix &+ 4
        return value
    }

    /// The length of the next string, whose prefix lies inside.
    @inlinable @inline(__always)
    func textLength(_ prefix: Int) -> UInt32 {
        prefix == 2 ? UInt32(bytes.uint16(uncheckedAt: position)) : bytes.uint32(uncheckedAt: position)
    }

    /// Says why a string could not be read: the packet ends before its length, or inside of it.
    @usableFromInline @inline(never)
    static func refusedText(_ position: Int, _ end: Int) -> WireError {
        WireError(end - position >= 2 ? .textPastEnd : .lengthPastEnd, at: position)
    }

    /// Says why a fixed-size value could not be read: the packet ends, or the string has another size.
    ///
    /// It gets copies, not the cursor: a cursor whose address nobody takes can live in registers.
    @usableFromInline @inline(never)
    static func refusedValue(_ bytes: RawSpan, _ position: Int, _ end: Int, _ prefix: Int, _ size: UInt32) -> WireError
    {
        guard end - position >= prefix else { return WireError(.lengthPastEnd, at: position) }
        let length = prefix == 2 ? UInt32(bytes.uint16(uncheckedAt: position)) : bytes.uint32(uncheckedAt: position)
        return WireError(length == size ? .textPastEnd : .wrongValueSize, at: position)
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
}
