import BINWire

/// Writes packets as a pcap file: BIN packets in, bytes of the file out. It opens no file itself.
///
/// ```swift
/// var writer = CaptureFileWriter()
/// try writer.append(packet, from: origin)
/// file.write(writer.takeBytes())
/// ```
///
/// TCP packets get sequence numbers per direction and the acknowledgement that the other direction has come to, so that
/// every tool follows the streams. Connections are opened with a SYN if asked for, and never closed.
public struct CaptureFileWriter: Sendable {
    /// What the writer puts around packets.
    public struct Options: Hashable, Sendable {
        /// ``LinkType/ethernet`` with addresses of zeros, or for anything else ``LinkType/rawIP``.
        public var linkType = LinkType.ethernet
        /// Whether time stamps keep nanoseconds; some older tools do not know that kind of file.
        public var keepsNanoseconds = false
        /// Whether the first packet of a direction is preceded by a SYN.
        public var opensConnections = true
        /// The largest number of bytes of data in a TCP segment, 1 to 65,475.
        public var largestSegment = 65_475

        /// The options as documented at each.
        public init() {}
    }

    private let options: Options
    private var bytes: [UInt8] = []
    private var nextSequence: [TCPReassembly.Key: UInt32] = [:]
    private var identification: UInt16 = 0

    /// A writer whose first bytes are the file header.
    public init(_ options: Options = Options()) {
        self.options = options
        bytes.append(littleEndian: options.keepsNanoseconds ? UInt32(0xA1B2_3C4D) : UInt32(0xA1B2_C3D4))
        bytes.append(littleEndian: UInt16(2))
        bytes.append(littleEndian: UInt16(4))
        bytes.append(littleEndian: UInt64(0))
        bytes.append(littleEndian: UInt32(262_144))
        bytes.append(littleEndian: options.linkType == .ethernet ? UInt32(1) : UInt32(101))
    }

    /// The bytes written since the last time, in order.
    public mutating func takeBytes() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// Appends a packet, as one datagram or as the next bytes of its TCP stream.
    /// - Parameters:
    ///   - packet: its bytes; not looked at.
    ///   - origin: who sent it to whom, when, and by what. Times before 1970 or after 2106 are cut to that range.
    /// - Throws: ``CaptureError/cannotWrite(_:)``: addresses of two families, or a packet too long for a datagram.
    public mutating func append(_ packet: RawSpan, from origin: PacketOrigin) throws(CaptureError) {
        guard origin.source.address.isIPv6 == origin.destination.address.isIPv6 else {
            throw .cannotWrite(.mixedAddressFamilies)
        }
        switch origin.transport {
        case .udp: try appendDatagram(packet, origin)
        case .tcp: appendSegments(packet, origin)
        }
    }

    private mutating func appendDatagram(_ packet: RawSpan, _ origin: PacketOrigin) throws(CaptureError) {
        // IPv6 counts its payload alone, IPv4 its header too.
        let room = 65_535 - IPFrame.udpHeaderSize - (origin.source.address.isIPv6 ? 0 : IPFrame.ipv4HeaderSize)
        guard packet.byteCount <= room else { throw .cannotWrite(.datagramTooLong(packet.byteCount)) }
        beginRecord(packet.byteCount, origin)
        IPFrame.appendUDP(
            packet, from: origin.source, to: origin.destination, identification: identification, to: &bytes)
    }

    private mutating func appendSegments(_ packet: RawSpan, _ origin: PacketOrigin) {
        let key = TCPReassembly.Key(source: origin.source, destination: origin.destination)
        let acknowledgement = nextSequence[key.reversed] ?? 0
        var sequence = nextSequence[key] ?? 1
        if nextSequence[key] == nil, options.opensConnections {
            let isAnswer = nextSequence[key.reversed] != nil
            appendSegment(
                packet.extracting(first: 0),
                IPFrame.TCPFields(
                    sequence: 0, acknowledgement: acknowledgement,
                    flags: isAnswer ? IPFrame.TCPFields.syn | IPFrame.TCPFields.acknowledge : IPFrame.TCPFields.syn),
                origin)
        }
        let largest = Swift.min(Swift.max(options.largestSegment, 1), 65_475)
        var offset = 0
        while offset < packet.byteCount {
            let end = Swift.min(offset + largest, packet.byteCount)
            appendSegment(
                packet.extracting(offset..<end),
                IPFrame.TCPFields(sequence: sequence, acknowledgement: acknowledgement), origin)
            sequence &+= UInt32(truncatingIfNeeded: end - offset)
            offset = end
        }
        nextSequence[key] = sequence
    }

    private mutating func appendSegment(_ data: RawSpan, _ fields: IPFrame.TCPFields, _ origin: PacketOrigin) {
        beginRecord(data.byteCount, origin)
        IPFrame.appendTCP(
            data, fields, from: origin.source, to: origin.destination, identification: identification, to: &bytes)
    }

    /// Appends the record header and the link layer before an IP packet with `count` bytes of payload.
    private mutating func beginRecord(_ count: Int, _ origin: PacketOrigin) {
        let isIPv6 = origin.source.address.isIPv6
        let hasEthernet = options.linkType == .ethernet
        let length = count + IPFrame.headerSize(isIPv6: isIPv6, transport: origin.transport) + (hasEthernet ? 14 : 0)
        let time = Swift.max(origin.time.nanosecondsSinceEpoch, 0)
        let fraction = time % 1_000_000_000
        bytes.append(littleEndian: UInt32(clamping: time / 1_000_000_000))
        bytes.append(littleEndian: UInt32(clamping: options.keepsNanoseconds ? fraction : fraction / 1000))
        bytes.append(littleEndian: UInt32(clamping: length))
        bytes.append(littleEndian: UInt32(clamping: length))
        if hasEthernet {
            bytes.append(contentsOf: repeatElement(0, count: 12))
            bytes.append(bigEndian: isIPv6 ? UInt16(0x86DD) : UInt16(0x0800))
        }
        identification &+= 1
    }
}
