public import BINWire

/// The ways in which load-balancer states are sent (Spec/load_balancer.md); the fields are the same in all of them.
public enum LoadBalancerLayout: UInt8, WireLayout {
    /// LB-A, 2.3: under the name of the module.
    case module
    /// LB-A, 2.4 and 3.0: a capability of its own.
    case capability
    /// LB-A, 3.1 and later: the same with sync.
    case sync

    public var name: String { "LB-A" }

    public var releases: ReleaseSet {
        switch self {
        case .module: ReleaseSet(.series(2, 3))
        case .capability: ReleaseSet(.from((2, 4), through: (3, 0)))
        case .sync: ReleaseSet(.from((3, 1), through: (4, 1)))
        }
    }

    public var framing: Framing { .v2_3 }

    var capabilityName: String { self == .module ? "load_balancer" : "load_balancer-status-repl" }
}

/// The status of a destination of the load balancer.
public struct LoadBalancerStatus: FieldGroup, Hashable {
    /// Number of the group that the destination belongs to.
    public var group: Int32 = 0
    /// SIP URI as provisioned; the receiver's own URI need only be the beginning of it.
    public var uri = Text()
    /// 4 disabled, 8 must not be enabled again automatically.
    public var statusFlags: Int32 = 0

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: LoadBalancerLayout
    ) throws(WireError) {
        try visitor.integer("group", &group, .plain, "number of the group")
        try visitor.text("uri", &uri, .uri, "SIP URI as provisioned")
        try visitor.integer(
            "statusFlags", &statusFlags, .destinationFlags, "4 disabled, 8 must not be enabled again automatically")
    }

    /// Whether only the two bits are set that a sender lets through.
    var isPlausible: Bool { statusFlags & ~12 == 0 }
}

/// A destination was disabled or enabled (Spec/load_balancer.md, type 1).
public struct LoadBalancerStatusUpdate: Message {
    public static let name: StaticString = "REPL_LB_STATUS_UPDATE"

    /// The new status.
    public var status = LoadBalancerStatus()

    public init() {}

    public static func identity(in layout: LoadBalancerLayout) -> MessageIdentity? {
        .packet(layout.capabilityName, type: 1, version: 1, routing: .trailer)
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: LoadBalancerLayout
    ) throws(WireError) {
        try status.fields(&visitor, in: layout)
    }

    public func isPlausible(in layout: LoadBalancerLayout, source: RawSpan) -> Bool { status.isPlausible }
}

/// What a chunk of a sync holds: one destination (Spec/load_balancer.md, sync; since 3.1).
public struct LoadBalancerSyncChunk: Message {
    public static let name: StaticString = "sync-chunk"

    /// The status of the destination.
    public var status = LoadBalancerStatus()

    public init() {}

    public static func identity(in layout: LoadBalancerLayout) -> MessageIdentity? {
        layout == .sync ? .chunk(layout.capabilityName, version: 1) : nil
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: LoadBalancerLayout
    ) throws(WireError) {
        try status.fields(&visitor, in: layout)
    }

    public func isPlausible(in layout: LoadBalancerLayout, source: RawSpan) -> Bool { status.isPlausible }
}
