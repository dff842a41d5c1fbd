import BINWire

/// The hash of the indexes: fast, and with a seed, so that nobody who does not know it can choose keys that collide.
///
/// It is not the hash of the protocol (``BINMessages/KeyHash``), whose collisions anybody can make.
struct KeyedHash: Sendable {
    private let seed: UInt64

    init(seed: UInt64) { self.seed = seed ^ 0xA076_1D64_78BD_642F }

    /// The hash of `bytes`; `salt` tells keys of different kinds apart.
    @inline(__always)
    func hash(_ bytes: RawSpan, salt: UInt64 = 0) -> UInt32 {
        let count = bytes.byteCount
        var state = seed ^ (salt &* 0xE703_7ED1_A0B4_28DB)
        var offset = 0
        while offset &+ 16 <= count {
            state = KeyedHash.mix(
                bytes.uint64(uncheckedAt: offset) ^ state,
                bytes.uint64(uncheckedAt: offset &+ 8) ^ 0x8EBC_6AF0_9C88_C6E3)
            offset &+= 16
        }
        var first: UInt64 = 0
        var second: UInt64 = 0
        if offset &+ 8 <= count {
            first = bytes.uint64(uncheckedAt: offset)
            offset &+= 8
        }
        var shift: UInt64 = 0
        while offset < count {
            second |= UInt64(bytes.uint8(uncheckedAt: offset)) << shift
            shift &+= 8
            offset &+= 1
        }
        let mixed = KeyedHash.mix(first ^ state ^ UInt64(count), second ^ 0x589965CC75374CC3)
        let final = KeyedHash.mix(mixed, state ^ 0x1D8E_4E27_C47D_124F)
        return UInt32(truncatingIfNeeded: final ^ (final >> 32))
    }

    @inline(__always)
    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}

extension RawSpan {
    /// Whether both hold the same bytes.
    @inline(__always)
    func isEqual(_ other: RawSpan) -> Bool {
        let count = byteCount
        guard count == other.byteCount else { return false }
        var offset = 0
        while offset &+ 8 <= count {
            guard uint64(uncheckedAt: offset) == other.uint64(uncheckedAt: offset) else { return false }
            offset &+= 8
        }
        while offset < count {
            guard uint8(uncheckedAt: offset) == other.uint8(uncheckedAt: offset) else { return false }
            offset &+= 1
        }
        return true
    }

    /// Whether these are the bytes of `array`.
    func isEqual(_ array: [UInt8]) -> Bool {
        let other = unsafe array.span.bytes
        return isEqual(other)
    }

    /// Below, at or above zero as this comes before, is, or comes behind `other` in the order of bytes.
    func compare(_ other: RawSpan) -> Int {
        let common = Swift.min(byteCount, other.byteCount)
        for offset in 0..<common {
            let left = uint8(uncheckedAt: offset)
            let right = other.uint8(uncheckedAt: offset)
            if left != right { return left < right ? -1 : 1 }
        }
        return byteCount == other.byteCount ? 0 : byteCount < other.byteCount ? -1 : 1
    }
}
