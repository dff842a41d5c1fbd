import BINWire
import Logging
import NIOCore

/// Cuts what a connection delivers into packets and hands them to the inbox, a batch a read.
///
/// It is the reader of accepted and of opened connections alike. Reading is suspended by holding back the `read` event,
/// so a consumer that is slow fills the socket buffers and, through them, stops the sender.
final class PacketReadHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Never
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let inbox: PacketInbox
    private let connection: PacketConnection
    private let limits: TransportLimits
    private let counters: TransportCounters
    private let registry: ConnectionRegistry?
    private let closing: CloseReasonBox
    private var logger: Logger

    private var splitter: StreamSplitter
    /// While it is not known which framing the peer speaks.
    private var probe: FramingProbe?
    private var context: ChannelHandlerContext?
    private var unreadFull = false
    private var rateExceeded = false
    private var readHeldBack = false
    private var lastRead = NIODeadline.now()
    private var idleTask: Scheduled<Void>?
    private var packetTask: Scheduled<Void>?
    private var failed = false

    init(
        inbox: PacketInbox, connection: PacketConnection, framing: Framing, detectsFraming: Bool = false,
        limits: TransportLimits, counters: TransportCounters, registry: ConnectionRegistry?, closing: CloseReasonBox,
        logger: Logger
    ) {
        self.inbox = inbox
        self.connection = connection
        self.limits = limits
        self.counters = counters
        self.registry = registry
        self.closing = closing
        self.logger = logger
        self.logger[metadataKey: "peer"] = "\(connection.peer)"
        self.splitter = StreamSplitter(framing: framing, maximumLength: limits.maximumPacketLength)
        self.probe = detectsFraming ? FramingProbe() : nil
    }

    /// Bytes of a packet that is not complete.
    private var pendingBytes: Int { probe?.pendingBytes ?? splitter.pendingBytes }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        inbox.register(connection.id, limits: limits) {
            eventLoop.execute { bound.value.resumeUnread() }
        }
        scheduleIdleCheck(after: limits.idleTimeout, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        inbox.unregister(connection.id)
        idleTask?.cancel()
        packetTask?.cancel()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !failed, pendingBytes > 0 {
            logger.info(
                "connection ended inside of a packet",
                metadata: ["offset": "\(splitter.packetOffset)", "pending": "\(pendingBytes)"])
        }
        context.fireChannelInactive()
    }

    // MARK: Reading

    func read(context: ChannelHandlerContext) {
        if unreadFull || rateExceeded { readHeldBack = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !failed else { return }
        lastRead = .now()
        var buffer = unwrapInboundIn(data)
        if probe != nil {
            guard let found = probe?.take(buffer) else { return watchPacket(context) }
            probe = nil
            splitter = StreamSplitter(framing: found.framing, maximumLength: limits.maximumPacketLength)
            buffer = found.bytes
        }
        // The socket is read into large buffers. A batch must not hold one for a few bytes.
        if buffer.readableBytes < buffer.storageCapacity / 2 {
            var exact = context.channel.allocator.buffer(capacity: buffer.readableBytes)
            exact.writeBuffer(&buffer)
            buffer = exact
        }
        var entries: [InboundPackets.Entry] = []
        var gathered: [UInt8] = []
        var byteCount = 0
        var refusal: WireError?
        do throws(WireError) {
            let bytes = buffer.readableBytesSpan
            var position = 0
            while let frame = try splitter.next(in: bytes, at: &position) {
                if frame.chunkOffset == nil {
                    gathered = [UInt8](copying: splitter.bytes(of: frame, in: bytes))
                }
                if entries.isEmpty { entries.reserveCapacity(bytes.byteCount / frame.header.length + 1) }
                entries.append(.init(header: frame.header, start: frame.chunkOffset ?? -1))
                byteCount += frame.header.length
            }
        } catch {
            refusal = error
        }
        if !entries.isEmpty {
            let packets = entries.count
            counters.add(.packetsReceived, packets)
            counters.add(.bytesReceived, byteCount)
            let batch = InboundPackets(connection: connection, buffer: buffer, gathered: gathered, entries: entries)
            if !inbox.deliver(batch) {
                unreadFull = true
                counters.add(.readsPaused, reason: "unread")
            }
            charge(packets, context)
        }
        if let refusal { refuse(refusal, context) } else { watchPacket(context) }
    }

    private func refuse(_ error: WireError, _ context: ChannelHandlerContext) {
        failed = true
        counters.add(.packetsRefused, reason: error.code.metricName)
        logger.warning(
            "framing error, closing the connection",
            metadata: [
                "reason": "\(error.code)",
                "offset": "\(splitter.packetOffset + UInt64(error.offset))",
            ])
        closing.set(.framing)
        context.close(promise: nil)
    }

    // MARK: Suspending

    private func charge(_ packets: Int, _ context: ChannelHandlerContext) {
        guard let registry, !rateExceeded else { return }
        let wait = registry.charge(packets, address: connection.remoteAddress.limitKey)
        guard wait > .zero else { return }
        rateExceeded = true
        if counters.add(.readsPaused, reason: "rate_limit").isWorthALine {
            logger.notice("the peer sends faster than allowed, reading it more slowly")
        }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: TimeAmount(wait)) {
            bound.value.rateExceeded = false
            bound.value.resume()
        }
    }

    private func resumeUnread() {
        unreadFull = false
        resume()
    }

    private func resume() {
        guard !unreadFull, !rateExceeded, readHeldBack, let context else { return }
        readHeldBack = false
        lastRead = .now()
        context.read()
    }

    // MARK: Time-outs

    private func scheduleIdleCheck(after delay: Duration?, _ context: ChannelHandlerContext) {
        guard let delay else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        idleTask = context.eventLoop.scheduleTask(in: TimeAmount(delay)) { bound.value.checkIdle() }
    }

    private func checkIdle() {
        guard let context, let limit = limits.idleTimeout else { return }
        let silent = NIODeadline.now() - lastRead
        if unreadFull || rateExceeded {
            scheduleIdleCheck(after: limit, context)
        } else if silent >= TimeAmount(limit) {
            logger.info("closing a silent connection")
            closing.set(.idle)
            context.close(promise: nil)
        } else {
            scheduleIdleCheck(after: .nanoseconds((TimeAmount(limit) - silent).nanoseconds), context)
        }
    }

    /// Watches the packet that is incomplete now, unless one is watched already.
    private func watchPacket(_ context: ChannelHandlerContext) {
        guard packetTask == nil, pendingBytes > 0 else { return }
        let offset = splitter.packetOffset
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        packetTask = context.eventLoop.scheduleTask(in: TimeAmount(limits.packetTimeout)) {
            bound.value.checkPacket(startedAt: offset)
        }
    }

    private func checkPacket(startedAt offset: UInt64) {
        packetTask = nil
        guard let context, !failed, pendingBytes > 0 else { return }
        guard splitter.packetOffset == offset, !unreadFull, !rateExceeded else { return watchPacket(context) }
        logger.notice(
            "a packet was not completed in time, closing the connection",
            metadata: ["offset": "\(offset)", "pending": "\(pendingBytes)"])
        closing.set(.incompletePacket)
        context.close(promise: nil)
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let parts = duration.components
        self = .nanoseconds(Int64(clamping: parts.seconds).clampedNanoseconds + parts.attoseconds / 1_000_000_000)
    }
}

extension Int64 {
    fileprivate var clampedNanoseconds: Int64 {
        let (value, overflow) = multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max / 2 : value
    }
}

extension WireError.Code {
    /// The reason as a metric dimension.
    var metricName: String {
        switch self {
        case .badMagic: "bad_magic"
        case .packetTooShort: "packet_too_short"
        case .packetTooLong: "packet_too_long"
        case .lengthMismatch: "length_mismatch"
        case .badCapabilityLength: "bad_capability_length"
        case .capabilityPastEnd: "capability_past_end"
        case .badChecksum: "bad_checksum"
        case .trailingBytes: "trailing_bytes"
        default: "other"
        }
    }
}
