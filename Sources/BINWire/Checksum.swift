/// The checksum of 2.1 datagrams: reflected CRC-32, polynomial 0xEDB88320, initial value 0xFFFFFFFF, **without** the
/// final inversion (also known as CRC-32/JAMCRC; Spec/framing.md). The check value of `123456789` is 0x340BC6D9.
public enum Checksum {
    /// Eight tables of 256, so that eight bytes are folded a step.
    @usableFromInline
    static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var remainder = UInt32(byte)
            for _ in 0..<8 {
                remainder = remainder & 1 == 1 ? (remainder >> 1) ^ 0xEDB8_8320 : remainder >> 1
            }
            tables[byte] = remainder
        }
        for byte in 0..<256 {
            for table in 1..<8 {
                let previous = tables[(table - 1) * 256 + byte]
                tables[table * 256 + byte] = (previous >> 8) ^ tables[Int(previous & 0xFF)]
            }
        }
        return tables
    }()

    /// The checksum of `bytes`.
    public static func compute(_ bytes: RawSpan) -> UInt32 {
        let tables = Checksum.tables.span
        var remainder: UInt32 = 0xFFFF_FFFF
        var offset = 0
        while offset <= bytes.byteCount - 8 {
            let low = bytes.uint32(uncheckedAt: offset) ^ remainder
            let high = bytes.uint32(uncheckedAt: offset + 4)
            remainder =
                tables[7 * 256 + Int(low & 0xFF)] ^ tables[6 * 256 + Int((low >> 8) & 0xFF)]
                ^ tables[5 * 256 + Int((low >> 16) & 0xFF)] ^ tables[4 * 256 + Int(low >> 24)]
                ^ tables[3 * 256 + Int(high & 0xFF)] ^ tables[2 * 256 + Int((high >> 8) & 0xFF)]
                ^ tables[256 + Int((high >> 16) & 0xFF)] ^ tables[Int(high >> 24)]
            offset += 8
        }
        while offset < bytes.byteCount {
            remainder = (remainder >> 8) ^ tables[Int((remainder ^ UInt32(bytes.uint8(uncheckedAt: offset))) & 0xFF)]
            offset += 1
        }
        return remainder
    }
}
