import BINCapture
import BINWire
import Testing

@Suite struct PCAPWriterTests {
    private func origin(
        _ time: Int64, _ transport: CapturedTransport = .tcp, _ source: Endpoint = Sample.alice,
        _ destination: Endpoint = Sample.bob
    ) -> PacketOrigin {
        PacketOrigin(
            time: CaptureTime(nanosecondsSinceEpoch: time), transport: transport, source: source,
            destination: destination)
    }

    @Test(arguments: [LinkType.ethernet, .rawIP], [false, true])
    func `what is written is read again with time and ends`(linkType: LinkType, isIPv6: Bool) throws {
        var options = CaptureFileWriter.Options()
        options.linkType = linkType
        options.largestSegment = 100
        let (alice, bob) = isIPv6 ? (Sample.alice6, Sample.bob6) : (Sample.alice, Sample.bob)
        let long = Sample.packet(2, body: Array(repeating: 9, count: 999))
        var writer = CaptureFileWriter(options)
        try writer.append(Sample.packet(1).span.bytes, from: origin(1_000_001_000, .tcp, alice, bob))
        try writer.append(long.span.bytes, from: origin(2_000_000_000, .tcp, bob, alice))
        var file = writer.takeBytes()
        try writer.append(Sample.packet(3).span.bytes, from: origin(3_000_000_999, .tcp, alice, bob))
        try writer.append(Sample.packet2_1().span.bytes, from: origin(4_000_000_000, .udp, alice, bob))
        file += writer.takeBytes()
        let result = read(file)
        #expect(result.error == nil)
        #expect(result.sink.contents == [Sample.packet(1), long, Sample.packet(3), Sample.packet2_1()])
        #expect(
            result.sink.packets.map(\.origin.time.nanosecondsSinceEpoch)
                == [1_000_001_000, 2_000_000_000, 3_000_000_000, 4_000_000_000])
        #expect(result.sink.packets.map(\.origin.source) == [alice, bob, alice, alice])
        #expect(result.sink.notices.isEmpty)
    }

    @Test func `nanoseconds are kept if asked for`() throws {
        var options = CaptureFileWriter.Options()
        options.keepsNanoseconds = true
        var writer = CaptureFileWriter(options)
        try writer.append(Sample.packet(1).span.bytes, from: origin(3_000_000_999))
        #expect(read(writer.takeBytes()).sink.packets.map(\.origin.time.nanosecondsSinceEpoch) == [3_000_000_999])
    }

    @Test(arguments: [false, true], [0, 1, 2, 3, 1001])
    func `the checksums of IP, UDP and TCP sum up to all ones`(isIPv6: Bool, size: Int) {
        let (alice, bob) = isIPv6 ? (Sample.alice6, Sample.bob6) : (Sample.alice, Sample.bob)
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 * 7) }
        for frame in [
            Sample.udp(payload, from: alice, to: bob), Sample.tcp(payload, sequence: 77, from: alice, to: bob),
        ] {
            let headerLength = isIPv6 ? 40 : 20
            if !isIPv6 { #expect(sum(frame.prefix(20)) == 0xFFFF) }
            let addresses = isIPv6 ? frame[8..<40] : frame[12..<20]
            let transport = frame[isIPv6 ? 6 : 9]
            let body = frame[headerLength...]
            let pseudoHeader = addresses + [0, transport, UInt8(body.count >> 8), UInt8(body.count & 0xFF)]
            #expect(sum(pseudoHeader + body) == 0xFFFF)
        }
    }

    @Test func `what does not fit is refused`() {
        var writer = CaptureFileWriter()
        let large = [UInt8](repeating: 0, count: 65_508)
        #expect(throws: CaptureError.cannotWrite(.datagramTooLong(65_508))) {
            try writer.append(large.span.bytes, from: origin(0, .udp))
        }
        #expect(throws: CaptureError.cannotWrite(.mixedAddressFamilies)) {
            try writer.append(large.span.bytes, from: origin(0, .tcp, Sample.alice, Sample.bob6))
        }
        #expect(writer.takeBytes().count == 24)
    }

    private func sum(_ bytes: some Collection<UInt8>) -> UInt32 {
        var sum: UInt32 = 0
        for (index, byte) in bytes.enumerated() { sum += index % 2 == 0 ? UInt32(byte) << 8 : UInt32(byte) }
        while sum > 0xFFFF { sum = (sum >> 16) + (sum & 0xFFFF) }
        return sum
    }
}
