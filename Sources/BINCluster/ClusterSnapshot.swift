public import BINMessages

/// How a member sees its cluster at one moment, for whoever looks at it from outside.
public struct ClusterSnapshot: Hashable, Sendable {
    /// The cluster.
    public var cluster: Int32
    /// The own node id.
    public var node: Int32
    /// Whether this node is switched on.
    public var isEnabled: Bool
    /// The other nodes, in the order of their ids.
    public var nodes: [NodeView]
    /// Own capabilities.
    public var capabilities: [CapabilityView]
    /// Sharing tags.
    public var tags: [TagView]
    /// How much was refused, by reason.
    public var refusals: [Refusal.Reason: UInt64]
    /// How much was refused, by node that is known.
    public var refusalsByNode: [Int32: UInt64]

    /// Another node.
    public struct NodeView: Hashable, Sendable {
        /// Its id.
        public var node: Int32
        /// Where it listens.
        public var url: NodeURL
        /// Its SIP address; bytes that are not UTF-8 are replaced.
        public var sipAddress: String
        /// The lower, the rather it is used as a hop.
        public var priority: Int32
        /// Its release as configured.
        public var release: Release
        /// Whether it stands in the configuration; otherwise it introduced itself.
        public var isConfigured: Bool
        /// Whether it is switched on.
        public var isEnabled: Bool
        /// The own link to it.
        public var link: LinkState
        /// How long the last answer to a PING took.
        public var roundTrip: Duration?
        /// The neighbour over which it is reached, itself when the link is up; nil when it cannot be reached.
        public var nextHop: Int32?
        /// The nodes it has a link to; this node when the own link is up.
        public var neighbours: [Int32]
        /// The capabilities it announced.
        public var capabilities: [AnnouncedCapability]
    }

    /// A capability of this node.
    public struct CapabilityView: Hashable, Sendable {
        /// Its name.
        public var name: WireName
        /// Whether its data are complete.
        public var isSynced: Bool
        /// Whether it is switched on.
        public var isEnabled: Bool
        /// The node that is asked for data or gives them.
        public var donor: Int32?
        /// Whether data are wanted and none came yet, or not all.
        public var isSyncing: Bool
        /// Packets held back.
        public var held: Int
        /// Bytes they take.
        public var heldBytes: Int
    }

    /// A sharing tag.
    public struct TagView: Hashable, Sendable {
        /// Its name.
        public var name: WireName
        /// Whether this node has it.
        public var isActive: Bool
        /// The node that said last that it has the tag, when that was not this one. It may have gone, or lost it since: there
        /// is no message for either.
        public var holder: Int32?
        /// Nodes that have not shown yet that they know.
        public var unconfirmed: [Int32]
    }
}

extension ClusterMember {
    /// How things stand.
    public var snapshot: ClusterSnapshot {
        ClusterSnapshot(
            cluster: configuration.cluster, node: configuration.node, isEnabled: isEnabled,
            nodes: table.indices.map(view), capabilities: capabilities.map(view),
            tags: tags.tags.map {
                ClusterSnapshot.TagView(
                    name: $0.name, isActive: $0.isActive, holder: $0.holder, unconfirmed: $0.unconfirmed.ids)
            },
            refusals: refusals.byReason, refusalsByNode: refusals.byNode)
    }

    private func view(_ index: Int) -> ClusterSnapshot.NodeView {
        let node = table[index]
        var neighbours = node.neighbours
        if node.isNeighbour { neighbours.insert(configuration.node) }
        return ClusterSnapshot.NodeView(
            node: node.id, url: node.url, sipAddress: String(decoding: node.sipAddress, as: UTF8.self),
            priority: node.priority, release: node.dialect.release, isConfigured: node.isConfigured,
            isEnabled: node.isEnabled, link: node.link.state, roundTrip: node.link.roundTrip,
            nextHop: routes.hop(at: index), neighbours: neighbours.ids, capabilities: node.capabilities)
    }

    private func view(_ own: OwnCapability) -> ClusterSnapshot.CapabilityView {
        ClusterSnapshot.CapabilityView(
            name: own.name, isSynced: own.isSynced, isEnabled: !own.isDisabled, donor: own.phase.donor,
            isSyncing: own.phase != .idle, held: own.held.count, heldBytes: own.heldBytes)
    }
}
