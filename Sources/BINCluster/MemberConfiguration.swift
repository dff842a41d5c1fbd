public import BINMessages

/// What a member is told before it starts.
public struct MemberConfiguration: Hashable, Sendable {
    /// The cluster, 1 or more.
    public var cluster: Int32
    /// The own node id: 1 or more, and no other node's, also not in a bridged cluster (CL-42).
    public var node: Int32
    /// Where this member listens. Peers connect to it, and compare its address with that of our packets.
    public var url: NodeURL
    /// The release of the cluster (RE-1); single nodes may have another one that speaks the same.
    public var release: Release
    /// The own SIP address; equal ones mark nodes of one site.
    public var sipAddress = ""
    /// The lower, the rather others use this node as a hop.
    public var priority: Int32 = 50
    /// Ping retries that others shall make.
    public var pingRetries: Int32 = 3
    /// The nodes known from the beginning.
    public var nodes: [NodeConfiguration] = []
    /// Whether nodes may introduce themselves, as servers without a database do (CL-16). Otherwise ``nodes`` are all.
    public var discoversNodes = true
    /// Whether packets for other nodes are passed on (CL-36).
    public var relays = true
    /// The capabilities of this node.
    public var capabilities: [CapabilityConfiguration] = []
    /// Whether this node declares itself synced when nobody else is, after ``ClusterTiming/seedFallback`` (CL-51).
    public var isSeed = false
    /// What acts in the sender's place and is allowed nevertheless (RX-9).
    public var permissions = Permissions()
    /// Sharing tags that exist from the beginning, and whether they are active here.
    public var tags: [TagConfiguration] = []
    /// From which clusters bridge packets are taken.
    public var bridgesIn: [InwardBridge] = []
    /// To which clusters bridge packets may be sent.
    public var bridgesOut: [OutwardBridge] = []
    /// Times.
    public var timing = ClusterTiming()
    /// Bounds.
    public var limits = ClusterLimits()

    /// A member of `cluster` with the id `node` that listens at `url`, among nodes of `release`.
    public init(cluster: Int32, node: Int32, url: NodeURL, release: Release) {
        self.cluster = cluster
        self.node = node
        self.url = url
        self.release = release
    }
}

/// Another node of the cluster.
public struct NodeConfiguration: Hashable, Sendable {
    /// Its id.
    public var node: Int32
    /// Where it listens.
    public var url: NodeURL
    /// Its SIP address; equal ones mark nodes of one site.
    public var sipAddress = ""
    /// The lower, the rather it is used as a hop.
    public var priority: Int32 = 50
    /// Ping retries before it is taken as down, 0 or more.
    public var pingRetries: Int32 = 3
    /// Its release, when it is not that of the cluster.
    public var release: Release?
    /// Addresses besides that of the URL from which it may connect.
    public var addresses: [PeerAddress] = []
    /// Switched off: nothing is sent to it or taken from it.
    public var isEnabled = true

    /// A node that listens at `url`.
    public init(node: Int32, url: NodeURL) {
        self.node = node
        self.url = url
    }
}

/// A capability of this node.
public struct CapabilityConfiguration: Hashable, Sendable {
    /// Its name.
    public var name: WireName
    /// Whether others are told of it. A member that only listens need not be known to do so (CL-79).
    public var isAnnounced = false
    /// Whether this node gives its data to others that ask. Only then state 1 is announced (CL-77), and with it others
    /// count on this node where work is shared.
    public var servesSync = false
    /// Whether the data are to be fetched from another node at the start.
    public var syncsAtStart = false
    /// The only nodes that are asked for data; nil for any.
    public var donors: Set<Int32>?
    /// Whether only nodes with the same SIP address are asked for data.
    public var syncsFromOwnSiteOnly = false
    /// Among nodes of 2.2: how long a node may say nothing of it before it is not listened to for twice that time, as servers do
    /// it (CL-4); nil listens always. Of no meaning later.
    public var silenceLimit: Duration?

    /// A capability that is only received.
    public init(_ name: WireName) {
        self.name = name
    }
}

