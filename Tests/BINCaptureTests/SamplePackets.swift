import BINCapture
import BINWire

/// BIN packets, and the frames and files around them, put together byte by byte.
enum Sample {
    static let alice = Endpoint(IPAddress(192, 0, 2, 1), port: 40_001)
    static let bob = Endpoint(IPAddress(192, 0, 2, 2), port: 5555)
    static let alice6 = Endpoint(IPAddress(ipv6High: 0x2001_0DB8_0000_0000, low: 1), port: 40_001)
    static let bob6 = Endpoint(IPAddress(ipv6High: 0x2001_0DB8_0000_0000, low: 2), port: 5555)

    /// A packet of 2.3 and later.
    static func packet(_ type: Int32 = 1, capability: String = "usrloc-contact-repl", body: [UInt8] = []) -> [UInt8] {
        var bytes = Array("P4CK".utf8)
        bytes.append(littleEndian: UInt32(16 + capability.utf8.count + body.count))
        bytes.append(littleEndian: UInt16(2))
        bytes.append(littleEndian: UInt16(capability.utf8.count))
        bytes += Array(capability.utf8)
        bytes.append(littleEndian: type)
        return bytes + body
    }

    /// A packet of 2.2; `uncounted` bytes behind it do not count in its length.
    static func packet2_2(_ type: Int32 = 1, module: String = "dialog", body: [UInt8] = [], uncounted: Int = 0)
        -> [UInt8]
    {
        var bytes = Array("P4CK".utf8)
        bytes.append(littleEndian: UInt16(20 + module.utf8.count + body.count))
        bytes.append(littleEndian: UInt16(0xAAAA))
        bytes.append(littleEndian: UInt16(1))
        bytes.append(littleEndian: UInt16(0xAAAA))
        bytes.append(littleEndian: UInt32(module.utf8.count))
        bytes += Array(module.utf8)
        bytes.append(littleEndian: type)
        return bytes + body + [UInt8](repeating: 0, count: uncounted)
    }

    /// A datagram of 2.1.
    static func packet2_1(_ type: Int32 = 1, module: String = "ul", body: [UInt8] = [1, 2, 3, 4]) -> [UInt8] {
        var covered: [UInt8] = []
        covered.append(littleEndian: UInt32(module.utf8.count))
        covered += Array(module.utf8)
        covered.append(littleEndian: type)
        covered += body
        var bytes = Array("P4CK".utf8)
        bytes.append(littleEndian: Checksum.compute(covered.span.bytes))
        return bytes + covered
    }

    /// An IP packet with a TCP segment.
    static func tcp(
        _ payload: [UInt8], sequence: UInt32, flags: UInt8 = 0x18, from source: Endpoint = alice,
        to destination: Endpoint = bob
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        IPFrame.appendTCP(
            payload.span.bytes, IPFrame.TCPFields(sequence: sequence, flags: flags), from: source, to: destination,
            to: &bytes)
        return bytes
    }

    /// An IP packet with a UDP datagram.
    static func udp(_ payload: [UInt8], from source: Endpoint = alice, to destination: Endpoint = bob) -> [UInt8] {
        var bytes: [UInt8] = []
        IPFrame.appendUDP(payload.span.bytes, from: source, to: destination, to: &bytes)
        return bytes
    }

    static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8], bigEndian: Bool) {
        if bigEndian { bytes.append(bigEndian: value) } else { bytes.append(littleEndian: value) }
    }

    /// A pcap file; record n has the time of n seconds and n units.
    static func pcap(
        _ frames: [[UInt8]], linkType: UInt32 = 101, bigEndian: Bool = false, nanoseconds: Bool = false
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        append(nanoseconds ? UInt32(0xA1B2_3C4D) : UInt32(0xA1B2_C3D4), to: &bytes, bigEndian: bigEndian)
        append(UInt16(2), to: &bytes, bigEndian: bigEndian)
        append(UInt16(4), to: &bytes, bigEndian: bigEndian)
        append(UInt64(0), to: &bytes, bigEndian: bigEndian)
        append(UInt32(65_535), to: &bytes, bigEndian: bigEndian)
        append(linkType, to: &bytes, bigEndian: bigEndian)
        for (index, frame) in frames.enumerated() {
            append(UInt32(index + 1), to: &bytes, bigEndian: bigEndian)
            append(UInt32(index + 1), to: &bytes, bigEndian: bigEndian)
            append(UInt32(frame.count), to: &bytes, bigEndian: bigEndian)
            append(UInt32(frame.count), to: &bytes, bigEndian: bigEndian)
            bytes += frame
        }
        return bytes
    }

    /// A block of a pcapng file.
    static func block(_ type: UInt32, _ body: [UInt8], bigEndian: Bool) -> [UInt8] {
        let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
        var bytes: [UInt8] = []
        append(type, to: &bytes, bigEndian: bigEndian)
        append(UInt32(padded.count + 12), to: &bytes, bigEndian: bigEndian)
        bytes += padded
        append(UInt32(padded.count + 12), to: &bytes, bigEndian: bigEndian)
        return bytes
    }

    static func sectionHeader(bigEndian: Bool) -> [UInt8] {
        var body: [UInt8] = []
        append(UInt32(0x1A2B_3C4D), to: &body, bigEndian: bigEndian)
        append(UInt16(1), to: &body, bigEndian: bigEndian)
        append(UInt16(0), to: &body, bigEndian: bigEndian)
        append(UInt64.max, to: &body, bigEndian: bigEndian)
        return block(0x0A0D_0D0A, body, bigEndian: bigEndian)
    }

    static func interface(
        linkType: UInt16 = 101, snapLength: UInt32 = 0, resolution: UInt8? = nil, offset: Int64? = nil, bigEndian: Bool
    ) -> [UInt8] {
        var body: [UInt8] = []
        append(linkType, to: &body, bigEndian: bigEndian)
        append(UInt16(0), to: &body, bigEndian: bigEndian)
        append(snapLength, to: &body, bigEndian: bigEndian)
        if let resolution {
            append(UInt16(9), to: &body, bigEndian: bigEndian)
            append(UInt16(1), to: &body, bigEndian: bigEndian)
            body += [resolution, 0, 0, 0]
        }
        if let offset {
            append(UInt16(14), to: &body, bigEndian: bigEndian)
            append(UInt16(8), to: &body, bigEndian: bigEndian)
            append(offset, to: &body, bigEndian: bigEndian)
        }
        append(UInt32(0), to: &body, bigEndian: bigEndian)
        return block(1, body, bigEndian: bigEndian)
    }

    static func enhancedPacket(
        _ frame: [UInt8], interface: UInt32 = 0, stamp: UInt64 = 0, originalLength: Int? = nil, bigEndian: Bool
    ) -> [UInt8] {
        var body: [UInt8] = []
        append(interface, to: &body, bigEndian: bigEndian)
        append(UInt32(truncatingIfNeeded: stamp >> 32), to: &body, bigEndian: bigEndian)
        append(UInt32(truncatingIfNeeded: stamp), to: &body, bigEndian: bigEndian)
        append(UInt32(frame.count), to: &body, bigEndian: bigEndian)
        append(UInt32(originalLength ?? frame.count), to: &body, bigEndian: bigEndian)
        return block(6, body + frame, bigEndian: bigEndian)
    }
}
