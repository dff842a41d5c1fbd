/// What a member of the gossip is told before it starts.
public struct GossipConfiguration: Hashable, Sendable {
    /// The cluster, 1 or more.
    public var cluster: Int32
    /// The own node id: 1 or more, and no other node's.
    public var node: Int32
    /// Where this node listens, for datagrams as for streams.
    public var url: NodeURL
    /// Where nodes listen that can be asked for the state of the cluster; one is enough.
    public var neighbours: [NodeURL] = []
    /// The place this node stands at; rounds prefer nodes of the same one. Empty for none.
    public var site = ""
    /// The rack at that place.
    public var rack = ""
    /// Groups of nodes that this one belongs to (``ReplicationGroups``).
    public var groups: [String] = []
    /// The duties that one node has at a time.
    public var flags: [FlagConfiguration] = []
    /// Times.
    public var timing = GossipTiming()
    /// Bounds.
    public var limits = GossipLimits()

    /// A member of `cluster` with the id `node` that listens at `url`.
    public init(cluster: Int32, node: Int32, url: NodeURL) {
        self.cluster = cluster
        self.node = node
        self.url = url
    }
}

/// Why a member of the gossip cannot be what it is told to be.
public enum GossipFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// More flags than a node may have.
    case tooManyFlags(Int)
    /// Two flags have the same name.
    case flagNamedTwice(WireName)

    public var description: String {
        switch self {
        case .tooManyFlags(let count): "a node has at most \(GossipConfiguration.mostFlags) flags, not \(count)"
        case .flagNamedTwice(let name): "flag \(name) is named twice"
        }
    }
}

extension GossipConfiguration {
    /// The most flags of a node (Spec/extensions/gossip.md, times and limits).
    public static let mostFlags = 64

    /// Looks for what a member could not do.
    /// - Throws: ``GossipFault``.
    public func check() throws(GossipFault) {
        guard flags.count <= GossipConfiguration.mostFlags else { throw .tooManyFlags(flags.count) }
        var names: Set<WireName> = []
        for flag in flags where !names.insert(flag.name).inserted { throw .flagNamedTwice(flag.name) }
    }
}

/// Times of the gossip (Spec/extensions/gossip.md, times and limits).
public struct GossipTiming: Hashable, Sendable {
    /// Between two rounds.
    public var interval = Duration.seconds(1)
    /// How unlikely a silence must be before others are asked, as φ: 8 is one in a hundred million. 1 to 18.
    public var phi = 8.0
    /// How long helpers have to reach a node that is asked about.
    public var probeTimeout = Duration.milliseconds(800)
    /// For how long a node is suspected before it is taken as down.
    public var suspicion = Duration.seconds(4)
    /// For how long a node that is down is remembered.
    public var downRetention = Duration.seconds(86_400)
    /// For how long a node that left is remembered.
    public var leftRetention = Duration.seconds(3600)
    /// For how long a deletion is remembered.
    public var tombstoneRetention = Duration.seconds(3600)
    /// How long nobody must have had a flag before it is taken.
    public var settle = Duration.seconds(3)
    /// How long a node that gets no answer from a neighbour waits before it takes flags all alone.
    public var aloneAfter = Duration.seconds(10)
    /// How long a majority's consent to own a flag lasts.
    public var lease = Duration.seconds(10)
    /// By how much, at most, clocks of two nodes run apart, as a part of the time that passes.
    public var clockDrift = 0.05
    /// The least time between two stores of the members.
    public var storeInterval = Duration.seconds(10)

    /// The defaults.
    public init() {}

    /// The defaults with rounds of another length, and with it everything that is reckoned in rounds: probes, suspicion, leases. The times for
    /// which something is remembered stay. To be the same on all nodes.
    public init(interval: Duration) {
        let factor = interval / self.interval
        self.interval = interval
        for time in [\GossipTiming.probeTimeout, \.suspicion, \.settle, \.aloneAfter, \.lease] {
            self[keyPath: time] = self[keyPath: time] * factor
        }
    }
}

/// Bounds of the gossip.
public struct GossipLimits: Hashable, Sendable {
    /// Bytes of the largest packet that goes in a datagram.
    public var datagramBytes = 1400
    /// Bytes of the largest packet on a stream, at most 65,515.
    public var packetBytes = 60_000
    /// Members, those down or gone included.
    public var members = 20_000
    /// Keys of a node's state, deleted ones included.
    public var keys = 128
    /// Bytes of a key.
    public var keyBytes = 128
    /// Bytes of a node's state on the wire; must fit a packet.
    public var stateBytes = 16_384
    /// Nodes that each node watches.
    public var watches = 4
    /// Nodes that are asked to reach one that does not answer.
    public var helpers = 3
    /// Members of a range that are compared one by one instead of by sums.
    public var leaf = 32
    /// Exchanges that follow each other at once while there is more to tell.
    public var burst = 32
    /// Members that are put on disk.
    public var storedMembers = 256
    /// How far a generation may lie ahead of the own clock, in seconds: a year.
    public var generationAhead: Int64 = 31_536_000

    /// The defaults.
    public init() {}
}

/// A duty that one node has at a time: pinging a group of NATed contacts, keeping a registration upstream.
public struct FlagConfiguration: Hashable, Sendable {
    /// What a partition can do to the flag (Spec/extensions/gossip.md, ownership).
    public enum Policy: String, Hashable, Sendable, CaseIterable {
        /// Each side of a partition has an owner.
        case available
        /// Only a majority of the voters gives the flag away, so that there is one owner or none.
        case quorum
    }

    /// When a node that was preferred gets the flag back.
    public enum HandBack: Hashable, Sendable {
        /// Not as long as the present owner is there.
        case never
        /// When it has been there for so long.
        case after(Duration)
    }

    /// Its name, up to 64 bytes.
    public var name: WireName
    /// The nodes that can own it, the preferred one first; up to 32, the same on every node.
    public var preferred: [Int32]
    /// What a partition can do to it.
    public var policy: Policy
    /// When a preferred node gets it back.
    public var handBack = HandBack.never
    /// With ``Policy/quorum`` the nodes that vote, the same on every node; empty for those of ``preferred``.
    public var voters: [Int32] = []
    /// Whether another system, such as etcd, says who owns it (``GossipMember/setExternal(_:fence:until:at:)``). Members only tell each other then, and
    /// policy, hand-back and voters mean nothing.
    public var isExternal = false

    /// A flag.
    public init(_ name: WireName, preferred: [Int32], policy: Policy = .available) {
        self.name = name
        self.preferred = preferred
        self.policy = policy
    }

    /// The nodes that vote.
    public var electors: [Int32] { voters.isEmpty ? preferred : voters }
    /// How many of them must consent.
    public var majority: Int { electors.count / 2 + 1 }
}
