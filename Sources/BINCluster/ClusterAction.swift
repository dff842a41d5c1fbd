public import BINWire

/// What whoever drives a member has to do, in this order.
public enum ClusterAction: Hashable, Sendable {
    /// Send a packet to a node, at ``ClusterMember/url(of:)``. When that fails: ``ClusterMember/sendFailed(to:packet:at:into:)``.
    case send([UInt8], to: Int32)
    /// Send a packet on the connection that something came in on. When it is gone, nothing is to be done.
    case answer([UInt8], connection: UInt64)
    /// Send a packet to the first of these places that can be reached.
    case sendOverBridge([UInt8], to: [NodeURL])
    /// Hand the packet that was just received to whoever owns its capability.
    case deliver(Delivery)
    /// Hand a packet that was held back during a sync to whoever owns its capability.
    case deliverHeld([UInt8], PacketHeader, Delivery)
    /// Apply a part of a sync, which stands in the packet that was just received, and say so
    /// (``ClusterMember/syncApplied(_:chunks:at:into:)``).
    case applySync(SyncPart)
    /// Give all data of a capability to a node (``ClusterMember/provide(_:dataVersion:to:at:into:)``).
    case provideSync(SyncOffer)
    /// Run a management command that is allowed.
    case runCommand(WireName, parameters: [[UInt8]], from: Int32)
    /// Look up the host of a node and say its addresses (``ClusterMember/resolved(_:to:)``).
    case resolve(Int32, NodeURL)
    /// Something happened.
    case event(ClusterEvent)
}

/// A packet for a module, as its place in the bytes received.
public struct Delivery: Hashable, Sendable {
    /// The node that made it; 0 in 2.2 when there is none.
    public var source: Int32
    /// The cluster it comes from: the own one, or the other end of a bridge.
    public var cluster: Int32
    /// Whether it came over a bridge.
    public var isBridged: Bool
    /// Where its fields stand: behind the type, before the trailer.
    public var body: Range<Int>
}

/// A part of a sync, as its place in the bytes received.
public struct SyncPart: Hashable, Sendable {
    /// The capability.
    public var capability: WireName
    /// The node that gives the data.
    public var donor: Int32
    /// Version of the data; nil in sync v1, which does not say it (Spec/clusterer.md, SYNC).
    public var dataVersion: Int16?
    /// Where the chunks stand.
    public var chunks: Range<Int>
    /// How many there are; nil in sync v1, where only the capability's layout tells.
    public var count: Int?
}

/// A node that waits for data.
public struct SyncOffer: Hashable, Sendable {
    /// The capability.
    public var capability: WireName
    /// The node that asked.
    public var node: Int32
}

/// What happened.
public enum ClusterEvent: Hashable, Sendable {
    /// A node can be reached, directly or over others.
    case nodeUp(Int32)
    /// No way leads to a node any more.
    case nodeDown(Int32)
    /// A node introduced itself or was added.
    case nodeAdded(Int32)
    /// A node was removed.
    case nodeRemoved(Int32)
    /// The own link to a node changed.
    case linkChanged(Int32, LinkState)
    /// A node announced a capability: whether its data are complete.
    case capabilityChanged(node: Int32, WireName, isSynced: Bool)
    /// The PING with this number, or an earlier one, was answered: the node still reads (TR-10).
    case pong(Int32, ping: UInt64, roundTrip: Duration)
    /// A sync moved on.
    case sync(WireName, SyncStep)
    /// A sharing tag changed hands.
    case tag(WireName, TagFate)
    /// A message of a script.
    case message(ScriptMessage)
    /// The peers asked this node to leave the cluster; it is switched off.
    case removed(by: Int32)
    /// Something was not taken. Reported at a bounded rate; counts are in the snapshot.
    case refused(Refusal)
}

/// What becomes of a sync.
public enum SyncStep: Hashable, Sendable {
    /// No donor is known yet.
    case waiting
    /// A node was asked.
    case requested(from: Int32)
    /// Data come in.
    case began(from: Int32)
    /// So many chunks were applied so far; told with the first packet, and then once a second at most.
    case progressed(from: Int32, chunks: Int)
    /// All of it was applied, or this node was the first of its cluster (`from` is nil).
    case finished(from: Int32?, chunks: Int)
    /// It came to nothing; another attempt follows.
    case failed(from: Int32, SyncFailure)
    /// A node was given all data.
    case served(to: Int32, chunks: Int)
}

/// Why a sync came to nothing.
public enum SyncFailure: String, Hashable, Sendable {
    /// The donor was silent too long.
    case timeout
    /// Another number of chunks was applied than the donor announced.
    case incomplete
    /// The donor cannot be reached any more.
    case donorLost
    /// Too many live packets had to be held back.
    case heldTooMuch
    /// Whoever applies it gave up.
    case refused
}

/// What became of a sharing tag (Spec/clusterer.md, sharing tags).
public enum TagFate: Hashable, Sendable {
    /// It is active here now.
    case taken
    /// It was not active here, and the node says that it has it.
    case announced(by: Int32)
    /// It was active here; the node took it.
    case moved(to: Int32)
    /// It was active here; a node took it, and the configuration does not let this one step down: both have it.
    case doubled(with: Int32)
    /// Announcements crossed; it stays here, and the other node is told once more.
    case kept(against: Int32)
    /// Announcements crossed; this node stepped down for one with a lower id. A server there stepped down as well: then
    /// nobody has the tag until somebody acts.
    case lost(to: Int32)
    /// The announcement to this node may have got lost, so that both may have the tag; it is repeated when the link is back.
    case unconfirmed(at: Int32)
}

/// A message from script to script (Spec/clusterer.md, GENERIC_MSG).
public struct ScriptMessage: Hashable, Sendable {
    /// The node it comes from.
    public var source: Int32
    /// Whether it is a request.
    public var isRequest: Bool
    /// What a reply repeats of its request.
    public var tag: [UInt8]
    /// The message.
    public var message: [UInt8]
}
