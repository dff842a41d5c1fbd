/// A string field as its place in a source: the packet it was decoded from, or the arena it was built in.
///
/// Decoding copies no string. A `Text` means something only together with the bytes it was decoded from; every use
/// checks it against the source that is handed in, and a text that lies outside throws ``WireError/Code/textOutsideSource``.
@frozen
public struct Text: Hashable, Sendable, BitwiseCopyable {
    /// Offset of the first byte in the source.
    public var offset: UInt32
    /// Number of bytes; 0 stands for both a null and an empty string, which the wire cannot tell apart.
    public var length: UInt32

    /// A text of `length` bytes at `offset`.
    @inlinable
    public init(offset: UInt32, length: UInt32) {
        self.offset = offset
        self.length = length
    }

    /// The empty text.
    @inlinable
    public init() {
        self.init(offset: 0, length: 0)
    }

    /// Whether there are no bytes.
    @inlinable
    public var isEmpty: Bool { length == 0 }

    /// The bytes of this text in `source`.
    /// - Throws: ``WireError/Code/textOutsideSource`` when it does not lie inside.
    @inlinable
    @_lifetime(copy source)
    public func bytes(in source: RawSpan) throws(WireError) -> RawSpan {
        let start = Int(offset)
        let end = start + Int(length)
        guard end <= source.byteCount else { throw WireError(.textOutsideSource, at: start) }
        return source.extracting(start..<end)
    }

    /// The text as a string, if it is UTF-8 and lies in `source`.
    public func string(in source: RawSpan) -> String? {
        guard let bytes = try? bytes(in: source) else { return nil }
        return bytes.validatedString()
    }
}

extension RawSpan {
    /// These bytes as a string, or nil when they are not UTF-8.
    public func validatedString() -> String? {
        unsafe withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) }
    }
}
