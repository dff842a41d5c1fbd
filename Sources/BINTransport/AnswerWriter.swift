import Logging
import NIOCore
import Synchronization

/// Writes answers on an accepted connection, bounded by what the peer has not taken yet.
///
/// The answers wait, not those who send them: one peer that never reads must not hold up whoever serves all of them.
final class AnswerWriter: Sendable {
    private struct Progress {
        var last = NIODeadline.now()
        var check: Scheduled<Void>?
    }

    private let channel: any Channel
    private let peer: String
    private let configuration: TCPServer.Configuration
    private let counters: TransportCounters
    private let closing: CloseReasonBox
    private let pending = Atomic<Int>(0)
    private let progress: NIOLoopBoundBox<Progress>

    /// To be made on the event loop of the connection.
    init(
        channel: any Channel, peer: String, configuration: TCPServer.Configuration, counters: TransportCounters,
        closing: CloseReasonBox
    ) {
        self.channel = channel
        self.peer = peer
        self.configuration = configuration
        self.counters = counters
        self.closing = closing
        progress = NIOLoopBoundBox(Progress(), eventLoop: channel.eventLoop)
        channel.closeFuture.whenComplete { [progress] _ in progress.value.check?.cancel() }
    }

    func send(_ packet: [UInt8]) throws(SendError) {
        try PacketCheck.stream(
            packet, framing: configuration.framing, maximum: configuration.limits.maximumPacketLength)
        guard channel.isActive else { throw .closed }
        let count = packet.count
        guard pending.wrappingAdd(count, ordering: .relaxed).newValue <= configuration.limits.unsentBytes else {
            pending.wrappingSubtract(count, ordering: .relaxed)
            throw .queueFull
        }
        let bytes = channel.allocator.buffer(bytes: packet)
        channel.eventLoop.execute { self.write(bytes) }
    }

    private func write(_ bytes: ByteBuffer) {
        watch()
        let count = bytes.readableBytes
        channel.writeAndFlush(bytes).whenComplete { result in
            self.pending.wrappingSubtract(count, ordering: .relaxed)
            self.progress.value.last = .now()
            switch result {
            case .success:
                self.counters.add(.packetsSent)
                self.counters.add(.bytesSent, count)
            case .failure:
                self.counters.add(.packetsLost, reason: LossReason.uncertain.rawValue)
            }
        }
    }

    // MARK: Write time-out

    private func watch() {
        guard progress.value.check == nil, let limit = configuration.limits.writeTimeout else { return }
        progress.value.last = .now()
        schedule(TimeAmount(limit))
    }

    private func schedule(_ delay: TimeAmount) {
        progress.value.check = channel.eventLoop.scheduleTask(in: delay) { self.checkProgress() }
    }

    private func checkProgress() {
        progress.value.check = nil
        guard channel.isActive, pending.load(ordering: .relaxed) > 0, let limit = configuration.limits.writeTimeout
        else { return }
        let stuck = NIODeadline.now() - progress.value.last
        guard stuck >= TimeAmount(limit) else { return schedule(TimeAmount(limit) - stuck) }
        configuration.logger.notice("the peer takes nothing, closing the connection", metadata: ["peer": "\(peer)"])
        closing.set(.writeTimeout)
        channel.close(promise: nil)
    }
}