/// A sharing tag of this node.
public struct TagConfiguration: Hashable, Sendable {
    /// Its name.
    public var name: WireName
    /// Whether this node has it when it starts.
    public var isActive: Bool

    /// A tag.
    public init(_ name: WireName, isActive: Bool = false) {
        self.name = name
        self.isActive = isActive
    }
}

/// What peers may make this node do; all of it is off at first (RX-9).
public struct Permissions: Hashable, Sendable {
    /// Management commands that are handed on, by name.
    public var commands: Set<WireName> = []
    /// Whether REMOVE_NODE is obeyed.
    public var removesNodes = false
    /// Whether a peer that takes a sharing tag takes it from this node.
    public var yieldsTags = false
    /// Whether messages between scripts are handed on.
    public var genericMessages = false

    /// Nothing is allowed.
    public init() {}
}

/// Another cluster of which bridge packets are taken (Spec/clusterer.md, CL-70).
public struct InwardBridge: Hashable, Sendable {
    /// The cluster they come from.
    public var sourceCluster: Int32
    /// Addresses they may come from.
    public var addresses: Set<PeerAddress>
    /// Capabilities they may be of.
    public var capabilities: Set<WireName>

    /// Packets of `capabilities` from `sourceCluster`.
    public init(from sourceCluster: Int32, addresses: Set<PeerAddress>, capabilities: Set<WireName>) {
        self.sourceCluster = sourceCluster
        self.addresses = addresses
        self.capabilities = capabilities
    }
}

/// Another cluster to which bridge packets are sent (Spec/clusterer.md, CL-68).
public struct OutwardBridge: Hashable, Sendable {
    /// The cluster they are for.
    public var destinationCluster: Int32
    /// The sharing tag that must be active here.
    public var tag: WireName
    /// Where its nodes listen; the first one that can be reached gets the packet.
    public var urls: [NodeURL]

    /// A bridge that is open while `tag` is active.
    public init(to destinationCluster: Int32, while tag: WireName, urls: [NodeURL]) {
        self.destinationCluster = destinationCluster
        self.tag = tag
        self.urls = urls
    }
}

/// Times of the protocol, with the defaults of servers (Spec/clusterer.md, links).
public struct ClusterTiming: Hashable, Sendable {
    /// Between PINGs on a link that is up.
    public var pingInterval: Duration = .seconds(4)
    /// How long a PONG may take.
    public var pingTimeout: Duration = .seconds(1)
    /// Between attempts to reach a node that is down.
    public var nodeTimeout: Duration = .seconds(60)
    /// How soon a link that was set back is tried again.
    public var restartDelay: Duration = .milliseconds(250)
    /// How long a donor may be silent before another one is asked.
    public var syncTimeout: Duration = .seconds(15)
    /// How long a seed waits for a donor.
    public var seedFallback: Duration = .seconds(5)
    /// How often a healthy link may be set back by what others say (RX-12).
    public var flapInterval: Duration = .seconds(10)
    /// Announcements of a tag that cross within this time are a meeting, not a take-over (CL-67).
    public var glareWindow: Duration = .seconds(2)

    /// The defaults of servers.
    public init() {}
}

/// Bounds on what peers can make a member keep or do (Spec/receiver.md, limits).
public struct ClusterLimits: Hashable, Sendable {
    /// Nodes, the own one included; at most 128.
    public var nodes = 128
    /// Sharing tags, those of peers included.
    public var tags = 128
    /// Bytes of packets held back during the sync of one capability.
    public var heldBytes = 16 << 20
    /// How often a byte-identical packet is relayed within ``relayMemory``; one that comes more often goes in circles (RX-10).
    public var identicalRelays = 3
    /// How long relayed packets are remembered.
    public var relayMemory: Duration = .seconds(5)
    /// Nodes that may be given a sync of one capability at the same time.
    public var servedSyncs = 8
    /// Refusals reported as events per second; all are counted.
    public var reportedRefusals = 10
    /// Bytes after which a sync packet is sent and the next one begun (`sync_packet_size`).
    public var syncPacketSize = 32768

    /// The defaults.
    public init() {}
}
