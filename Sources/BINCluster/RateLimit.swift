/// How often something may happen: a number at once, and one more after each interval.
struct RateLimit: Hashable, Sendable {
    /// Nanoseconds after which one more is allowed.
    let interval: Int64
    /// How many may happen at once.
    let burst: Int64
    /// The moment at which everything was allowed again; nil before the first use.
    private var fullAt: Int64?

    /// `burst` at once, one more each `interval`.
    init(interval: Duration, burst: Int64 = 1) {
        self.interval = Swift.max(1, interval.wholeNanoseconds)
        self.burst = Swift.max(1, burst)
    }

    /// Whether it may happen once more, which then counts.
    mutating func allows(at now: Instant) -> Bool {
        let full = Swift.max(fullAt ?? now.nanoseconds, now.nanoseconds)
        let (room, overflow) = interval.multipliedReportingOverflow(by: burst - 1)
        guard overflow || full.adding(-now.nanoseconds) <= room else { return false }
        fullAt = full.adding(interval)
        return true
    }
}
