public import BINWire
public import Logging
public import NIOCore
public import NIOPosix
public import ServiceLifecycle
import Synchronization

/// One UDP socket: packets of any number of peers, one a datagram.
///
/// Release 2.1 speaks the 2.1 framing, which carries a checksum. Nodes of this project use the 2.3 framing among
/// themselves. A datagram that is not exactly one packet is dropped and counted by reason
/// (``TransportMetric/packetsRefused``): a bad checksum as `bad_checksum`, bytes behind the packet as `length_mismatch`.
///
/// A datagram that the system refuses to send (no way to that network, a firewall, an address that cannot be reached from this one) is
/// lost alone: the socket, which SwiftNIO closes then, is opened again at the same address.
///
/// UDP promises neither arrival nor order. A consumer that is slow makes the system drop datagrams uncounted, which is
/// why the receive buffer is large and datagrams are read many at a time.
public final class UDPTransport: Service {
    /// How a socket behaves.
    public struct Configuration: Sendable {
        /// The framing of all peers.
        public var framing = Framing.v2_3
        /// Whether the framing of each datagram is found from its bytes instead; what is sent still has ``framing``.
        public var detectsFraming = false
        /// What peers may take; the numbers of connections, ``TransportLimits/idleTimeout`` and
        /// ``TransportLimits/packetTimeout`` mean nothing here. The unread bounds are those of all peers together.
        public var limits: TransportLimits
        /// The largest datagram sent, in bytes; at most 65,507.
        public var maximumDatagram = Framing.maximumDatagram
        /// The receive buffer asked of the system, in bytes; the system may give less.
        public var receiveBuffer = 8 << 20
        /// Datagrams read with one system call.
        public var datagramsARead = 32
        /// Bytes that wait to be sent; more are refused.
        public var unsentBytes = 8 << 20
        /// Addresses whose rate is kept; beyond it the table begins anew.
        public var trackedAddresses = 4096
        /// Where log lines go.
        public var logger = Logger(label: "bin.udp")

        /// The defaults.
        public init() {
            limits = TransportLimits()
            limits.unreadBytes = 16 << 20
            limits.unreadPackets = 65536
        }
    }

    /// The packets of all peers.
    public let packets: PacketInbox
    /// What was counted.
    public let counters: TransportCounters
    /// The address of the socket, with the port that the system chose.
    public let localAddress: SocketAddress
    private let socket: Mutex<Socket>
    private let eventLoopGroup: any EventLoopGroup
    private let sender: DatagramSender
    private let ownsInbox: Bool
    private let configuration: Configuration

    private struct Socket {
        var channel: any Channel
        var isClosed = false
    }

    private init(
        channel: any Channel, on eventLoopGroup: any EventLoopGroup, address: SocketAddress, sender: DatagramSender,
        inbox: PacketInbox, ownsInbox: Bool, counters: TransportCounters, configuration: Configuration
    ) {
        self.socket = Mutex(Socket(channel: channel))
        self.eventLoopGroup = eventLoopGroup
        self.localAddress = address
        self.sender = sender
        self.packets = inbox
        self.ownsInbox = ownsInbox
        self.counters = counters
        self.configuration = configuration
    }

