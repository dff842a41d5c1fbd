public import BINWire
public import Logging
public import NIOCore
public import NIOPosix
public import ServiceLifecycle
import Synchronization

/// One connection to a peer that is opened, and opened again, by us.
///
/// Packets are queued with ``send(_:unpaced:)`` whether the connection stands or not, and go out in that order while
/// ``run()`` runs. What the peer sends on the connection arrives in ``packets``.
///
/// What is promised: a packet that was queued is either handed to the operating system in order, or reported in
/// ``events`` as lost. A packet that the system took can still be lost with the connection, as TCP confirms nothing to a
/// program; ``ClientEvent/disconnected(_:writtenThrough:confirmedThrough:)`` tells which packets that may concern. A
/// packet that the system had not taken whole when the connection broke is sent again on the next one, and so may
/// packets around it: a peer may see those twice.
public final class TCPClient: Service {
    /// What to do when the queue, or the pacing window, is full.
    public enum Overflow: Hashable, Sendable {
        /// The sender waits. With a window it also waits until fewer than that many packets are unconfirmed.
        case wait(window: Int? = nil)
        /// The oldest packet that waits is dropped, counted and reported.
        case dropOldest
    }

    /// How a client behaves.
    public struct Configuration: Sendable {
        /// The framing of the peer: 2.2, or 2.3 for everything later.
        public var framing = Framing.v2_3
        /// The address to connect from: that of our own listener, as peers know nodes by it. The port is usually 0.
        public var localAddress: SocketAddress?
        /// Bytes that may wait; at most 256 KiB more are being written.
        public var queuedBytes = 4 << 20
        /// Packets that may wait.
        public var queuedPackets = 65536
        /// What to do when that is full.
        public var overflow = Overflow.wait()
        /// Whether packets that were being written when a connection broke are sent again.
        public var resendsUncertain = true
        /// Whether what waits is kept until there is a connection again. Otherwise it is given up when the connection breaks
        /// or cannot be made, and reported as lost: for packets that mean nothing later.
        public var keepsQueue = true
        /// The waits between attempts.
        public var backoff = Backoff()
        /// How long an attempt may take.
        public var connectTimeout: Duration = .seconds(5)
        /// How long the peer may take nothing while something is to be written; nil for ever.
        public var writeTimeout: Duration? = .seconds(30)
        /// How long a graceful shutdown waits for the queue to become empty.
        public var drainTimeout: Duration = .seconds(2)
        /// What the peer may take by sending on this connection. There is no idle time-out unless it is set here.
        public var limits: TransportLimits
        /// Where log lines go.
        public var logger = Logger(label: "bin.tcp.client")
        /// Measures the waits.
        public var clock: any Clock<Duration> = ContinuousClock()
        /// Draws the waits.
        public var random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
        #if TLS
            /// Certificates, for `bins:`.
            public var tls: TLSOptions?
        #endif

        /// The defaults.
        public init() {
            limits = TransportLimits()
            limits.idleTimeout = nil
        }
    }

    /// The peer.
    public let endpoint: BINEndpoint
    /// What the peer sends on this connection.
    public let packets: PacketInbox
    /// Connections, losses, and wishes for confirmations.
    public let events = ClientEvents()
    /// What was counted.
    public let counters: TransportCounters
    let configuration: Configuration
    let outbox: Outbox
    private let security: StreamSecurity
    private let ownsInbox: Bool
    private let eventLoopGroup: any EventLoopGroup
    private let stop = StopSignal()
    /// The connection that is being established or stands.
    private let current = Mutex<(any Channel)?>(nil)

    /// A client that connects once ``run()`` is called.
    /// - Parameters:
    ///   - endpoint: `bin:` or, with the trait `TLS` and certificates, `bins:`.
    ///   - configuration: how to behave.
    ///   - inbox: where to deliver what the peer sends; nil for one of its own.
    ///   - eventLoopGroup: the threads to work on.
    /// - Throws: ``TransportError``.
    public init(
        _ endpoint: BINEndpoint, configuration: Configuration = Configuration(), inbox: PacketInbox? = nil,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) throws {
        guard endpoint.transport != .udp else { throw TransportError.wrongTransport(endpoint) }
        guard configuration.framing != .v2_1 else { throw TransportError.wrongFraming }
        self.endpoint = endpoint
        self.configuration = configuration
        self.packets = inbox ?? PacketInbox()
        self.ownsInbox = inbox == nil
        self.eventLoopGroup = eventLoopGroup
        self.security = try StreamSecurity(client: endpoint, configuration)
        self.counters = TransportCounters(transport: endpoint.transport == .bins ? "tls" : "tcp")
        self.outbox = Outbox(configuration, events: events, counters: counters)
    }

    // MARK: Sending

    /// Queues one packet, waiting for room if the policy says so.
    /// - Parameters:
    ///   - packet: exactly one packet.
    ///   - unpaced: whether it may pass the pacing window and those who wait: for the PING that asks for a confirmation.
    /// - Returns: its number. Numbers rise by one from 1 in the order of sending.
    /// - Throws: ``SendError``; the packet was not queued then.
    @discardableResult
    public nonisolated(nonsending) func send(_ packet: [UInt8], unpaced: Bool = false) async throws(SendError) -> UInt64
    {
        try await outbox.send(packet, unpaced: unpaced)
    }

