public import BINWire

/// What b2b_sdp_demux appends to its server entity: the whole context (Spec/b2b.md, b2b_sdp_demux; since 3.3).
public struct DemuxServerTail: FieldGroup, Hashable {
    /// Call-ID of the context.
    public var callID = Text()
    /// Low 32 bits of the id of the SDP session.
    public var sessionID: Int32 = 0
    /// Address of the SDP session.
    public var sessionAddress = Text()
    /// The clients.
    public var clients: [DemuxClient] = []
    /// Streams that belong to no client.
    public var disabled: [DemuxStream] = []

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try visitor.text("callid", &callID, .plain, "Call-ID of the context")
        var count = Int32(truncatingIfNeeded: clients.count)
        try visitor.count("clientsCount", &count, atMost: EntityLimits.clients, "number of clients")
        try visitor.integer("sessId", &sessionID, .plain, "low 32 bits of the id of the SDP session")
        try visitor.text("sessIp", &sessionAddress, .plain, "address of the SDP session")
        try visitor.records("clients", &clients, count: count, in: layout, "the clients")
        count = Int32(truncatingIfNeeded: disabled.count)
        try visitor.count("disabledCount", &count, atMost: EntityLimits.streams, "number of streams without a client")
        try visitor.records("disabled", &disabled, count: count, in: layout, "streams without a client")
    }
}

/// A client of the SDP demultiplexer.
public struct DemuxClient: FieldGroup, Hashable {
    /// State (``FlagNames/demuxClient``).
    public var flags: Int32 = 0
    /// Key of the client entity.
    public var entityKey = Text()
    /// More header fields.
    public var headers = Text()
    /// Session description.
    public var body = Text()
    /// Its streams.
    public var streams: [DemuxStream] = []

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try visitor.integer(
            "flags", &flags, .demuxClientFlags, "1 early, 2 started, 4 pending, 8 replicated, 16 cancel")
        try visitor.text("b2bKey", &entityKey, .plain, "key of the client entity")
        try visitor.text("hdrs", &headers, .plain, "more header fields")
        try visitor.text("body", &body, .plain, "session description")
        var count = Int32(truncatingIfNeeded: streams.count)
        try visitor.count("streamsCount", &count, atMost: EntityLimits.streams, "number of streams")
        try visitor.records("streams", &streams, count: count, in: layout, "the streams")
    }
}

/// A stream of the SDP demultiplexer.
public struct DemuxStream: FieldGroup, Hashable {
    /// Number of the stream in the server's session description.
    public var index: Int32 = 0
    /// Number of the stream in the client's session description.
    public var clientIndex: Int32 = 0
    /// Section that is used while the stream is disabled.
    public var disabledBody = Text()
    /// Length of the label in bytes, 0 for none.
    public var labelLength: Int32 = 0
    /// Offset of the label in ``disabledBody``.
    public var labelOffset: Int32 = 0
    /// Current section, may be empty.
    public var body = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try visitor.integer("index", &index, .plain, "number of the stream in the server's session description")
        try visitor.integer(
            "clientIndex", &clientIndex, .plain, "number of the stream in the client's session description")
        try visitor.text("disabledBody", &disabledBody, .plain, "section used while the stream is disabled")
        try visitor.integer("labelLen", &labelLength, .plain, "length of the label in bytes, 0 for none")
        if visitor.begin(.differs(from: 0), on: "labelLen", value: labelLength) {
            try visitor.integer("labelOff", &labelOffset, .plain, "offset of the label in disabledBody")
            visitor.endCondition()
        }
        try visitor.text("body", &body, .plain, "current section, may be empty")
    }
}

/// What b2b_sdp_demux appends to its client entities (Spec/b2b.md, b2b_sdp_demux; since 3.3).
public struct DemuxClientTail: Hashable, Sendable {
    /// A new entity: key of the server entity.
    public var serverKey = Text()
    /// An update: state (``FlagNames/demuxClient``).
    public var flags: Int32 = 0
    /// An update: session description.
    public var body = Text()
    /// An update: the streams.
    public var streams: [DemuxStreamUpdate] = []

    /// An empty tail.
    public init() {}

    mutating func createFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try visitor.text("serverKey", &serverKey, .plain, "key of the server entity")
    }

    mutating func updateFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try visitor.integer(
            "flags", &flags, .demuxClientFlags, "1 early, 2 started, 4 pending, 8 replicated, 16 cancel")
        try visitor.text("body", &body, .plain, "session description")
        var count = Int32(truncatingIfNeeded: streams.count)
        try visitor.count("streamsCount", &count, atMost: EntityLimits.streams, "number of streams")
        try visitor.records("streams", &streams, count: count, in: layout, "the streams")
    }
}

/// A stream of a client that changed.
public struct DemuxStreamUpdate: FieldGroup, Hashable {
    /// Number of the stream in the server's session description; receivers take it for that in the client's.
    public var index: Int32 = 0
    /// Section of the session description.
    public var body = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try visitor.integer("index", &index, .plain, "number of the stream in the server's session description")
        try visitor.text("body", &body, .plain, "section of the session description")
    }
}