    /// Opens the socket. Datagrams are read once ``run()`` was called; sending works at once.
    /// - Parameters:
    ///   - endpoint: `udp:`.
    ///   - configuration: how to behave.
    ///   - inbox: where to deliver; nil for one of its own, which ends when ``run()`` does.
    ///   - eventLoopGroup: the threads to work on.
    /// - Throws: when the address cannot be bound.
    public static func bind(
        to endpoint: BINEndpoint, configuration: Configuration = Configuration(), inbox: PacketInbox? = nil,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws -> UDPTransport {
        guard endpoint.transport == .udp else { throw TransportError.wrongTransport(endpoint) }
        let counters = TransportCounters(transport: "udp")
        let packets = inbox ?? PacketInbox()
        let sender = DatagramSender(configuration, counters: counters)
        let channel = try await bootstrap(on: eventLoopGroup, configuration, packets, sender, counters)
            .bind(host: endpoint.host, port: endpoint.port).get()
        guard let address = channel.localAddress else { throw ChannelError.inappropriateOperationForState }
        sender.attach(channel)
        configuration.logger.info("listening", metadata: ["address": "\(address.logName)"])
        let given = try await channel.getOption(.socketOption(.so_rcvbuf)).get()
        if Int(given) < configuration.receiveBuffer {
            configuration.logger.notice(
                "the receive buffer is smaller than asked for, bursts of datagrams may be lost (net.core.rmem_max)",
                metadata: ["asked": "\(configuration.receiveBuffer)", "given": "\(given)"])
        }
        return UDPTransport(
            channel: channel, on: eventLoopGroup, address: address, sender: sender, inbox: packets,
            ownsInbox: inbox == nil,
            counters: counters, configuration: configuration)
    }

    private static func bootstrap(
        on eventLoopGroup: any EventLoopGroup, _ configuration: Configuration, _ packets: PacketInbox,
        _ sender: DatagramSender, _ counters: TransportCounters
    ) -> DatagramBootstrap {
        // Vectored reads cut one buffer into equal parts, one a datagram. What is not used of it costs no memory, and
        // the datagrams are copied out of it, so the same one serves every read.
        let vector = Swift.max(1, configuration.datagramsARead)
        return DatagramBootstrap(group: eventLoopGroup)
            .channelOption(.autoRead, value: false)
            .channelOption(.socketOption(.so_rcvbuf), value: SocketOptionValue(clamping: configuration.receiveBuffer))
            .channelOption(.datagramVectorReadMessageCount, value: vector)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: vector * 65536))
            .channelOption(.maxMessagesPerRead, value: 4)
            .channelOption(
                .writeBufferWaterMark, value: .init(low: configuration.unsentBytes / 2, high: configuration.unsentBytes)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        DatagramHandler(
                            inbox: packets, configuration: configuration, sender: sender, counters: counters))
                }
            }
    }

    /// Sends one packet; returns when the system took it.
    /// - Throws: ``SendError``: too long, not one packet of the framing, too much under way, or refused by the system.
    public func send(_ packet: [UInt8], to peer: SocketAddress) async throws(SendError) {
        try await sender.send([packet], to: peer)
    }

    /// Sends packets in this order with as few system calls as possible; returns when the system took all.
    /// - Throws: ``SendError``. When one packet cannot be sent at all, none was; after a refusal by the system those
    ///   behind it may have been sent.
    public func send(_ packets: [[UInt8]], to peer: SocketAddress) async throws(SendError) {
        try await sender.send(packets, to: peer)
    }

    /// Receives until the task is cancelled, ``close()`` is called or a graceful shutdown begins.
    public func run() async throws {
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await receive()
            } onGracefulShutdown: {
                self.close()
            }
        } onCancel: {
            close()
        }
        if ownsInbox { packets.finish() }
    }

    private func receive() async throws {
        while true {
            let (channel, isClosed) = socket.withLock { ($0.channel, $0.isClosed) }
            if isClosed { return }
            // Fails only when the socket was closed meanwhile.
            try? await channel.setOption(.autoRead, value: true).get()
            channel.read()
            try await channel.closeFuture.get()
            await reopen()
        }
    }

    /// Opens the socket again, unless it was closed on purpose. The address may be gone for a while, with its interface.
    private func reopen() async {
        while !socket.withLock({ $0.isClosed }), !Task.isCancelled {
            do {
                let channel = try await Self.bootstrap(on: eventLoopGroup, configuration, packets, sender, counters)
                    .bind(to: localAddress).get()
                sender.attach(channel)
                let isClosed = socket.withLock { socket in
                    socket.channel = channel
                    return socket.isClosed
                }
                if isClosed { channel.close(promise: nil) }
                configuration.logger.notice(
                    "the socket was opened again", metadata: ["address": "\(localAddress.logName)"])
                return
            } catch {
                configuration.logger.error(
                    "the socket cannot be opened again",
                    metadata: ["address": "\(localAddress.logName)", "reason": "\(SocketFailure(error))"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Closes the socket.
    public func close() {
        let channel = socket.withLock { socket in
            socket.isClosed = true
            return socket.channel
        }
        channel.close(promise: nil)
    }
}
