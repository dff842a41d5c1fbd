import Logging
import NIOCore

/// Writes what waits in an outbox, a buffer full of packets a write, no more than the peer takes.
final class PacketWriteHandler: ChannelInboundHandler {
    typealias InboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// Buffers handed to the channel at a time: one that the system takes, and the next ones at hand.
    private static let writesAtATime = 3
    /// A write of less than this is made at once only when none was made for the last `gatheringTime`. Packets that come
    /// one behind the other then leave together, at a cost of microseconds: a system call, and waking a thread of the
    /// peer, take longer than queueing fifty of them.
    private static let worthAWrite = 65536
    private static let gatheringTime = TimeAmount.microseconds(50)

    private let outbox: Outbox
    private let writeTimeout: Duration?
    private let closing: CloseReasonBox
    private let logger: Logger
    private var context: ChannelHandlerContext?
    private var lastProgress = NIODeadline.now()
    private var lastWrite = NIODeadline.uptimeNanoseconds(0)
    private var gathering = false
    private var timeoutTask: Scheduled<Void>?
    private var draining = false
    private var ended = false

    init(outbox: Outbox, writeTimeout: Duration?, closing: CloseReasonBox, logger: Logger) {
        self.outbox = outbox
        self.writeTimeout = writeTimeout
        self.closing = closing
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        outbox.attach(
            wake: { eventLoop.execute { bound.value.pump() } },
            drain: { timeout in eventLoop.execute { bound.value.drain(timeout) } })
        eventLoop.execute { bound.value.pump() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timeoutTask?.cancel()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended = true
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        pump()
        context.fireChannelWritabilityChanged()
    }

    private func pump() {
        guard let context, !ended else { return }
        let now = NIODeadline.now()
        let due = lastWrite + Self.gatheringTime
        var wrote = false
        writing: while context.channel.isWritable {
            let bytes: ByteBuffer
            switch outbox.beginWrite(atMost: Self.writesAtATime, atLeast: now >= due ? 0 : Self.worthAWrite) {
            case .bytes(let next): bytes = next
            case .later:
                gather(until: due, context)
                break writing
            case .nothing: break writing
            }
            wrote = true
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.whenSuccess { bound.value.wrote() }
            context.write(wrapOutboundOut(bytes), promise: promise)
        }
        if wrote {
            lastWrite = now
            watch(context)
            context.flush()
        }
        endIfDrained()
    }

    private func gather(until due: NIODeadline, _ context: ChannelHandlerContext) {
        guard !gathering else { return }
        gathering = true
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(deadline: due) {
            bound.value.gathering = false
            bound.value.pump()
        }
    }

    private func wrote() {
        lastProgress = .now()
        outbox.endWrite()
        pump()
    }

    // MARK: Ending

    private func drain(_ timeout: Duration?) {
        guard let context, !ended else { return }
        guard let timeout else {
            closing.set(.shutdown)
            return context.close(promise: nil)
        }
        draining = true
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: TimeAmount(timeout)) { bound.value.drain(nil) }
        endIfDrained()
    }

    /// Says that nothing more comes, and leaves it to the peer to close: closing at once could, with something unread
    /// from the peer, discard what it has not read yet.
    private func endIfDrained() {
        guard draining, !ended, outbox.isEmpty, let context else { return }
        ended = true
        closing.set(.shutdown)
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: .milliseconds(500)) { channel.close(promise: nil) }
    }

    // MARK: Write time-out

    private func watch(_ context: ChannelHandlerContext) {
        guard timeoutTask == nil, let writeTimeout else { return }
        lastProgress = .now()
        schedule(TimeAmount(writeTimeout), context)
    }

    private func schedule(_ delay: TimeAmount, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        timeoutTask = context.eventLoop.scheduleTask(in: delay) { bound.value.checkProgress() }
    }

    private func checkProgress() {
        timeoutTask = nil
        guard let context, let writeTimeout, outbox.isWriting else { return }
        let limit = TimeAmount(writeTimeout)
        let stuck = NIODeadline.now() - lastProgress
        guard stuck >= limit else { return schedule(limit - stuck, context) }
        logger.notice("the peer takes nothing, closing the connection")
        closing.set(.writeTimeout)
        context.close(promise: nil)
    }
}

/// Runs `setUp` once the connection stands, before anything else hears of it.
final class ConnectedHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let setUp: (any Channel) throws -> Void

    init(setUp: @escaping (any Channel) throws -> Void) {
        self.setUp = setUp
    }

    func channelActive(context: ChannelHandlerContext) {
        do {
            try setUp(context.channel)
        } catch {
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
        context.fireChannelActive()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
