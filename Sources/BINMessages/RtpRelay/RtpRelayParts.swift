public import BINWire

/// A leg of a relayed session.
public struct RtpRelayLeg: FieldGroup, Hashable {
    /// Number of the leg.
    public var index: Int32 = 0
    /// 1 disabled.
    public var state: Int32 = 0
    /// Tag of the leg.
    public var tag = Text()
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
    /// Flag `body`.
    public var body = Text()
    /// Flag `delete`.
    public var deletion = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: RtpRelayLayout
    ) throws(WireError) {
        try visitor.integer("index", &index, .plain, "number of the leg")
        try visitor.integer("state", &state, .relayLegFlags, "1 disabled")
        try visitor.text("tag", &tag, .plain, "tag of the leg")
        try visitor.text("flagSelf", &own, .plain, "flag self")
        try visitor.text("flagPeer", &peer, .plain, "flag peer")
        try visitor.text("flagIp", &address, .plain, "flag ip")
        try visitor.text("flagType", &type, .plain, "flag type")
        try visitor.text("flagIface", &interface, .plain, "flag iface")
        try visitor.text("flagBody", &body, .plain, "flag body")
        try visitor.text("flagDelete", &deletion, .plain, "flag delete")
    }
}

/// A copy of the media that rtpengine makes.
public struct RtpEngineCopy: FieldGroup, Hashable {
    /// Id of the copy.
    public var id = Text()
    /// To tag of the subscription, empty when there is none yet.
    public var toTag = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: RtpRelayLayout
    ) throws(WireError) {
        try visitor.text("id", &id, .plain, "id of the copy")
        try visitor.text("toTag", &toTag, .plain, "To tag of the subscription, empty when there is none yet")
    }
}

/// A copy of the media that an engine makes which sends nothing but its id.
public struct RtpOtherCopy: FieldGroup, Hashable {
    /// Id of the copy.
    public var id = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: RtpRelayLayout
    ) throws(WireError) {
        try visitor.text("id", &id, .plain, "id of the copy")
    }
}

/// A copy of the media that rtpproxy makes.
public struct RtpProxyCopy: FieldGroup, Hashable {
    /// Id of the copy.
    public var id = Text()
    /// Start, Unix time in seconds.
    public var time: UInt64 = 0
    /// Media address.
    public var mediaAddress = Text()
    /// Bits of the copy.
    public var flags: Int32 = 0
    /// Version counter of the session description.
    public var sdpVersion: Int32 = 0
    /// Highest number of a stream.
    public var highestIndex: Int32 = 0
    /// One bit a stream.
    public var streamsMask: Int32 = 0
    /// Streams of the caller.
    public var callerStreams: [RtpProxyStream] = []
    /// Streams of the callee.
    public var calleeStreams: [RtpProxyStream] = []

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: RtpRelayLayout
    ) throws(WireError) {
        try visitor.text("id", &id, .plain, "id of the copy")
        try visitor.value64("ts", &time, .unixTime, "start of the copy, Unix time in seconds")
        try visitor.text("mediaIp", &mediaAddress, .plain, "media address")
        try visitor.integer("flags", &flags, .bits, "bits of the copy")
        try visitor.integer("version", &sdpVersion, .plain, "version counter of the session description")
        try visitor.integer("maxIndex", &highestIndex, .plain, "highest number of a stream")
        try visitor.integer("streamsMask", &streamsMask, .bits, "one bit a stream")
        var count = Int32(truncatingIfNeeded: callerStreams.count)
        try visitor.count("callerCount", &count, atMost: RtpRelayLimits.streams, "number of streams of the caller")
        try visitor.records("callerStreams", &callerStreams, count: count, in: layout, "streams of the caller")
        count = Int32(truncatingIfNeeded: calleeStreams.count)
        try visitor.count("calleeCount", &count, atMost: RtpRelayLimits.streams, "number of streams of the callee")
        try visitor.records("calleeStreams", &calleeStreams, count: count, in: layout, "streams of the callee")
    }
}

/// A stream that rtpproxy copies.
public struct RtpProxyStream: FieldGroup, Hashable {
    /// Port.
    public var port: Int32 = 0
    /// Number of the stream.
    public var index: Int32 = 0
    /// 1 inactive, 2 started.
    public var flags: Int32 = 0
    /// Number of the stream in the session description.
    public var mediaNumber: Int32 = 0

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: RtpRelayLayout
    ) throws(WireError) {
        try visitor.integer("port", &port, .plain, "port")
        try visitor.integer("index", &index, .plain, "number of the stream")
        try visitor.integer("flags", &flags, .copiedStreamFlags, "1 inactive, 2 started")
        try visitor.integer("medianum", &mediaNumber, .plain, "number of the stream in the session description")
    }
}
