/// Times two ways of doing the same, in turn, and compares them.
///
/// On a shared machine only the fastest of many short trials says what the code costs; absolute times drift, ratios of one
/// run hold.
struct Comparison {
    let name: String
    let unit: String
    private(set) var ours = Trials()
    private(set) var theirs = Trials()

    struct Trials {
        var nanoseconds: [Double] = []
        var best: Double { nanoseconds.min() ?? .infinity }
        var median: Double {
            let sorted = nanoseconds.sorted()
            return sorted.isEmpty ? .infinity : sorted[sorted.count / 2]
        }
    }

    /// Runs both, `trials` times each, one after the other.
    init(_ name: String, unit: String, trials: Int, rounds: Int, ours: (Int) -> UInt64, theirs: (Int) -> UInt64) {
        self.name = name
        self.unit = unit
        _ = ours(rounds / 10 + 1)
        _ = theirs(rounds / 10 + 1)
        for _ in 0..<trials {
            self.ours.nanoseconds.append(Comparison.time(rounds, ours))
            self.theirs.nanoseconds.append(Comparison.time(rounds, theirs))
        }
    }

    private static func time(_ rounds: Int, _ body: (Int) -> UInt64) -> Double {
        let clock = ContinuousClock()
        var result: UInt64 = 0
        let duration = clock.measure { result = body(rounds) }
        precondition(result != 0, "the measured code must not fail")
        let (seconds, attoseconds) = duration.components
        return (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(rounds)
    }

    /// Fastest of ours over fastest of theirs.
    var ratio: Double { ours.best / theirs.best }
    /// Median of ours over median of theirs.
    var medianRatio: Double { ours.median / theirs.median }
}

/// A number with two decimals.
func decimals(_ number: Double) -> String {
    let hundredths = Int(number * 100 + 0.5)
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
}
