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
        default: nil
        }
    }
}
