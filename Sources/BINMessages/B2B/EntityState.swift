public import BINWire

/// A back-to-back entity: one end of a call that this server terminates.
public struct EntityState: FieldGroup, Hashable {
    /// Type, tags and Call-ID.
    public var key = EntityKey()
    /// Request URI.
    public var requestURI = Text()
    /// From URI.
    public var fromURI = Text()
    /// From display name.
    public var fromName = Text()
    /// To URI.
    public var toURI = Text()
    /// To display name.
    public var toName = Text()
    /// Route set of the caller's side.
    public var callerRouteSet = Text()
    /// Route set of the callee's side.
    public var calleeRouteSet = Text()
    /// Sending socket: its tag if it has one, else `proto:host:port`; empty for none.
    public var socket = Text()
    /// Key of the upper module, such as that of a tuple.
    public var logicKey = Text()
    /// Name of the upper module. It decides what follows the entity.
    public var moduleName = Text()
    /// 0 undefined, 1 new, 2 new with authentication, 3 early, 4 confirmed, 5 established, 6 modified, 7 terminated.
    public var state: Int32 = 0
    /// CSeq of the caller's side.
    public var callerCSeq: Int32 = 0
    /// CSeq of the callee's side.
    public var calleeCSeq: Int32 = 0
    /// Bit of the last request's method, 0 for none.
    public var lastMethod: Int32 = 0
    /// Code of the last reply.
    public var lastReplyCode: Int32 = 0
    /// CSeq of the last INVITE.
    public var lastInviteCSeq: Int32 = 0
    /// Contact of the caller's side.
    public var callerContact = Text()
    /// Contact of the callee's side.
    public var calleeContact = Text()
    /// Tag of the first leg; empty when there is no leg.
    public var legTag = Text()
    /// CSeq of the leg.
    public var legCSeq: Int32 = 0
    /// Contact of the leg.
    public var legContact = Text()
    /// Route set of the leg.
    public var legRouteSet = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try key.fields(&visitor, in: layout)
        try visitor.text("ruri", &requestURI, .uri, "request URI")
        try visitor.text("fromUri", &fromURI, .uri, "From URI")
        try visitor.text("fromDname", &fromName, .plain, "From display name")
        try visitor.text("toUri", &toURI, .uri, "To URI")
        try visitor.text("toDname", &toName, .plain, "To display name")
        try visitor.text("routeSet0", &callerRouteSet, .plain, "route set of the caller's side")
        try visitor.text("routeSet1", &calleeRouteSet, .plain, "route set of the callee's side")
        try visitor.text("sendSock", &socket, .socket, "sending socket, its tag if it has one; empty for none")
        try visitor.text("logicKey", &logicKey, .plain, "key of the upper module")
        try visitor.text("modName", &moduleName, .plain, "name of the upper module, decides what tail is")
        try visitor.integer("state", &state, .entityState, "0 undefined to 7 terminated")
        try visitor.integer("cseq0", &callerCSeq, .plain, "CSeq of the caller's side")
        try visitor.integer("cseq1", &calleeCSeq, .plain, "CSeq of the callee's side")
        try visitor.integer("lastMethod", &lastMethod, .method, "bit of the last request's method, 0 for none")
        try visitor.integer("lastReplyCode", &lastReplyCode, .plain, "code of the last reply")
        try visitor.integer("lastInviteCseq", &lastInviteCSeq, .plain, "CSeq of the last INVITE")
        try visitor.text("contact0", &callerContact, .uri, "contact of the caller's side")
        try visitor.text("contact1", &calleeContact, .uri, "contact of the callee's side")
        try visitor.text("legTag", &legTag, .plain, "tag of the first leg, empty when there is none")
        if visitor.begin(.isNotEmpty, on: "legTag", text: legTag) {
            try visitor.integer("legCseq", &legCSeq, .plain, "CSeq of the leg")
            try visitor.text("legContact", &legContact, .uri, "contact of the leg")
            try visitor.text("legRouteSet", &legRouteSet, .plain, "route set of the leg")
            visitor.endCondition()
        }
    }

    /// Whether type and state exist.
    var isPlausible: Bool { key.isPlausible && (0...7).contains(state) }
}

/// What every packet of an entity begins with.
public struct EntityKey: FieldGroup, Hashable {
    /// 0 server (UAS), 1 client (UAC).
    public var type: Int32 = 0
    /// Tag of the caller's side.
    public var callerTag = Text()
    /// Tag of the callee's side; the key of a server entity.
    public var calleeTag = Text()
    /// Call-ID; the key of a client entity.
    public var callID = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try visitor.integer("entityType", &type, .entityType, "0 server, 1 client")
        try visitor.text("tag0", &callerTag, .plain, "tag of the caller's side")
        try visitor.text("tag1", &calleeTag, .plain, "tag of the callee's side, the key of a server entity")
        try visitor.text("callid", &callID, .plain, "Call-ID, the key of a client entity")
    }

    /// Whether the type exists.
    var isPlausible: Bool { (0...1).contains(type) }
}
