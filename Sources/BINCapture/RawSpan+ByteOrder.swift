import BINWire

// Network headers are big-endian, capture files are in the order of the machine that wrote them. As with the functions
// these are built on, the caller has found the number to lie inside.

extension RawSpan {
    @inline(__always)
    func uint16(bigEndianAt offset: Int) -> UInt16 { uint16(uncheckedAt: offset).byteSwapped }

    @inline(__always)
    func uint32(bigEndianAt offset: Int) -> UInt32 { uint32(uncheckedAt: offset).byteSwapped }

    @inline(__always)
    func uint64(bigEndianAt offset: Int) -> UInt64 { uint64(uncheckedAt: offset).byteSwapped }

    @inline(__always)
    func uint16(at offset: Int, bigEndian: Bool) -> UInt16 {
        bigEndian ? uint16(bigEndianAt: offset) : uint16(uncheckedAt: offset)
    }

    @inline(__always)
    func uint32(at offset: Int, bigEndian: Bool) -> UInt32 {
        bigEndian ? uint32(bigEndianAt: offset) : uint32(uncheckedAt: offset)
    }

    @inline(__always)
    func uint64(at offset: Int, bigEndian: Bool) -> UInt64 {
        bigEndian ? uint64(bigEndianAt: offset) : uint64(uncheckedAt: offset)
    }
}

extension [UInt8] {
    /// Appends bytes from a span.
    mutating func append(_ bytes: RawSpan) {
        // The pointer is used during the call only.
        unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}
