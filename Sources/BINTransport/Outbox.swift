import BINWire
import NIOCore
import Synchronization

/// The queue of a client, shared by those who send and by the connection that writes.
final class Outbox: Sendable {
    private struct Waiter {
        let id: UInt64
        let packet: [UInt8]
        let continuation: CheckedContinuation<Result<UInt64, SendError>, Never>
    }

    private struct State {
        var queue: SendQueue
        var window: PacingWindow?
        var waiters = CircularBuffer<Waiter>()
        var nextWaiter: UInt64 = 0
        var wake: (@Sendable () -> Void)?
        var drain: (@Sendable (Duration?) -> Void)?
        var wakeIsUnderWay = false
        var stopped = false
        var drainTimeout: Duration??
    }

    private let framing: Framing
    private let maximumLength: Int
    private let dropsOldest: Bool
    private let resends: Bool
    private let keepsQueue: Bool
    private let events: ClientEvents
    private let counters: TransportCounters
    private let state: Mutex<State>

    init(_ configuration: TCPClient.Configuration, events: ClientEvents, counters: TransportCounters) {
        framing = configuration.framing
        maximumLength = configuration.limits.maximumPacketLength
        resends = configuration.resendsUncertain
        keepsQueue = configuration.keepsQueue
        self.events = events
        self.counters = counters
        let queue = SendQueue(
            maximumBytes: configuration.queuedBytes, maximumPackets: Swift.max(1, configuration.queuedPackets))
        var window: PacingWindow?
        switch configuration.overflow {
        case .wait(let limit):
            dropsOldest = false
            window = limit.map(PacingWindow.init(limit:))
        case .dropOldest:
            dropsOldest = true
        }
        state = Mutex(State(queue: queue, window: window))
    }

    var queued: (packets: Int, bytes: Int) { state.withLock { ($0.queue.packets, $0.queue.bytes) } }
    var writtenThrough: UInt64 { state.withLock { $0.queue.writtenThrough } }
    var isEmpty: Bool { state.withLock { $0.queue.isEmpty } }
    var isWriting: Bool { state.withLock { !$0.queue.isIdle } }

    // MARK: Callers

    func offer(_ packet: RawSpan) throws(SendError) -> UInt64 {
        try PacketCheck.stream(packet, framing: framing, maximum: maximumLength)
        let (result, effects) = state.withLock { state -> (Result<UInt64, SendError>, Effects) in
            var effects = Effects()
            return (admit(packet, &state, &effects, unpaced: false) ?? .failure(.queueFull), effects)
        }
        apply(effects)
        return try result.get()
    }

    nonisolated(nonsending) func send(_ packet: [UInt8], unpaced: Bool) async throws(SendError) -> UInt64 {
        try PacketCheck.stream(packet, framing: framing, maximum: maximumLength)
        let (result, id, effects) = state.withLock { state in
            var effects = Effects()
            let result = admit(packet.span.bytes, &state, &effects, unpaced: unpaced)
            state.nextWaiter += 1
            return (result, state.nextWaiter, effects)
        }
        apply(effects)
        if let result { return try result.get() }
        return try await wait(packet, id).get()
    }

