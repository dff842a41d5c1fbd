import BINWire

/// Builds the IP packets that a capture file wants around a payload, checksums included.
package enum IPFrame {
    /// Bytes of an IPv4 header without options.
    static let ipv4HeaderSize = 20
    static let ipv6HeaderSize = 40
    static let tcpHeaderSize = 20
    static let udpHeaderSize = 8

    /// What a TCP segment says besides its data.
    package struct TCPFields {
        package static let fin: UInt8 = 0x01
        package static let syn: UInt8 = 0x02
        package static let rst: UInt8 = 0x04
        package static let push: UInt8 = 0x08
        package static let acknowledge: UInt8 = 0x10

        package var sequence: UInt32
        package var acknowledgement: UInt32
        package var flags: UInt8

        package init(sequence: UInt32, acknowledgement: UInt32 = 0, flags: UInt8 = push | acknowledge) {
            self.sequence = sequence
            self.acknowledgement = acknowledgement
            self.flags = flags
        }
    }

    /// Bytes of the headers before a payload.
    static func headerSize(isIPv6: Bool, transport: CapturedTransport) -> Int {
        (isIPv6 ? ipv6HeaderSize : ipv4HeaderSize) + (transport == .tcp ? tcpHeaderSize : udpHeaderSize)
    }

    /// Appends an IP packet with a TCP segment; both ends have addresses of one family.
    package static func appendTCP(
        _ payload: RawSpan, _ fields: TCPFields, from source: Endpoint, to destination: Endpoint,
        identification: UInt16 = 0, to bytes: inout [UInt8]
    ) {
        let length = tcpHeaderSize + payload.byteCount
        appendIP(length, transport: 6, source.address, destination.address, identification, to: &bytes)
        let start = bytes.count
        bytes.append(bigEndian: source.port)
        bytes.append(bigEndian: destination.port)
        bytes.append(bigEndian: fields.sequence)
        bytes.append(bigEndian: fields.acknowledgement)
        bytes.append(UInt8(tcpHeaderSize / 4) << 4)
        bytes.append(fields.flags)
        bytes.append(bigEndian: UInt16.max)  // window
        bytes.append(bigEndian: UInt16(0))  // checksum, below
        bytes.append(bigEndian: UInt16(0))  // urgent pointer
        bytes.append(payload)
        let sum = pseudoHeaderSum(length, transport: 6, source.address, destination.address)
        store(checksum(bytes, from: start, sum), in: &bytes, at: start + 16)
    }

    /// Appends an IP packet with a UDP datagram; both ends have addresses of one family.
    package static func appendUDP(
        _ payload: RawSpan, from source: Endpoint, to destination: Endpoint, identification: UInt16 = 0,
        to bytes: inout [UInt8]
    ) {
        let length = udpHeaderSize + payload.byteCount
        appendIP(length, transport: 17, source.address, destination.address, identification, to: &bytes)
        let start = bytes.count
        bytes.append(bigEndian: source.port)
        bytes.append(bigEndian: destination.port)
        bytes.append(bigEndian: UInt16(truncatingIfNeeded: length))
        bytes.append(bigEndian: UInt16(0))
        bytes.append(payload)
        let sum = pseudoHeaderSum(length, transport: 17, source.address, destination.address)
        let checksum = checksum(bytes, from: start, sum)
        // Zero stands for no checksum; its complement means the same sum.
        store(checksum == 0 ? .max : checksum, in: &bytes, at: start + 6)
    }

    private static func appendIP(
        _ length: Int, transport: UInt8, _ source: IPAddress, _ destination: IPAddress, _ identification: UInt16,
        to bytes: inout [UInt8]
    ) {
        if source.isIPv6 {
            bytes.append(bigEndian: UInt32(0x6000_0000))
            bytes.append(bigEndian: UInt16(truncatingIfNeeded: length))
            bytes.append(transport)
            bytes.append(64)
            for address in [source, destination] {
                bytes.append(bigEndian: address.high)
                bytes.append(bigEndian: address.low)
            }
            return
        }
        let start = bytes.count
        bytes.append(0x45)
        bytes.append(0)
        bytes.append(bigEndian: UInt16(truncatingIfNeeded: ipv4HeaderSize + length))
        bytes.append(bigEndian: identification)
        bytes.append(bigEndian: UInt16(0x4000))  // not to be fragmented
        bytes.append(64)
        bytes.append(transport)
        bytes.append(bigEndian: UInt16(0))
        bytes.append(bigEndian: UInt32(truncatingIfNeeded: source.low))
        bytes.append(bigEndian: UInt32(truncatingIfNeeded: destination.low))
        store(checksum(bytes, from: start, 0), in: &bytes, at: start + 10)
    }

    private static func pseudoHeaderSum(
        _ length: Int, transport: UInt8, _ source: IPAddress, _ destination: IPAddress
    ) -> UInt64 {
        var sum = UInt64(length) + UInt64(transport)
        for half in [source.high, source.low, destination.high, destination.low] {
            sum += (half >> 32) + (half & 0xFFFF_FFFF)
        }
        return sum
    }

    /// The Internet checksum of the bytes from `start` on, begun with `sum`.
    static func checksum(_ bytes: [UInt8], from start: Int, _ sum: UInt64) -> UInt16 {
        let span = unsafe bytes.span.bytes
        var sum = sum
        var offset = start
        while offset + 4 <= bytes.count {
            sum += UInt64(span.uint32(bigEndianAt: offset))
            offset += 4
        }
        var last: UInt32 = 0
        for index in 0..<(bytes.count - offset) { last |= UInt32(bytes[offset + index]) << UInt32(24 - 8 * index) }
        sum += UInt64(last)
        while sum > 0xFFFF { sum = (sum >> 16) + (sum & 0xFFFF) }
        return ~UInt16(truncatingIfNeeded: sum)
    }

    private static func store(_ value: UInt16, in bytes: inout [UInt8], at offset: Int) {
        bytes[offset] = UInt8(truncatingIfNeeded: value >> 8)
        bytes[offset + 1] = UInt8(truncatingIfNeeded: value)
    }
}

extension [UInt8] {
    /// Appends a number in network order.
    package mutating func append(bigEndian value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Appends a number with its lowest byte first.
    package mutating func append(littleEndian value: some FixedWidthInteger) {
        append(bigEndian: value.byteSwapped)
    }
}
