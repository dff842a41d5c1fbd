import BINWire

/// The header of an IP packet, with its extension headers passed, as places in the frame.
struct InternetPacket {
    var source: IPAddress
    var destination: IPAddress
    /// The protocol of the payload: 6 is TCP, 17 UDP.
    var transport: UInt8
    /// Where the payload stands in the frame.
    var payload: Range<Int>
    /// Bytes of the payload that were not captured.
    var missingBytes: Int
    var fragment: Fragment?

    /// What a fragment says about its place.
    struct Fragment {
        var identification: UInt32
        /// Offset in bytes of this part in the payload of the whole.
        var offset: Int
        var hasMore: Bool
    }

    /// Reads the packet at `offset`.
    /// - Returns: nil when the headers are not whole or contradict themselves.
    init?(_ frame: RawSpan, at offset: Int) {
        guard offset < frame.byteCount else { return nil }
        switch frame.uint8(uncheckedAt: offset) >> 4 {
        case 4: self.init(ipv4: frame, at: offset)
        case 6: self.init(ipv6: frame, at: offset)
        default: return nil
        }
    }

    private init?(ipv4 frame: RawSpan, at offset: Int) {
        let available = frame.byteCount - offset
        guard available >= 20 else { return nil }
        let headerLength = Int(frame.uint8(uncheckedAt: offset) & 0x0F) * 4
        var totalLength = Int(frame.uint16(bigEndianAt: offset + 2))
        // A network card that segments by itself is handed packets without a length.
        if totalLength == 0 { totalLength = available }
        guard headerLength >= 20, headerLength <= totalLength, headerLength <= available else { return nil }
        let end = offset + Swift.min(totalLength, available)
        source = IPAddress(ipv4: frame.uint32(bigEndianAt: offset + 12))
        destination = IPAddress(ipv4: frame.uint32(bigEndianAt: offset + 16))
        transport = frame.uint8(uncheckedAt: offset + 9)
        payload = (offset + headerLength)..<end
        missingBytes = Swift.max(totalLength - available, 0)
        let place = frame.uint16(bigEndianAt: offset + 6)
        let hasMore = place & 0x2000 != 0
        let fragmentOffset = Int(place & 0x1FFF) * 8
        if hasMore || fragmentOffset > 0 {
            fragment = Fragment(
                identification: UInt32(frame.uint16(bigEndianAt: offset + 4)), offset: fragmentOffset, hasMore: hasMore)
        }
    }

    private init?(ipv6 frame: RawSpan, at offset: Int) {
        let available = frame.byteCount - offset
        guard available >= 40 else { return nil }
        let stated = Int(frame.uint16(bigEndianAt: offset + 4))
        let length = stated == 0 ? available - 40 : stated
        source = InternetPacket.ipv6Address(frame, at: offset + 8)
        destination = InternetPacket.ipv6Address(frame, at: offset + 24)
        transport = frame.uint8(uncheckedAt: offset + 6)
        payload = (offset + 40)..<(offset + 40 + Swift.min(length, available - 40))
        missingBytes = Swift.max(length - (available - 40), 0)
        guard passExtensionHeaders(frame) else { return nil }
    }

    /// Moves the beginning of the payload behind the extension headers, as far as a fragment header.
    /// - Returns: false when one of them is not whole.
    mutating func passExtensionHeaders(_ bytes: RawSpan) -> Bool {
        while true {
            let start = payload.lowerBound
            let length: Int
            switch transport {
            case 0, 43, 60:  // hop-by-hop, routing, destination options: in units of 8 bytes without the first
                guard payload.count >= 8 else { return false }
                length = (Int(bytes.uint8(uncheckedAt: start + 1)) + 1) * 8
            case 51:  // authentication: in units of 4 bytes without the first two
                guard payload.count >= 8 else { return false }
                length = (Int(bytes.uint8(uncheckedAt: start + 1)) + 2) * 4
            case 44:
                guard payload.count >= 8 else { return false }
                let place = bytes.uint16(bigEndianAt: start + 2)
                let part = Fragment(
                    identification: bytes.uint32(bigEndianAt: start + 4), offset: Int(place & 0xFFF8),
                    hasMore: place & 1 != 0)
                transport = bytes.uint8(uncheckedAt: start)
                payload = (start + 8)..<payload.upperBound
                // A fragment that is the whole packet is none; what follows the header of a part is not to be read yet.
                if part.offset == 0, !part.hasMore { continue }
                fragment = part
                return true
            default:
                return true
            }
            guard length <= payload.count else { return false }
            transport = bytes.uint8(uncheckedAt: start)
            payload = (start + length)..<payload.upperBound
        }
    }

    private static func ipv6Address(_ frame: RawSpan, at offset: Int) -> IPAddress {
        IPAddress(ipv6High: frame.uint64(bigEndianAt: offset), low: frame.uint64(bigEndianAt: offset + 8))
    }
}
