import Logging
import NIOCore
import Synchronization

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
        guard let remote = channel.remoteAddress, let local = channel.localAddress else {
            throw ChannelError.inappropriateOperationForState
        }
        let logger = configuration.logger
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
        let writer = AnswerWriter(channel: channel, configuration: configuration, counters: counters)
        let connection = PacketConnection(transport: transport, remote: remote, local: local) {
            packet throws(SendError) in
            try await writer.send(packet)
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

/// Writes answers on an accepted connection, bounded by what the peer has not taken yet.
final class AnswerWriter: Sendable {
    private let channel: any Channel
    private let configuration: TCPServer.Configuration
    private let counters: TransportCounters
    private let pending = Atomic<Int>(0)

    init(channel: any Channel, configuration: TCPServer.Configuration, counters: TransportCounters) {
        self.channel = channel
        self.configuration = configuration
        self.counters = counters
    }

    func send(_ packet: [UInt8]) async throws(SendError) {
        try PacketCheck.stream(
            packet, framing: configuration.framing, maximum: configuration.limits.maximumPacketLength)
        let count = packet.count
        guard pending.wrappingAdd(count, ordering: .relaxed).newValue <= configuration.limits.unsentBytes else {
            pending.wrappingSubtract(count, ordering: .relaxed)
            throw .queueFull
        }
        defer { pending.wrappingSubtract(count, ordering: .relaxed) }
        do {
            try await channel.writeAndFlush(channel.allocator.buffer(bytes: packet)).get()
        } catch ChannelError.ioOnClosedChannel {
            throw .closed
        } catch ChannelError.alreadyClosed {
            throw .closed
        } catch {
            throw .failed("\(error)")
        }
        counters.add(.packetsSent)
        counters.add(.bytesSent, count)
    }
}
