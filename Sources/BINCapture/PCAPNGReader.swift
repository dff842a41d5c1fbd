import BINWire

/// The pcapng format: sections in either byte order, made of blocks that state their length before and behind.
struct PCAPNGReader {
    /// Type of a section header; the same in both byte orders.
    static let sectionHeader: UInt32 = 0x0A0D_0D0A
    private static let byteOrderMagic: UInt32 = 0x1A2B_3C4D
    /// A section with more interfaces is refused: their table must stay bounded.
    private static let mostInterfaces = 65_536

    private enum BlockType {
        static let interfaceDescription: UInt32 = 1
        static let packet: UInt32 = 2
        static let simplePacket: UInt32 = 3
        static let enhancedPacket: UInt32 = 6
    }

    /// What an interface description says about its packets.
    struct Interface {
        var linkType: LinkType
        /// 0 is unlimited.
        var snapLength: Int
        var clock = PCAPNGClock()
    }

    private var isBigEndian = false
    private var interfaces: [Interface] = []
    private var latestTime = CaptureTime(nanosecondsSinceEpoch: 0)

    mutating func next(in window: inout ByteWindow) throws(CaptureError) -> CapturedFrame? {
        while true {
            guard try window.fill(12) else {
                if window.count == 0 { return nil }
                throw .truncated(offset: window.offset)
            }
            let type = try blockType(window.bytes, at: window.offset)
            let length = Int(window.bytes.uint32(at: 4, bigEndian: isBigEndian))
            guard length >= minimumLength(type), length % 4 == 0, length <= CaptureFileReader.largestBlock else {
                throw .malformed(offset: window.offset, .badBlockLength(length))
            }
            guard try window.fill(length) else { throw .truncated(offset: window.offset) }
            let trailing = Int(window.bytes.uint32(at: length - 4, bigEndian: isBigEndian))
            guard trailing == length else {
                throw .malformed(offset: window.offset, .blockLengthsDiffer(length, trailing))
            }
            let frame = try read(
                type, window.bytes.extracting(8..<(length - 4)), blockOffset: window.offset, position: window.start + 8)
            window.consume(length)
            if let frame {
                latestTime = frame.time
                return frame
            }
        }
    }

    /// The type of the block; a section header also fixes the byte order from here on.
    private mutating func blockType(_ block: RawSpan, at offset: UInt64) throws(CaptureError) -> UInt32 {
        guard block.uint32(bigEndianAt: 0) == PCAPNGReader.sectionHeader else {
            return block.uint32(at: 0, bigEndian: isBigEndian)
        }
        if block.uint32(bigEndianAt: 8) == PCAPNGReader.byteOrderMagic {
            isBigEndian = true
        } else if block.uint32(bigEndianAt: 8) == PCAPNGReader.byteOrderMagic.byteSwapped {
            isBigEndian = false
        } else {
            throw .malformed(offset: offset, .badByteOrderMagic)
        }
        interfaces.removeAll(keepingCapacity: true)
        return PCAPNGReader.sectionHeader
    }

    /// Bytes of the smallest block of a type, its type and two lengths included.
    private func minimumLength(_ type: UInt32) -> Int {
        switch type {
        case PCAPNGReader.sectionHeader: 28
        case BlockType.interfaceDescription: 20
        case BlockType.packet, BlockType.enhancedPacket: 32
        case BlockType.simplePacket: 16
        default: 12
        }
    }

    /// Reads the body of a block that has its minimum length.
    private mutating func read(
        _ type: UInt32, _ body: RawSpan, blockOffset: UInt64, position: Int
    ) throws(CaptureError) -> CapturedFrame? {
        switch type {
        case PCAPNGReader.sectionHeader:
            let version = Int(body.uint16(at: 4, bigEndian: isBigEndian))
            guard version == 1 else { throw .malformed(offset: blockOffset, .unknownVersion(version)) }
            return nil
        case BlockType.interfaceDescription:
            guard interfaces.count < PCAPNGReader.mostInterfaces else {
                throw .malformed(offset: blockOffset, .tooManyInterfaces)
            }
            interfaces.append(interface(body))
            return nil
        case BlockType.enhancedPacket, BlockType.packet:
            // The obsolete packet block has a 16-bit interface and 16 bits of drops where the other has 32 bits.
            let number =
                type == BlockType.packet
                ? Int(body.uint16(at: 0, bigEndian: isBigEndian)) : Int(body.uint32(at: 0, bigEndian: isBigEndian))
            guard number < interfaces.count else { throw .malformed(offset: blockOffset, .unknownInterface(number)) }
            let stamp =
                UInt64(body.uint32(at: 4, bigEndian: isBigEndian)) << 32
                | UInt64(body.uint32(at: 8, bigEndian: isBigEndian))
            return try frame(
                interfaces[number], time: interfaces[number].clock.time(stamp),
                captured: Int(body.uint32(at: 12, bigEndian: isBigEndian)),
                original: Int(body.uint32(at: 16, bigEndian: isBigEndian)),
                room: body.byteCount - 20, blockOffset: blockOffset, position: position + 20)
        case BlockType.simplePacket:
            guard let interface = interfaces.first else { throw .malformed(offset: blockOffset, .unknownInterface(0)) }
            let original = Int(body.uint32(at: 0, bigEndian: isBigEndian))
            let room = body.byteCount - 4
            // It states no captured length: the frame fills the block unless the interface's snap length cut it.
            let limit = interface.snapLength > 0 ? Swift.min(interface.snapLength, original) : original
            return try frame(
                interface, time: latestTime, captured: limit, original: original, room: room, blockOffset: blockOffset,
                position: position + 4)
        default:
            return nil
        }
    }

