import ArgumentParser
import BINTransport
import BINWire

/// An endpoint as people write it at the shell: `tcp:`, `tls:` and `udp:` beside `bin:` and `bins:` of OpenSIPS.
struct TransportTarget: ExpressibleByArgument, CustomStringConvertible {
    var endpoint: BINEndpoint

    init(endpoint: BINEndpoint) { self.endpoint = endpoint }

    init?(argument: String) {
        guard let endpoint = try? TransportTarget.parse(argument) else { return nil }
        self.endpoint = endpoint
    }

    /// Reads `tcp:127.0.0.1:5555` and everything that ``BINEndpoint/init(parsing:)`` reads.
    static func parse(_ text: String) throws(BINEndpoint.ParsingError) -> BINEndpoint {
        for (word, transport) in [("tcp:", BINEndpoint.Transport.bin), ("tls:", .bins)]
        where text.lowercased().hasPrefix(word) {
            return try BINEndpoint(parsing: "\(transport.rawValue):\(text.dropFirst(word.count))")
        }
        return try BINEndpoint(parsing: text)
    }

    /// Reads an address of a transport that is known: `127.0.0.1:5555`, `[::1]`, or with the transport in front.
    static func parse(_ text: String, as transport: BINEndpoint.Transport) throws -> BINEndpoint {
        let endpoint =
            try (try? parse(text)).flatMap { $0.transport == transport ? $0 : nil }
            ?? BINEndpoint(parsing: "\(transport.rawValue):\(text)")
        return endpoint
    }

    var description: String { endpoint.description }
}
