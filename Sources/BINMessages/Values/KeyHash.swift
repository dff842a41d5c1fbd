import BINWire

/// The hash of AoRs and Call-IDs (Spec/usrloc.md, hash): part of contact ids and dialog ids, and what ping work is
/// shared by.
public enum KeyHash {
    /// The hash of `bytes`; with a table of a power of two slots the slot is its low bits.
    public static func hash(_ bytes: RawSpan) -> UInt32 {
        var hash: UInt32 = 0
        var position = 0
        while position + 4 <= bytes.byteCount {
            var value: UInt32 = 0
            for index in position..<(position + 4) { value = value &* 256 &+ signed(bytes.uint8(uncheckedAt: index)) }
            hash &+= value ^ (value >> 3)
            position += 4
        }
        var value: UInt32 = 0
        while position < bytes.byteCount {
            value = value &* 256 &+ signed(bytes.uint8(uncheckedAt: position))
            position += 1
        }
        hash &+= value ^ (value >> 3)
        return hash &+ (hash >> 11) &+ (hash >> 13) &+ (hash >> 23)
    }

    /// Bytes count as signed numbers.
    private static func signed(_ byte: UInt8) -> UInt32 { UInt32(bitPattern: Int32(Int8(bitPattern: byte))) }
}
