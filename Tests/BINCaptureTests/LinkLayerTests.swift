import BINCapture
import BINWire
import Testing

@Suite struct LinkLayerTests {
    static let ipv4 = Sample.udp(Sample.packet2_1())
    static let ipv6 = Sample.udp(Sample.packet2_1(), from: Sample.alice6, to: Sample.bob6)
    static let addresses = [UInt8](repeating: 0x11, count: 12)

    @Test(
        arguments: [
            ("Ethernet", 1, addresses + [0x08, 0x00] + ipv4),
            ("Ethernet with padding", 1, addresses + [0x08, 0x00] + ipv4 + [UInt8](repeating: 0, count: 9)),
            ("Ethernet with IPv6", 1, addresses + [0x86, 0xDD] + ipv6),
            ("802.1Q", 1, addresses + [0x81, 0, 0, 5, 0x08, 0x00] + ipv4),
            ("802.1ad around 802.1Q", 1, addresses + [0x88, 0xA8, 0, 5, 0x81, 0, 0, 6, 0x86, 0xDD] + ipv6),
            ("raw IP", 101, ipv4),
            ("raw IP as OpenBSD counts", 14, ipv4),
            ("raw IP as others count", 12, ipv6),
            ("IPv4", 228, ipv4),
            ("IPv6", 229, ipv6),
            ("loopback, little-endian", 0, [2, 0, 0, 0] + ipv4),
            ("loopback, big-endian", 0, [0, 0, 0, 2] + ipv4),
            ("loopback of macOS with IPv6", 0, [30, 0, 0, 0] + ipv6),
            ("loopback of FreeBSD with IPv6", 0, [0, 0, 0, 28] + ipv6),
            ("OpenBSD loopback", 108, [0, 0, 0, 24] + ipv6),
            ("Linux cooked", 113, [UInt8](repeating: 0, count: 14) + [0x08, 0x00] + ipv4),
            ("Linux cooked with a tag", 113, [UInt8](repeating: 0, count: 14) + [0x81, 0, 0, 5, 0x08, 0x00] + ipv4),
            ("Linux cooked 2", 276, [0x86, 0xDD] + [UInt8](repeating: 0, count: 18) + ipv6),
        ] as [(String, UInt32, [UInt8])])
    func `the packet is found in every link layer`(name: String, linkType: UInt32, frame: [UInt8]) {
        let result = read(Sample.pcap([frame], linkType: linkType))
        #expect(result.sink.contents == [Sample.packet2_1()])
        #expect(result.counters.damagedFrames == 0)
        // Cut anywhere, it is another protocol, damaged or a cut datagram, and never a packet.
        let bare = frame.count - (name == "Ethernet with padding" ? 9 : 0)
        for length in 0..<bare {
            #expect(read(Sample.pcap([Array(frame.prefix(length))], linkType: linkType)).sink.packets.isEmpty)
        }
    }

    @Test func `frames that are not understood are counted by the reason`() {
        #expect(read(Sample.pcap([Self.ipv4], linkType: 147)).counters.framesOfUnknownLinkType == 1)
        #expect(
            read(Sample.pcap([Self.addresses + [8, 6] + Self.ipv4], linkType: 1)).counters.framesOfOtherProtocols == 1)
        #expect(read(Sample.pcap([[0x45, 0, 0]])).counters.damagedFrames == 1)
        let tags = Array(repeating: [0x81, 0, 0, 1] as [UInt8], count: 40).flatMap { $0 }
        #expect(read(Sample.pcap([Self.addresses + tags], linkType: 1)).counters.framesOfOtherProtocols == 1)
        #expect(read(Sample.pcap([Sample.udp(Array("hello, world".utf8))])).counters.ignoredDatagrams == 1)
    }

    @Test func `options of IPv4 are passed over`() {
        var packet = Self.ipv4
        packet[0] = 0x46
        packet[2] = UInt8((packet.count + 4) >> 8)
        packet[3] = UInt8((packet.count + 4) & 0xFF)
        packet.insert(contentsOf: [1, 1, 1, 0], at: 20)
        #expect(read(Sample.pcap([packet])).sink.packets.count == 1)
        packet[0] = 0x44
        #expect(read(Sample.pcap([packet])).counters.damagedFrames == 1)
    }

    @Test func `extension headers of IPv6 are passed over`() {
        // Hop-by-hop, routing, destination options (16 bytes), authentication (24 bytes), then UDP.
        let headers: [[UInt8]] = [
            [43, 0, 0, 0, 0, 0, 0, 0],
            [60, 0, 0, 0, 0, 0, 0, 0],
            [51, 1] + [UInt8](repeating: 0, count: 14),
            [44, 4] + [UInt8](repeating: 0, count: 22),
            [17, 0, 0, 0, 0, 0, 0, 9],
        ]
        var packet = Self.ipv6
        let extensions = headers.flatMap { $0 }
        let length = packet.count - 40 + extensions.count
        packet[4] = UInt8(length >> 8)
        packet[5] = UInt8(length & 0xFF)
        packet[6] = 0
        packet.insert(contentsOf: extensions, at: 40)
        #expect(read(Sample.pcap([packet])).sink.contents == [Sample.packet2_1()])
        for length in 40..<packet.count {
            #expect(read(Sample.pcap([Array(packet.prefix(length))])).sink.packets.isEmpty)
        }
    }

    @Test func `only the ports asked for are looked at`() {
        let file = Sample.pcap([Self.ipv4])
        #expect(read(file, ports: [5555]).sink.packets.count == 1)
        #expect(read(file, ports: [40_001]).sink.packets.count == 1)
        #expect(read(file, ports: [5556]).sink.packets.isEmpty)
    }
}