    /// Queues one packet without waiting and without an array of its own.
    /// - Throws: ``SendError/queueFull`` where ``send(_:unpaced:)`` would wait.
    @discardableResult
    public func offer(_ packet: RawSpan) throws(SendError) -> UInt64 {
        try outbox.offer(packet)
    }

    /// Notes that the peer has read everything up to the packet `number`, which opens the pacing window.
    public func confirm(through number: UInt64) { outbox.confirm(through: number) }

    /// Packets and bytes that wait.
    public var queued: (packets: Int, bytes: Int) { outbox.queued }

    /// The number of the last packet that the operating system took, with all before it.
    public var writtenThrough: UInt64 { outbox.writtenThrough }

    // MARK: Running

    /// Connects, sends and receives until the task is cancelled (at once) or a graceful shutdown begins (after the queue
    /// was sent, at most ``Configuration/drainTimeout`` later).
    public func run() async throws {
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await connectAgainAndAgain()
            } onGracefulShutdown: {
                self.shutdown()
            }
        } onCancel: {
            stop.set()
            outbox.stop(draining: nil)
            current.withLock { $0 }?.close(promise: nil)
        }
        outbox.finish()
        events.finish()
        if ownsInbox { packets.finish() }
    }

    /// Takes no more packets, sends what waits if the connection stands, and lets ``run()`` end.
    public func shutdown() {
        stop.set()
        outbox.stop(draining: configuration.drainTimeout)
        // An attempt that is under way has the same time.
        guard let channel = current.withLock({ $0 }) else { return }
        channel.eventLoop.scheduleTask(in: TimeAmount(configuration.drainTimeout)) { channel.close(promise: nil) }
    }

    private func connectAgainAndAgain() async {
        var backoff = configuration.backoff
        var random = configuration.random
        while !stop.isSet {
            var logger = configuration.logger
            logger[metadataKey: "peer"] = "\(endpoint)"
            let closing = CloseReasonBox()
            do {
                let channel = try await connect(closing, logger)
                counters.add(.connectionsOpened)
                logger.info("connected", metadata: ["local": "\(channel.localAddress?.logName ?? "unknown")"])
                events.post(.connected(local: channel.localAddress, remote: channel.remoteAddress))
                let began = ContinuousClock.now
                try? await channel.closeFuture.get()
                if stop.isSet { closing.set(.shutdown) }
                outbox.disconnected(closing.value)
                counters.add(.connectionsClosed, reason: closing.value.rawValue)
                logger.info("disconnected", metadata: ["reason": "\(closing.value.rawValue)"])
                if ContinuousClock.now - began >= backoff.resetAfter { backoff.reset() }
                if stop.isSet { break }
                await sleep(backoff.next(using: &random))
            } catch {
                outbox.detached()
                let wait = backoff.next(using: &random)
                let reason = SocketFailure(error).description
                if counters.add(.connectsFailed).isWorthALine {
                    logger.notice("cannot connect", metadata: ["reason": "\(reason)"])
                }
                events.post(.connectFailed(reason: reason, retryIn: wait))
                await sleep(wait)
            }
        }
    }

    /// Waits, but not beyond a shutdown.
    private func sleep(_ duration: Duration) async {
        let clock = configuration.clock
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await clock.sleep(for: duration) }
            group.addTask { await self.stop.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    private func connect(_ closing: CloseReasonBox, _ logger: Logger) async throws -> any Channel {
        let bootstrap = ClientBootstrap(group: eventLoopGroup)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.maxMessagesPerRead, value: 2)
            .channelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 192 << 10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    self.current.withLock { $0 = channel }
                    if self.stop.isSet { throw CancellationError() }
                    try self.security.addHandlers(to: channel, closing: closing)
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectedHandler { try self.set(up: $0, closing, logger) })
                }
            }
        if let local = configuration.localAddress {
            return try await bootstrap.bind(to: local).connect(host: endpoint.host, port: endpoint.port).get()
        }
        return try await bootstrap.connect(host: endpoint.host, port: endpoint.port).get()
    }

    /// Adds the handlers that need the addresses, when the connection stands.
    private func set(up channel: any Channel, _ closing: CloseReasonBox, _ logger: Logger) throws {
        guard let remote = channel.remoteAddress, let local = channel.localAddress else {
            throw ChannelError.inappropriateOperationForState
        }
        let connection = PacketConnection(transport: endpoint.transport, remote: remote, local: local) {
            [outbox] packet throws(SendError) in
            _ = try await outbox.send(packet, unpaced: false)
        } close: {
            closing.set(.shutdown)
            channel.close(promise: nil)
        }
        try channel.pipeline.syncOperations.addHandlers([
            PacketReadHandler(
                inbox: packets, connection: connection, framing: configuration.framing, limits: configuration.limits,
                counters: counters, registry: nil, closing: closing, logger: logger),
            PacketWriteHandler(
                outbox: outbox, writeTimeout: configuration.writeTimeout, closing: closing, logger: logger),
            ErrorHandler(closing: closing) { logger.info("connection broke", metadata: ["reason": "\($0)"]) },
        ])
    }
}
