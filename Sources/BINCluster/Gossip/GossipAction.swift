/// What whoever drives a member of the gossip has to do, in this order.
public enum GossipAction: Sendable {
    /// Send a packet. When that fails nothing is to be done.
    case send(GossipPacket)
    /// Put these bytes on disk in place of earlier ones, before anything that follows is sent. They are handed in again at the next
    /// start (``GossipMember/init(_:memory:seed:at:)``).
    case store([UInt8])
    /// Something happened.
    case event(GossipEvent)
}

/// A packet to be sent.
public struct GossipPacket: Sendable {
    /// Where to.
    public enum Target: Hashable, Sendable {
        /// To a member, at its URL as text.
        case member(Int32, url: [UInt8])
        /// To a neighbour whose id is not known.
        case neighbour(NodeURL)
        /// Back to where a packet came from: as a datagram to its address and port, or on its connection.
        case source(PacketSource)
    }

    /// Where to.
    public var target: Target
    /// Whether it is to go over a stream (TCP or TLS) instead of in a datagram.
    public var isStream: Bool
    package var message: GossipMessage
    package var cluster: Int32
    package var sender: Int32
    /// The node that is answered, which need not be a member.
    var answered: Int32 = 0

    /// The node it is for; 0 when that is not known.
    public var destination: Int32 { if case .member(let node, _) = target { node } else { answered } }
    /// Its length in bytes.
    public var size: Int { message.size }
}

/// What happened.
public enum GossipEvent: Hashable, Sendable {
    /// This node has the state of the cluster.
    case joined
    /// A member came up, for the first time or again.
    case memberUp(Int32)
    /// Somebody does not get answers of a member.
    case memberSuspected(Int32)
    /// A member is down.
    case memberDown(Int32)
    /// A member said that it leaves.
    case memberLeft(Int32)
    /// A member was forgotten.
    case memberForgotten(Int32)
    /// Keys of a member's state changed, or were deleted.
    case stateChanged(Int32, keys: [[UInt8]])
    /// Another node seems to have the own id.
    case identityConflict
    /// This node owns a flag now.
    case acquired(WireName, fence: UInt64)
    /// It does not any more.
    case lost(WireName, LossReason)
    /// Something of a peer was not taken.
    case refused(GossipRefusal)
}

/// Why a flag was lost.
public enum LossReason: Hashable, Sendable {
    /// Another node owns it, under a higher fencing number.
    case outranked(by: Int32)
    /// It was given up for a node that is preferred.
    case handedBack
    /// No majority of the voters consented in time.
    case leaseExpired
    /// This node leaves.
    case leaving
}

/// Something of a peer that was not taken.
public enum GossipRefusal: Hashable, Sendable {
    /// It could not be decoded.
    case malformed
    /// It belongs to another cluster or another node, or claims to come from this one.
    case misrouted
    /// It claims to come from a member, but not from its address.
    case wrongAddress
    /// A number in it cannot be, or a limit is passed.
    case implausible
    /// There is no room for another member.
    case tooManyMembers
}

/// Why the own state was not changed.
public enum GossipStateError: Error, Hashable, Sendable {
    /// The key is empty, too long or used by gossip itself.
    case badKey
    /// The state would have more keys or bytes than ``GossipLimits`` allow.
    case full
    /// This node has left.
    case hasLeft
}
