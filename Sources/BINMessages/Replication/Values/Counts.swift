/// How many dialogs one node has in a profile, or in one value of it (Spec/dialog.md, profile counters).
public struct ProfileCount: Hashable, Sendable {
    /// Name of the profile, without `/b`. Never empty.
    public var profile: String
    /// The value; nil for a profile without values. A receiver skips a record whose kind is not that of its profile (DL-32).
    public var value: String?
    /// The sender's own count. It replaces what the sender said before; 0 takes the value back (DL-29).
    public var count: Int32

    /// A count of a profile.
    public init(profile: String, value: String? = nil, count: Int32) {
        self.profile = profile
        self.value = value
        self.count = count
    }
}

/// How much one node counted in a rate-limit pipe; in an aggregate, a whole cluster (Spec/ratelimit.md, type 0).
public struct PipeCount: Hashable, Sendable {
    /// Name of the pipe, from 3.3 on without the suffix `/b`. Never empty.
    public var name: String
    /// How the pipe is replicated. Not on the wire before 3.3: packets are read as ``PipeFlags/bin``.
    public var flags: PipeFlags
    /// What the pipe limits by.
    public var algorithm: PipeAlgorithm
    /// Last limit that the script used: calls a second, or with `limit_per_interval` in an interval; for
    /// ``PipeAlgorithm/slidingWindow`` in the window.
    public var limit: Int32
    /// The sender's own count: of the last completed interval, for ``PipeAlgorithm/slidingWindow`` of the window (RL-1).
    public var count: Int32

    /// A count of a pipe.
    public init(
        name: String, algorithm: PipeAlgorithm, limit: Int32, count: Int32, flags: PipeFlags = .bin
    ) {
        self.name = name
        self.flags = flags
        self.algorithm = algorithm
        self.limit = limit
        self.count = count
    }
}

/// What a pipe limits by (Spec/ratelimit.md, flags and algorithm).
public enum PipeAlgorithm: Int32, Hashable, Sendable, CaseIterable {
    /// None.
    case none = 0
    /// TAILDROP: the total of the cluster in an interval.
    case tailDrop = 1
    /// RED: every so many of the total.
    case red = 2
    /// FEEDBACK: the load of the node's processor.
    case feedback = 3
    /// NETWORK: the node's own queues.
    case network = 4
    /// SBT: the total of the cluster in a sliding window.
    case slidingWindow = 5
}

/// How a pipe is replicated (Spec/ratelimit.md, flags and algorithm).
public struct PipeFlags: OptionSet, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Over BIN.
    public static let bin = PipeFlags(rawValue: 1)
    /// Over a cachedb.
    public static let cachedb = PipeFlags(rawValue: 2)
}

/// Counts of a whole cluster for another one (Spec/ratelimit.md, types 10 and 11; 4.0 and later).
public struct BridgeAggregate: Hashable, Sendable {
    /// Where the packet is on its way.
    public enum Hop: Hashable, Sendable {
        /// From a node of the source cluster to one of ours (type 10). Who receives it passes it on and uses it (RL-4).
        case edge
        /// From that node to the others of its cluster (type 11). Who receives it uses it.
        case core
    }

    /// Where the packet is on its way.
    public var hop: Hop
    /// The cluster that is summed up.
    public var sourceCluster: Int32
    /// Sums over the source cluster.
    public var pipes: [PipeCount]

    /// Counts of `sourceCluster`.
    public init(_ hop: Hop, sourceCluster: Int32, pipes: [PipeCount]) {
        self.hop = hop
        self.sourceCluster = sourceCluster
        self.pipes = pipes
    }
}
