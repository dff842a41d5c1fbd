public import BINWire
public import Logging
public import NIOCore
public import NIOPosix
public import ServiceLifecycle
import Synchronization

/// Accepts connections of peers and delivers their packets.
///
/// ```swift
/// let server = try await TCPServer.bind(to: BINEndpoint(parsing: "bin:127.0.0.1:5555"))
/// try await withThrowingTaskGroup(of: Void.self) { group in
///     group.addTask { try await server.run() }
///     for await batch in server.packets {
///         batch.forEach { bytes, header in … }
///     }
/// }
/// ```
///
/// Each connection is bounded by ``TransportLimits``. A peer that breaks a framing rule loses its connection, with the
/// reason in the log and in ``TransportCounters``; the others do not notice.
public final class TCPServer: Service {
    /// How a server behaves.
    public struct Configuration: Sendable {
        /// The framing of all peers: 2.2, or 2.3 for everything later.
        public var framing = Framing.v2_3
        /// Whether the framing of each peer is found from its first bytes instead; answers then still have ``framing``.
        public var detectsFraming = false
        /// What peers may take.
        public var limits = TransportLimits()
        /// Bytes that one read takes from a socket at most.
        public var readSize = 65536
        /// Where log lines go.
        public var logger = Logger(label: "bin.tcp.server")
        #if TLS
            /// Certificates, for `bins:`.
            public var tls: TLSOptions?
        #endif

        /// The defaults.
        public init() {}
    }

    /// The packets of all connections.
    public let packets: PacketInbox
    /// What was counted.
    public let counters: TransportCounters
    /// The address that it listens on, with the port that the system chose.
    public let localAddress: SocketAddress
    /// `bin` or `bins`.
    public let transport: BINEndpoint.Transport
    private let channel: any Channel
    private let registry: ConnectionRegistry
    private let ownsInbox: Bool
    private let logger: Logger

    private init(
        channel: any Channel, address: SocketAddress, transport: BINEndpoint.Transport, registry: ConnectionRegistry,
        inbox: PacketInbox, ownsInbox: Bool, counters: TransportCounters, logger: Logger
    ) {
        self.channel = channel
        self.transport = transport
        self.localAddress = address
        self.registry = registry
        self.packets = inbox
        self.ownsInbox = ownsInbox
        self.counters = counters
        self.logger = logger
    }

    /// Listens. Connections are accepted once ``run()`` was called.
    /// - Parameters:
    ///   - endpoint: `bin:` or, with the trait `TLS` and certificates, `bins:`.
    ///   - configuration: how to behave.
    ///   - inbox: where to deliver; nil for one of its own, which ends when ``run()`` does.
    ///   - eventLoopGroup: the threads to work on.
    /// - Throws: when the address cannot be bound, or the certificates cannot be used.
    public static func bind(
        to endpoint: BINEndpoint, configuration: Configuration = Configuration(), inbox: PacketInbox? = nil,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws -> TCPServer {
        guard endpoint.transport != .udp else { throw TransportError.wrongTransport(endpoint) }
        guard configuration.framing != .v2_1 else { throw TransportError.wrongFraming }
        let security = try StreamSecurity(server: endpoint, configuration)
        let counters = TransportCounters(transport: endpoint.transport == .bins ? "tls" : "tcp")
        let registry = ConnectionRegistry(limits: configuration.limits)
        let packets = inbox ?? PacketInbox()
        let acceptor = Acceptor(
            transport: endpoint.transport, configuration: configuration, registry: registry, inbox: packets,
            counters: counters, security: security)
        let channel = try await ServerBootstrap(group: eventLoopGroup)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptErrorHandler(counters: counters, logger: configuration.logger))
                }
            }
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 2)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 8192, maximum: configuration.readSize)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try acceptor.accept(channel) }
            }
            .bind(host: endpoint.host, port: endpoint.port)
            .get()
        guard let address = channel.localAddress else { throw ChannelError.inappropriateOperationForState }
        configuration.logger.info("listening", metadata: ["address": "\(address.logName)"])
        return TCPServer(
            channel: channel, address: address, transport: endpoint.transport, registry: registry, inbox: packets,
            ownsInbox: inbox == nil, counters: counters, logger: configuration.logger)
    }

    /// Number of connections at present.
    public var connectionCount: Int { registry.count }

    /// Accepts and serves until the task is cancelled, ``close()`` is called or a graceful shutdown begins.
    public func run() async throws {
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                // Fails only when the socket was closed meanwhile.
                try? await channel.setOption(.autoRead, value: true).get()
                channel.read()
                try await channel.closeFuture.get()
            } onGracefulShutdown: {
                self.close()
            }
        } onCancel: {
            close()
        }
        for connection in registry.close() {
            try? await connection.close().get()
        }
        if ownsInbox { packets.finish() }
        logger.info("stopped listening", metadata: ["address": "\(localAddress.logName)"])
    }

    /// Stops listening and closes every connection.
    public func close() {
        channel.close(promise: nil)
        for connection in registry.close() { connection.close(promise: nil) }
    }
}

/// Why a transport could not be set up.
public enum TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The endpoint names a transport that this type does not speak.
    case wrongTransport(BINEndpoint)
    /// The framing of 2.1 on a stream: it has no lengths, so it can be cut into packets only in datagrams.
    case wrongFraming
    /// `bins:` without certificates, or in a build without the trait `TLS`.
    case tlsNotConfigured(BINEndpoint)
    /// A certificate, a key or a pin cannot be used.
    case badCertificate(String)

    public var description: String {
        switch self {
        case .wrongTransport(let endpoint): "\(endpoint) cannot be used here"
        case .wrongFraming: "the framing of 2.1 is for UDP only"
        case .tlsNotConfigured(let endpoint): "\(endpoint) needs certificates and a build with the trait TLS"
        case .badCertificate(let reason): reason
        }
    }
}
