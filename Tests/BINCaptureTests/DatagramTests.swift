import BINCapture
import BINWire
import Testing

@Suite struct DatagramTests {
    @Test func `a datagram with a wrong checksum is refused, not ignored`() {
        var packet = Sample.packet2_1()
        packet[packet.count - 1] ^= 1
        let result = read(Sample.pcap([Sample.udp(packet)]))
        #expect(
            result.sink.refusals == [
                .init(bytes: packet, framing: .v2_1, error: WireError(.badChecksum, at: 4), streamOffset: 0)
            ])
        #expect(result.counters.refused == 1)
    }

    @Test func `a datagram that has no more than the magic is refused`() {
        let result = read(Sample.pcap([Sample.udp(Array("P4CK".utf8))]))
        #expect(result.sink.refusals.map(\.error) == [WireError(.packetTooShort, at: 4)])
        #expect(result.sink.refusals.map(\.framing) == [nil])
    }

    @Test func `a packet of 2.3 in a datagram is a packet`() {
        #expect(read(Sample.pcap([Sample.udp(Sample.packet(3))])).sink.packets.map(\.header.framing) == [.v2_3])
    }

    @Test func `lengths of UDP that contradict those of IP are damage`() {
        var frame = Sample.udp(Sample.packet2_1())
        frame[25] = 7
        #expect(read(Sample.pcap([frame])).counters.damagedFrames == 1)
        frame[24] = 0xFF
        #expect(read(Sample.pcap([frame])).counters.damagedFrames == 1)
        frame[24] = 0
        frame[25] = 0
        #expect(read(Sample.pcap([frame])).sink.packets.count == 1)
    }
}
