/// How long to wait before the next attempt to connect: doubled each time up to a limit, and drawn at random from the
/// upper half, so that the peers of a restarted server do not come back all at once.
public struct Backoff: Hashable, Sendable {
    /// The longest wait before the second attempt.
    public var initial: Duration = .milliseconds(100)
    /// The longest wait of all.
    public var maximum: Duration = .seconds(10)
    /// A connection that stood this long makes the waits short again.
    public var resetAfter: Duration = .seconds(5)
    private var attempt = 0

    /// A back-off from `initial` to `maximum`.
    public init(initial: Duration = .milliseconds(100), maximum: Duration = .seconds(10)) {
        self.initial = initial
        self.maximum = maximum
    }

    /// The wait before the next attempt: between half of the present limit and all of it.
    public mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        let limit = Swift.min(maximum, initial * (1 << Swift.min(attempt, 30)))
        attempt += 1
        return limit * Double.random(in: 0.5...1, using: &random)
    }

    /// Begins anew after a connection that was good.
    public mutating func reset() { attempt = 0 }
}
