public import BINWire

/// The layout of the gossip among nodes of this project (Spec/extensions/gossip.md). No release of OpenSIPS sends it.
public enum GossipLayout: UInt8, WireLayout {
    /// GS-A.
    case a

    public var name: String { "GS-A" }
    /// None: nodes of any release from 2.4 on can run beside nodes that use it.
    public var releases: ReleaseSet { ReleaseSet() }
    public var framing: Framing { .v2_3 }

    /// Name of the capability.
    public static let capability = "ext-gossip"
    /// Version of all its packets.
    public static let version: Int16 = 1

    func identity(type: Int32) -> MessageIdentity {
        .packet(GossipLayout.capability, type: type, version: GossipLayout.version, routing: .trailer)
    }
}
