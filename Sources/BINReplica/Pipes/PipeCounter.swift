import BINMessages

/// One pipe: what this node counted, and what the others said.
struct PipeCounter: Sendable {
    var algorithm: PipeAlgorithm
    var flags: PipeFlags
    /// The last limit that was used here; until then that of the packet which made the pipe.
    var limit: Int32
    /// Our own count of this interval; for the sliding window its sum at the last hit.
    var current = 0
    /// Our own count of the last completed interval.
    var last = 0
    /// RED: every how many is accepted; 0 for all.
    var load = 0
    var window: SlidingWindow?
    var peers = PeerCounts()
    var clusters = PeerCounts()
    var lastUse: ReplicaTime
    /// Nil for a pipe that only others use.
    var lastLocalUse: ReplicaTime?

    /// Ends an interval (RL-16); `gap` when more than one passed.
    mutating func endInterval(gap: Bool, _ parameters: PipeParameters) {
        last = gap ? 0 : current
        current = 0
        let perInterval = Int(limit) * parameters.factor
        load = perInterval > 0 ? last / perInterval : 0
    }

    /// What a broadcast says (RL-1).
    var advertised: Int32 { Int32(clamping: algorithm == .slidingWindow ? current : last) }

    /// What the peers and other clusters counted.
    func othersSum(at now: ReplicaTime, _ parameters: PipeParameters) -> Int {
        peers.sum(at: now, expiry: parameters.peerExpiry) + clusters.sum(at: now, expiry: parameters.bridgeExpiry)
    }

    /// Whether something that others said does not count any more.
    func hasExpiredPeers(at now: ReplicaTime, _ parameters: PipeParameters) -> Bool {
        peers.hasExpired(at: now, expiry: parameters.peerExpiry)
            || clusters.hasExpired(at: now, expiry: parameters.bridgeExpiry)
    }

    /// Forgets what others said and does not count any more.
    mutating func forgetPeers(at now: ReplicaTime, _ parameters: PipeParameters) {
        peers.forget(at: now, expiry: parameters.peerExpiry)
        clusters.forget(at: now, expiry: parameters.bridgeExpiry)
    }

    /// Counts one hit and decides (RL-15).
    mutating func hit(_ load: NodeLoad, at now: ReplicaTime, _ parameters: PipeParameters) -> Bool {
        if algorithm == .slidingWindow {
            var window = self.window ?? SlidingWindow(parameters)
            current = window.hit(at: now)
            self.window = window
        } else {
            current += 1
        }
        let total = current + othersSum(at: now, parameters)
        switch algorithm {
        case .none: return true
        case .tailDrop: return total <= Int(limit) * parameters.factor
        case .red: return self.load == 0 || total % self.load == 0
        // Spread over each hundred, so that a rate of 50 does not drop 50 in a row.
        case .feedback: return (total * 37 + 11) % 100 >= load.dropRate
        case .network: return load.queuedBytes <= Int(limit)
        case .slidingWindow: return total <= Int(limit)
        }
    }
}

/// Hits of the last seconds, in slots.
struct SlidingWindow: Sendable {
    private var counts: [Int32]
    private let slotPeriod: UInt64
    /// Number of the slot that is filled now, counted from 1970.
    private var slot: UInt64 = 0
    private var sum = 0

    init(_ parameters: PipeParameters) {
        counts = [Int32](repeating: 0, count: parameters.windowSlots)
        slotPeriod = max(1, parameters.slotPeriod)
    }

    /// Forgets the slots that left the window.
    private mutating func advance(to now: ReplicaTime) {
        let target = now.milliseconds / slotPeriod
        guard target > slot else { return }
        let passed = min(target - slot, UInt64(counts.count))
        for offset in 0..<passed {
            let index = Int((target - offset) % UInt64(counts.count))
            sum -= Int(counts[index])
            counts[index] = 0
        }
        slot = target
    }

    /// Counts one hit and returns the sum.
    mutating func hit(at now: ReplicaTime) -> Int {
        advance(to: now)
        let index = Int(slot % UInt64(counts.count))
        if counts[index] < .max {
            counts[index] += 1
            sum += 1
        }
        return sum
    }
}
