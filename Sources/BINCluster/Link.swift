/// What a node thinks of its link to another (Spec/clusterer.md, links). On the wire only up and down appear.
public enum LinkState: String, Hashable, Sendable {
    /// The neighbour answers.
    case up
    /// It does not; it is tried again now and then.
    case down
    /// It is to be pinged next; the state of new nodes.
    case restartPinging
    /// Pinged, no answer yet.
    case restarted
    /// A PONG was missed; pinged again.
    case retrying
    /// A PING could not be sent.
    case retrySendFail
}

/// The link to one neighbour: when to ping, and what answers and silence mean.
struct Link: Hashable, Sendable {
    private(set) var state = LinkState.restartPinging
    /// Pings that may still go unanswered before the link is down.
    private(set) var retriesLeft: Int32 = 0
    /// When the last PING went out.
    private(set) var lastPing: Int64?
    /// How long the answer to the last PING took; of several that were answered at once, to the latest.
    private(set) var roundTrip: Duration?
    /// When any packet came from the neighbour itself.
    private(set) var lastReceived: Int64?
    /// PINGs that were not answered yet, oldest first. A PONG does not say which PING it answers; each gets one.
    private var unanswered: [SentPing] = []
    private var pingsSent: UInt64 = 0

    /// How many times the time-out a neighbour has that is heard of meanwhile.
    private static let patience: Int64 = 4

    private struct SentPing: Hashable {
        var number: UInt64
        var at: Int64
    }

    /// PINGs that are remembered; more are answered by none that we could tell apart.
    private static let memory = 64

    init() {}

    /// What a tick asks for.
    enum Step: Hashable {
        /// Nothing is due.
        case none
        /// Send a PING, with the question for known nodes or without.
        case ping(requestsNodeList: Bool)
        /// Nothing is sent; the state changed.
        case changed
    }

    /// When the next tick is due; the state of things as they are.
    func dueAt(_ timing: ClusterTiming) -> Int64 {
        switch state {
        case .restartPinging:
            lastPing.map { $0.adding(timing.restartDelay.wholeNanoseconds) } ?? .min
        case .restarted, .retrying, .retrySendFail:
            (lastPing ?? .min).adding(timing.pingTimeout.wholeNanoseconds)
        case .down:
            (lastPing ?? .min).adding(timing.nodeTimeout.wholeNanoseconds)
        case .up:
            Swift.min(
                (lastPing ?? .min).adding(timing.pingInterval.wholeNanoseconds),
                missingAt(timing) ?? .max)
        }
    }

    /// When the answer to the oldest PING counts as missing; nil when all were answered.
    ///
    /// A neighbour that is busy with what it was sent answers late (CL-28), so anything that comes from it meanwhile buys time,
    /// but not for ever: that we hear it does not say that it hears us.
    private func missingAt(_ timing: ClusterTiming) -> Int64? {
        guard let first = unanswered.first else { return nil }
        let timeout = timing.pingTimeout.wholeNanoseconds
        let heard = Swift.max(first.at, lastReceived ?? .min).adding(timeout)
        return Swift.min(heard, first.at.adding(timeout.multiplied(by: Link.patience)))
    }

    /// Does what is due.
    /// - Parameter retries: how often the neighbour is pinged again, from its description.
    mutating func tick(at now: Instant, retries: Int32, _ timing: ClusterTiming) -> Step {
        guard dueAt(timing) <= now.nanoseconds else { return .none }
        switch state {
        case .restartPinging, .down:
            state = .restarted
            retriesLeft = retries
            return ping(at: now, requestsNodeList: true)
        case .up:
            if let missingAt = missingAt(timing), missingAt <= now.nanoseconds {
                return retry(at: now, Swift.max(0, retries))
            }
            return ping(at: now, requestsNodeList: false)
        case .restarted:
            return retry(at: now, Swift.max(0, retries))
        case .retrying, .retrySendFail:
            return retry(at: now, retriesLeft)
        }
    }

    private mutating func retry(at now: Instant, _ left: Int32) -> Step {
        guard left > 0 else {
            state = .down
            unanswered = []
            return .changed
        }
        retriesLeft = left - 1
        state = .retrying
        return ping(at: now, requestsNodeList: true)
    }

    private mutating func ping(at now: Instant, requestsNodeList: Bool) -> Step {
        notePing(at: now)
        return .ping(requestsNodeList: requestsNodeList)
    }

    /// A PING goes out.
    /// - Returns: its number.
    @discardableResult
    mutating func notePing(at now: Instant) -> UInt64 {
        pingsSent += 1
        lastPing = now.nanoseconds
        if unanswered.count == Link.memory { unanswered.removeLast() }
        unanswered.append(SentPing(number: pingsSent, at: now.nanoseconds))
        return pingsSent
    }

    /// Something came from the neighbour itself.
    mutating func noteReceived(at now: Instant) { lastReceived = now.nanoseconds }

    /// A PONG came.
    ///
    /// Any answer to a PING brings the link up, however early or late it comes (CL-28, CL-32); what was not asked for
    /// changes nothing.
    /// - Returns: the number of the PING that is answered at least; nil when there was none.
    mutating func pong(at now: Instant) -> UInt64? {
        guard let first = unanswered.first, let last = unanswered.last else { return nil }
        roundTrip = .nanoseconds(now.nanoseconds.adding(-(state == .up ? first : last).at))
        if state == .up {
            unanswered.removeFirst()
        } else {
            // Which of several was answered cannot be told; all count, so that one lost answer does not set the link back.
            state = .up
            unanswered = []
        }
        return first.number
    }

    /// To be pinged anew at the next tick.
    mutating func restart() {
        state = .restartPinging
        unanswered = []
    }

    /// A PING could not be sent.
    mutating func pingFailed(retries: Int32) {
        switch state {
        case .restarted, .restartPinging:
            retriesLeft = Swift.max(0, retries)
            state = retriesLeft > 0 ? .retrySendFail : .down
        case .retrying, .retrySendFail: state = retriesLeft > 0 ? .retrySendFail : .down
        case .up:
            retriesLeft = Swift.max(0, retries)
            state = .retrySendFail
        case .down: break
        }
        unanswered = []
    }

    /// 2.2 knows no PINGs: a node counts as up until sending to it fails.
    mutating func assume(_ state: LinkState, at now: Instant) {
        self.state = state
        unanswered = []
        lastPing = now.nanoseconds
    }
}
