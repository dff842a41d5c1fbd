import BINCapture
import Testing

@Suite struct EndpointTests {
    @Test(arguments: [
        (IPAddress(127, 0, 0, 1), "127.0.0.1"),
        (IPAddress(255, 255, 255, 255), "255.255.255.255"),
        (IPAddress(ipv6High: 0, low: 0), "::"),
        (IPAddress(ipv6High: 0, low: 1), "::1"),
        (IPAddress(ipv6High: 0x2001_0DB8_0000_0000, low: 0x0000_0000_0000_0001), "2001:db8::1"),
        (IPAddress(ipv6High: 0x2001_0DB8_0000_0001, low: 0x0001_0001_0001_0001), "2001:db8:0:1:1:1:1:1"),
        (IPAddress(ipv6High: 0x2001_0000_0000_0001, low: 0x0000_0000_0000_0001), "2001:0:0:1::1"),
        (IPAddress(ipv6High: 0x2001_0DB8_0000_0000, low: 0x0001_0000_0000_0001), "2001:db8::1:0:0:1"),
        (IPAddress(ipv6High: 0xFE80_0000_0000_0000, low: 0xABCD_0000_0000_0000), "fe80::abcd:0:0:0"),
        (IPAddress(ipv6High: 0xFE80_0000_0000_0000, low: 0), "fe80::"),
        (IPAddress(ipv6High: 0, low: 0xFFFF_C000_0201), "::ffff:192.0.2.1"),
        (IPAddress(ipv6High: 0, low: 0xC000_0201), "::192.0.2.1"),
        (IPAddress(ipv6High: .max, low: .max), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ])
    func `an address has its canonical text`(address: IPAddress, text: String) {
        #expect(address.description == text)
    }

    @Test func `an endpoint puts brackets around IPv6 only`() {
        #expect(Endpoint(IPAddress(127, 0, 0, 1), port: 5555).description == "127.0.0.1:5555")
        #expect(Endpoint(IPAddress(ipv6High: 0, low: 1), port: 5555).description == "[::1]:5555")
    }
}
