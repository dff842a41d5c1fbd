/// Names of the bits of an integer.
public struct FlagNames: Hashable, Sendable {
    /// Name of each bit, from the lowest; an empty name for one that has no meaning.
    public let names: [String]
    /// What stands for all 32 bits being set, where that means something of its own.
    public let nameOfAll: String?

    /// The names of the bits in `value`, lowest first; a bit without a name is `bit` and its number.
    ///
    /// Nothing is lost: ``value(of:)`` gives the same bits back.
    public func names(in value: Int32) -> [String] {
        if value == -1, let nameOfAll { return [nameOfAll] }
        var result: [String] = []
        var bits = UInt32(bitPattern: value)
        while bits != 0 {
            let bit = bits.trailingZeroBitCount
            result.append(bit < names.count && !names[bit].isEmpty ? names[bit] : "bit\(bit)")
            bits &= bits - 1
        }
        return result
    }

    /// The bits that `names` stand for; nil when one of them is unknown.
    public func value(of names: some Sequence<String>) -> Int32? {
        var bits: UInt32 = 0
        for name in names {
            if name == nameOfAll { return -1 }
            if let bit = self.names.firstIndex(of: name) {
                bits |= 1 << UInt32(bit)
            } else if name.hasPrefix("bit"), let bit = UInt32(name.dropFirst(3)), bit < 32 {
                bits |= 1 << bit
            } else {
                return nil
            }
        }
        return Int32(bitPattern: bits)
    }

    /// SIP methods (Spec/usrloc.md, methods). All bits: not stated.
    public static let methods = FlagNames(
        names: [
            "INVITE", "CANCEL", "ACK", "BYE", "INFO", "OPTIONS", "UPDATE", "REGISTER", "MESSAGE", "SUBSCRIBE", "NOTIFY",
            "PRACK", "REFER", "PUBLISH", "OTHER",
        ], nameOfAll: "ALL")

    /// Flags of a contact (Spec/usrloc.md, flags).
    public static let contact = FlagNames(names: ["memoryOnly", "extraHop", "pushNotification"], nameOfAll: nil)

    /// Flags of a rate-limit pipe (Spec/ratelimit.md, flags).
    public static let pipe = FlagNames(names: ["bin", "cachedb"], nameOfAll: nil)

    /// Flags of a dialog since 2.4 (Spec/dialog.md, flags).
    public static let dialog = dialogFlags(bit7: "loadedFromDB")

    /// Flags of a dialog up to 2.3.
    public static let dialogBefore2_4 = dialogFlags(bit7: "topologyHiding")

    /// Status of a load-balancer destination or of a gateway (Spec/load_balancer.md, Spec/drouting.md).
    public static let destination = FlagNames(names: ["", "", "disabled", "noAutoEnable"], nameOfAll: nil)

    /// Status of a carrier up to 3.0 (Spec/drouting.md).
    public static let carrierBefore3_1 = FlagNames(names: ["", "", "off"], nameOfAll: nil)

    /// Status of a carrier since 3.1.
    public static let carrier = FlagNames(names: ["", "off"], nameOfAll: nil)

    /// State of a dispatcher destination (Spec/dispatcher.md).
    public static let dispatcher = FlagNames(
        names: ["inactive", "probing", "resetFailures", "dirty", "permanentProbing"], nameOfAll: nil)

    /// Source and kind of a published or subscribed record (Spec/pua.md, flag).
    public static let pua = FlagNames(
        names: [
            "UL_PUBLISH", "BLA_PUBLISH", "BLA_SUBSCRIBE", "XMPP_PUBLISH", "XMPP_SUBSCRIBE", "XMPP_INITIAL_SUBS",
            "MI_PUBLISH", "MI_ASYN_PUBLISH", "MI_SUBSCRIBE", "RLS_SUBSCRIBE", "DIALOG_PUBLISH", "CALLINFO_PUBLISH",
            "REGINFO_SUBSCRIBE", "REGINFO_PUBLISH",
        ], nameOfAll: nil)

    /// Event packages (Spec/pua.md, event).
    public static let puaEvents = FlagNames(
        names: [
            "PRESENCE", "PWINFO", "BLA", "MSGSUM", "CONFERENCE", "XCAPDIFF", "DIALOG", "CALLINFO", "REGINFO",
        ], nameOfAll: nil)

    /// Flags of a media copy (Spec/b2b.md, media_exchange).
    public static let copy = FlagNames(names: ["siprec", "disabled", "callerLeg", "calleeLeg"], nameOfAll: nil)

