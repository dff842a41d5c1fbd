public import BINWire

/// A recording session.
public struct SiprecSession: FieldGroup, Hashable {
    /// Start, Unix time in seconds.
    public var time: UInt64 = 0
    /// Since 3.6: name of the instance.
    public var instance = Text()
    /// Version counter of the session description.
    public var sdpVersion: Int32 = 0
    /// Since 3.3: state (``FlagNames/siprec``).
    public var flags: Int32 = 0
    /// Up to 3.2: URI of the RTP proxy.
    public var rtpProxy = Text()
    /// Media address.
    public var mediaAddress = Text()
    /// URI of the recording server that was chosen.
    public var recordingServer = Text()
    /// Group of the communication session.
    public var group = Text()
    /// Since 3.5: extension of the group, XML.
    public var groupExtension = Text()
    /// Since 3.5: extension of the session, XML.
    public var sessionExtension = Text()
    /// Sending socket, `proto:host:port`; empty for the default one.
    public var socket = Text()
    /// Identifier of the session, 24 characters.
    public var identifier = Text()
    /// Key of the client entity.
    public var entityKey = Text()
    /// From tag of the recording dialog, may be empty.
    public var fromTag = Text()
    /// To tag of the recording dialog.
    public var toTag = Text()
    /// Call-ID of the recording dialog.
    public var callID = Text()
    /// SR-A0: the Call-ID once more.
    public var repeatedCallID = Text()
    /// The participants.
    public var participants: [SiprecParticipant] = []

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: SiprecLayout
    ) throws(WireError) {
        try visitor.value64("ts", &time, .unixTime, "start of the session, Unix time in seconds")
        if layout.hasInstance { try visitor.text("instance", &instance, .plain, "name of the instance") }
        try visitor.integer("version", &sdpVersion, .plain, "version counter of the session description")
        if layout.hasFlags { try visitor.integer("flags", &flags, .siprecFlags, "state of the session") }
        if layout.hasRTPProxy {
            try visitor.text("rtpproxy", &rtpProxy, .plain, "URI of the RTP proxy")
            try visitor.text("mediaIp", &mediaAddress, .plain, "media address")
        } else {
            try visitor.text("media", &mediaAddress, .plain, "media address")
        }
        try visitor.text("srsUri", &recordingServer, .uri, "URI of the recording server that was chosen")
        try visitor.text("group", &group, .plain, "group of the communication session")
        if layout.hasExtensions {
            try visitor.text("groupExt", &groupExtension, .plain, "extension of the group, XML")
            try visitor.text("sessionExt", &sessionExtension, .plain, "extension of the session, XML")
        }
        try visitor.text("socket", &socket, .socket, "sending socket, empty for the default one")
        try visitor.fixedText(
            "uuid", &identifier, size: SiprecLimits.identifierSize, .plain, "identifier of the session, base64")
        try visitor.text("b2bKey", &entityKey, .plain, "key of the client entity")
        try visitor.text("fromTag", &fromTag, .plain, "From tag of the recording dialog, may be empty")
        try visitor.text("toTag", &toTag, .plain, "To tag of the recording dialog")
        try visitor.text("callid", &callID, .plain, "Call-ID of the recording dialog")
        if layout.repeatsCallID {
            try visitor.text("callidDup", &repeatedCallID, .plain, "the Call-ID once more")
        }
        var count = Int32(truncatingIfNeeded: participants.count)
        try visitor.count(
            "participantsCount", &count, atMost: SiprecLimits.participants, "number of participants, at most 2")
        try visitor.records("participants", &participants, count: count, in: layout, "the participants")
    }

    /// Whether the Call-ID that SR-A0 repeats is the same, and the identifiers are text.
    func isPlausible(in layout: SiprecLayout, source: RawSpan) -> Bool {
        guard let first = callID.string(in: source), identifier.string(in: source) != nil else { return false }
        return !layout.repeatsCallID || repeatedCallID.string(in: source) == first
    }
}

