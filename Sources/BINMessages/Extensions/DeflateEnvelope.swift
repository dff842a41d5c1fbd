public import BINWire

/// The layout of envelopes (Spec/extensions/deflate.md). No release of OpenSIPS sends it.
public enum DeflateLayout: UInt8, WireLayout {
    /// DX-A.
    case a

    public var name: String { "DX-A" }
    /// None: nodes of any release from 2.4 on can run beside nodes that use it.
    public var releases: ReleaseSet { ReleaseSet() }
    public var framing: Framing { .v2_3 }
}

/// Packets in one deflated packet (Spec/extensions/deflate.md, type 1).
///
/// This is the packet as it is described, written and exported. ``BINWire/EnvelopePacker`` makes it of packets and
/// ``BINWire/EnvelopeOpener`` makes packets of it.
public struct DeflateEnvelope: Message {
    public static let name: StaticString = "ENVELOPE"

    /// Adler-32 of the dictionary, 0 for none.
    public var dictionary: Int32 = 0
    /// Number of packets.
    public var packetCount: Int32 = 0
    /// Bytes of the packets.
    public var inflatedSize: Int32 = 0
    /// CRC-32 of the packets.
    public var checksum: Int32 = 0
    /// The packets, deflated.
    public var payload = Text()

    public init() {}

    public static func identity(in layout: DeflateLayout) -> MessageIdentity? {
        .packet(Envelope.capability, type: Envelope.type, version: Envelope.version, routing: .trailer)
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DeflateLayout
    ) throws(WireError) {
        try visitor.integer("dictionary", &dictionary, .bits, "Adler-32 of the dictionary, 0 for none")
        // No count of the declaration: those are taken from the lists they count, and here there is none.
        try visitor.integer("packetCount", &packetCount, .plain, "number of packets inside, 1 to 65535")
        try visitor.integer("inflatedSize", &inflatedSize, .plain, "bytes of the packets inside")
        try visitor.integer("checksum", &checksum, .bits, "CRC-32 of the packets inside")
        try visitor.rest("payload", &payload, .opaque, "the packets, one after the other, in raw deflate")
    }
}
