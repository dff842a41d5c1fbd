import BINMessages

/// How pipes count and how long what peers say counts (Spec/ratelimit.md, parameters). All nodes need the same.
public struct PipeParameters: Hashable, Sendable {
    /// Length of an interval in milliseconds: `timer_interval`.
    public var interval: UInt64 = 10_000
    /// Whether a limit is that of an interval and not of a second: `limit_per_interval`.
    public var limitPerInterval = false
    /// Length of the sliding window in milliseconds: `window_size`.
    public var windowSize: UInt64 = 10_000
    /// Length of one slot of the window in milliseconds: `slot_period`.
    public var slotPeriod: UInt64 = 200
    /// How long a peer's counter counts, in milliseconds: `repl_timer_expire`.
    public var peerExpiry: UInt64 = 10_000
    /// How long the counter of another cluster counts, in milliseconds: `bridge_repl_timer_expire`.
    public var bridgeExpiry: UInt64 = 20_000
    /// How long an unused pipe is kept, in milliseconds: `expire_time`.
    public var pipeExpiry: UInt64 = 3_600_000
    /// Whether counters of other clusters are used: `bridge_replication`.
    public var usesBridges = true
    /// The most pipes.
    public var pipeLimit = 100_000

    /// The defaults of the servers.
    public init() {}

    /// The most slots of a window.
    static let slotLimit: UInt64 = 10_000

    var windowSlots: Int { Int(max(1, min(PipeParameters.slotLimit, windowSize / max(1, slotPeriod)))) }

    /// What a limit is multiplied by for an interval.
    var factor: Int { limitPerInterval ? 1 : Int(min(interval / 1000, 1 << 20)) }
}

/// How loaded this node is; two algorithms decide by it. Measuring it is the caller's.
public struct NodeLoad: Hashable, Sendable {
    /// FEEDBACK: the part to drop, 0 to 100.
    public var dropRate: Int
    /// NETWORK: bytes waiting in the queues.
    public var queuedBytes: Int

    /// A load; none by default.
    public init(dropRate: Int = 0, queuedBytes: Int = 0) {
        self.dropRate = dropRate
        self.queuedBytes = queuedBytes
    }
}

/// The rules about pipes that differ between releases.
struct PipeRules {
    /// Whether only pipes with the BIN flag are sent: 3.3 and later (RL-7).
    let sendsFlaggedOnly: Bool
    /// Whether pipes that were not used here for long are not sent: 3.1.4, 3.2.1, 3.3 and later (RL-8).
    let leavesUnusedOut: Bool
    /// What is added to the expiry since the last use by anybody (RL-17).
    let expiryMargin: Margin

    enum Margin {
        /// The pipe's own expiry counts from the last use by anybody.
        case none
        /// 3.1.4+, 3.2.1+: one interval more than since the last local use.
        case interval
        /// 3.3 and later: as long as what peers say counts.
        case peers
    }

    init(_ release: Release) {
        sendsFlaggedOnly = release >= Release(3, 3, 0)
        let isPatched =
            release.minor == 1 && release.major == 3
            ? release.patch >= 4 : release >= Release(3, 2, 1)
        leavesUnusedOut = isPatched
        expiryMargin = !isPatched ? .none : release >= Release(3, 3, 0) ? .peers : .interval
    }
}
