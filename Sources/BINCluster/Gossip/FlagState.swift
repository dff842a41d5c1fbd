/// What a node knows of a flag, as one that may own it and as one that votes.
struct FlagState: Sendable {
    let configuration: FlagConfiguration
    /// The highest fencing number that was granted, had or heard of.
    var highestFence: UInt64 = 0

    /// The fencing number under which this node owns it.
    var heldFence: UInt64?
    /// With `quorum`, until when, on the own clock.
    var heldUntil: Int64?
    /// Since when nobody has it and this node would be the one to take it.
    var bestSince: Int64?

    // As one that asks for a lease
    var request: Request?
    var notBefore: Int64 = .min

    // As a voter
    var vote: Vote?
    /// Whether this node votes: it knows what it granted, or has learned what others granted.
    var isReady: Bool
    /// Before this moment it grants to nobody but the holder it remembers.
    var silentUntil: Int64
    /// What other voters answered: whether they vote.
    var learned: [Int32: Bool] = [:]
    var learningSequence: Int32 = 0

    struct Request: Hashable, Sendable {
        var sequence: Int32
        var fence: UInt64
        var sentAt: Int64
        var grants: Set<Int32> = []
        var refusals: Set<Int32> = []
    }

    struct Vote: Hashable, Sendable {
        var holder: Int32
        var fence: UInt64
        var until: Int64
    }

    init(
        _ configuration: FlagConfiguration, memory: (flag: WireName, highestFence: UInt64, holder: Int32)?,
        startedAt: Int64, lease: Int64
    ) {
        self.configuration = configuration
        // What was granted before the restart may run for a whole lease yet, on clocks a little slower than the own.
        let over = startedAt.adding(lease).adding(lease / 4)
        silentUntil = over
        isReady = memory != nil
        if let memory {
            highestFence = memory.highestFence
            if memory.holder > 0 { vote = Vote(holder: memory.holder, fence: memory.highestFence, until: over) }
        }
    }

    /// Whether a node votes on it.
    func isVoter(_ node: Int32) -> Bool { isLent && configuration.electors.contains(node) }

    /// Whether voters lend it.
    var isLent: Bool { configuration.policy == .quorum && !configuration.isExternal }

    /// The place of a node in the order of preference.
    func rank(_ node: Int32) -> Int? { configuration.preferred.firstIndex(of: node) }

    /// A fencing number higher than all before: a counter, then the node and the end of its generation, so that no two nodes ever use the same, nor
    /// two lives of a node of which the second remembers nothing. The counter never falls behind the generation. Nil when it is used
    /// up, or the node's id does not fit.
    func nextFence(node: Int32, generation: Int32) -> UInt64? {
        let counter = Swift.max((highestFence >> 32) + 1, UInt64(UInt32(bitPattern: generation)))
        guard counter < 1 << 32, node > 0, node < 1 << 16 else { return nil }
        return counter << 32 | UInt64(UInt32(bitPattern: node)) << 16 | UInt64(UInt32(bitPattern: generation) & 0xFFFF)
    }

    /// Whether a fencing number can be: its counter is not more than a year of generations ahead.
    static func isPlausible(_ fence: UInt64, generation: Int32) -> Bool {
        fence >> 32 <= UInt64(UInt32(bitPattern: generation)) + 31_536_000
    }

    mutating func hear(_ fence: UInt64, generation: Int32) {
        guard FlagState.isPlausible(fence, generation: generation) else { return }
        highestFence = Swift.max(highestFence, fence)
    }
}
