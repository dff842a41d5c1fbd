public import BINWire

/// Something of a peer that was not taken, or not done.
public struct Refusal: Error, Hashable, Sendable {
    /// Why.
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// It could not be decoded.
        case malformed
        /// It is framed for another generation of releases.
        case wrongFraming
        /// It belongs to another cluster.
        case wrongCluster
        /// An id below 1 where a node is named.
        case badID
        /// It claims to come from this node: a second node has the own id, or a packet went in a circle.
        case ownID
        /// The node it claims to come from is not known.
        case unknownNode
        /// The node it claims to come from is switched off.
        case disabledNode
        /// The node was silent for too long, and is not listened to for a while (2.2).
        case silentNode
        /// This node is switched off.
        case selfDisabled
        /// It came from an address of no node that may send it.
        case wrongAddress
        /// The clusterer has no such message in the configured release.
        case unknownType
        /// The capability is switched off.
        case disabledCapability
        /// A copy of an update that was taken already, or an older one.
        case staleUpdate
        /// The path of a flooded packet does not begin with its source, or contains this node.
        case badPath
        /// It names a node that is not known.
        case namesUnknownNode
        /// There is no room for another node.
        case tooManyNodes
        /// The node describes itself by something that is no URL.
        case badURL
        /// The configuration does not allow it.
        case notPermitted
        /// No bridge is configured for it.
        case noBridge
        /// It happens more often than it may.
        case rateLimited
        /// A sync that was not asked for, or of another node than the one asked.
        case unexpectedSync
        /// A sync packet of another version than that of the sender's release.
        case syncVersion
        /// This node does not give away data of the capability, or has none that are complete.
        case noDonor
        /// The node asks for a sync that it is being given.
        case syncRunning
        /// There is no room for another sharing tag.
        case tooManyTags
        /// A name is empty or too long.
        case badName
        /// More capabilities than a node may have.
        case tooManyCapabilities
        /// Too many bytes were held back.
        case heldTooMuch
        /// It is for another node, and this one does not relay.
        case notRelayed
        /// It is for another node to which no way leads.
        case noRoute
        /// It was relayed before, as often as it may be.
        case relayedBefore
        /// It is longer than the receiver takes.
        case tooLong
    }

    /// Why.
    public let reason: Reason
    /// The node it claims to come from; 0 when that is not known.
    public let node: Int32
    /// Where it came from; nil for what did not come in a packet.
    public let address: PeerAddress?
    /// For ``Reason/malformed``: what was wrong, and where.
    public let wire: WireError?
    /// How many more were refused and not reported since the last report.
    public var unreported: UInt64 = 0
}

/// How much was refused, by reason and node.
struct RefusalCounts: Hashable, Sendable {
    private(set) var byReason: [Refusal.Reason: UInt64] = [:]
    private(set) var byNode: [Int32: UInt64] = [:]
    var unreported: UInt64 = 0
    var reports: RateLimit

    init(limit: Int) {
        reports = RateLimit(interval: .nanoseconds(1_000_000_000 / Int64(Swift.max(1, limit))), burst: Int64(limit))
    }

    /// `node` is nil for ids that are no known nodes, which could be without number.
    mutating func count(_ reason: Refusal.Reason, node: Int32?) {
        byReason[reason, default: 0] &+= 1
        if let node { byNode[node, default: 0] &+= 1 }
    }

    mutating func forget(node: Int32) { byNode[node] = nil }
}
