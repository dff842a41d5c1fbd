import BINCluster
import Testing

@Suite struct AddressTests {
    @Test(arguments: [
        ("bin:10.0.0.7:5555", "bin:10.0.0.7:5555"), ("bin:10.0.0.7", "bin:10.0.0.7:5555"),
        ("bins:[2001:db8::7]:5556", "bins:[2001:db8::7]:5556"), ("bins:sip.example.org", "bins:sip.example.org:5556"),
    ])
    func `A URL is read with and without a port`(text: String, whole: String) throws {
        #expect(try #require(NodeURL(text)).description == whole)
    }

    @Test(arguments: [
        "", "10.0.0.7:5555", "udp:10.0.0.7:5555", "bin:", "bin::5555", "bin:10.0.0.7:", "bin:10.0.0.7:0",
        "bin:10.0.0.7:65536",
        "bin:10.0.0.7:+80", "bin:10.0.0.7:5555:1", "bin:[::1", "bin:[10.0.0.7]:5555", "bin:a b:5555", "bin:é:5555",
        "bin:" + String(repeating: "a", count: 200),
    ])
    func `Whatever is no URL is refused`(text: String) {
        #expect(NodeURL(text) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1", UInt64(0), UInt64(0x7F00_0001)), ("::1", 0, 1), ("::", 0, 0), ("::ffff:10.0.0.7", 0, 0x0A00_0007),
        ("2001:db8::7", 0x2001_0DB8_0000_0000, 7), ("1:2:3:4:5:6:7:8", 0x0001_0002_0003_0004, 0x0005_0006_0007_0008),
        ("fe80::", 0xFE80_0000_0000_0000, 0),
    ])
    func `An address is read as numbers`(text: String, high: UInt64, low: UInt64) throws {
        let address = try #require(PeerAddress(text))
        #expect((address.high, address.low) == (high, low))
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.-4", ":", ":::", "1::2::3", "1:2:3:4:5:6:7",
        "12345::", "g::",
        "1:2:3:4:5:6:7:8:9", "+1::2", "localhost",
    ])
    func `Whatever is no address is refused`(text: String) {
        #expect(PeerAddress(text) == nil)
    }

    @Test func `An IPv4 address inside of IPv6 is the same address`() {
        #expect(PeerAddress("::ffff:127.0.0.1") == PeerAddress(ipv4: 0x7F00_0001))
    }
}
