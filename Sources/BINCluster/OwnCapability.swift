import BINWire

/// A capability of this node: whether its data are complete, and how a sync of it stands.
struct OwnCapability: Sendable {
    let configuration: CapabilityConfiguration
    var isSynced: Bool
    var isDisabled = false
    var phase = SyncPhase.idle
    /// Donors that were asked in vain since the last sync that ended well.
    var tried = SortedIDs()
    var held: [HeldPacket] = []
    var heldBytes = 0

    var name: WireName { configuration.name }
    /// Whether others may count on this node for it.
    var announcedState: Bool { isSynced && configuration.servesSync && !isDisabled }
    var holdsBack: Bool { if case .receiving = phase { true } else { false } }

    init(_ configuration: CapabilityConfiguration) {
        self.configuration = configuration
        isSynced = !configuration.syncsAtStart
    }
}

/// Where a sync stands at the node that asks (Spec/clusterer.md, requester).
enum SyncPhase: Hashable, Sendable {
    /// None is wanted.
    case idle
    /// Wanted, and no donor is asked: since when, and until when none is to be.
    case waiting(since: Int64, notBefore: Int64)
    /// A donor was asked.
    case requested(Int32, at: Int64)
    /// Data come in.
    case receiving(Reception)

    var donor: Int32? {
        switch self {
        case .idle, .waiting: nil
        case .requested(let donor, _): donor
        case .receiving(let reception): reception.donor
        }
    }
}

/// What came in of a sync, and what was applied of it.
struct Reception: Hashable, Sendable {
    let donor: Int32
    var lastAt: Int64
    /// Packets handed on, and how many of them were applied.
    var parts = 0
    var appliedParts = 0
    /// Chunks counted in packets; nil as soon as some cannot be counted.
    var chunks: Int? = 0
    var appliedChunks = 0
    /// When it was told last how far the sync is; it is told first when the first packet was applied.
    var toldAt = Int64.min
    /// The donor's total, in sync v3.
    var announced: Int?
    var isEnded = false
    /// Whether a packet could not be used.
    var isDamaged = false

    init(_ donor: Int32, at now: Instant) {
        self.donor = donor
        lastAt = now.nanoseconds
    }

    /// Whether all that was announced was applied.
    var isComplete: Bool {
        guard isEnded, !isDamaged, parts == appliedParts else { return false }
        if let announced, announced != appliedChunks { return false }
        if let chunks, chunks != appliedChunks { return false }
        return true
    }
}

/// A live packet that came during a sync, with its own source (RX-14).
struct HeldPacket: Sendable {
    var bytes: [UInt8]
    var header: PacketHeader
    var delivery: Delivery
}

/// A sync that this node gives.
struct SyncService: Hashable, Sendable {
    let offer: SyncOffer
    var lastAt: Int64
    var dataVersion: Int16?
    /// Chunks of the packet that is being filled.
    var buffer: [UInt8] = []
    var total: Int32 = 0
}