    private func frame(
        _ interface: Interface, time: CaptureTime, captured: Int, original: Int, room: Int, blockOffset: UInt64,
        position: Int
    ) throws(CaptureError) -> CapturedFrame {
        guard captured <= room else { throw .malformed(offset: blockOffset, .capturedLengthPastBlock(captured)) }
        guard captured <= Swift.max(CaptureFileReader.largestFrame, interface.snapLength) else {
            throw .malformed(offset: blockOffset, .capturedLengthTooLarge(captured))
        }
        return CapturedFrame(
            time: time, linkType: interface.linkType, originalLength: original, capturedLength: captured,
            position: position)
    }

    /// Reads an interface description; options that do not fit the block end the list.
    private func interface(_ body: RawSpan) -> Interface {
        var interface = Interface(
            linkType: LinkType(rawValue: UInt32(body.uint16(at: 0, bigEndian: isBigEndian))),
            snapLength: Int(body.uint32(at: 4, bigEndian: isBigEndian)))
        var offset = 8
        while offset <= body.byteCount - 4 {
            let code = body.uint16(at: offset, bigEndian: isBigEndian)
            let length = Int(body.uint16(at: offset + 2, bigEndian: isBigEndian))
            let value = offset + 4
            guard code != 0, length <= body.byteCount - value else { break }
            if code == 9, length >= 1 { interface.clock.resolution = body.uint8(uncheckedAt: value) }
            if code == 14, length >= 8 {
                interface.clock.offsetSeconds = Int64(bitPattern: body.uint64(at: value, bigEndian: isBigEndian))
            }
            offset = value + (length + 3) & ~3
        }
        return interface
    }
}

/// How an interface of a pcapng file counts time.
struct PCAPNGClock {
    /// `if_tsresol`: a negative power of ten, or of two if the highest bit is set.
    var resolution: UInt8 = 6
    /// `if_tsoffset`: seconds to add.
    var offsetSeconds: Int64 = 0

    /// The moment of a stamp, rounded down to nanoseconds; out of range is cut to the range.
    func time(_ stamp: UInt64) -> CaptureTime {
        var nanoseconds = nanoseconds(stamp)
        let (offset, overflow) = offsetSeconds.multipliedReportingOverflow(by: 1_000_000_000)
        let shift = overflow ? (offsetSeconds < 0 ? Int64.min : Int64.max) : offset
        let (sum, sumOverflow) = nanoseconds.addingReportingOverflow(shift)
        nanoseconds = sumOverflow ? (shift < 0 ? Int64.min : Int64.max) : sum
        return CaptureTime(nanosecondsSinceEpoch: nanoseconds)
    }

    private func nanoseconds(_ stamp: UInt64) -> Int64 {
        let exponent = Int(resolution & 0x7F)
        guard resolution & 0x80 == 0 else {
            let product = stamp.multipliedFullWidth(by: 1_000_000_000)
            // The product has 128 bits and the exponent is at most 127: shift it down as two halves.
            let shifted: UInt64
            switch exponent {
            case 0: shifted = product.high == 0 ? product.low : .max
            case 1..<64:
                shifted =
                    product.high >> UInt64(exponent) == 0
                    ? product.high << UInt64(64 - exponent) | product.low >> UInt64(exponent) : .max
            default: shifted = product.high >> UInt64(exponent - 64)
            }
            return Int64(clamping: shifted)
        }
        if exponent <= 9 {
            let (product, overflow) = stamp.multipliedReportingOverflow(by: powerOfTen(9 - exponent))
            return overflow ? .max : Int64(clamping: product)
        }
        // 10^19 is the largest power that 64 bits hold; anything finer leaves nothing of a 64-bit stamp.
        return exponent - 9 <= 19 ? Int64(clamping: stamp / powerOfTen(exponent - 9)) : 0
    }

    private func powerOfTen(_ exponent: Int) -> UInt64 {
        var power: UInt64 = 1
        for _ in 0..<exponent { power *= 10 }
        return power
    }
}
