public import BINWire

/// The layouts of contact replication (Spec/usrloc.md, layout matrix).
public enum ContactLayout: UInt8, WireLayout, Comparable {
    /// 2.1: no version, no server id.
    case a
    /// 2.2: leading server id.
    case b
    /// 2.3.
    case c
    /// 2.4.0–2.4.1: first capability name, first sync.
    case d
    /// 2.4.2: contact id in inserts, key/values in updates.
    case e
    /// 2.4.3–2.4.6: contact id in updates.
    case f
    /// 2.4.7 to the end of 2.4: labels of the AoR.
    case g
    /// 3.0.0: key/values in inserts.
    case h
    /// 3.0.1–3.1.2: both of the last two.
    case i
    /// 3.1.3–3.5: match block.
    case j
    /// 3.6 and later: contact flags as names, key/values of the AoR.
    case k

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    public var name: String {
        switch self {
        case .a: "U-A"
        case .b: "U-B"
        case .c: "U-C"
        case .d: "U-D"
        case .e: "U-E"
        case .f: "U-F"
        case .g: "U-G"
        case .h: "U-H"
        case .i: "U-I"
        case .j: "U-J"
        case .k: "U-K"
        }
    }

    public var releases: ReleaseSet {
        switch self {
        case .a: ReleaseSet(.series(2, 1))
        case .b: ReleaseSet(.series(2, 2))
        case .c: ReleaseSet(.series(2, 3))
        case .d: ReleaseSet(.series(2, 4, 0...1))
        case .e: ReleaseSet(.series(2, 4, 2...2))
        case .f: ReleaseSet(.series(2, 4, 3...6))
        case .g: ReleaseSet(.series(2, 4, 7...))
        case .h: ReleaseSet(.series(3, 0, 0...0))
        case .i: ReleaseSet(.series(3, 0, 1...), .series(3, 1, 0...2))
        case .j: ReleaseSet(.series(3, 1, 3...), .from((3, 2), through: (3, 5)))
        case .k: ReleaseSet(.from((3, 6), through: (4, 1)))
        }
    }

    @inline(__always)
    public var framing: Framing {
        switch self {
        case .a: .v2_1
        case .b: .v2_2
        default: .v2_3
        }
    }

    /// The version in the header, and the data version of sync packets that carry one.
    public var version: Int16? {
        switch self {
        case .a: nil
        case .b, .c, .d, .e, .f, .h: 1
        case .g, .i: 2
        case .j: 3
        case .k: 5
        }
    }

    /// Module name before 2.4, capability since.
    var capability: String { self < .d ? "ul" : "usrloc-contact-repl" }

    package var hasServerID: Bool { self == .b }
    package var hasLabels: Bool { self == .g || self >= .i }
    package var hasAoRKeyValues: Bool { self >= .k }
    package var hasContactIDInInsert: Bool { self >= .e }
    package var hasContactIDInUpdate: Bool { self >= .f }
    package var hasKeyValuesInInsert: Bool { self >= .h }
    package var hasKeyValuesInUpdate: Bool { self >= .e }
    package var hasFlagNames: Bool { self >= .k }
    package var hasMatch: Bool { self >= .j }

    func identity(type: Int32) -> MessageIdentity {
        .packet(capability, type: type, version: version, routing: self < .c ? .none : .trailer)
    }

    /// The layout in which a receiver reads packets of a version (Spec/usrloc.md, versions accepted).
    func reading(version: Int16?) -> ContactLayout? {
        switch self {
        case .a: self
        case .b, .g, .i: version == self.version ? self : nil
        case .c, .d, .e, .f, .h: self
        case .j, .k:
            switch version {
            case 2: .i
            case 3: .j
            case 5 where self == .k: .k
            default: nil
            }
        }
    }
}
