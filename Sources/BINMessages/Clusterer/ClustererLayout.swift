public import BINWire

/// The ways in which nodes speak the clusterer protocol (Spec/clusterer.md, compatibility).
///
/// Three things changed independently: the dialect (which messages there are, and their numbers), the form of capability
/// updates, and the version of sync packets. Each case is one combination that releases have.
public enum ClustererLayout: UInt8, WireLayout, Comparable {
    /// Dialect A: 2.3.
    case a
    /// Dialect B, sync v1: 2.4.0–2.4.6.
    case bSync1
    /// Dialect B with sharing tags, sync v1: 3.0.0.
    case bTagsSync1
    /// Dialect B, sync v2: 2.4.7 to the end of 2.4.
    case bSync2
    /// Dialect B with sharing tags, sync v2: 3.0.1–3.1.6.
    case bTagsSync2
    /// Dialect B with sharing tags and sequenced capability updates, sync v2: 3.1.7 to the end of 3.1.
    case bSequenced
    /// Dialect C, sync v2: 3.2.0–3.2.3.
    case cSync2
    /// Dialect C with sequenced capability updates, sync v2: 3.2.4 to the end of 3.2.
    case cSequenced
    /// Dialect C with sequenced capability updates, sync v3: 3.3 and later.
    case cSync3

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    public var name: String { "CL-\(dialect.rawValue)" }

    public var releases: ReleaseSet {
        switch self {
        case .a: ReleaseSet(.series(2, 3))
        case .bSync1: ReleaseSet(.series(2, 4, 0...6))
        case .bTagsSync1: ReleaseSet(.series(3, 0, 0...0))
        case .bSync2: ReleaseSet(.series(2, 4, 7...))
        case .bTagsSync2: ReleaseSet(.series(3, 0, 1...), .series(3, 1, 0...6))
        case .bSequenced: ReleaseSet(.series(3, 1, 7...))
        case .cSync2: ReleaseSet(.series(3, 2, 0...3))
        case .cSequenced: ReleaseSet(.series(3, 2, 4...))
        case .cSync3: ReleaseSet(.from((3, 3), through: (4, 1)))
        }
    }

    @inline(__always)
    public var framing: Framing { .v2_3 }

    /// The sets of messages and their numbers.
    package enum Dialect: String, Sendable {
        case a = "A"
        case b = "B"
        case c = "C"
    }

    package var dialect: Dialect {
        switch self {
        case .a: .a
        case .bSync1, .bTagsSync1, .bSync2, .bTagsSync2, .bSequenced: .b
        case .cSync2, .cSequenced, .cSync3: .c
        }
    }

    /// Version of sync packets: 1 without sizes and data version, 2 with both, 3 with a number of chunks at the end.
    package var syncVersion: Int16 {
        switch self {
        case .a, .bSync1, .bTagsSync1: 1
        case .bSync2, .bTagsSync2, .bSequenced, .cSync2, .cSequenced: 2
        case .cSync3: 3
        }
    }

    /// Whether capability updates carry sequence number and time.
    package var hasSequencedCapabilities: Bool { self == .bSequenced || self >= .cSequenced }

    /// Whether sharing tags are announced by the clusterer itself.
    package var hasSharingTags: Bool { self == .bTagsSync1 || self == .bTagsSync2 || self >= .bSequenced }

    /// A point-to-point or flooded message; `type` in the numbers of dialect C.
    func internalIdentity(type: Int32) -> MessageIdentity {
        switch dialect {
        case .a: .packet("clusterer", type: type, version: 1, routing: .leading)
        case .b: .packet("clusterer-internal", type: type > 6 ? type - 1 : type, version: 1, routing: .leading)
        case .c: .packet("clusterer-internal", type: type, version: 1, routing: .leading)
        }
    }

    /// A routable message; `type` in the numbers of dialect C. Dialect A has none.
    func extraIdentity(type: Int32, version: Int16 = 1) -> MessageIdentity? {
        switch dialect {
        case .a: nil
        case .b: .packet("clusterer-extra", type: type > 6 ? type - 1 : type, version: version, routing: .trailer)
        case .c: .packet("clusterer-extra", type: type, version: version, routing: .trailer)
        }
    }
}

/// Limits of the clusterer protocol that a receiver enforces (Spec/receiver.md).
public enum ClustererLimits {
    /// Nodes in a cluster, so also elements of any list of nodes.
    public static let nodes: Int32 = 128
    /// Nodes in the path of a flooded packet: 25 that may still be forwarded, and the one that does so.
    public static let path: Int32 = 26
    /// Capabilities of a node.
    public static let capabilities: Int32 = 64
    /// Parameters of a management command.
    public static let parameters: Int32 = 20
}
