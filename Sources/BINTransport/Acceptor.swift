import BINWire
import Logging
import NIOCore

/// Sets up each accepted connection, or closes it at once when a limit is reached.
struct Acceptor: Sendable {
    let transport: BINEndpoint.Transport
    let configuration: TCPServer.Configuration
    let registry: ConnectionRegistry
    let inbox: PacketInbox
    let counters: TransportCounters
    let security: StreamSecurity

    /// Runs on the event loop of the connection.
    func accept(_ channel: any Channel) throws {
        let logger = configuration.logger
        guard let remote = channel.remoteAddress, let local = channel.localAddress else {
            if counters.add(.connectionsRefused, reason: "gone").isWorthALine {
                logger.info("a peer broke its connection before it was accepted")
            }
            throw ConnectionRefused()
        }
        let closing = CloseReasonBox()
        if let refusal = registry.enter(channel, address: remote.limitKey, closing: closing) {
            if counters.add(.connectionsRefused, reason: refusal.rawValue).isWorthALine {
                logger.notice(
                    "connection refused", metadata: ["peer": "\(remote.logName)", "reason": "\(refusal.rawValue)"])
            }
            throw ConnectionRefused()
        }
        counters.add(.connectionsOpened)
        channel.closeFuture.whenComplete { _ in
            registry.leave(channel, address: remote.limitKey)
            counters.add(.connectionsClosed, reason: closing.value.rawValue)
            logger.debug(
                "connection closed", metadata: ["peer": "\(remote.logName)", "reason": "\(closing.value.rawValue)"])
        }
        let writer = AnswerWriter(
            channel: channel, peer: remote.logName, configuration: configuration, counters: counters, closing: closing)
        let connection = PacketConnection(transport: transport, remote: remote, local: local) {
            packet throws(SendError) in
            try writer.send(packet)
        } close: {
            closing.set(.shutdown)
            channel.close(promise: nil)
        }
        try security.addHandlers(to: channel, closing: closing)
        try channel.pipeline.syncOperations.addHandlers([
            PacketReadHandler(
                inbox: inbox, connection: connection, framing: configuration.framing,
                detectsFraming: configuration.detectsFraming, limits: configuration.limits, counters: counters,
                registry: registry, closing: closing, logger: logger),
            ErrorHandler(closing: closing) { error in
                logger.info("connection broke", metadata: ["peer": "\(remote.logName)", "reason": "\(error)"])
            },
        ])
    }
}

/// Makes the bootstrap close the connection.
private struct ConnectionRefused: Error {}

/// Notes what goes wrong while accepting, such as too many open files; the listener waits a second and goes on.
final class AcceptErrorHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let counters: TransportCounters
    private let logger: Logger

    init(counters: TransportCounters, logger: Logger) {
        self.counters = counters
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if counters.add(.acceptsFailed).isWorthALine {
            logger.error("cannot accept a connection", metadata: ["reason": "\(error)"])
        }
        context.fireErrorCaught(error)
    }
}
