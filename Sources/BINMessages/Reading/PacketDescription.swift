public import BINWire

/// What one packet says, as far as it could be read. Made by ``Interpreter``; meant to be used again for the next packet.
public struct PacketDescription: Sendable {
    /// Name of the message; nil when it is not declared.
    public internal(set) var message: StaticString?
    /// Name of the layout; several are joined with `|` when they cannot be told apart. Where they name fields or
    /// meanings differently, ``nodes`` are those of the last one.
    public internal(set) var layout: String?
    /// Every field in wire order, the trailer left out.
    public internal(set) var nodes: [FieldNode] = []
    /// Cluster and nodes of the trailer.
    public internal(set) var routing: Routing?
    /// Bytes of the body that no field explains.
    public internal(set) var trailing: Range<Int>?
    /// Why the packet could not be read to its last byte.
    public internal(set) var failure: DecodingFailure?
    /// Whom the packet comes from.
    public internal(set) var sender: Sender = .address(SenderAddress(high: 0, low: 0))
    /// The releases that fit everything the sender has sent up to and including this packet.
    public internal(set) var releases: ReleaseSet = .all
    /// Whether the packet fits none of the releases that fitted everything before.
    public internal(set) var contradictsEarlierPackets = false

    /// The packets inside of an envelope.
    public internal(set) var packets: [EnvelopedPacket] = []

    /// How the body was read, for re-encoding.
    package var candidate: MessageCandidate?
    /// How the chunks of a sync packet were read.
    package var chunkCandidate: MessageCandidate?
    /// Where the body stands, trailer left out.
    package var body: Range<Int> = 0..<0

    /// An empty description.
    public init() {}

    mutating func reset() {
        message = nil
        layout = nil
        nodes.removeAll(keepingCapacity: true)
        routing = nil
        trailing = nil
        failure = nil
        contradictsEarlierPackets = false
        candidate = nil
        chunkCandidate = nil
        packets.removeAll()
        body = 0..<0
    }
}

/// A packet that came inside of an envelope (Spec/extensions/deflate.md).
public struct EnvelopedPacket: Sendable {
    /// The packet.
    public let bytes: [UInt8]
    /// Its header.
    public let header: PacketHeader
    /// What it says, with offsets that count from the beginning of ``bytes``.
    public internal(set) var description = PacketDescription()
}

/// Whom a packet comes from: the node it names, or the address it was sent from where it names none.
public enum Sender: Hashable, Sendable {
    /// A node of a cluster.
    case node(cluster: Int32, node: Int32)
    /// An address.
    case address(SenderAddress)
}

/// The address of a sender, in a form that this room need not understand.
public struct SenderAddress: Hashable, Sendable {
    /// The upper 64 bits.
    public var high: UInt64
    /// The lower 64 bits.
    public var low: UInt64

    /// An address of 128 bits.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}
