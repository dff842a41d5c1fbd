/// Which updates of a node are news: the last sequence number and time of one kind (Spec/clusterer.md, CL-22).
///
/// Numbers begin at 0 after a restart. A copy of an old packet that comes late over another path may carry 0 as well, and
/// taking it would flood it once more; so a 0 is a restart only when its time is later than that of the last 0.
///
/// A counter that was set too high, by mistake or by malice, would silence its source until the real one has passed it.
/// So what is stored gives way to a later time, and is forgotten after ``lifetime`` or when the link comes up anew (RX-11).
struct SequenceRule: Hashable, Sendable {
    /// How long a stored number holds against lower ones, in nanoseconds.
    static let lifetime: Int64 = 60_000_000_000
    /// How old a number must be to be forgotten when the link comes up: longer than any copy of a packet is under way.
    static let transit: Int64 = 5_000_000_000

    private(set) var sequence: Int32 = -1
    private(set) var timestamp: Int32 = 0
    private var acceptedAt: Int64?
    private var lastZero: Int32?

    init() {}

    /// Whether an update with this number and time is to be taken.
    func accepts(_ sequence: Int32, _ timestamp: Int32, at now: Instant) -> Bool {
        guard let acceptedAt, now.nanoseconds.adding(-acceptedAt) < SequenceRule.lifetime else { return true }
        if timestamp > self.timestamp { return true }
        if sequence == 0, let lastZero, timestamp > lastZero { return true }
        // The difference wraps like the counter does.
        return sequence &- self.sequence > 0
    }

    /// Stores what was taken.
    mutating func store(_ sequence: Int32, _ timestamp: Int32, at now: Instant) {
        self.sequence = sequence
        self.timestamp = timestamp
        acceptedAt = now.nanoseconds
        if sequence == 0 { lastZero = timestamp }
    }

    /// The link to the source came up anew: its counter may have begun again.
    mutating func linkCameUp(at now: Instant) {
        guard let acceptedAt, now.nanoseconds.adding(-acceptedAt) >= SequenceRule.transit else { return }
        self = SequenceRule()
    }
}