    /// Flags of a client of the SDP demultiplexer (Spec/b2b.md, b2b_sdp_demux).
    public static let demuxClient = FlagNames(
        names: ["early", "started", "pending", "replicated", "cancel"], nameOfAll: nil)

    /// Flags of a recording session (Spec/dialog-contexts.md, siprec).
    public static let siprec = FlagNames(
        names: ["started", "dialogCallbacks", "paused", "ongoing", "late", "answered"], nameOfAll: nil)

    /// State of a relay context (Spec/dialog-contexts.md, rtp_relay).
    public static let relayContext = FlagNames(names: ["engaged", "established", "pending", "b2b"], nameOfAll: nil)

    /// State of a relay session; the lowest bit only in 3.2, the highest since 3.3.
    public static let relaySession = FlagNames(
        names: ["disabled", "pending", "success", "late", "ongoing"], nameOfAll: nil)

    /// State of a leg of a relay session.
    public static let relayLeg = FlagNames(names: ["disabled"], nameOfAll: nil)

    /// Flags of a copied RTP stream.
    public static let copiedStream = FlagNames(names: ["inactive", "started"], nameOfAll: nil)

    private static func dialogFlags(bit7: String) -> FlagNames {
        FlagNames(
            names: [
                "newForDB", "changed", "byeSeen", "byeOnTimeout", "initialised", "optionsPingCaller",
                "optionsPingCallee", bit7, "valuesChanged", "deletedFromDB", "enforceCSeq", "reInvitePingCaller",
                "reInvitePingCallee", "reInvitePingEngagedRequest", "reInvitePingEngagedReply", "endOnRace",
                "wasCancelled", "raceOccurred", "selfExtendedTimeout", "synced", "autoPRACK",
            ], nameOfAll: nil)
    }
}

extension Meaning {
    /// The names of the bits, for the meanings that have some.
    public var flagNames: FlagNames? {
        switch self {
        case .methods: .methods
        case .contactFlags: .contact
        case .pipeFlags: .pipe
        case .dialogFlags: .dialog
        case .dialogFlagsBefore2_4: .dialogBefore2_4
        case .destinationFlags: .destination
        case .carrierFlagsBefore3_1: .carrierBefore3_1
        case .carrierFlags: .carrier
        case .dispatcherFlags: .dispatcher
        case .puaFlags: .pua
        case .puaEvents: .puaEvents
        case .copyFlags: .copy
        case .demuxClientFlags: .demuxClient
        case .siprecFlags: .siprec
        case .relayContextFlags: .relayContext
        case .relaySessionFlags: .relaySession
        case .relayLegFlags: .relayLeg
        case .copiedStreamFlags: .copiedStream
        default: nil
        }
    }

    /// The words for the numbers, for the meanings that have some; the first stands for the number `base`.
    public var numberNames: (base: Int64, names: [String])? {
        switch self {
        case .linkState: (0, ["up", "down"])
        case .capabilityState: (0, ["not synced", "synced"])
        case .dialogState: (1, ["unconfirmed", "early", "confirmed, no ACK", "confirmed", "deleted"])
        case .algorithm: (0, ["none", "TAILDROP", "RED", "FEEDBACK", "NETWORK", "SBT"])
        case .matchMode: (-1, ["default", "contact", "contact and Call-ID", "URI parameters"])
        case .valueType: (0, ["none", "string", "integer"])
        case .transport: (1, ["UDP", "TCP", "TLS", "SCTP", "WS", "WSS", "IPsec"])
        case .entityType: (0, ["server", "client"])
        case .entityState:
            (0, ["undefined", "new", "new with auth", "early", "confirmed", "established", "modified", "terminated"])
        case .tupleInfo: (0, ["no tuple", "new tuple", "tuple update", "context values only"])
        case .mediaLeg: (0, ["unspecified", "caller", "callee", "both"])
        case .mediaKind: (0, ["fork", "exchange"])
        case .forkState: (0, ["on", "off"])
        case .participantKind: (0, ["XML value", "name and address"])
        case .memberStatus: (0, ["alive", "suspected", "down", "left"])
        default: nil
        }
    }

    /// The word for a number, for the meanings whose numbers have names.
    public func name(of value: Int64) -> String? {
        if self == .method {
            let names = FlagNames.methods.names(in: Int32(truncatingIfNeeded: value))
            return names.count == 1 ? names[0] : nil
        }
        guard let (base, names) = numberNames, value >= base, value - base < Int64(names.count) else { return nil }
        return names[Int(value - base)]
    }
}
