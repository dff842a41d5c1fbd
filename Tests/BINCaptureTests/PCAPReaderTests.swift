import BINCapture
import BINWire
import Testing

@Suite struct PCAPReaderTests {
    private let datagrams = [Sample.udp(Sample.packet2_1(1)), Sample.udp(Sample.packet2_1(2))]

    @Test(arguments: [false, true], [false, true])
    func `both byte orders and both resolutions are read`(bigEndian: Bool, nanoseconds: Bool) {
        let file = Sample.pcap(datagrams, bigEndian: bigEndian, nanoseconds: nanoseconds)
        let result = read(file)
        #expect(result.error == nil)
        #expect(result.sink.packets.map(\.header.type) == [1, 2])
        let unit: Int64 = nanoseconds ? 1 : 1000
        #expect(
            result.sink.packets.map(\.origin.time.nanosecondsSinceEpoch)
                == [1_000_000_000 + unit, 2_000_000_000 + 2 * unit])
        #expect(result.sink.packets.allSatisfy { $0.origin.transport == .udp })
        #expect(result.sink.packets.first?.origin.source == Sample.alice)
        #expect(result.sink.packets.first?.origin.destination == Sample.bob)
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func `reads of any size give the same frames`(size: Int) {
        let result = read(Sample.pcap(datagrams), largestRead: size)
        #expect(result.error == nil)
        #expect(result.sink.packets.count == 2)
    }

    @Test func `a file cut anywhere gives what is whole and says where the rest begins`() {
        let file = Sample.pcap(datagrams)
        let second = 24 + 16 + datagrams[0].count
        for length in 0..<file.count {
            let result = read(Array(file.prefix(length)))
            let expected: CaptureError? =
                switch length {
                case 0: .empty
                case ..<24: .truncated(offset: 0)
                case 24, second: nil
                case ..<second: .truncated(offset: 24)
                default: .truncated(offset: UInt64(second))
                }
            #expect(result.error == expected, "cut at \(length)")
            #expect(result.sink.packets.count == (length < second ? 0 : 1), "cut at \(length)")
        }
    }

    @Test(
        arguments: [
            ([0x1F, 0x8B, 8, 0], CaptureError.ForeignFormat.gzip),
            ([0xFD, 0x37, 0x7A, 0x58], .xz),
            ([0x28, 0xB5, 0x2F, 0xFD], .zstd),
            (Array("BZh9".utf8), .bzip2),
            (Array("snoop".utf8), .snoop),
            ([0xA1, 0xB2, 0xCD, 0x34], .kuznetzovPCAP),
            ([0x34, 0xCD, 0xB2, 0xA1], .kuznetzovPCAP),
            (Array("P4CK".utf8), .bareBIN),
            (Array("what is this".utf8), .unknown(0x7768_6174)),
        ] as [([UInt8], CaptureError.ForeignFormat)])
    func `what is no capture is named`(bytes: [UInt8], format: CaptureError.ForeignFormat) {
        #expect(read(bytes + [0, 0, 0, 0]).error == .notACapture(format))
    }

    @Test func `errors are sentences`() {
        #expect(
            CaptureError.notACapture(.gzip).description == "the capture is gzip-compressed: pipe it through zcat")
        #expect(
            CaptureError.notACapture(.unknown(0xAB)).description
                == "this is neither pcap nor pcapng: it begins with 0x000000ab")
        #expect(
            CaptureError.libpcapMissing.description == "libpcap is not installed; on Debian: apt install libpcap0.8")
        #expect(
            CaptureError.truncated(offset: 24).description
                == "the capture ends inside of the record that begins at byte 24")
    }

    @Test func `a captured length beyond every limit is refused without being allocated`() {
        var file = Sample.pcap([])
        file.append(littleEndian: UInt64(0))
        file.append(littleEndian: UInt32.max)
        file.append(littleEndian: UInt32.max)
        #expect(read(file).error == .malformed(offset: 24, .capturedLengthTooLarge(Int(UInt32.max))))
    }

    @Test func `an unknown version is refused`() {
        var file = Sample.pcap([])
        file[4] = 9
        #expect(read(file).error == .malformed(offset: 0, .unknownVersion(9)))
    }
}