    private nonisolated(nonsending) func wait(_ packet: [UInt8], _ id: UInt64) async -> Result<UInt64, SendError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (result, effects) = state.withLock { state -> (Result<UInt64, SendError>?, Effects) in
                    var effects = Effects()
                    if Task.isCancelled { return (.failure(.cancelled), effects) }
                    if let result = admit(packet.span.bytes, &state, &effects, unpaced: false) {
                        return (result, effects)
                    }
                    state.waiters.append(Waiter(id: id, packet: packet, continuation: continuation))
                    return (nil, effects)
                }
                apply(effects)
                if let result { continuation.resume(returning: result) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: .failure(.cancelled))
        }
    }

    func confirm(through number: UInt64) {
        let effects = state.withLock { state in
            var effects = Effects()
            state.window?.confirm(through: number)
            serveWaiters(&state, &effects)
            return effects
        }
        apply(effects)
    }

    // MARK: Rules, under the lock

    /// What is to be done once the lock is left.
    private struct Effects {
        var wake: (@Sendable () -> Void)?
        var served: [(Waiter, Result<UInt64, SendError>)] = []
        var dropped: ClosedRange<UInt64>?
        var confirmationWanted: UInt64?
    }

    /// Queues a packet; nil when the caller has to wait.
    private func admit(
        _ packet: RawSpan, _ state: inout State, _ effects: inout Effects, unpaced: Bool
    ) -> Result<UInt64, SendError>? {
        if state.stopped { return .failure(.closed) }
        if dropsOldest {
            while !state.queue.hasRoom(for: packet.byteCount), let number = state.queue.dropOldest() {
                effects.dropped = (effects.dropped?.lowerBound ?? number)...number
            }
        } else if !unpaced {
            guard state.waiters.isEmpty, mayQueue(packet.byteCount, state) else { return nil }
        }
        return .success(append(packet, &state, &effects))
    }

    private func mayQueue(_ length: Int, _ state: State) -> Bool {
        state.queue.hasRoom(for: length) && state.window?.isOpen != false
    }

    private func append(_ packet: RawSpan, _ state: inout State, _ effects: inout Effects) -> UInt64 {
        let number = state.queue.append(packet)
        if state.window?.admit(number) == true { effects.confirmationWanted = number }
        // While something is being written, the end of that writes what follows.
        if !state.wakeIsUnderWay, state.queue.isIdle, let wake = state.wake {
            state.wakeIsUnderWay = true
            effects.wake = wake
        }
        return number
    }

    private func serveWaiters(_ state: inout State, _ effects: inout Effects) {
        while let waiter = state.waiters.first, mayQueue(waiter.packet.count, state) {
            state.waiters.removeFirst()
            effects.served.append((waiter, .success(append(waiter.packet.span.bytes, &state, &effects))))
        }
    }

    private func apply(_ effects: Effects) {
        effects.wake?()
        if let dropped = effects.dropped { report([dropped], .dropped) }
        if let number = effects.confirmationWanted { events.post(.confirmationWanted(through: number)) }
        for (waiter, result) in effects.served { waiter.continuation.resume(returning: result) }
    }

    private func report(_ ranges: [ClosedRange<UInt64>], _ reason: LossReason) {
        for range in ranges {
            counters.add(.packetsLost, range.count, reason: reason.rawValue)
            events.post(.lost(range, reason))
        }
    }

    // MARK: The connection

    func attach(wake: @escaping @Sendable () -> Void, drain: @escaping @Sendable (Duration?) -> Void) {
        let drainTimeout = state.withLock { state in
            state.wake = wake
            state.drain = drain
            return state.drainTimeout
        }
        if let drainTimeout { drain(drainTimeout) }
    }

    enum NextWrite {
        case bytes(ByteBuffer)
        /// Less waits than was asked for: the caller comes again.
        case later
        /// Nothing waits, or enough is being written.
        case nothing
    }

    /// Takes what is to be written next.
    /// - Parameters:
    ///   - writes: how many writes may be under way.
    ///   - bytes: how much must wait for it to be worth a write.
    func beginWrite(atMost writes: Int, atLeast bytes: Int) -> NextWrite {
        let (next, effects) = state.withLock { state -> (NextWrite, Effects) in
            state.wakeIsUnderWay = false
            var effects = Effects()
            guard state.queue.writingCount < writes, state.queue.packets > 0 else { return (.nothing, effects) }
            // Until the caller comes again, nobody needs to call it.
            state.wakeIsUnderWay = true
            guard state.queue.bytes >= bytes, let buffer = state.queue.beginWrite() else { return (.later, effects) }
            // Those who wait are served when half of the queue is free, so that they do not wake for a few packets each.
            if state.queue.isHalfEmpty { serveWaiters(&state, &effects) }
            return (.bytes(buffer), effects)
        }
        apply(effects)
        return next
    }

    func endWrite() {
        let written = state.withLock { $0.queue.endWrite() }
        counters.add(.packetsSent, written.packets)
        counters.add(.bytesSent, written.bytes)
    }

    /// An attempt failed before or after the handlers were there.
    func detached() {
        state.withLock { state in
            state.wake = nil
            state.drain = nil
            state.wakeIsUnderWay = false
            state.queue.putBack()
        }
        if !keepsQueue { dropQueue() }
    }

    /// Gives up everything that waits for a connection.
    private func dropQueue() {
        report(state.withLock { $0.queue.removeAll() }, .disconnected)
        confirm(through: 0)
    }

    func disconnected(_ reason: CloseReason) {
        let (uncertain, written, confirmed) = state.withLock { state in
            let uncertain = resends ? nil : state.queue.giveUpWriting()
            state.queue.putBack()
            state.wake = nil
            state.drain = nil
            state.wakeIsUnderWay = false
            let written = state.queue.writtenThrough
            let confirmed = state.window?.confirmed ?? 0
            // A confirmation of what was lost with the connection will never come.
            state.window?.confirm(through: written)
            return (uncertain, written, confirmed)
        }
        events.post(.disconnected(reason, writtenThrough: written, confirmedThrough: confirmed))
        if let uncertain { report([uncertain], .uncertain) }
        if keepsQueue { confirm(through: 0) } else { dropQueue() }
    }

    // MARK: The end

    /// Takes nothing more; a connection that stands is closed, after the queue was sent if there is time for it.
    func stop(draining timeout: Duration?) {
        let (waiters, drain) = state.withLock { state in
            state.stopped = true
            state.drainTimeout = .some(timeout)
            let waiters = Array(state.waiters)
            state.waiters.removeAll()
            return (waiters, state.drain)
        }
        for waiter in waiters { waiter.continuation.resume(returning: .failure(.closed)) }
        drain?(timeout)
    }

    func finish() {
        stop(draining: nil)
        report(state.withLock { $0.queue.removeAll() }, .shutdown)
    }
}
