import BINCapture
import BINWire
import Testing

@Suite struct PCAPNGReaderTests {
    private let datagram = Sample.udp(Sample.packet2_1(7))

    private func file(bigEndian: Bool) -> [UInt8] {
        Sample.sectionHeader(bigEndian: bigEndian) + Sample.interface(bigEndian: bigEndian)
            + Sample.enhancedPacket(datagram, stamp: 5_000_001, bigEndian: bigEndian)
    }

    @Test(arguments: [false, true])
    func `an enhanced packet is read in both byte orders`(bigEndian: Bool) throws {
        let result = read(file(bigEndian: bigEndian))
        #expect(result.error == nil)
        let packet = try #require(result.sink.packets.first)
        #expect(packet.header.type == 7)
        #expect(packet.origin.time.nanosecondsSinceEpoch == 5_000_001_000)
    }

    @Test func `sections of different byte order follow each other, each with interfaces of its own`() {
        let result = read(file(bigEndian: true) + file(bigEndian: false) + file(bigEndian: true))
        #expect(result.error == nil)
        #expect(result.sink.packets.count == 3)
        let orphan = file(bigEndian: true) + Sample.sectionHeader(bigEndian: false)
        #expect(
            read(orphan + Sample.enhancedPacket(datagram, bigEndian: false)).error
                == .malformed(offset: UInt64(orphan.count), .unknownInterface(0)))
    }

    @Test(
        arguments: [
            (nil, nil, 1_500_000, 1_500_000_000),
            (0, nil, 3, 3_000_000_000),
            (3, nil, 1500, 1_500_000_000),
            (9, nil, 1_500_000_001, 1_500_000_001),
            (12, nil, 1_500_000_001_999, 1_500_000_001),
            (28, nil, UInt64.max, 1),
            (127, nil, UInt64.max, 0),
            (0x80, nil, 3, 3_000_000_000),
            (0x81, nil, 3, 1_500_000_000),
            (0x80 | 32, nil, 3 << 31, 1_500_000_000),
            (0x80 | 63, nil, 3 << 62, 1_500_000_000),
            (0x80 | 64, nil, 1 << 63, 500_000_000),
            (0x80 | 127, nil, UInt64.max, 0),
            (6, 1000, 1_500_000, 1_001_500_000_000),
            (6, -2, 1_500_000, -500_000_000),
            (0, nil, UInt64.max, Int64.max),
            (0x80, nil, UInt64.max, Int64.max),
            (6, Int64.min, 0, Int64.min),
            (6, Int64.max, 1, Int64.max),
        ] as [(UInt8?, Int64?, UInt64, Int64)])
    func `time stamps of every resolution become nanoseconds`(
        resolution: UInt8?, offset: Int64?, stamp: UInt64, nanoseconds: Int64
    ) {
        let file =
            Sample.sectionHeader(bigEndian: false)
            + Sample.interface(resolution: resolution, offset: offset, bigEndian: false)
            + Sample.enhancedPacket(datagram, stamp: stamp, bigEndian: false)
        #expect(read(file).sink.packets.map(\.origin.time.nanosecondsSinceEpoch) == [nanoseconds])
    }

    @Test(arguments: [false, true])
    func `simple and obsolete packet blocks are read, unknown blocks are not`(bigEndian: Bool) {
        var simple: [UInt8] = []
        Sample.append(UInt32(datagram.count), to: &simple, bigEndian: bigEndian)
        var obsolete: [UInt8] = []
        Sample.append(UInt16(0), to: &obsolete, bigEndian: bigEndian)
        Sample.append(UInt16(99), to: &obsolete, bigEndian: bigEndian)
        Sample.append(UInt64(6_000_000), to: &obsolete, bigEndian: bigEndian)
        if !bigEndian { obsolete[4..<12] = ArraySlice([0, 0, 0, 0, 0x80, 0x8D, 0x5B, 0]) }
        Sample.append(UInt32(datagram.count), to: &obsolete, bigEndian: bigEndian)
        Sample.append(UInt32(datagram.count), to: &obsolete, bigEndian: bigEndian)
        let file =
            Sample.sectionHeader(bigEndian: bigEndian) + Sample.interface(bigEndian: bigEndian)
            + Sample.block(0x0BAD, [1, 2, 3], bigEndian: bigEndian)
            + Sample.block(2, obsolete + datagram, bigEndian: bigEndian)
            + Sample.block(3, simple + datagram, bigEndian: bigEndian)
        let result = read(file)
        #expect(result.error == nil)
        // A simple packet has the time of the one before it.
        #expect(result.sink.packets.map(\.origin.time.nanosecondsSinceEpoch) == [6_000_000_000, 6_000_000_000])
    }

    @Test func `the snap length of the interface cuts a simple packet`() {
        var simple: [UInt8] = []
        simple.append(littleEndian: UInt32(datagram.count))
        let file =
            Sample.sectionHeader(bigEndian: false) + Sample.interface(snapLength: 40, bigEndian: false)
            + Sample.block(3, simple + datagram.prefix(40), bigEndian: false)
        let result = read(file)
        #expect(result.error == nil)
        #expect(result.sink.notices == [.cutDatagram(missingBytes: datagram.count - 40)])
    }

    @Test func `a file cut anywhere gives a typed error or the end`() {
        let file = file(bigEndian: false)
        let ends = [28, 28 + 24, file.count]
        for length in 1..<file.count {
            let error = read(Array(file.prefix(length))).error
            if ends.contains(length) {
                #expect(error == nil)
            } else {
                let start = ends.last { $0 < length } ?? 0
                #expect(error == .truncated(offset: UInt64(start)), "cut at \(length)")
            }
        }
    }

    @Test func `block lengths are checked before they are used`() {
        var file = Sample.sectionHeader(bigEndian: false)
        #expect(read(file + [6, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0]).error == .malformed(offset: 28, .badBlockLength(8)))
        #expect(
            read(file + [9, 0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0]).error == .malformed(offset: 28, .badBlockLength(13)))
        #expect(
            read(file + [9, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0]).error
                == .malformed(offset: 28, .badBlockLength(0x1000_0000)))
        #expect(
            read(file + [9, 0, 0, 0, 12, 0, 0, 0, 16, 0, 0, 0]).error
                == .malformed(offset: 28, .blockLengthsDiffer(12, 16)))
        var packet = Sample.interface(bigEndian: false) + Sample.enhancedPacket(datagram, bigEndian: false)
        packet[24 + 20] = 0xFF
        #expect(read(file + packet).error == .malformed(offset: 52, .capturedLengthPastBlock(255)))
        file[8] = 0
        #expect(read(file).error == .malformed(offset: 0, .badByteOrderMagic))
    }
}
