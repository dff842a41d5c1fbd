public import BINWire

/// The relay of a dialog with flags of offer and answer (Spec/dialog-contexts.md, rtp_relay; only 3.2).
public struct RtpRelayOfferContext: Message {
    public static let name: StaticString = "context"

    /// Name of the relay engine.
    public var relay = Text()
    /// Number of the branch.
    public var branch: Int32 = 0
    /// State of the session (``FlagNames/relaySession``).
    public var state: Int32 = 0
    /// Number of the set of relays.
    public var set: Int32 = 0
    /// The relay.
    public var node = Text()
    /// Flags of the offer.
    public var offer = Flags()
    /// Flags of the answer.
    public var answer = Flags()

    /// The flags that one side of the session is relayed with.
    public struct Flags: Hashable, Sendable {
        /// Flag `self`.
        public var own = Text()
        /// Flag `peer`.
        public var peer = Text()
        /// Flag `ip`.
        public var address = Text()
        /// Flag `type`.
        public var type = Text()
        /// Flag `iface`.
        public var interface = Text()

        /// No flags.
        public init() {}
    }

    public init() {}

    public static func identity(in layout: RtpRelayLayout) -> MessageIdentity? {
        layout == .a ? layout.identity : nil
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: RtpRelayLayout
    ) throws(WireError) {
        try visitor.text("relay", &relay, .plain, "name of the relay engine")
        try visitor.integer("branch", &branch, .plain, "number of the branch")
        try visitor.integer("state", &state, .relaySessionFlags, "1 disabled, 2 pending, 4 success, 8 late")
        try visitor.integer("set", &set, .plain, "number of the set of relays")
        try visitor.text("node", &node, .plain, "the relay")
        try visitor.text("offerSelf", &offer.own, .plain, "flag self of the offer")
        try visitor.text("offerPeer", &offer.peer, .plain, "flag peer of the offer")
        try visitor.text("offerIp", &offer.address, .plain, "flag ip of the offer")
        try visitor.text("offerType", &offer.type, .plain, "flag type of the offer")
        try visitor.text("offerIface", &offer.interface, .plain, "flag iface of the offer")
        try visitor.text("answerSelf", &answer.own, .plain, "flag self of the answer")
        try visitor.text("answerPeer", &answer.peer, .plain, "flag peer of the answer")
        try visitor.text("answerIp", &answer.address, .plain, "flag ip of the answer")
        try visitor.text("answerType", &answer.type, .plain, "flag type of the answer")
        try visitor.text("answerIface", &answer.interface, .plain, "flag iface of the answer")
    }
}

/// The relay of a dialog with its two legs and the copies of its media (Spec/dialog-contexts.md, rtp_relay; since 3.3).
public struct RtpRelayContext: Message {
    public static let name: StaticString = "context"

    /// Name of the relay engine: `rtpproxy`, `rtpengine`, since 3.6 `route`. It decides how copies are laid out.
    public var relay = Text()
    /// State of the context (``FlagNames/relayContext``).
    public var contextState: Int32 = 0
    /// Number of the branch.
    public var branch: Int32 = 0
    /// State of the session (``FlagNames/relaySession``).
    public var sessionState: Int32 = 0
    /// Number of the set of relays.
    public var set: Int32 = 0
    /// The relay.
    public var node = Text()
    /// Leg of the caller.
    public var caller = RtpRelayLeg()
    /// Leg of the callee.
    public var callee = RtpRelayLeg()
    /// Copies of the media under `rtpengine`. ``relay`` decides which of the three lists is sent; the others stay empty.
    public var engineCopies: [RtpEngineCopy] = []
    /// Copies of the media under `rtpproxy`.
    public var proxyCopies: [RtpProxyCopy] = []
    /// Copies of the media under another engine, of which only the id is sent.
    public var otherCopies: [RtpOtherCopy] = []
    /// Call-ID towards the relay, where it is another one than that of the dialog.
    public var callID = Text()
    /// From tag towards the relay.
    public var fromTag = Text()
    /// To tag towards the relay.
    public var toTag = Text()
    /// More flags.
    public var flags = Text()
    /// Flags of the deletion.
    public var deletionFlags = Text()

    public init() {}

    public static func identity(in layout: RtpRelayLayout) -> MessageIdentity? {
        layout == .b ? layout.identity : nil
    }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: RtpRelayLayout
    ) throws(WireError) {
        try visitor.text("relay", &relay, .plain, "name of the relay engine")
        try visitor.integer("ctxState", &contextState, .relayContextFlags, "state of the context")
        try visitor.integer("branch", &branch, .plain, "number of the branch")
        try visitor.integer("sessState", &sessionState, .relaySessionFlags, "2 pending, 4 success, 8 late, 16 ongoing")
        try visitor.integer("set", &set, .plain, "number of the set of relays")
        try visitor.text("node", &node, .plain, "the relay")
        visitor.beginGroup("callerLeg")
        try caller.fields(&visitor, in: layout)
        visitor.endGroup()
        visitor.beginGroup("calleeLeg")
        try callee.fields(&visitor, in: layout)
        visitor.endGroup()
        // At most one of the lists has elements: the others are emptied below.
        var count = Int32(truncatingIfNeeded: engineCopies.count + proxyCopies.count + otherCopies.count)
        try visitor.count("copiesCount", &count, atMost: RtpRelayLimits.copies, "number of copies of the media")
        if visitor.begin(.equals("rtpengine"), on: "relay", text: relay) {
            try visitor.records("copies", &engineCopies, count: count, in: layout, "copies of the media")
            visitor.endCondition()
        } else {
            engineCopies = []
        }
        if visitor.begin(.equals("rtpproxy"), on: "relay", text: relay) {
            try visitor.records("copies", &proxyCopies, count: count, in: layout, "copies of the media")
            visitor.endCondition()
        } else {
            proxyCopies = []
        }
        if visitor.begin(.isNone(of: ["rtpengine", "rtpproxy"]), on: "relay", text: relay) {
            try visitor.records("copies", &otherCopies, count: count, in: layout, "copies of the media")
            visitor.endCondition()
        } else {
            otherCopies = []
        }
        try visitor.text("callid", &callID, .plain, "Call-ID towards the relay, may be empty")
        try visitor.text("fromTag", &fromTag, .plain, "From tag towards the relay, may be empty")
        try visitor.text("toTag", &toTag, .plain, "To tag towards the relay, may be empty")
        try visitor.text("flags", &flags, .plain, "more flags")
        try visitor.text("delete", &deletionFlags, .plain, "flags of the deletion")
    }
}
