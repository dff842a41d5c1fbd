// The only place of this module that loads from memory without a bounds check of its own. Each function is handed an
// offset that its caller has compared with `byteCount`; the debug build asserts it.

extension RawSpan {
    /// The little-endian 16-bit number at `offset`, which the caller has found to lie inside.
    @inlinable @inline(__always)
    package func uint16(uncheckedAt offset: Int) -> UInt16 {
        assert(offset >= 0 && offset <= byteCount - 2)
        return unsafe UInt16(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self))
    }

    /// The little-endian 32-bit number at `offset`, which the caller has found to lie inside.
    @inlinable @inline(__always)
    package func uint32(uncheckedAt offset: Int) -> UInt32 {
        assert(offset >= 0 && offset <= byteCount - 4)
        return unsafe UInt32(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self))
    }

    /// The little-endian 64-bit number at `offset`, which the caller has found to lie inside.
    @inlinable @inline(__always)
    package func uint64(uncheckedAt offset: Int) -> UInt64 {
        assert(offset >= 0 && offset <= byteCount - 8)
        return unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
    }

    /// The byte at `offset`, which the caller has found to lie inside.
    @inlinable @inline(__always)
    package func uint8(uncheckedAt offset: Int) -> UInt8 {
        assert(offset >= 0 && offset < byteCount)
        return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }
}
