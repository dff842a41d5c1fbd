/// What the first bytes of a stream or datagram of unknown origin look like.
public enum FramingDetection: Hashable, Sendable {
    /// The beginning of a packet of this generation.
    case packet(Framing)
    /// Not enough bytes to tell.
    case needsMoreBytes
    /// Not a BIN packet: `P4CK` alone does not make one, other formats use the same four bytes.
    case notBIN
}

extension Framing {
    /// The longest capability name taken for one when looking for packets among unknown bytes. Real ones have 2 to 20.
    static let longestPlausibleName = 64

    /// Judges the beginning of a stream by magic, length and a plausible capability name.
    ///
    /// 2.2 and 2.3 cannot be confused: where 2.3 has the length of the name, 2.2 has two undefined bytes and where 2.3
    /// has the first two letters, 2.2 has the length of the name, which is no letter.
    public static func detect(stream bytes: RawSpan) -> FramingDetection {
        guard bytes.byteCount >= 4 else { return .needsMoreBytes }
        guard bytes.uint32(uncheckedAt: 0) == magic else { return .notBIN }
        guard bytes.byteCount >= Framing.v2_2.minimumLength else {
            // The smallest 2.3 packet is four bytes shorter than the smallest 2.2 one.
            if bytes.byteCount >= Framing.v2_3.minimumLength, looksLike2_3(bytes) == true { return .packet(.v2_3) }
            return .needsMoreBytes
        }
        switch looksLike2_3(bytes) {
        case true?: return .packet(.v2_3)
        case nil: return .needsMoreBytes
        case false?: break
        }
        switch looksLike2_2(bytes) {
        case true?: return .packet(.v2_2)
        case nil: return .needsMoreBytes
        case false?: return .notBIN
        }
    }

    /// Judges a datagram: 2.1 when its CRC-32 is right, 2.3 when its length field is the datagram's length.
    public static func detect(datagram bytes: RawSpan) -> FramingDetection {
        guard bytes.byteCount >= Framing.v2_3.minimumLength, bytes.uint32(uncheckedAt: 0) == magic else {
            return .notBIN
        }
        if (try? PacketHeader(datagram: bytes, framing: .v2_1)) != nil { return .packet(.v2_1) }
        if Int(bytes.uint32(uncheckedAt: 4)) == bytes.byteCount, looksLike2_3(bytes) == true { return .packet(.v2_3) }
        // A damaged 2.1 datagram still has its name in the right place; say so, so that it is reported and not ignored.
        let nameLength = Int(Int32(bitPattern: bytes.uint32(uncheckedAt: 8)))
        if isName(bytes, offset: 12, length: nameLength) == true { return .packet(.v2_1) }
        return .notBIN
    }

    private static func looksLike2_3(_ bytes: RawSpan) -> Bool? {
        let length = Int(bytes.uint32(uncheckedAt: 4))
        let nameLength = Int(bytes.uint16(uncheckedAt: 10))
        guard length >= Framing.v2_3.minimumLength, length <= maximumLength, nameLength <= length - 16 else {
            return false
        }
        return isName(bytes, offset: 12, length: nameLength)
    }

    private static func looksLike2_2(_ bytes: RawSpan) -> Bool? {
        let length = Int(bytes.uint16(uncheckedAt: 4))
        let nameLength = Int(Int32(bitPattern: bytes.uint32(uncheckedAt: 12)))
        guard length >= Framing.v2_2.minimumLength, nameLength <= length - 20 else { return false }
        return isName(bytes, offset: 16, length: nameLength)
    }

    /// Whether a plausible capability name stands there; nil when it is cut off but fits so far.
    private static func isName(_ bytes: RawSpan, offset: Int, length: Int) -> Bool? {
        guard length > 0, length <= longestPlausibleName else { return false }
        for index in offset..<(offset + length) {
            guard index < bytes.byteCount else { return nil }
            switch bytes.uint8(uncheckedAt: index) {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                continue
            default:
                return false
            }
        }
        return true
    }
}
