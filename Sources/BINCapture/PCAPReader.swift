import BINWire

/// The classic pcap format: a file header of 24 bytes, then records of 16 bytes and the frame.
struct PCAPReader {
    /// The magic as the machine that wrote the file saw it.
    private static let microsecondMagic: UInt32 = 0xA1B2_C3D4
    private static let nanosecondMagic: UInt32 = 0xA1B2_3C4D
    private static let kuznetzovMagic: UInt32 = 0xA1B2_CD34

    private let isBigEndian: Bool
    private let nanosecondsPerUnit: Int64
    private let linkType: LinkType
    private let largestFrame: Int

    /// Reads the file header; four bytes are at hand.
    init(_ window: inout ByteWindow) throws(CaptureError) {
        let magic = window.bytes.uint32(uncheckedAt: 0)
        switch magic {
        case PCAPReader.microsecondMagic, PCAPReader.nanosecondMagic: isBigEndian = false
        case PCAPReader.microsecondMagic.byteSwapped, PCAPReader.nanosecondMagic.byteSwapped: isBigEndian = true
        default: throw .notACapture(PCAPReader.foreignFormat(magic))
        }
        let nativeMagic = isBigEndian ? magic.byteSwapped : magic
        nanosecondsPerUnit = nativeMagic == PCAPReader.nanosecondMagic ? 1 : 1000
        guard try window.fill(24) else { throw .truncated(offset: 0) }
        let version = Int(window.bytes.uint16(at: 4, bigEndian: isBigEndian))
        guard version == 2 else { throw .malformed(offset: 0, .unknownVersion(version)) }
        let snapLength = Int(window.bytes.uint32(at: 16, bigEndian: isBigEndian))
        largestFrame = Swift.min(
            Swift.max(snapLength, CaptureFileReader.largestFrame), CaptureFileReader.largestBlock)
        // The upper half tells whether frames carry a checksum behind them, which no IP length counts.
        linkType = LinkType(rawValue: window.bytes.uint32(at: 20, bigEndian: isBigEndian) & 0xFFFF)
        window.consume(24)
    }

    func next(in window: inout ByteWindow) throws(CaptureError) -> CapturedFrame? {
        guard try window.fill(16) else {
            if window.count == 0 { return nil }
            throw .truncated(offset: window.offset)
        }
        let seconds = Int64(window.bytes.uint32(at: 0, bigEndian: isBigEndian))
        let fraction = Int64(window.bytes.uint32(at: 4, bigEndian: isBigEndian))
        let captured = Int(window.bytes.uint32(at: 8, bigEndian: isBigEndian))
        let original = Int(window.bytes.uint32(at: 12, bigEndian: isBigEndian))
        guard captured <= largestFrame else {
            throw .malformed(offset: window.offset, .capturedLengthTooLarge(captured))
        }
        guard try window.fill(16 + captured) else { throw .truncated(offset: window.offset) }
        let position = window.start + 16
        window.consume(16 + captured)
        // 2^32 seconds in nanoseconds are less than half of what 64 bits hold; so is the largest fraction.
        let time = CaptureTime(nanosecondsSinceEpoch: seconds * 1_000_000_000 + fraction * nanosecondsPerUnit)
        return CapturedFrame(
            time: time, linkType: linkType, originalLength: original, capturedLength: captured, position: position)
    }

    /// Names what else begins like that, for the message.
    private static func foreignFormat(_ magic: UInt32) -> CaptureError.ForeignFormat {
        if magic & 0xFFFF == 0x8B1F { return .gzip }
        if magic & 0xFF_FFFF == 0x68_5A42 { return .bzip2 }
        switch magic {
        case kuznetzovMagic, kuznetzovMagic.byteSwapped: return .kuznetzovPCAP
        case 0x587A_37FD: return .xz
        case 0xFD2F_B528: return .zstd
        case 0x6F6F_6E73: return .snoop
        case Framing.magic: return .bareBIN
        default: return .unknown(magic.byteSwapped)
        }
    }
}
