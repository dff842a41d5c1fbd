public import BINWire

/// The layouts of gateway and carrier states (Spec/drouting.md).
public enum DroutingLayout: UInt8, WireLayout {
    /// DR-A, 2.3: under the name of the module.
    case aModule
    /// DR-A, 2.4 and 3.0: a capability of its own.
    case a
    /// DR-B, 3.1 and later: another bit says that a carrier is off, under the same version; sync.
    case b

    public var name: String { self == .b ? "DR-B" : "DR-A" }

    public var releases: ReleaseSet {
        switch self {
        case .aModule: ReleaseSet(.series(2, 3))
        case .a: ReleaseSet(.from((2, 4), through: (3, 0)))
        case .b: ReleaseSet(.from((3, 1), through: (4, 1)))
        }
    }

    public var framing: Framing { .v2_3 }

    var capabilityName: String { self == .aModule ? "drouting" : "drouting-status-repl" }

    /// The bit that says that a carrier is off, the only one that a sender lets through.
    public var carrierOff: Int32 { self == .b ? 2 : 4 }

    func identity(type: Int32) -> MessageIdentity {
        .packet(capabilityName, type: type, version: 1, routing: .trailer)
    }

    /// The status of a gateway.
    func gatewayStatus<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, _ flags: inout Int32
    ) throws(WireError) {
        try visitor.integer(
            "statusFlags", &flags, .destinationFlags, "4 disabled, 8 must not be enabled again automatically")
    }

    /// The status of a carrier.
    func carrierStatus<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, _ flags: inout Int32
    ) throws(WireError) {
        if self == .b {
            try visitor.integer("statusFlags", &flags, .carrierFlags, "2 off")
        } else {
            try visitor.integer("statusFlags", &flags, .carrierFlagsBefore3_1, "4 off")
        }
    }
}

/// A gateway was disabled or enabled (Spec/drouting.md, type 1).
public struct GatewayStatusUpdate: Message {
    public static let name: StaticString = "REPL_GW_STATUS_UPDATE"

    /// Name of the routing partition.
    public var partition = Text()
    /// Id of the gateway.
    public var gateway = Text()
    /// 4 disabled, 8 must not be enabled again automatically.
    public var statusFlags: Int32 = 0

    public init() {}

    public static func identity(in layout: DroutingLayout) -> MessageIdentity? { layout.identity(type: 1) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DroutingLayout
    ) throws(WireError) {
        try visitor.text("partition", &partition, .plain, "name of the routing partition")
        try visitor.text("gwId", &gateway, .plain, "id of the gateway")
        try layout.gatewayStatus(&visitor, &statusFlags)
    }

    public func isPlausible(in layout: DroutingLayout, source: RawSpan) -> Bool { statusFlags & ~12 == 0 }
}

/// A carrier was turned off or on (Spec/drouting.md, type 2).
public struct CarrierStatusUpdate: Message {
    public static let name: StaticString = "REPL_CR_STATUS_UPDATE"

    /// Name of the routing partition.
    public var partition = Text()
    /// Id of the carrier.
    public var carrier = Text()
    /// Off or not: 4 up to 3.0, 2 since 3.1.
    public var statusFlags: Int32 = 0

    public init() {}

    public static func identity(in layout: DroutingLayout) -> MessageIdentity? { layout.identity(type: 2) }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DroutingLayout
    ) throws(WireError) {
        try visitor.text("partition", &partition, .plain, "name of the routing partition")
        try visitor.text("carrierId", &carrier, .plain, "id of the carrier")
        try layout.carrierStatus(&visitor, &statusFlags)
    }

    /// The bit tells the releases up to 3.0 from later ones.
    public func isPlausible(in layout: DroutingLayout, source: RawSpan) -> Bool {
        statusFlags & ~layout.carrierOff == 0
    }
}

/// What a chunk of a sync holds: one carrier or gateway (Spec/drouting.md, sync; since 3.1).
public struct DroutingSyncChunk: Message {
    public static let name: StaticString = "sync-chunk"

    /// 0 a carrier, anything else a gateway.
    public var isGateway: Int32 = 0
    /// Name of the routing partition.
    public var partition = Text()
    /// Id of the carrier or gateway.
    public var id = Text()
    /// Status of the carrier or gateway.
    public var statusFlags: Int32 = 0

    public init() {}

    public static func identity(in layout: DroutingLayout) -> MessageIdentity? {
        layout == .b ? .chunk(layout.capabilityName, version: 1) : nil
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DroutingLayout
    ) throws(WireError) {
        try visitor.integer("isGw", &isGateway, .boolean, "0 carrier, otherwise gateway")
        try visitor.text("partition", &partition, .plain, "name of the routing partition")
        try visitor.text("id", &id, .plain, "id of the carrier or gateway")
        if visitor.begin(.equals(0), on: "isGw", value: isGateway) {
            try layout.carrierStatus(&visitor, &statusFlags)
            visitor.endCondition()
        }
        if visitor.begin(.differs(from: 0), on: "isGw", value: isGateway) {
            try layout.gatewayStatus(&visitor, &statusFlags)
            visitor.endCondition()
        }
    }

    public func isPlausible(in layout: DroutingLayout, source: RawSpan) -> Bool {
        statusFlags & ~(isGateway == 0 ? layout.carrierOff : 12) == 0
    }
}
