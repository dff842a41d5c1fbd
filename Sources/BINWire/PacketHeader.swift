/// The header of one packet, checked: magic, length, capability name and type lie inside of the packet.
///
/// The layout of the three generations is in Spec/framing.md. A header holds numbers only and refers to its packet by
/// offsets, so it can be kept while the bytes are gone.
@frozen
public struct PacketHeader: Hashable, Sendable {
    /// The generation that it was read as.
    public var framing: Framing
    /// Length of the whole packet in bytes, header included. For 2.1 the length of the datagram.
    public var length: Int
    /// Version of the capability's packet format; 0 in 2.1, which has none (see ``hasVersion``).
    public var version: Int16
    /// The capability name (before 2.4: the module name), as its place in the packet.
    public var capability: Text
    /// Packet type, defined by the capability.
    public var type: Int32
    /// 2.2 only: the four bytes that senders never write and receivers never read, as found. Zero in what we send.
    public var undefinedBytes: UInt32

    /// Whether the generation has a version field at all.
    @inlinable
    public var hasVersion: Bool { framing != .v2_1 }

    /// Offset of the packet type.
    @inlinable
    public var typeOffset: Int { Int(capability.offset) + Int(capability.length) }

    /// Offset of the first field.
    @inlinable
    public var bodyOffset: Int { typeOffset + 4 }

    @inlinable @inline(__always)
    init(framing: Framing, length: Int, version: Int16, capability: Text, type: Int32, undefinedBytes: UInt32) {
        self.framing = framing
        self.length = length
        self.version = version
        self.capability = capability
        self.type = type
        self.undefinedBytes = undefinedBytes
    }

    /// Reads the header of the packet that `bytes` begin with.
    ///
    /// `bytes` may hold more than the packet, except in 2.1, where the datagram is the packet.
    /// - Parameters:
    ///   - bytes: the packet, from its first byte.
    ///   - framing: the generation to read it as.
    ///   - maximumLength: the largest length accepted, in bytes.
    /// - Throws: ``WireError`` with the offset inside of the packet.
    @inlinable @inline(__always)
    public init(
        parsing bytes: RawSpan, framing: Framing, maximumLength: Int = Framing.maximumLength
    ) throws(WireError) {
        guard bytes.byteCount >= framing.minimumLength else { throw WireError(.packetTooShort, at: bytes.byteCount) }
        guard bytes.uint32(uncheckedAt: 0) == Framing.magic else { throw WireError(.badMagic, at: 0) }
        let length: Int
        var version: Int16 = 0
        let nameLength: Int
        var undefinedBytes: UInt32 = 0
        switch framing {
        case .v2_1:
            length = bytes.byteCount
            nameLength = Int(Int32(bitPattern: bytes.uint32(uncheckedAt: 8)))
        case .v2_2:
            length = Int(bytes.uint16(uncheckedAt: 4))
            version = Int16(bitPattern: bytes.uint16(uncheckedAt: 8))
            undefinedBytes = UInt32(bytes.uint16(uncheckedAt: 6)) | UInt32(bytes.uint16(uncheckedAt: 10)) << 16
            nameLength = Int(Int32(bitPattern: bytes.uint32(uncheckedAt: 12)))
        case .v2_3:
            length = Int(bytes.uint32(uncheckedAt: 4))
            version = Int16(bitPattern: bytes.uint16(uncheckedAt: 8))
            nameLength = Int(bytes.uint16(uncheckedAt: 10))
        }
        guard length >= framing.minimumLength else { throw WireError(.packetTooShort, at: 4) }
        guard length <= maximumLength else { throw WireError(.packetTooLong, at: 4) }
        guard length <= bytes.byteCount else { throw WireError(.lengthMismatch, at: 4) }
        let nameOffset = framing.fixedHeaderSize
        guard nameLength > 0 else {
            throw WireError(.badCapabilityLength, at: nameOffset - framing.textLengthSize)
        }
        guard nameLength <= length - nameOffset - 4 else {
            throw WireError(.capabilityPastEnd, at: nameOffset - framing.textLengthSize)
        }
        let name = Text(offset: UInt32(truncatingIfNeeded: nameOffset), length: UInt32(truncatingIfNeeded: nameLength))
        self.init(
            framing: framing, length: length, version: version, capability: name,
            type: Int32(bitPattern: bytes.uint32(uncheckedAt: nameOffset + nameLength)), undefinedBytes: undefinedBytes)
    }

    /// Reads the header of a datagram, which must hold exactly one packet; in 2.1 also checks its CRC-32.
    /// - Throws: ``WireError``, ``WireError/Code/badChecksum`` and ``WireError/Code/lengthMismatch`` among them.
    public init(datagram: RawSpan, framing: Framing) throws(WireError) {
        try self.init(parsing: datagram, framing: framing)
        guard length == datagram.byteCount else { throw WireError(.lengthMismatch, at: 4) }
        if framing == .v2_1 {
            let checksum = Checksum.compute(datagram.extracting(8..<datagram.byteCount))
            guard checksum == datagram.uint32(uncheckedAt: 4) else { throw WireError(.badChecksum, at: 4) }
        }
    }
}
