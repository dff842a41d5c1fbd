import NIOCore
public import NIOHTTP1

/// A request, with its whole body.
public struct HTTPRequest: Sendable {
    /// `GET`, `PUT` and so on.
    public var method: HTTPMethod
    /// The path, with what was percent-encoded decoded; always begins with `/`.
    public var path: String
    /// Names and values behind the question mark.
    public var query: [(name: String, value: String)]
    /// The body.
    public var body: [UInt8]

    /// A value of the query.
    public func value(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// From the target of a request line; nil when it is no path or not UTF-8 behind its percent signs.
    init?(_ method: HTTPMethod, target: String, body: [UInt8]) {
        guard target.hasPrefix("/") else { return nil }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = HTTPRequest.decode(parts[0], plusIsSpace: false) else { return nil }
        var query: [(String, String)] = []
        for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&").prefix(32) {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = HTTPRequest.decode(halves[0], plusIsSpace: true),
                let value = HTTPRequest.decode(halves.count > 1 ? halves[1] : "", plusIsSpace: true)
            else { return nil }
            query.append((name, value))
        }
        self.method = method
        self.path = path
        self.query = query
        self.body = body
    }

    private static func decode(_ text: Substring, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst(), let low = rest.popFirst(),
                    let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16),
                    high != UInt8(ascii: "+")
                else { return nil }
                bytes.append(value)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// `text` as one part of a path.
    public static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            let isPlain =
                (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
                || [0x2D, 0x2E, 0x5F, 0x7E, 0x2F].contains(byte)
            if isPlain {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += byte < 16 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}

/// An answer.
public struct HTTPResponse: Sendable {
    /// What follows the head.
    public enum Body: Sendable {
        /// All at once.
        case bytes([UInt8])
        /// A piece at a time, until the sequence or the connection ends.
        case stream(AsyncStream<[UInt8]>)
    }

    /// The status.
    public var status: HTTPResponseStatus
    /// The media type.
    public var type: String
    /// What follows the head.
    public var body: Body

    /// An answer.
    public init(status: HTTPResponseStatus, type: String, body: Body) {
        self.status = status
        self.type = type
        self.body = body
    }

    /// A line of JSON.
    static func json(_ text: String) -> HTTPResponse {
        HTTPResponse(status: .ok, type: "application/json", body: .bytes(Array((text + "\n").utf8)))
    }

    /// What a registry holds, as Prometheus reads it.
    static func metrics(_ registry: PrometheusRegistry) -> HTTPResponse {
        HTTPResponse(
            status: .ok, type: "text/plain; version=0.0.4; charset=utf-8", body: .bytes(Array(registry.text.utf8)))
    }

    /// A short text.
    public static func text(_ status: HTTPResponseStatus, _ text: String) -> HTTPResponse {
        HTTPResponse(status: status, type: "text/plain; charset=utf-8", body: .bytes(Array((text + "\n").utf8)))
    }
}
