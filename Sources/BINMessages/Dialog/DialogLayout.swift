public import BINWire

/// The layouts of dialog replication (Spec/dialog.md, layout matrix).
public enum DialogLayout: UInt8, WireLayout, Comparable {
    /// 2.1: no version, no module flags.
    case a
    /// 2.2.0–2.2.5: leading server id.
    case b
    /// 2.2.6 to the end of 2.2: module flags.
    case c
    /// 2.3.0–2.3.2: no module flags.
    case d
    /// 2.3.3 to the end of 2.3: module flags.
    case e
    /// 2.4.0–2.4.4: as the last, with capability names and sync. The matrix counts it as D-E.
    case e2_4
    /// 2.4.5 to the end of 2.4: two advertised SDPs.
    case f
    /// 3.0.0: four SDPs and two advertised contacts.
    case g
    /// 3.0.1 to the end of 3.0.
    case h
    /// 3.1.0–3.1.3, 3.2.0: three route names.
    case i
    /// 3.1.4–3.1.5, 3.2.1–3.2.2.
    case j
    /// Nobody sends it: how 3.4 and later read packets of version 3, as the last with typed variables.
    case jTyped
    /// 3.1.6 to the end of 3.1, 3.2.3 to the end of 3.2, 3.3: dialog id in deletes and CSeq updates.
    case k
    /// 3.4–4.0: typed variables and profiles.
    case l
    /// The development branch: two ping intervals.
    case m

    /// The layouts that are sent.
    public static let allCases: [DialogLayout] = [.a, .b, .c, .d, .e, .e2_4, .f, .g, .h, .i, .j, .k, .l, .m]

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    public var name: String {
        switch self {
        case .a: "D-A"
        case .b: "D-B"
        case .c: "D-C"
        case .d: "D-D"
        case .e, .e2_4: "D-E"
        case .f: "D-F"
        case .g: "D-G"
        case .h: "D-H"
        case .i: "D-I"
        case .j, .jTyped: "D-J"
        case .k: "D-K"
        case .l: "D-L"
        case .m: "D-M"
        }
    }

    public var releases: ReleaseSet {
        switch self {
        case .a: ReleaseSet(.series(2, 1))
        case .b: ReleaseSet(.series(2, 2, 0...5))
        case .c: ReleaseSet(.series(2, 2, 6...))
        case .d: ReleaseSet(.series(2, 3, 0...2))
        case .e: ReleaseSet(.series(2, 3, 3...))
        case .e2_4: ReleaseSet(.series(2, 4, 0...4))
        case .f: ReleaseSet(.series(2, 4, 5...))
        case .g: ReleaseSet(.series(3, 0, 0...0))
        case .h: ReleaseSet(.series(3, 0, 1...))
        case .i: ReleaseSet(.series(3, 1, 0...3), .series(3, 2, 0...0))
        case .j: ReleaseSet(.series(3, 1, 4...5), .series(3, 2, 1...2))
        case .jTyped: ReleaseSet()
        case .k: ReleaseSet(.series(3, 1, 6...), .series(3, 2, 3...), .series(3, 3))
        case .l: ReleaseSet(.from((3, 4), through: (4, 0)))
        case .m: ReleaseSet(.series(4, 1))
        }
    }

    @inline(__always)
    public var framing: Framing {
        switch self {
        case .a: .v2_1
        case .b, .c: .v2_2
        default: .v2_3
        }
    }

    /// The version in the header, and the data version of sync packets that carry one.
    public var version: Int16? {
        switch self {
        case .a: nil
        case .b, .c, .d, .e, .e2_4, .f, .g: 1
        case .h, .i: 2
        case .j, .jTyped: 3
        case .k, .l: 4
        case .m: 5
        }
    }

    /// Module name before 2.4, capability since.
    var capability: String { self < .e2_4 ? "dialog" : "dialog-dlg-repl" }

    /// The capability of profile counters, which had none of their own before 2.4.
    var profileCapability: String { self < .e2_4 ? "dialog" : "dialog-prof-repl" }

    package var hasServerID: Bool { self == .b || self == .c }
    package var hasModuleFlags: Bool { self != .a && self != .b && self != .d }
    package var hasAdvertisedSDP: Bool { self == .f }
    package var hasSDPsAndContacts: Bool { self >= .g }
    package var hasRoutes: Bool { self >= .i }
    package var hasDialogID: Bool { self >= .k }
    package var hasTypedValues: Bool { self >= .l || self == .jTyped }
    package var hasPingIntervals: Bool { self >= .m }

    func identity(type: Int32) -> MessageIdentity {
        .packet(capability, type: type, version: version, routing: self < .d ? .none : .trailer)
    }

    /// The layout in which a receiver reads packets of a version (Spec/dialog.md, versions accepted).
    ///
    /// Since 3.4 a receiver reads variables and profiles in the typed form, whatever the version.
    func reading(version: Int16?) -> DialogLayout? {
        switch self {
        case .a, .d, .e, .e2_4, .f, .g: self
        case .b, .c, .h, .i, .j, .jTyped: version == self.version ? self : nil
        case .k: version == 4 ? .k : version == 3 ? .j : nil
        case .l: version == 4 ? .l : version == 3 ? .jTyped : nil
        case .m: version == 5 ? .m : version == 4 ? .l : version == 3 ? .jTyped : nil
        }
    }
}
