/// Where a node is reached: transport, host and port, in the notation of OpenSIPS (`bin:10.0.0.1:5555`).
public struct BINEndpoint: Hashable, Sendable {
    /// The transports of the protocol (Spec/framing.md, Transports).
    public enum Transport: String, Hashable, Sendable, CaseIterable {
        /// TCP, releases 2.2 and later.
        case bin
        /// TLS over TCP, releases 3.2 and later.
        case bins
        /// UDP: release 2.1, and between nodes of this project.
        case udp

        /// The port that OpenSIPS assumes; `udp` has none, 5555 is taken as for `bin`.
        public var defaultPort: Int { self == .bins ? 5556 : 5555 }
    }

    /// Why a text is no endpoint.
    public enum ParsingError: Error, Hashable, Sendable, CustomStringConvertible {
        /// The part before the first colon is none of `bin`, `bins`, `udp`.
        case unknownTransport(String)
        /// There is no host.
        case missingHost
        /// A `[` without its `]`, or something other than a port behind it.
        case badBracket
        /// An IPv6 address without brackets: where its port begins cannot be told.
        case ambiguousAddress(String)
        /// The port is not a number from 0 to 65535.
        case badPort(String)

        public var description: String {
            switch self {
            case .unknownTransport(let name): "unknown transport '\(name)': write bin:, bins: or udp:"
            case .missingHost: "the host is missing: write for instance bin:10.0.0.1:5555"
            case .badBracket: "an IPv6 address is written in brackets, for instance bin:[::1]:5555"
            case .ambiguousAddress(let host): "'\(host)' looks like an IPv6 address: write it in brackets"
            case .badPort(let port): "'\(port)' is not a port: write a number from 0 to 65535"
            }
        }
    }

    /// The transport.
    public var transport: Transport
    /// A name or an address; an IPv6 address without its brackets.
    public var host: String
    /// The port; 0 lets the system choose one when listening.
    public var port: Int

    /// An endpoint from its parts.
    /// - Parameter port: nil for ``Transport/defaultPort``.
    public init(_ transport: Transport, host: String, port: Int? = nil) {
        self.transport = transport
        self.host = host
        self.port = port ?? transport.defaultPort
    }

    /// Reads `bin:host`, `bins:host:port`, `udp:[::1]:port` and, as OpenSIPS from 2.3 on does, `host:port` as `bin:`.
    /// - Throws: ``ParsingError``.
    public init(parsing text: String) throws(ParsingError) {
        var transport = Transport.bin
        // Scalars, not characters: a combining mark behind a colon makes another character of both.
        let scalars = text.unicodeScalars
        var rest = scalars[...]
        if let colon = scalars.firstIndex(of: ":"), scalars.first != "[" {
            let word = String(scalars[..<colon])
            let behind = scalars[scalars.index(after: colon)...]
            if let known = Transport(rawValue: word.lowercased()) {
                transport = known
                rest = behind
            } else if behind.contains(":"), word.contains(where: { !$0.isHexDigit }) {
                throw .unknownTransport(word)
            }
        }
        let host: Substring.UnicodeScalarView
        var port: Substring.UnicodeScalarView?
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { throw .badBracket }
            host = rest[rest.index(after: rest.startIndex)..<end]
            let tail = rest[rest.index(after: end)...]
            guard !host.contains("["), tail.isEmpty || tail.first == ":" else { throw .badBracket }
            if !tail.isEmpty { port = tail.dropFirst() }
        } else {
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { throw .ambiguousAddress(String(rest)) }
            host = parts.first ?? rest[..<rest.startIndex]
            port = parts.count == 2 ? parts[1] : nil
        }
        guard !host.isEmpty else { throw .missingHost }
        var number: Int?
        if let port {
            let digits = String(port)
            guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = UInt16(digits)
            else { throw .badPort(digits) }
            number = Int(value)
        }
        self.init(transport, host: String(host), port: number)
    }
}

extension BINEndpoint: CustomStringConvertible {
    /// The notation that ``init(parsing:)`` reads, with the port.
    public var description: String {
        host.unicodeScalars.contains(":")
            ? "\(transport.rawValue):[\(host)]:\(port)" : "\(transport.rawValue):\(host):\(port)"
    }
}
