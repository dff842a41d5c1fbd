import BINText
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
        guard let target = RequestTarget(target) else { return nil }
        self.method = method
        path = target.path
        query = target.query
        self.body = body
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
