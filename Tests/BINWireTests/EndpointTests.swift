import BINWire
import Testing

@Suite struct EndpointTests {
    @Test(arguments: [
        ("bin:10.0.0.1:5557", "bin:10.0.0.1:5557"), ("bin:10.0.0.1", "bin:10.0.0.1:5555"),
        ("bins:node.example", "bins:node.example:5556"), ("udp:[::1]:7", "udp:[::1]:7"),
        ("10.0.0.1:5", "bin:10.0.0.1:5"), ("[fe80::1]", "bin:[fe80::1]:5555"), ("BIN:h:0", "bin:h:0"),
        // Colon and combining acute accent: one character, two signs of the notation.
        ("bin:\u{301}x", "bin:\u{301}x:5555"),
    ])
    func readsAndWrites(text: String, canonical: String) throws {
        let endpoint = try BINEndpoint(parsing: text)
        #expect(endpoint.description == canonical)
        #expect(try BINEndpoint(parsing: canonical) == endpoint)
    }

    @Test(arguments: [
        ("tcp:10.0.0.1:5", BINEndpoint.ParsingError.unknownTransport("tcp")), ("bin:", .missingHost),
        ("", .missingHost), ("bin:[::1", .badBracket), ("bin:[::1]5", .badBracket),
        ("bin:::1", .ambiguousAddress("::1")), ("bin:h:65536", .badPort("65536")), ("bin:h:", .badPort("")),
        ("bin:h:+5", .badPort("+5")), ("[[x]", .badBracket),
    ])
    func refuses(text: String, error: BINEndpoint.ParsingError) {
        #expect(throws: error) { try BINEndpoint(parsing: text) }
    }
}
