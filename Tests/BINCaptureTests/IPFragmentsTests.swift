import BINCapture
import BINWire
import Testing

@Suite struct IPFragmentsTests {
    private let payload = Sample.packet2_1(body: (0..<200).map { UInt8($0) })

    /// Parts of an IPv4 packet, cut at multiples of eight bytes of its payload.
    private func fragments4(_ cuts: [Range<Int>], identification: UInt8 = 9) -> [[UInt8]] {
        let whole = Sample.udp(payload)
        return cuts.map { range in
            var header = Array(whole.prefix(20))
            let isLast = 20 + range.upperBound == whole.count
            let place = UInt16(range.lowerBound / 8) | (isLast ? 0 : 0x2000)
            header[2] = UInt8((20 + range.count) >> 8)
            header[3] = UInt8((20 + range.count) & 0xFF)
            header[5] = identification
            header[6] = UInt8(place >> 8)
            header[7] = UInt8(place & 0xFF)
            return header + whole[(20 + range.lowerBound)..<(20 + range.upperBound)]
        }
    }

    private var size: Int { payload.count + 8 }

    @Test func `parts in any order make the packet`() {
        let parts = fragments4([0..<80, 80..<160, 160..<size])
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
            let result = read(Sample.pcap(order.map { parts[$0] }))
            #expect(result.sink.contents == [payload])
            #expect(result.sink.packets.first?.origin.time.nanosecondsSinceEpoch == 3_000_003_000)
        }
    }

    @Test func `parts in IPv6 make the packet`() {
        let whole = Sample.udp(payload, from: Sample.alice6, to: Sample.bob6)
        let parts = [80..<size, 0..<80].map { range in
            var header = Array(whole.prefix(40))
            header[4] = UInt8((8 + range.count) >> 8)
            header[5] = UInt8((8 + range.count) & 0xFF)
            header[6] = 44
            let place = UInt16(range.lowerBound) | (range.upperBound == size ? 0 : 1)
            let fragment = [17, 0, UInt8(place >> 8), UInt8(place & 0xFF), 0, 0, 0, 77]
            return header + fragment + whole[(40 + range.lowerBound)..<(40 + range.upperBound)]
        }
        #expect(read(Sample.pcap(parts)).sink.contents == [payload])
    }

    @Test func `of overlapping parts the first one wins`() {
        var parts = fragments4([0..<80, 40..<160, 160..<size])
        for index in 20..<60 { parts[1][index] = 0xFF }
        #expect(read(Sample.pcap(parts)).sink.contents == [payload])
        // The other way round the bytes of the later part are those kept, and the checksum notices.
        #expect(read(Sample.pcap([parts[1], parts[0], parts[2]])).sink.refusals.count == 1)
    }

    @Test func `a doubled part changes nothing`() {
        let parts = fragments4([0..<80, 80..<160, 160..<size])
        #expect(read(Sample.pcap([parts[0], parts[0], parts[1], parts[1], parts[2]])).sink.contents == [payload])
    }

    @Test func `parts that contradict each other are given up`() {
        let parts = fragments4([160..<size, 0..<80])
        let shorter = fragments4([80..<size]).map { frame in
            var frame = frame
            frame[3] = 20 + 16
            return Array(frame.prefix(36))
        }
        let result = read(Sample.pcap([parts[0], shorter[0], parts[1]]))
        #expect(result.sink.packets.isEmpty)
        #expect(result.counters.abandonedFragments == 1)
    }

    @Test func `the number, the bytes and the age of incomplete packets are bounded`() {
        let first = (0..<100).flatMap { fragments4([0..<80], identification: UInt8($0)) }
        var limits = CaptureLimits()
        limits.fragmentedPackets = 10
        #expect(read(Sample.pcap(first), limits: limits).counters.abandonedFragments == 90)
        limits = CaptureLimits()
        limits.fragmentBytes = 800
        #expect(read(Sample.pcap(first), limits: limits).counters.abandonedFragments == 90)
        limits = CaptureLimits()
        limits.fragmentAge = 9_500_000_000
        #expect(read(Sample.pcap(first), limits: limits).counters.abandonedFragments == 90)
    }
}
