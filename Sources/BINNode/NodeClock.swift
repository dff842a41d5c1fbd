public import BINCluster

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The pair of clocks that a member is handed: one that only moves forward, and the time of day.
public struct NodeClock: Sendable {
    private let origin = ContinuousClock.now

    /// A clock that begins now.
    public init() {}

    /// The present moment.
    public var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(
            nanoseconds: NodeClock.nanoseconds(ContinuousClock.now - origin), unixSeconds: Int64(time.tv_sec))
    }

    /// The time of day in milliseconds since 1970.
    static var unixMilliseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(max(0, time.tv_sec)) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }

    /// When the monotonic clock of ``now`` will show `nanoseconds`.
    func moment(_ nanoseconds: Int64) -> ContinuousClock.Instant { origin + .nanoseconds(nanoseconds) }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
