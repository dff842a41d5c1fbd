/// A moment as the outside hands it in: a clock that only moves forward, and the time of day for what is put into packets.
///
/// The state machines never read a clock. Whoever drives them passes the same pair of clocks every time.
@frozen
public struct Instant: Hashable, Sendable {
    /// Nanoseconds of a monotonic clock, since any fixed moment.
    public var nanoseconds: Int64
    /// Unix time in seconds; only written into packets, never compared with ours.
    public var unixSeconds: Int64

    /// A moment.
    @inlinable
    public init(nanoseconds: Int64, unixSeconds: Int64) {
        self.nanoseconds = nanoseconds
        self.unixSeconds = unixSeconds
    }

    /// The moment `duration` later on both clocks.
    public func advanced(by duration: Duration) -> Instant {
        let step = duration.wholeNanoseconds
        return Instant(
            nanoseconds: nanoseconds.adding(step), unixSeconds: unixSeconds.adding(step / 1_000_000_000))
    }

    /// The time of day as packets carry it: seconds cut to 32 bits (Spec/clusterer.md, CL-21).
    var timestamp: Int32 { Int32(truncatingIfNeeded: unixSeconds) }
}

extension Instant: Comparable {
    /// By the monotonic clock.
    public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Duration {
    /// In nanoseconds; what does not fit becomes the largest or smallest number.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        return product.adding(attoseconds / 1_000_000_000)
    }
}

extension Int64 {
    /// The sum, or the nearest number that fits.
    func adding(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    /// The product with a positive number, or the nearest number that fits.
    func multiplied(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? (self < 0 ? .min : .max) : product
    }
}
