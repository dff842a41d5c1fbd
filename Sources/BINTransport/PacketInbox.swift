import NIOCore
import Synchronization

/// Where received packets wait for the consumer: an `AsyncSequence` of batches, bounded by suspending the reading.
///
/// Several listeners and connections may deliver into one inbox. Each has its own bound
/// (``TransportLimits/unreadBytes``), so one that sends faster than it is served waits alone; and the inbox has a bound
/// over all, beyond which every source waits. Batches come in the order of arrival, and packets of one connection in
/// their order. More than one task may iterate; each batch goes to one of them.
public final class PacketInbox: AsyncSequence, Sendable {
    public typealias Element = InboundPackets
    public typealias Failure = Never

    private struct Source {
        var unreadBytes = 0
        var unreadPackets = 0
        var paused = false
        let limits: TransportLimits
        let resume: @Sendable () -> Void
    }

    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<InboundPackets?, Never>
    }

    private struct State {
        var batches = CircularBuffer<InboundPackets>()
        var waiters = CircularBuffer<Waiter>()
        var sources: [UInt64: Source] = [:]
        var paused: Set<UInt64> = []
        var unreadBytes = 0
        var nextWaiter: UInt64 = 0
        var finished = false
    }

    /// The bound over all sources, in bytes of memory.
    public let maximumUnreadBytes: Int
    private let state = Mutex(State())

    /// An empty inbox.
    /// - Parameter maximumUnreadBytes: memory of batches that wait, over all sources.
    public init(maximumUnreadBytes: Int = 64 << 20) {
        self.maximumUnreadBytes = maximumUnreadBytes
    }

    /// Bytes of memory that wait for the consumer.
    public var unreadBytes: Int { state.withLock { $0.unreadBytes } }

    /// Ends the sequence after what is in it. A transport that was given an inbox leaves that to whoever made it.
    public func finish() {
        let (waiters, resumed) = state.withLock { state in
            state.finished = true
            let waiters = Array(state.waiters)
            state.waiters.removeAll()
            let resumed = state.paused.compactMap { state.sources[$0]?.resume }
            state.paused.removeAll()
            return (waiters, resumed)
        }
        for waiter in waiters { waiter.continuation.resume(returning: nil) }
        for resume in resumed { resume() }
    }

    func register(_ id: UInt64, limits: TransportLimits, resume: @escaping @Sendable () -> Void) {
        state.withLock { $0.sources[id] = Source(limits: limits, resume: resume) }
    }

    func unregister(_ id: UInt64) {
        state.withLock {
            $0.sources[id] = nil
            $0.paused.remove(id)
        }
    }

    /// Takes a batch in and says whether its source may go on reading; otherwise it will be told when.
    func deliver(_ batch: InboundPackets) -> Bool {
        let id = batch.connection.accountID
        let (waiter, goOn) = state.withLock { state -> (Waiter?, Bool) in
            if state.finished { return (nil, true) }
            if let waiter = state.waiters.popFirst() { return (waiter, true) }
            let footprint = batch.footprint
            state.batches.append(batch)
            state.unreadBytes += footprint
            var over = state.unreadBytes > maximumUnreadBytes
            if var source = state.sources[id] {
                source.unreadBytes += footprint
                source.unreadPackets += batch.count
                over =
                    over || source.unreadBytes > source.limits.unreadBytes
                    || source.unreadPackets > source.limits.unreadPackets
                source.paused = over
                state.sources[id] = source
            }
            if over { state.paused.insert(id) }
            return (nil, !over)
        }
        waiter?.continuation.resume(returning: batch)
        return goOn
    }

    /// Takes the oldest batch out, and finds which sources may go on.
    private static func take(_ state: inout State, maximum: Int) -> (InboundPackets, [@Sendable () -> Void])? {
        guard let batch = state.batches.popFirst() else { return nil }
        let footprint = batch.footprint
        state.unreadBytes -= footprint
        let id = batch.connection.accountID
        if var source = state.sources[id] {
            source.unreadBytes -= footprint
            source.unreadPackets -= batch.count
            state.sources[id] = source
        }
        guard !state.paused.isEmpty, state.unreadBytes <= maximum / 2 else { return (batch, []) }
        var resumed: [@Sendable () -> Void] = []
        for id in state.paused {
            guard let source = state.sources[id] else { continue }
            if source.unreadBytes <= source.limits.unreadBytes / 2,
                source.unreadPackets <= source.limits.unreadPackets / 2
            {
                resumed.append(source.resume)
                state.paused.remove(id)
            }
        }
        return (batch, resumed)
    }

    fileprivate nonisolated(nonsending) func next() async -> InboundPackets? {
        if let (batch, resumed) = state.withLock({ Self.take(&$0, maximum: maximumUnreadBytes) }) {
            for resume in resumed { resume() }
            return batch
        }
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                enum Step {
                    case wait
                    case end
                    case batch(InboundPackets, [@Sendable () -> Void])
                }
                let step = state.withLock { state -> Step in
                    if let (batch, resumed) = Self.take(&state, maximum: maximumUnreadBytes) {
                        return .batch(batch, resumed)
                    }
                    if state.finished || Task.isCancelled { return .end }
                    state.waiters.append(Waiter(id: id, continuation: continuation))
                    return .wait
                }
                switch step {
                case .wait: break
                case .end: continuation.resume(returning: nil)
                case .batch(let batch, let resumed):
                    for resume in resumed { resume() }
                    continuation.resume(returning: batch)
                }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: nil)
        }
    }

    /// Iterates over the batches; ends when the inbox is finished or the task is cancelled.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let inbox: PacketInbox

        public nonisolated(nonsending) mutating func next() async -> InboundPackets? { await inbox.next() }

        public mutating func next(isolation actor: isolated (any Actor)?) async -> InboundPackets? {
            await inbox.next()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(inbox: self) }
}
