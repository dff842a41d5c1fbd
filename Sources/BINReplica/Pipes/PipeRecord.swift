public import BINMessages

/// A rate-limit pipe and what all nodes count in it, in memory of its own.
public struct PipeRecord: Hashable, Sendable {
    /// Name, from 3.3 on without `/b`.
    public var name: String
    /// What it limits by.
    public var algorithm: PipeAlgorithm
    /// The limit; calls a second, or in an interval or window.
    public var limit: Int32
    /// How it is shared.
    public var flags: PipeFlags
    /// What all nodes and other clusters count, this node included.
    public var total: Int
    /// What each other node said last.
    public var nodes: [Int32: Int]
    /// The moment at which it was so.
    public var time: ReplicaTime

    /// A record.
    public init(
        name: String, algorithm: PipeAlgorithm, limit: Int32, flags: PipeFlags, total: Int, nodes: [Int32: Int],
        time: ReplicaTime
    ) {
        self.name = name
        self.algorithm = algorithm
        self.limit = limit
        self.flags = flags
        self.total = total
        self.nodes = nodes
        self.time = time
    }
}

extension PipeStore {
    /// The pipe `name`; nil when there is none.
    public func record(of name: String, at now: ReplicaTime) -> PipeRecord? {
        status(of: name, at: now).map { record($0, now) }
    }

    /// All pipes in the order of their names.
    public func records(at now: ReplicaTime) -> [PipeRecord] { statuses(at: now).map { record($0, now) } }

    private func record(_ status: PipeStatus, _ now: ReplicaTime) -> PipeRecord {
        let own = status.own
        return PipeRecord(
            name: own.name, algorithm: own.algorithm, limit: own.limit, flags: own.flags, total: status.total,
            nodes: counts(of: own.name, at: now), time: now)
    }
}
