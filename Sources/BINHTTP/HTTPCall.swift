import BINTransport
import NIOCore
public import NIOHTTP1
import NIOPosix

/// Why a call of ``HTTPCall`` came to nothing.
public enum HTTPCallError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nobody listens there, or the connection broke.
    case notReached(String)
    /// The answer did not come in time.
    case timeout
    /// The answer is longer than was allowed.
    case tooLong
    /// There was no answer.
    case noAnswer

    public var description: String {
        switch self {
        case .notReached(let reason): "not reached: \(reason)"
        case .timeout: "no answer in time"
        case .tooLong: "the answer is too long"
        case .noAnswer: "the connection ended without an answer"
        }
    }
}

/// Calls of a small HTTP/1 client: a connection each, without redirects, proxies and TLS.
public struct HTTPCall: Sendable {
    /// The host.
    public var host: String
    /// The port.
    public var port: Int
    /// How long an answer may take.
    public var timeout: Duration = .seconds(5)
    /// The longest answer, in bytes.
    public var answerBytes = 32 << 20

    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    /// Calls to a host.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Asks, and waits for the whole answer.
    /// - Throws: ``HTTPCallError``, or `CancellationError`.
    public func ask(
        _ method: HTTPMethod, _ path: String, body: [UInt8]? = nil, type: String = "application/json"
    ) async throws -> (status: HTTPResponseStatus, body: [UInt8]) {
        try await within(timeout) { [self] in
            var status: HTTPResponseStatus?
            var answer: [UInt8] = []
            try await exchange(method, path, body, type) { part in
                switch part {
                case .head(let head): status = head.status
                case .body(let bytes):
                    guard answer.count + bytes.readableBytes <= answerBytes else { throw HTTPCallError.tooLong }
                    answer += bytes.readableBytesView
                case .end: return false
                }
                return true
            }
            guard let status else { throw HTTPCallError.noAnswer }
            return (status, answer)
        }
    }

    /// Asks, and hands each line of an answer that goes on to `line` until it returns false or the answer ends.
    /// - Throws: ``HTTPCallError``, or what `line` throws.
    public func follow(
        _ method: HTTPMethod, _ path: String, body: [UInt8]? = nil, _ line: (HTTPResponseStatus, String) throws -> Bool
    ) async throws {
        var status = HTTPResponseStatus.ok
        var rest: [UInt8] = []
        try await exchange(method, path, body, "application/json") { part in
            switch part {
            case .head(let head): status = head.status
            case .body(let bytes):
                rest += bytes.readableBytesView
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    let text = String(decoding: rest[..<end], as: UTF8.self)
                    rest.removeSubrange(...end)
                    if try !line(status, text) { return false }
                }
                guard rest.count <= answerBytes else { throw HTTPCallError.tooLong }
            case .end:
                if !rest.isEmpty { _ = try line(status, String(decoding: rest, as: UTF8.self)) }
                return false
            }
            return true
        }
    }

    private func exchange(
        _ method: HTTPMethod, _ path: String, _ body: [UInt8]?, _ type: String,
        _ take: (HTTPClientResponsePart) throws -> Bool
    ) async throws {
        let connection: Connection
        do {
            connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(timeout))
                .connect(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        return try Connection(wrappingChannelSynchronously: channel)
                    }
                }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw HTTPCallError.notReached(SocketFailure(error).description)
        }
        var headers = HTTPHeaders([
            ("host", host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"), ("connection", "close"),
            ("content-length", "\(body?.count ?? 0)"),
        ])
        if body != nil { headers.add(name: "content-type", value: type) }
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
        try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(.head(head))
            if let body { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
            try await outbound.write(.end(nil))
            for try await part in inbound where try !take(part) { return }
        }
    }

    private func within<Result: Sendable>(
        _ limit: Duration, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw HTTPCallError.timeout
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw HTTPCallError.noAnswer }
            return result
        }
    }
}
