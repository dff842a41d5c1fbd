/// Where a node listens: `bin:host:port` or `bins:host:port` (Spec/framing.md, FR-32).
public struct NodeURL: Hashable, Sendable {
    /// The two transports of the protocol.
    public enum Scheme: String, Hashable, Sendable {
        /// TCP.
        case bin
        /// TLS over TCP.
        case bins
    }

    /// The transport.
    public let scheme: Scheme
    /// Address or name, without brackets.
    public let host: String
    /// The port, 1 to 65535.
    public let port: UInt16
    /// The address, when the host is one. Names are looked up by whoever drives the member (RX-26).
    public let address: PeerAddress?

    /// Longest text that is read, in bytes.
    public static let maximumLength = 128

    /// A place to listen.
    public init(_ scheme: Scheme = .bin, host: String, port: UInt16) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.address = PeerAddress(host)
    }

    /// Reads `bin:10.0.0.7:5555`, `bins:[2001:db8::7]:5556`, also without a port (5555, 5556 for `bins:`).
    ///
    /// Nil when the scheme is another one, the host is empty or no host, or the port is not a valid one.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count <= NodeURL.maximumLength, let colon = text.firstIndex(of: ":"),
            let scheme = Scheme(rawValue: String(text[..<colon]))
        else { return nil }
        var rest = text[text.index(after: colon)...]
        let host: String
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            guard let address = PeerAddress(host), address.isIPv6 || host.contains(":") else { return nil }
            rest = rest[rest.index(after: end)...]
        } else {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            host = String(rest[..<end])
            guard NodeURL.isHost(host) else { return nil }
            rest = rest[end...]
        }
        guard !rest.isEmpty else {
            self.init(scheme, host: host, port: scheme == .bin ? 5555 : 5556)
            return
        }
        let digits = rest.dropFirst()
        guard rest.hasPrefix(":"), digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let port = UInt16(digits),
            port > 0
        else { return nil }
        self.init(scheme, host: host, port: port)
    }

    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == 0x2E
                    || byte == 0x2D
            }
    }
}

extension NodeURL: CustomStringConvertible {
    /// As it is written in configurations and packets.
    public var description: String {
        host.contains(":") ? "\(scheme.rawValue):[\(host)]:\(port)" : "\(scheme.rawValue):\(host):\(port)"
    }
}
