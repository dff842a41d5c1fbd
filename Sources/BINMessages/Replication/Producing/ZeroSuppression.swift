/// Leaves out pipes that stand at 0 and were told so often enough (RL-3, RL-8).
///
/// It remembers the pipes of the last run only, so it needs no more memory than the caller's list.
struct ZeroSuppression: Sendable {
    /// How often a pipe at 0 is sent.
    static let repeats = 3

    private var zeros: [String: Int] = [:]

    /// The pipes of a run that are to be sent.
    mutating func run(over pipes: [PipeCount]) -> [PipeCount] {
        var counted: [String: Int] = [:]
        let sent = pipes.filter { pipe in
            guard pipe.count == 0 else { return true }
            let earlier = zeros[pipe.name] ?? 0
            counted[pipe.name] = min(earlier + 1, ZeroSuppression.repeats)
            return earlier < ZeroSuppression.repeats
        }
        zeros = counted
        return sent
    }

    /// Lets a pipe be sent again.
    mutating func rearm(_ name: String) { zeros[name] = nil }
}
