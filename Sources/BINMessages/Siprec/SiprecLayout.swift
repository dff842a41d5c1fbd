public import BINWire

/// The layouts of recording sessions (Spec/dialog-contexts.md, siprec).
///
/// They are packets of their own inside a dialog variable, without a trailer, and since 3.5 also stand in the packets of
/// back-to-back entities. The version was raised at some of the changes only.
public enum SiprecLayout: UInt8, WireLayout, Comparable {
    /// SR-A0, 2.4.0–2.4.6, 3.0.0–3.0.1: the Call-ID stands twice.
    case a0
    /// SR-A, 2.4.7 to the end of 2.4, 3.0.2 to the end of 3.0.
    case a
    /// SR-B, 3.1–3.2: time at which a participant joined.
    case b
    /// SR-C, 3.3–3.4: flags; no RTP proxy, no bodies of streams.
    case c
    /// SR-D, 3.5: two extensions.
    case d
    /// SR-E, 3.6 and later: several sessions, each with the name of its instance.
    case e

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    public var name: String {
        switch self {
        case .a0: "SR-A0"
        case .a: "SR-A"
        case .b: "SR-B"
        case .c: "SR-C"
        case .d: "SR-D"
        case .e: "SR-E"
        }
    }

    public var releases: ReleaseSet {
        switch self {
        case .a0: ReleaseSet(.series(2, 4, 0...6), .series(3, 0, 0...1))
        case .a: ReleaseSet(.series(2, 4, 7...), .series(3, 0, 2...))
        case .b: ReleaseSet(.from((3, 1), through: (3, 2)))
        case .c: ReleaseSet(.from((3, 3), through: (3, 4)))
        case .d: ReleaseSet(.series(3, 5))
        case .e: ReleaseSet(.from((3, 6), through: (4, 1)))
        }
    }

    public var framing: Framing { .v2_3 }

    var version: Int16 {
        switch self {
        case .a0, .a, .b: 0
        case .c, .d: 2
        case .e: 4
        }
    }

    var identity: MessageIdentity { .packet("siprec", type: 0, version: version, routing: .none) }

    var hasInstance: Bool { self >= .e }
    var hasFlags: Bool { self >= .c }
    var hasRTPProxy: Bool { self < .c }
    var hasExtensions: Bool { self >= .d }
    var repeatsCallID: Bool { self == .a0 }
    var hasParticipantTime: Bool { self >= .b }
    var hasStreamBody: Bool { self < .c }
}

/// Bounds of what a recording session may hold.
public enum SiprecLimits {
    /// Participants: the two ends of a call, more the modules do not keep.
    public static let participants: Int32 = 2
    /// Size of an identifier: the 24 characters in which 16 bytes are written in base64.
    static let identifierSize: Int32 = 24
    /// Streams of a participant, 34 bytes each.
    static let streams = PacketCapacity.elements(ofAtLeast: 34)
    /// Sessions of a context, 74 bytes each.
    static let sessions = PacketCapacity.elements(ofAtLeast: 74)
}
