/// Takes packets as they come and hands on what they mean to carry: the packets of an envelope, and every other packet itself.
///
/// An envelope is checked as a whole before its first packet is handed on (DX-9 to DX-15 of Spec/extensions/deflate.md), so
/// one that is refused has no effect. One opener can serve many connections; it keeps a buffer of the largest size it was
/// used for.
public struct EnvelopeOpener: ~Copyable {
    /// What the numbers in front of a payload say.
    public struct Fields: Hashable, Sendable {
        /// Adler-32 of the dictionary; 0 for none.
        public var dictionary: Int32
        /// Number of packets.
        public var packetCount: Int32
        /// Bytes of the packets.
        public var inflatedSize: Int32
        /// CRC-32 of the packets.
        public var checksum: UInt32
        /// Where the payload stands in the envelope.
        public var payload: Range<Int>
    }

    /// The dictionaries that are known.
    public let dictionaries: [DeflateDictionary]
    /// The largest packet accepted inside of an envelope, in bytes.
    public let maximumLength: Int
    private var inflater: Inflater

    /// - Parameters:
    ///   - limits: how much an envelope may hold.
    ///   - dictionaries: the dictionaries that are known.
    ///   - maximumLength: the largest packet accepted inside of an envelope, in bytes.
    public init(
        limits: InflationLimits = InflationLimits(), dictionaries: [DeflateDictionary] = [.bin1],
        maximumLength: Int = Framing.maximumLength
    ) {
        self.dictionaries = dictionaries
        self.maximumLength = maximumLength
        inflater = Inflater(limits: limits)
    }

    /// Opens an envelope, or passes another packet on.
    /// - Parameters:
    ///   - packet: the packet.
    ///   - header: its header.
    ///   - receive: gets each packet with its header; the bytes are valid only during the call.
    /// - Throws: ``WireError`` with an offset in the envelope; nothing was handed on then.
    public mutating func open(
        _ packet: RawSpan, _ header: PacketHeader, _ receive: (RawSpan, PacketHeader) -> Void
    ) throws(WireError) {
        guard Envelope.isEnvelope(header, packet) else {
            receive(packet, header)
            return
        }
        let fields = try EnvelopeOpener.fields(packet, header)
        let sizeOffset = fields.payload.lowerBound - 8
        guard fields.packetCount >= 1, Int(fields.packetCount) <= Envelope.maximumPackets else {
            throw WireError(.countOutOfRange, at: sizeOffset - 4)
        }
        // Said here with the offset of the field; the inflater would say it of the payload.
        guard fields.inflatedSize > 0, Int(fields.inflatedSize) <= inflater.limits.maximumSize else {
            throw WireError(.inflatedSizeOutOfRange, at: sizeOffset)
        }
        guard Int(fields.packetCount) * Framing.v2_3.minimumLength <= Int(fields.inflatedSize) else {
            throw WireError(.innerPacketCountMismatch, at: sizeOffset - 4)
        }
        try inflater.inflate(
            packet.extracting(fields.payload), exactly: Int(fields.inflatedSize),
            dictionary: try dictionary(fields.dictionary, sizeOffset - 8), offset: fields.payload.lowerBound)
        let inflated = inflater.bytes
        guard DeflateChecksums.crc32(inflated) == fields.checksum else {
            throw WireError(.badChecksum, at: sizeOffset + 4)
        }
        try check(inflated, fields)
        var splitter = StreamSplitter(framing: .v2_3, maximumLength: maximumLength)
        var position = 0
        while let frame = try splitter.next(in: inflated, at: &position) {
            receive(splitter.bytes(of: frame, in: inflated), frame.header)
        }
    }

    /// Reads the fields of an envelope without judging them.
    public static func fields(_ packet: RawSpan, _ header: PacketHeader) throws(WireError) -> Fields {
        guard header.type == Envelope.type, header.version == Envelope.version else {
            throw WireError(.unknownEnvelope, at: header.typeOffset)
        }
        let routing = try Routing(trailerOf: packet, header: header)
        let end = header.length - routing.size
        var cursor = FieldCursor(packet, range: header.bodyOffset..<end, framing: .v2_3)
        let dictionary = try cursor.readInt32()
        let packetCount = try cursor.readInt32()
        let inflatedSize = try cursor.readInt32()
        let checksum = UInt32(bitPattern: try cursor.readInt32())
        return Fields(
            dictionary: dictionary, packetCount: packetCount, inflatedSize: inflatedSize, checksum: checksum,
            payload: cursor.offset..<end)
    }

    private func dictionary(_ id: Int32, _ offset: Int) throws(WireError) -> DeflateDictionary? {
        guard id != 0 else { return nil }
        guard let known = dictionaries.first(where: { $0.id == id }) else {
            throw WireError(.unknownDictionary, at: offset)
        }
        return known
    }

    /// Walks over the packets once without handing any on.
    private func check(_ inflated: RawSpan, _ fields: Fields) throws(WireError) {
        var splitter = StreamSplitter(framing: .v2_3, maximumLength: maximumLength)
        var position = 0
        var count = 0
        do throws(WireError) {
            while let frame = try splitter.next(in: inflated, at: &position) {
                count += 1
                guard !Envelope.isEnvelope(frame.header, splitter.bytes(of: frame, in: inflated)) else {
                    throw WireError(.nestedEnvelope, at: fields.payload.lowerBound)
                }
            }
        } catch {
            throw error.code == .nestedEnvelope ? error : WireError(.badInnerPacket, at: fields.payload.lowerBound)
        }
        guard splitter.pendingBytes == 0 else { throw WireError(.badInnerPacket, at: fields.payload.lowerBound) }
        guard count == Int(fields.packetCount) else {
            throw WireError(.innerPacketCountMismatch, at: fields.payload.lowerBound - 12)
        }
    }
}
