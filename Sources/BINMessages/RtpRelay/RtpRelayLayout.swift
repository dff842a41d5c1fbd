public import BINWire

/// The layouts of relay contexts (Spec/dialog-contexts.md, rtp_relay): packets of their own inside a dialog variable,
/// without a trailer.
public enum RtpRelayLayout: UInt8, WireLayout {
    /// RR-A, 3.2: version 1.
    case a
    /// RR-B, 3.3 and later: version 4.
    case b

    public var name: String { self == .a ? "RR-A" : "RR-B" }

    public var releases: ReleaseSet {
        switch self {
        case .a: ReleaseSet(.series(3, 2))
        case .b: ReleaseSet(.from((3, 3), through: (4, 1)))
        }
    }

    public var framing: Framing { .v2_3 }

    var identity: MessageIdentity {
        .packet("rtp_relay_ctx", type: 0, version: self == .a ? 1 : 4, routing: .none)
    }
}

/// Bounds of what a relay context may hold.
enum RtpRelayLimits {
    /// Copies of the media, at least their 2-byte id each.
    static let copies = PacketCapacity.elements(ofAtLeast: 2)
    /// Streams of a copied leg, 16 bytes each.
    static let streams = PacketCapacity.elements(ofAtLeast: 16)
}
