/// How a node that is watched answers: when it was last heard, and how regularly.
///
/// This is the accrual failure detector of Hayashibara and others: a silence of t is judged by the arrivals seen so far, taken as
/// normally distributed. φ is the negative decimal logarithm of the probability that an arrival comes even later. Instead of
/// computing φ at every look, the threshold is turned into a number of standard deviations once.
struct ArrivalWatch: Sendable {
    enum Phase: Hashable, Sendable {
        /// It answers, as far as can be said.
        case heard
        /// Others were asked: since when, how often, and how many of them answered that they do not reach it.
        case probing(since: Int64, rounds: Int, denials: Int)
        /// It is suspected since then.
        case suspected(since: Int64)
    }

    let node: Int32
    /// When anything came from it.
    var lastHeard: Int64
    /// When the last heartbeat came; nil before the first.
    var lastHeartbeat: Int64?
    /// Mean of the intervals between heartbeats, in seconds.
    private(set) var mean: Double
    /// Their variance.
    private(set) var variance: Double
    var phase = Phase.heard
    /// Number of the last heartbeat; those that come late or twice are not counted.
    var heartbeatSequence: Int32 = 0
    /// Number of the last request to helpers; earlier ones are answered too late.
    var probeSequence: Int32 = 0

    init(_ node: Int32, interval: Double, at now: Int64) {
        self.node = node
        lastHeard = now
        mean = interval
        variance = interval * interval / 4
    }

    /// How much one arrival moves mean and variance.
    private static let weight = 0.1

    mutating func heartbeat(at now: Int64, interval: Double) {
        if let last = lastHeartbeat {
            // A gap that was an outage says nothing of how regularly the node answers.
            let seconds = Swift.min(Double(now - last) / 1e9, 5 * interval)
            let difference = seconds - mean
            mean += ArrivalWatch.weight * difference
            variance = (1 - ArrivalWatch.weight) * (variance + ArrivalWatch.weight * difference * difference)
        }
        lastHeartbeat = now
        heard(at: now)
    }

    mutating func heard(at now: Int64) {
        lastHeard = now
        phase = .heard
    }

    /// Time in which this node itself did nothing is nobody's silence.
    mutating func forgive(_ nanoseconds: Int64) {
        lastHeard = lastHeard.adding(nanoseconds)
        if let last = lastHeartbeat { lastHeartbeat = last.adding(nanoseconds) }
        switch phase {
        case .heard: break
        case .probing(let since, let rounds, let denials):
            phase = .probing(since: since.adding(nanoseconds), rounds: rounds, denials: denials)
        case .suspected(let since): phase = .suspected(since: since.adding(nanoseconds))
        }
    }

    /// The standard deviation that is reckoned with: small samples and very regular arrivals make no certainty.
    private func deviation(_ interval: Double) -> Double { Swift.max(variance.squareRoot(), interval / 5) }

    /// How unlikely the present silence is, from 0.3 to 18.9.
    func phi(at now: Int64, interval: Double) -> Double {
        PhiScale.phi(deviations: (Double(now - lastHeard) / 1e9 - mean) / deviation(interval))
    }

    /// Whether the silence is longer than `deviations` allow, times `patience`.
    func isSilent(at now: Int64, deviations: Double, interval: Double, patience: Double) -> Bool {
        Double(now - lastHeard) / 1e9 > (mean + deviations * deviation(interval)) * patience
    }
}

/// φ of a normal distribution for every quarter of a standard deviation: −log10(½ erfc(z ÷ √2)).
///
/// A table, because the core has no logarithm, and because every machine must come to the same result when a run is repeated.
enum PhiScale {
    private static let values: [Double] = [
        0.30103, 0.39654, 0.51069, 0.64469, 0.79955, 0.97613, 1.17518, 1.3973, 1.64302, 1.91277, 2.20693, 2.52582,
        2.8697,
        3.23881, 3.63334, 4.05346, 4.49933, 4.97108, 5.46882, 5.99264, 6.54265, 7.1189, 7.72149, 8.35045, 9.00586,
        9.68777,
        10.39621, 11.13122, 11.89285, 12.68113, 13.49609, 14.33775, 15.20614, 16.10129, 17.02321, 17.97193, 18.94746,
    ]

    /// φ of a silence that is `deviations` standard deviations longer than the mean.
    static func phi(deviations: Double) -> Double {
        guard deviations > 0 else { return values[0] }
        let place = deviations * 4
        guard place < Double(values.count - 1) else { return values[values.count - 1] }
        let index = Int(place)
        return values[index] + (values[index + 1] - values[index]) * (place - Double(index))
    }

    /// The number of standard deviations at which φ is reached.
    static func deviations(phi: Double) -> Double {
        guard let index = values.firstIndex(where: { $0 >= phi }) else { return Double(values.count - 1) / 4 }
        guard index > 0 else { return 0 }
        let (low, high) = (values[index - 1], values[index])
        return (Double(index - 1) + (phi - low) / (high - low)) / 4
    }
}

/// How far this node trusts its own ears (Lifeguard's local health): 0 when it does, up to 3 when it is slow or cut off itself.
struct LocalHealth: Hashable, Sendable {
    private(set) var score = 0
    static let worst = 3

    /// By what every patience is multiplied.
    var patience: Double { Double(1 + score) }

    mutating func worsen() { score = Swift.min(score + 1, LocalHealth.worst) }
    mutating func improve() { score = Swift.max(score - 1, 0) }
}
