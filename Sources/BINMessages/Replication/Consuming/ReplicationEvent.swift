public import BINWire

/// Something that a node told: what, and which node.
public struct ReplicationEvent: Hashable, Sendable {
    /// What was told.
    public var change: ReplicationChange
    /// Who told it.
    public var origin: ReplicationOrigin

    /// An event.
    public init(_ change: ReplicationChange, from origin: ReplicationOrigin) {
        self.change = change
        self.origin = origin
    }
}

/// Who sent a packet, as far as the packet says.
public enum ReplicationOrigin: Hashable, Sendable {
    /// 2.1: packets name no sender. Also for ``ReplicationChange/other(capability:type:)`` of 2.2 and of the link protocol.
    case unnamed
    /// 2.2: the node, in the first field.
    case server(Int32)
    /// 2.3 and later: the trailer.
    case routed(Routing)

    /// The node that made the packet.
    public var node: Int32? {
        switch self {
        case .unnamed: nil
        case .server(let node): node
        case .routed(let routing): routing.source
        }
    }

    /// The cluster that it belongs to.
    public var cluster: Int32? { if case .routed(let routing) = self { routing.cluster } else { nil } }
}

/// What a packet, or a chunk of a sync, says.
public enum ReplicationChange: Hashable, Sendable {
    /// An AoR came into being.
    case aorInserted(AoRRecord)
    /// An AoR and all its contacts went away.
    case aorDeleted(AddressOfRecord)
    /// A contact was registered. The AoR may be unknown until then; an insert of a known contact counts as an update (UL-33).
    case contactInserted(Contact)
    /// A contact was refreshed or changed. It may be unknown until then (UL-34).
    case contactUpdated(Contact)
    /// A contact was deleted.
    case contactDeleted(ContactKey)
    /// A sync of contacts begins.
    case contactSyncBegan
    /// A sync brought an AoR; its contacts follow.
    case aorSynced(AoRRecord)
    /// A sync brought a contact.
    case contactSynced(Contact)
    /// The donor sent everything it has.
    case contactSyncEnded(ContactSyncSummary)
    /// Counts of the sender's profiles, each replacing what it said before. Empty as a sign of life of 2.2.
    case profileCounts([ProfileCount])
    /// Counts of the sender's pipes, each replacing what it said before. Empty as a sign of life of 2.2.
    case pipeCounts([PipeCount])
    /// Counts of a whole other cluster.
    case bridgeAggregate(BridgeAggregate)
    /// A packet that is not of these capabilities: cluster messages, dialogs, syncs of other capabilities, envelopes of
    /// `ext-deflate`, which are opened with `EnvelopeOpener` first. Nothing of it was looked at but the header.
    case other(capability: String, type: Int32)
}

/// How a sync of contacts ended.
public struct ContactSyncSummary: Hashable, Sendable {
    /// Chunks that came, AoRs and contacts together.
    public var chunks: Int
    /// Chunks that were sent; nil before 3.3, which do not say it.
    public var announcedChunks: Int?
    /// SYNC packets of this sync that were refused.
    public var refusedPackets: Int

    /// Whether everything came: nothing was refused, and the number is the announced one (CL-56).
    public var isComplete: Bool { refusedPackets == 0 && (announcedChunks ?? chunks) == chunks }

    /// A summary.
    public init(chunks: Int, announcedChunks: Int?, refusedPackets: Int) {
        self.chunks = chunks
        self.announcedChunks = announcedChunks
        self.refusedPackets = refusedPackets
    }
}
