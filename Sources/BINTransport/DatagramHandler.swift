import BINWire
import Logging
import NIOCore

/// Checks each datagram and gathers those that were read together into one batch a peer.
final class DatagramHandler: ChannelDuplexHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let inbox: PacketInbox
    private let configuration: UDPTransport.Configuration
    private let sender: DatagramSender
    private let counters: TransportCounters

    private var peers: [SocketAddress: PacketConnection] = [:]
    private var rates: [String: PacketRate] = [:]
    private var current: PacketConnection?
    private var buffer = ByteBuffer()
    private var entries: [InboundPackets.Entry] = []
    private var source: PacketConnection?
    private var paused = false
    private var readHeldBack = false
    private var context: ChannelHandlerContext?

    init(
        inbox: PacketInbox, configuration: UDPTransport.Configuration, sender: DatagramSender,
        counters: TransportCounters
    ) {
        self.inbox = inbox
        self.configuration = configuration
        self.sender = sender
        self.counters = counters
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        if let source { inbox.unregister(source.accountID) }
        self.context = nil
    }

    func read(context: ChannelHandlerContext) {
        if paused { readHeldBack = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        let datagram = envelope.data
        let header: PacketHeader
        do throws(WireError) {
            let bytes = datagram.readableBytesSpan
            header = try PacketHeader(datagram: bytes, framing: framing(of: bytes))
            guard header.length <= configuration.limits.maximumPacketLength else {
                throw WireError(.packetTooLong, at: 4)
            }
        } catch {
            return drop(envelope.remoteAddress, error.code.metricName, offset: error.offset)
        }
        guard isWithinRate(envelope.remoteAddress) else {
            return drop(envelope.remoteAddress, "rate_limit", offset: 0)
        }
        if current?.remoteAddress != envelope.remoteAddress {
            flush(context)
            current = connection(to: envelope.remoteAddress, context)
        }
        if entries.isEmpty { buffer = context.channel.allocator.buffer(capacity: 16384) }
        entries.append(.init(header: header, start: buffer.readableBytes))
        buffer.writeImmutableBuffer(datagram)
        if buffer.readableBytes >= 65536 { flush(context) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An unreachable peer shows here; the socket serves the others on.
        configuration.logger.debug("socket error", metadata: ["reason": "\(error)"])
    }

    private func framing(of datagram: RawSpan) -> Framing {
        guard configuration.detectsFraming, case .packet(let framing) = Framing.detect(datagram: datagram) else {
            return configuration.framing
        }
        return framing
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard let current, !entries.isEmpty else { return }
        counters.add(.packetsReceived, entries.count)
        counters.add(.bytesReceived, buffer.readableBytes)
        let batch = InboundPackets(connection: current, buffer: buffer, gathered: [], entries: entries)
        entries = []
        buffer = ByteBuffer()
        if !inbox.deliver(batch) {
            paused = true
            counters.add(.readsPaused, reason: "unread")
        }
    }

    private func resume() {
        paused = false
        guard readHeldBack, let context else { return }
        readHeldBack = false
        context.read()
    }

    private func connection(to peer: SocketAddress, _ context: ChannelHandlerContext) -> PacketConnection? {
        if let known = peers[peer] { return known }
        guard let local = context.channel.localAddress else { return nil }
        if peers.count >= configuration.trackedAddresses { peers.removeAll() }
        let connection = PacketConnection(
            transport: .udp, remote: peer, local: local, accountID: source?.accountID
        ) { [sender] packet throws(SendError) in
            try await sender.send([packet], to: peer)
        }
        if source == nil {
            source = connection
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            let eventLoop = context.eventLoop
            inbox.register(connection.accountID, limits: configuration.limits) {
                eventLoop.execute { bound.value.resume() }
            }
        }
        peers[peer] = connection
        return connection
    }

    private func isWithinRate(_ peer: SocketAddress) -> Bool {
        guard let perSecond = configuration.limits.packetsPerSecond else { return true }
        let now = ContinuousClock.now
        let key = peer.limitKey
        if rates.count >= configuration.trackedAddresses, rates[key] == nil { rates.removeAll() }
        return rates[key, default: PacketRate(perSecond: perSecond, now: now)].takeOne(now: now)
    }

    private func drop(_ peer: SocketAddress, _ reason: String, offset: UInt32) {
        let metadata: Logger.Metadata = ["peer": "\(peer.logName)", "reason": "\(reason)", "offset": "\(offset)"]
        if counters.add(.packetsRefused, reason: reason).isWorthALine {
            configuration.logger.notice("datagram dropped", metadata: metadata)
        } else {
            configuration.logger.trace("datagram dropped", metadata: metadata)
        }
    }
}
