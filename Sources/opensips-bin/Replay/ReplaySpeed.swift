import ArgumentParser

/// How fast a capture is replayed: a multiple of the time it took, or as fast as the peer takes it.
struct ReplaySpeed: ExpressibleByArgument, Equatable {
    /// Nil: without waits.
    var factor: Double?

    /// Without waits.
    static let maximum = ReplaySpeed(factor: nil)
    /// As it was recorded.
    static let recorded = ReplaySpeed(factor: 1)

    init(factor: Double?) { self.factor = factor }

    /// Reads `max`, `10x`, `0.5x` or `10`.
    init?(argument: String) {
        if argument == "max" {
            factor = nil
            return
        }
        guard let value = Double(argument.hasSuffix("x") ? String(argument.dropLast()) : argument), value > 0,
            value.isFinite
        else { return nil }
        factor = value
    }

    var defaultValueDescription: String { factor.map { $0 == 1 ? "1x" : "\($0)x" } ?? "max" }

    /// When a packet is due, as the time since the first one.
    /// - Parameter nanoseconds: the time in the capture since its first packet; captures may go back in time.
    func due(_ nanoseconds: Int64) -> Duration? {
        guard let factor else { return nil }
        return .nanoseconds(Int64((Double(max(0, nanoseconds)) / factor).rounded()))
    }
}
