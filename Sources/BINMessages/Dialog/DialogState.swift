public import BINWire

/// A dialog as created and updated packets and sync chunks carry it: always a full snapshot (Spec/dialog.md).
///
/// Two legs are sent: the caller's, and that of the callee which answered.
public struct DialogState: FieldGroup, Hashable {
    /// 2.2 only: node id of the sender.
    public var serverID: Int32 = 0
    /// Call-ID.
    public var callID = Text()
    /// Tag of the caller.
    public var fromTag = Text()
    /// Tag of the callee.
    public var toTag = Text()
    /// From URI.
    public var fromURI = Text()
    /// To URI.
    public var toURI = Text()
    /// Number of the dialog inside of its hash bucket; dialog id = bucket × 2³² + this.
    public var hashID: Int32 = 0
    /// Unix time of the start, in seconds.
    public var startTime: Int32 = 0
    /// 1 unconfirmed, 2 early, 3 confirmed without ACK, 4 confirmed, 5 deleted.
    public var state: Int32 = 0
    /// The two legs, caller first.
    public var caller = DialogLeg()
    /// The callee that answered.
    public var callee = DialogLeg()
    /// From URI as the callee sees it; empty when not mangled.
    public var mangledFromURI = Text()
    /// To URI as the callee sees it; empty when not mangled.
    public var mangledToURI = Text()
    /// Dialog variables in text form.
    public var variables = Text()
    /// Profiles of the dialog in text form.
    public var profiles = Text()
    /// Script flags.
    public var userFlags: Int32 = 0
    /// Flags owned by other modules.
    public var moduleFlags: Int32 = 0
    /// Flags of the dialog module (``FlagNames/dialog``).
    public var flags: Int32 = 0
    /// Interval of OPTIONS pings in seconds.
    public var optionsPingInterval: Int32 = 0
    /// Interval of re-INVITE pings in seconds.
    public var reInvitePingInterval: Int32 = 0
    /// Unix time at which the dialog expires, in seconds.
    public var timeout: Int32 = 0
    /// Script route run on answer; empty for none.
    public var onAnswerRoute = Text()
    /// Script route run on time-out; empty for none.
    public var onTimeoutRoute = Text()
    /// Script route run on hang-up; empty for none.
    public var onHangupRoute = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DialogLayout
    ) throws(WireError) {
        if layout.hasServerID {
            try visitor.integer("serverId", &serverID, .node, "node id of the sender")
        }
        try identityFields(&visitor)
        try visitor.text("callerSocket", &caller.socket, .socket, "socket towards the caller")
        try visitor.text("calleeSocket", &callee.socket, .socket, "socket towards the callee, empty when unknown")
        try visitor.text("callerCseq", &caller.cseq, .plain, "last CSeq received towards the caller, decimal")
        try visitor.text("calleeCseq", &callee.cseq, .plain, "last CSeq received towards the callee, decimal")
        try visitor.text("callerRouteSet", &caller.routeSet, .plain, "route set of the caller")
        try visitor.text("calleeRouteSet", &callee.routeSet, .plain, "route set of the callee")
        try visitor.text("callerContact", &caller.contact, .uri, "contact of the caller")
        try visitor.text("calleeContact", &callee.contact, .uri, "contact of the callee")
        try visitor.text("calleeMangledFromUri", &mangledFromURI, .uri, "From URI as the callee sees it, or empty")
        try visitor.text("calleeMangledToUri", &mangledToURI, .uri, "To URI as the callee sees it, or empty")
        try sessionFields(&visitor, in: layout)
        try visitor.text(
            "vars", &variables, layout.hasTypedValues ? .typedVariables : .untypedVariables, "dialog variables")
        try visitor.text(
            "profiles", &profiles, layout.hasTypedValues ? .typedProfiles : .untypedProfiles, "profiles of the dialog")
        try stateFields(&visitor, in: layout)
    }

    private mutating func identityFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor
    ) throws(WireError) {
        try visitor.text("callid", &callID, .plain, "Call-ID")
        try visitor.text("fromTag", &fromTag, .plain, "tag of the caller")
        try visitor.text("toTag", &toTag, .plain, "tag of the callee")
        try visitor.text("fromUri", &fromURI, .uri, "From URI")
        try visitor.text("toUri", &toURI, .uri, "To URI")
        try visitor.integer("hId", &hashID, .plain, "number of the dialog inside of its hash bucket")
        try visitor.integer("startTs", &startTime, .unixTime, "Unix time of the start, in seconds")
        try visitor.integer(
            "state", &state, .dialogState, "1 unconfirmed, 2 early, 3 confirmed without ACK, 4 confirmed, 5 deleted")
    }

    private mutating func sessionFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DialogLayout
    ) throws(WireError) {
        if layout.hasAdvertisedSDP {
            try visitor.text("callerAdvSdp", &caller.sentSDP, .plain, "SDP advertised to the caller")
            try visitor.text("calleeAdvSdp", &callee.sentSDP, .plain, "SDP advertised to the callee")
        }
        if layout.hasSDPsAndContacts {
            try visitor.text("callerSdpAsReceived", &caller.receivedSDP, .plain, "SDP received from the caller")
            try visitor.text("callerSdpAsSent", &caller.sentSDP, .plain, "SDP sent to the caller")
            try visitor.text("calleeSdpAsReceived", &callee.receivedSDP, .plain, "SDP received from the callee")
            try visitor.text("calleeSdpAsSent", &callee.sentSDP, .plain, "SDP sent to the callee")
            try visitor.text(
                "callerAdvertisedContact", &caller.advertisedContact, .plain, "Contact header sent to the caller")
            try visitor.text(
                "calleeAdvertisedContact", &callee.advertisedContact, .plain, "Contact header sent to the callee")
        }
    }

    private mutating func stateFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: DialogLayout
    ) throws(WireError) {
        try visitor.integer("userFlags", &userFlags, .bits, "script flags of the dialog")
        if layout.hasModuleFlags {
            try visitor.integer("modFlags", &moduleFlags, .bits, "flags owned by other modules")
        }
        try visitor.integer(
            "flags", &flags, layout < .e2_4 ? .dialogFlagsBefore2_4 : .dialogFlags, "flags of the dialog")
        if layout.hasPingIntervals {
            try visitor.integer(
                "optionsPingInterval", &optionsPingInterval, .seconds, "interval of OPTIONS pings in seconds")
            try visitor.integer(
                "reInvitePingInterval", &reInvitePingInterval, .seconds, "interval of re-INVITE pings in seconds")
        }
        try visitor.integer("timeout", &timeout, .unixTime, "Unix time at which the dialog expires, in seconds")
        try visitor.integer(
            "callerLastGeneratedCseq", &caller.generatedCSeq, .plain, "last CSeq generated towards the caller")
        try visitor.integer(
            "calleeLastGeneratedCseq", &callee.generatedCSeq, .plain, "last CSeq generated towards the callee")
        if layout.hasRoutes {
            try visitor.text("onAnswerRoute", &onAnswerRoute, .plain, "script route run on answer")
            try visitor.text("onTimeoutRoute", &onTimeoutRoute, .plain, "script route run on time-out")
            try visitor.text("onHangupRoute", &onHangupRoute, .plain, "script route run on hang-up")
        }
    }

    /// Whether variables and profiles are written in the form of `layout`; it tells 3.3 from 3.4, which share a version.
    func hasPlausibleTexts(in layout: DialogLayout, source: RawSpan) -> Bool {
        let form: DialogText.Form = layout.hasTypedValues ? .typed : .untyped
        return DialogText.isWellFormed(variables, form, in: source)
            && DialogText.isWellFormed(profiles, form, in: source)
    }
}

/// What is kept of one leg of a dialog.
public struct DialogLeg: Hashable, Sendable {
    /// Socket towards the leg.
    public var socket = Text()
    /// Last CSeq received towards the leg, in decimal.
    public var cseq = Text()
    /// Route set.
    public var routeSet = Text()
    /// Contact URI.
    public var contact = Text()
    /// Session description as the leg sent it.
    public var receivedSDP = Text()
    /// Session description as it was sent to the leg.
    public var sentSDP = Text()
    /// Contact header as it was sent to the leg.
    public var advertisedContact = Text()
    /// Last CSeq generated towards the leg.
    public var generatedCSeq: Int32 = 0
}
