public import Logging
public import NIOCore
import NIOHTTP1
public import NIOPosix
public import ServiceLifecycle
import Synchronization

/// A small HTTP/1 server: one request a connection, with bounds on everything a client can make it hold.
public final class HTTPListener: Service {
    /// How it behaves.
    public struct Configuration: Sendable {
        /// The address.
        public var host: String
        /// The port; 0 lets the system choose.
        public var port: Int
        /// Connections at a time, those that stream among them; further ones are closed at once.
        public var connections = 64
        /// Bytes of a request's body; more are refused with status 413.
        public var bodyBytes = 64 << 10
        /// How long a request may take to arrive.
        public var requestTimeout: Duration = .seconds(10)
        /// Where log lines go.
        public var logger = Logger(label: "bin.http")

        /// At an address and a port.
        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    /// A connection that was accepted. It becomes a ``Connection`` when it is served, and not before: one of those that is dropped, as what
    /// was accepted last is when the listener ends, takes the process down.
    private final class Accepted: Sendable {
        let channel: any Channel
        let isServed = Atomic<Bool>(false)
        /// Set on the event loop, together with the end of the pipeline.
        private let isClosed = Atomic<Bool>(false)

        /// To be called where the channel is made.
        init(_ channel: any Channel, unservedFor limit: Duration) {
            self.channel = channel
            channel.closeFuture.whenComplete { _ in self.isClosed.store(true, ordering: .relaxed) }
            channel.eventLoop.scheduleTask(in: TimeAmount(limit)) {
                if !self.isServed.load(ordering: .relaxed) { channel.close(promise: nil) }
            }
        }

        /// Begins to read; nil when it is closed already.
        func connection() async -> Connection? {
            isServed.store(true, ordering: .relaxed)
            return try? await channel.eventLoop.submit { [self] in
                // It need not be active yet.
                guard !isClosed.load(ordering: .relaxed) else { throw ChannelError.alreadyClosed }
                let connection = try Connection(wrappingChannelSynchronously: channel)
                try? channel.syncOptions?.setOption(.autoRead, value: true)
                return connection
            }.get()
        }
    }

    /// Where it listens.
    public let localAddress: SocketAddress
    private let server: NIOAsyncChannel<Accepted, Never>
    private let configuration: Configuration
    private let open = Atomic<Int>(0)
    private let respond: @Sendable (HTTPRequest) async -> HTTPResponse

    private init(
        _ configuration: Configuration, _ server: NIOAsyncChannel<Accepted, Never>, _ address: SocketAddress,
        _ respond: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
    ) {
        self.configuration = configuration
        self.server = server
        self.respond = respond
        localAddress = address
    }

    /// Listens. Requests are answered once ``run()`` was called.
    /// - Throws: when the address cannot be listened on.
    public static func bind(
        _ configuration: Configuration,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        respond: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
    ) async throws -> HTTPListener {
        let server = try await ServerBootstrap(group: eventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .bind(host: configuration.host, port: configuration.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withPipeliningAssistance: false, withErrorHandling: true)
                    return Accepted(channel, unservedFor: configuration.requestTimeout)
                }
            }
        guard let address = server.channel.localAddress else { throw ChannelError.inappropriateOperationForState }
        return HTTPListener(configuration, server, address, respond)
    }

    /// Answers until the task is cancelled or a graceful shutdown begins.
    public func run() async throws {
        let channel = server.channel
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                try await server.executeThenClose { connections in
                    for try await accepted in connections {
                        guard open.load(ordering: .relaxed) < configuration.connections else {
                            accepted.channel.close(promise: nil)
                            continue
                        }
                        open.wrappingAdd(1, ordering: .relaxed)
                        group.addTask {
                            if let connection = await accepted.connection() { await self.serve(connection) }
                            self.open.wrappingSubtract(1, ordering: .relaxed)
                        }
                    }
                }
                // Streams would go on for as long as somebody looks.
                group.cancelAll()
            }
        } onCancelOrGracefulShutdown: {
            channel.close(promise: nil)
        }
    }

    private func serve(_ connection: Connection) async {
        let channel = connection.channel
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(configuration.requestTimeout)) {
            channel.close(promise: nil)
        }
        try? await connection.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body: [UInt8] = []
            var isTooLong = false
            reading: for try await part in inbound {
                switch part {
                case .head(let received): head = received
                case .body(let bytes):
                    isTooLong = isTooLong || body.count + bytes.readableBytes > configuration.bodyBytes
                    if isTooLong { break reading }
                    body += bytes.readableBytesView
                case .end: break reading
                }
            }
            deadline.cancel()
            guard let head else { return }
            let response = isTooLong ? .text(.payloadTooLarge, "the body is too long") : await answer(head, body)
            try await write(response, isHead: head.method == .HEAD, outbound)
        }
        deadline.cancel()
    }

    private func answer(_ head: HTTPRequestHead, _ body: [UInt8]) async -> HTTPResponse {
        // A page of somebody else, which a browser was led to believe is here, has the name of another host.
        guard isOurs(head.headers.first(name: "host") ?? "") else {
            return .text(.misdirectedRequest, "this is no host of that name; use an address")
        }
        guard let request = HTTPRequest(head.method == .HEAD ? .GET : head.method, target: head.uri, body: body) else {
            return .text(.badRequest, "the path cannot be read")
        }
        return await respond(request)
    }

    private func isOurs(_ text: String) -> Bool {
        var host = text[...]
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            host = host[host.index(after: host.startIndex)..<end]
        } else if let colon = host.lastIndex(of: ":") {
            host = host[..<colon]
        }
        let name = String(host)
        return name == "localhost" || name == configuration.host
            || (try? SocketAddress(ipAddress: name, port: 0)) != nil
    }

    private func write(
        _ response: HTTPResponse, isHead: Bool,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws {
        var headers = HTTPHeaders([
            ("content-type", response.type), ("connection", "close"), ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
        ])
        switch response.body {
        case .bytes(let bytes):
            headers.add(name: "content-length", value: "\(bytes.count)")
            try await outbound.write(
                .head(HTTPResponseHead(version: .http1_1, status: response.status, headers: headers)))
            if !isHead { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: bytes)))) }
        case .stream(let pieces):
            try await outbound.write(
                .head(HTTPResponseHead(version: .http1_1, status: response.status, headers: headers)))
            if !isHead {
                for await piece in pieces { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: piece)))) }
            }
        }
        try await outbound.write(.end(nil))
    }
}
