public import BINWire

/// The layouts of back-to-back entities (Spec/b2b.md). The version is 1 in all of them.
///
/// The fields of the entity never changed. What changed is what its upper module appends, each module in releases of its
/// own; a case is a combination that releases have.
public enum EntityLayout: UInt8, WireLayout, Comparable {
    /// B2B-A, 3.1.0–3.1.13.
    case a
    /// B2B-B, 3.1.14 to the end of 3.1: scenario and bridging state in one number.
    case b
    /// B2B-C, 3.2 with scenarios in XML: what b2b_logic appends is that of B2B-A.
    case c
    /// B2B-D, 3.2: scenarios in the script; no parameters of scenarios, outbound proxy.
    case d
    /// B2B-E, 3.3: forks of media_exchange without their streams, b2b_sdp_demux.
    case e
    /// B2B-F, 3.4.0–3.4.16: session descriptions belong to the entity, the outgoing one stands twice.
    case f
    /// B2B-G, 3.4.17 to the end of 3.4: the first of the two is the incoming one.
    case g
    /// B2B-H, 3.5: as B2B-F, with siprec.
    case h
    /// B2B-I, 3.6.0–3.6.3: instances of forks and of recording sessions.
    case i
    /// B2B-J, 3.6.4 and later: with the incoming session description.
    case j

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The usual layout of 3.2 stands before that with scenarios in XML, because who asks for a release takes the first.
    public static let allCases: [EntityLayout] = [.a, .b, .d, .c, .e, .f, .g, .h, .i, .j]

    public var name: String {
        switch self {
        case .a: "B2B-A"
        case .b: "B2B-B"
        case .c: "B2B-C"
        case .d: "B2B-D"
        case .e: "B2B-E"
        case .f: "B2B-F"
        case .g: "B2B-G"
        case .h: "B2B-H"
        case .i: "B2B-I"
        case .j: "B2B-J"
        }
    }

    public var releases: ReleaseSet {
        switch self {
        case .a: ReleaseSet(.series(3, 1, 0...13))
        case .b: ReleaseSet(.series(3, 1, 14...))
        case .c, .d: ReleaseSet(.series(3, 2))
        case .e: ReleaseSet(.series(3, 3))
        case .f: ReleaseSet(.series(3, 4, 0...16))
        case .g: ReleaseSet(.series(3, 4, 17...))
        case .h: ReleaseSet(.series(3, 5))
        case .i: ReleaseSet(.series(3, 6, 0...3))
        case .j: ReleaseSet(.series(3, 6, 4...), .from((4, 0), through: (4, 1)))
        }
    }

    public var framing: Framing { .v2_3 }

    func identity(type: Int32) -> MessageIdentity {
        .packet("b2be-entities-repl", type: type, version: 1, routing: .trailer)
    }

    /// Whether b2b_logic appends parameters of the scenario and the next state.
    var hasScenarioParameters: Bool { self <= .c }
    /// Whether the state of the scenario stands alone.
    var hasPlainScenarioState: Bool { self == .a || self == .c }
    /// Whether the session description belongs to the tuple.
    var hasTupleSDP: Bool { self < .f }
    /// Whether session descriptions belong to the entity.
    var hasEntitySDPs: Bool { self >= .f }
    /// Whether the first one is the incoming one, not the outgoing one twice.
    var hasIncomingSDP: Bool { self == .g || self == .j }
    /// Whether an entity has an outbound proxy.
    var hasProxy: Bool { self >= .d }
    /// Whether media_exchange lists the streams of its forks.
    var hasForkLists: Bool { self < .e }
    /// Whether forks of media_exchange have an instance.
    var hasForkInstance: Bool { self >= .i }
    /// Whether b2b_sdp_demux replicates.
    var hasDemux: Bool { self >= .e }
    /// How siprec appends its sessions.
    var siprec: SiprecLayout? { self < .h ? nil : self == .h ? .d : .e }
}

/// Bounds of what may be repeated in the packets of an entity: what a packet can hold.
enum EntityLimits {
    /// Values of a tuple, two strings each.
    static let values = PacketCapacity.elements(ofAtLeast: 4)
    /// Forks, 12 bytes each at least.
    static let forks = PacketCapacity.elements(ofAtLeast: 12)
    /// Clients of the SDP demultiplexer, 14 bytes each at least.
    static let clients = PacketCapacity.elements(ofAtLeast: 14)
    /// Streams of the SDP demultiplexer, 6 bytes each at least.
    static let streams = PacketCapacity.elements(ofAtLeast: 6)
}