/// A participant of a recorded call.
public struct SiprecParticipant: FieldGroup, Hashable {
    /// 0 an XML value, anything else name and address.
    public var kind: Int32 = 0
    /// The participant as XML.
    public var xml = Text()
    /// Address of record.
    public var aor = Text()
    /// Display name.
    public var name = Text()
    /// Identifier of the participant, 24 characters.
    public var identifier = Text()
    /// Since 3.1: when the participant joined, Unix time in seconds.
    public var time: UInt64 = 0
    /// The streams that the participant sends.
    public var streams: [SiprecStream] = []

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: SiprecLayout
    ) throws(WireError) {
        try visitor.integer("kind", &kind, .participantKind, "0 XML value, otherwise name and address")
        if visitor.begin(.equals(0), on: "kind", value: kind) {
            try visitor.text("xmlVal", &xml, .plain, "the participant as XML")
            visitor.endCondition()
        }
        if visitor.begin(.differs(from: 0), on: "kind", value: kind) {
            try visitor.text("aor", &aor, .addressOfRecord, "address of record")
            try visitor.text("name", &name, .plain, "display name")
            visitor.endCondition()
        }
        try visitor.fixedText(
            "uuid", &identifier, size: SiprecLimits.identifierSize, .plain, "identifier of the participant, base64")
        if layout.hasParticipantTime {
            try visitor.value64("ts", &time, .unixTime, "when the participant joined, Unix time in seconds")
        }
        var count = Int32(truncatingIfNeeded: streams.count)
        try visitor.count("streamsCount", &count, atMost: SiprecLimits.streams, "number of streams")
        try visitor.records("streams", &streams, count: count, in: layout, "the streams of the participant")
    }
}

/// A recorded stream.
public struct SiprecStream: FieldGroup, Hashable {
    /// Label of the stream.
    public var label: Int32 = 0
    /// Number of the stream in the session description.
    public var index: Int32 = 0
    /// Identifier of the stream, 24 characters.
    public var identifier = Text()
    /// Up to 3.2: its section of the session description.
    public var body = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: SiprecLayout
    ) throws(WireError) {
        try visitor.integer("label", &label, .plain, "label of the stream")
        try visitor.integer("medianum", &index, .plain, "number of the stream in the session description")
        try visitor.fixedText(
            "uuid", &identifier, size: SiprecLimits.identifierSize, .plain, "identifier of the stream, base64")
        if layout.hasStreamBody { try visitor.text("body", &body, .plain, "its section of the session description") }
    }
}

/// The one recording session of a dialog (Spec/dialog-contexts.md, siprec; up to 3.5).
public struct SiprecSessionContext: Message {
    public static let name: StaticString = "session"

    /// The session.
    public var session = SiprecSession()

    public init() {}

    public static func identity(in layout: SiprecLayout) -> MessageIdentity? { layout < .e ? layout.identity : nil }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: SiprecLayout
    ) throws(WireError) {
        try session.fields(&visitor, in: layout)
    }

    public func isPlausible(in layout: SiprecLayout, source: RawSpan) -> Bool {
        session.isPlausible(in: layout, source: source)
    }
}

/// All recording sessions of a dialog (Spec/dialog-contexts.md, siprec; since 3.6).
public struct SiprecContext: Message {
    public static let name: StaticString = "context"

    /// The sessions.
    public var sessions: [SiprecSession] = []

    public init() {}

    public static func identity(in layout: SiprecLayout) -> MessageIdentity? { layout >= .e ? layout.identity : nil }

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: SiprecLayout
    ) throws(WireError) {
        var count = Int32(truncatingIfNeeded: sessions.count)
        try visitor.count("sessionsCount", &count, atMost: SiprecLimits.sessions, "number of recording sessions")
        try visitor.records("sessions", &sessions, count: count, in: layout, "the recording sessions")
    }

    public func isPlausible(in layout: SiprecLayout, source: RawSpan) -> Bool {
        sessions.allSatisfy { $0.isPlausible(in: layout, source: source) }
    }
}
