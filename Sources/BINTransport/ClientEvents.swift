public import NIOCore
import Synchronization

/// Why a packet that was taken from a caller could not be sent.
public enum LossReason: String, Hashable, Sendable {
    /// It was the oldest in a full queue, and the policy is to drop that.
    case dropped
    /// It still stood in the queue when the connection was shut down for good.
    case shutdown
    /// It waited when the connection broke, or could not be made. Only when ``TCPClient/Configuration/keepsQueue`` is off.
    case disconnected
    /// The connection broke while the operating system took it; it may or may not have reached the peer. Only when
    /// ``TCPClient/Configuration/resendsUncertain`` is off.
    case uncertain
}

/// What happens to a ``TCPClient``.
public enum ClientEvent: Hashable, Sendable {
    /// A connection stands.
    case connected(local: SocketAddress?, remote: SocketAddress?)
    /// An attempt failed; the next one comes after `retryIn`.
    case connectFailed(reason: String, retryIn: Duration)
    /// The connection ended. The operating system had taken every packet up to `writtenThrough`; of those, only what is
    /// at most `confirmedThrough` is known to have been read by the peer.
    case disconnected(CloseReason, writtenThrough: UInt64, confirmedThrough: UInt64)
    /// These packets were not sent and will not be.
    case lost(ClosedRange<UInt64>, LossReason)
    /// The pacing window is half used, or full: time to send something that the peer answers, with
    /// ``TCPClient/send(_:unpaced:)``.
    case confirmationWanted(through: UInt64)
}

/// The events of a client for one consumer. Losses of neighbouring packets are one event, so that a consumer that is
/// slow costs little memory; beyond 1024 events the oldest that is not a loss goes.
public final class ClientEvents: AsyncSequence, Sendable {
    public typealias Element = ClientEvent
    public typealias Failure = Never

    private struct State {
        var events = CircularBuffer<ClientEvent>()
        var finished = false
    }

    private let state = Mutex(State())
    private let bell: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation

    init() {
        (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func post(_ event: ClientEvent) {
        state.withLock { state in
            if case .lost(let range, let reason) = event, case .lost(let last, reason)? = state.events.last,
                last.upperBound + 1 == range.lowerBound
            {
                state.events[state.events.index(before: state.events.endIndex)] =
                    .lost(last.lowerBound...range.upperBound, reason)
                return
            }
            if state.events.count >= 1024 {
                let index = state.events.firstIndex { if case .lost = $0 { false } else { true } }
                state.events.remove(at: index ?? state.events.startIndex)
            }
            state.events.append(event)
        }
        ring.yield()
    }

    func finish() {
        state.withLock { $0.finished = true }
        ring.finish()
    }

    /// Iterates over the events; ends when the client has stopped.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let events: ClientEvents
        var bell: AsyncStream<Void>.AsyncIterator

        public mutating func next() async -> ClientEvent? {
            while true {
                if let event = events.state.withLock({ $0.events.popFirst() }) { return event }
                if await bell.next() == nil { return events.state.withLock { $0.events.popFirst() } }
            }
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(events: self, bell: bell.makeAsyncIterator())
    }
}
