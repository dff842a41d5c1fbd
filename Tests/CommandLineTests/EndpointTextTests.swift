import BINCapture
import BINText
import Testing

/// Addresses as they stand in JSON.
@Suite struct EndpointTextTests {
    @Test(arguments: [
        "127.0.0.1:5555", "[::1]:5555", "[2001:db8::7]:0", "[1:2:3:4:5:6:7:8]:65535", "0.0.0.0:1",
        "[2001:db8::8:800:200c:417a]:1", "[::ffff:192.0.2.1]:65535", "[fe80::]:0",
    ])
    func `an address is read and written the same`(text: String) throws {
        #expect(try #require(Endpoint(text)).description == text)
    }

    @Test(arguments: [
        ("[::ffff:192.0.2.1]:5", "[::ffff:c000:201]:5"), ("[64:ff9b::192.0.2.1]:5", "[64:ff9b::c000:201]:5"),
    ])
    func `an IPv4 address at the end of an IPv6 one`(text: String, hexadecimal: String) throws {
        #expect(try #require(Endpoint(text)) == Endpoint(hexadecimal))
    }

    @Test(arguments: [
        "", ":", "1.2.3.4", "1.2.3:5", "1.2.3.4.5:6", "1.2.3.256:5", "+1.2.3.4:5", "1.2.3.4:+5", "1.2.3.4:65536",
        "[::1]",
        "[::1:5", "[1::2::3]:5", "[1:2:3:4:5:6:7]:5", "[1:2:3:4:5:6:7:8:9]:5", "[+1::]:5", "[00001::]:5",
        "[1.2.3.4::]:5",
        "host:1", "[1:2]:3", "[::1::]:3", "[::1.2.x.3.4]:5", "[::1.2.3.4.5]:5", "[g::]:5",
    ])
    func `whatever is no address and port is refused`(text: String) {
        #expect(Endpoint(text) == nil)
    }
}
