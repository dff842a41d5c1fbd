public import BINWire

/// The layouts of rate-limit replication (Spec/ratelimit.md).
public enum PipeLayout: UInt8, WireLayout, Comparable {
    /// 2.2: leading server id.
    case a
    /// 2.3: module name instead of a capability.
    case b2_3
    /// 2.4–3.2. The same records as 2.3.
    case b
    /// 3.3–3.6: flags in each record.
    case c
    /// 4.0 and later: bridge aggregates.
    case d

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    public var name: String {
        switch self {
        case .a: "R-A"
        case .b2_3, .b: "R-B"
        case .c, .d: "R-C"
        }
    }

    public var releases: ReleaseSet {
        switch self {
        case .a: ReleaseSet(.series(2, 2))
        case .b2_3: ReleaseSet(.series(2, 3))
        case .b: ReleaseSet(.from((2, 4), through: (3, 2)))
        case .c: ReleaseSet(.from((3, 3), through: (3, 6)))
        case .d: ReleaseSet(.from((4, 0), through: (4, 1)))
        }
    }

    @inline(__always)
    public var framing: Framing { self == .a ? .v2_2 : .v2_3 }

    package var hasServerID: Bool { self == .a }
    package var hasFlags: Bool { self >= .c }

    func identity(type: Int32) -> MessageIdentity {
        .packet(
            self < .b ? "ratelimit" : "ratelimit-pipe-repl", type: type, version: 1,
            routing: self == .a ? .none : .trailer)
    }
}
