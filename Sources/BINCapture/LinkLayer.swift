import BINWire

/// Finds the IP packet in a captured frame.
enum LinkLayer {
    /// What a frame turned out to hold.
    enum Content {
        /// An IP packet that begins at this offset; its version is in its first byte.
        case internetProtocol(offset: Int)
        /// Another protocol: ARP, LLDP, spanning tree …
        case other
        /// A frame too short for its headers.
        case tooShort
        /// A link type that is not read here.
        case unknownLinkType
    }

    private static let ipv4: UInt16 = 0x0800
    private static let ipv6: UInt16 = 0x86DD
    /// More tags than that are no network but a trick.
    private static let mostTags = 8

    static func content(of frame: RawSpan, linkType: LinkType) -> Content {
        switch linkType.rawValue {
        case 1: etherType(frame, at: 12)
        case 12, 14, 101, 228, 229: frame.byteCount > 0 ? .internetProtocol(offset: 0) : .tooShort
        case 0, 108: loopback(frame)
        case 113: etherType(frame, at: 14)
        case 276: cooked2(frame)
        default: .unknownLinkType
        }
    }

    /// Follows an EtherType, and the tags of 802.1Q and 802.1ad that may stand before the real one.
    private static func etherType(_ frame: RawSpan, at offset: Int, then start: Int? = nil) -> Content {
        guard frame.byteCount >= offset + 2 else { return .tooShort }
        var type = frame.uint16(bigEndianAt: offset)
        var position = start ?? offset + 2
        for _ in 0...mostTags {
            switch type {
            case ipv4, ipv6:
                return .internetProtocol(offset: position)
            case 0x8100, 0x88A8, 0x9100, 0x9200:
                guard frame.byteCount >= position + 4 else { return .tooShort }
                type = frame.uint16(bigEndianAt: position + 2)
                position += 4
            default:
                return .other
            }
        }
        return .other
    }

    /// Linux cooked capture 2: the protocol comes first, the packet behind 20 bytes.
    private static func cooked2(_ frame: RawSpan) -> Content {
        guard frame.byteCount >= 20 else { return .tooShort }
        return etherType(frame, at: 0, then: 20)
    }

    /// The address family in either byte order; IPv6 has a number of its own on every BSD.
    private static func loopback(_ frame: RawSpan) -> Content {
        guard frame.byteCount >= 4 else { return .tooShort }
        let family = frame.uint32(uncheckedAt: 0)
        switch family > 0xFFFF ? family.byteSwapped : family {
        case 2, 10, 24, 28, 30: return .internetProtocol(offset: 4)
        default: return .other
        }
    }
}
