public import BINWire

/// What media_exchange appends to an entity: its media session in a dialog (Spec/b2b.md, media_exchange).
///
/// An update does not say whether the session is a fork; it is one when the fields of a fork follow.
public struct MediaTail: Hashable, Sendable {
    /// Call-ID of the dialog that the session belongs to.
    public var callID = Text()
    /// 0 unspecified, 1 caller, 2 callee, 3 both.
    public var leg: Int32 = 0
    /// 0 fork, 1 exchange.
    public var kind: Int32 = 0
    /// 1: the other party is not put on hold.
    public var noHold: Int32 = 0
    /// Whether an update is that of a fork.
    public var isForkUpdate = false
    /// Up to 3.2: the forks.
    public var forks: [MediaFork] = []
    /// Up to 3.2: the forks that changed.
    public var changedForks: [MediaForkChange] = []
    /// Since 3.3: bits of the copy (``FlagNames/copy``).
    public var copyFlags: Int32 = 0
    /// Since 3.3: one bit a stream, all ones for all of them.
    public var streams: Int32 = 0
    /// Since 3.3: one bit a paused stream.
    public var paused: Int32 = 0
    /// Since 3.6: name of the instance.
    public var instance = Text()

    /// An empty tail.
    public init() {}

    mutating func createFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try keyFields(&visitor)
        try kindField(&visitor)
        try visitor.integer("nohold", &noHold, .boolean, "1 the other party is not put on hold")
        if visitor.begin(.equals(0), on: "type", value: kind) {
            if layout.hasForkLists {
                var count = Int32(truncatingIfNeeded: forks.count)
                try visitor.count("forksCount", &count, atMost: EntityLimits.forks, "number of forks")
                try visitor.records("forks", &forks, count: count, in: layout, "the forks")
            } else {
                try copyFields(&visitor)
                if layout.hasForkInstance { try instanceField(&visitor) }
            }
            visitor.endCondition()
        }
    }

    /// The fields of an updated or acknowledged entity.
    mutating func updateFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try keyFields(&visitor)
        if visitor.beginRemainder(&isForkUpdate) {
            if layout.hasForkLists {
                var count = Int32(truncatingIfNeeded: changedForks.count)
                try visitor.count("forksCount", &count, atMost: EntityLimits.forks, "number of changed forks")
                try visitor.records("forks", &changedForks, count: count, in: layout, "the changed forks")
            } else {
                if layout.hasForkInstance { try instanceField(&visitor) }
                try copyFields(&visitor)
            }
            visitor.endCondition()
        }
    }

    mutating func deleteFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try keyFields(&visitor)
        guard layout.hasForkInstance else { return }
        try kindField(&visitor)
        if visitor.begin(.equals(0), on: "type", value: kind) {
            try instanceField(&visitor)
            visitor.endCondition()
        }
    }

    private mutating func keyFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor
    ) throws(WireError) {
        try visitor.text("dlgCallid", &callID, .plain, "Call-ID of the dialog that the session belongs to")
        try visitor.integer("leg", &leg, .mediaLeg, "0 unspecified, 1 caller, 2 callee, 3 both")
    }

    private mutating func kindField<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor
    ) throws(WireError) {
        try visitor.integer("type", &kind, .mediaKind, "0 fork, 1 exchange")
    }

    private mutating func copyFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor
    ) throws(WireError) {
        try visitor.integer("copyFlags", &copyFlags, .copyFlags, "1 siprec, 2 disabled, 4 caller leg, 8 callee leg")
        try visitor.integer("streams", &streams, .bits, "one bit a stream, all ones for all of them")
        try visitor.integer("paused", &paused, .bits, "one bit a paused stream")
    }

    private mutating func instanceField<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor
    ) throws(WireError) {
        try visitor.text("instance", &instance, .plain, "name of the instance")
    }

    /// Whether the numbers exist and the Call-ID is one: text without control characters, not empty.
    func isPlausible(source: RawSpan) -> Bool {
        guard !callID.isEmpty, let bytes = try? callID.bytes(in: source) else { return false }
        for position in 0..<bytes.byteCount where bytes.uint8(uncheckedAt: position) <= 0x20 { return false }
        return (0...3).contains(leg) && (0...1).contains(kind)
    }
}

/// A fork of the media (up to 3.2).
public struct MediaFork: FieldGroup, Hashable {
    /// Leg of the dialog.
    public var leg: Int32 = 0
    /// Number of the stream in the call.
    public var callIndex: Int32 = 0
    /// Number of the stream in the fork.
    public var forkIndex: Int32 = 0
    /// 0 on, 1 off.
    public var state: Int32 = 0
    /// Address of the destination.
    public var address = Text()
    /// Port of the destination, in decimal.
    public var port = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try visitor.integer("dlgLeg", &leg, .plain, "leg of the dialog")
        try visitor.integer("medianum", &callIndex, .plain, "number of the stream in the call")
        try visitor.integer("forkMedianum", &forkIndex, .plain, "number of the stream in the fork")
        try visitor.integer("state", &state, .forkState, "0 on, 1 off")
        try visitor.text("ip", &address, .plain, "address of the destination")
        try visitor.text("port", &port, .plain, "port of the destination, in decimal")
    }
}

/// A fork of the media that changed (up to 3.2).
public struct MediaForkChange: FieldGroup, Hashable {
    /// Number of the stream in the fork.
    public var forkIndex: Int32 = 0
    /// 0 on, 1 off.
    public var state: Int32 = 0
    /// Address of the destination.
    public var address = Text()
    /// Port of the destination, in decimal.
    public var port = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try visitor.integer("forkMedianum", &forkIndex, .plain, "number of the stream in the fork")
        try visitor.integer("state", &state, .forkState, "0 on, 1 off")
        try visitor.text("ip", &address, .plain, "address of the destination")
        try visitor.text("port", &port, .plain, "port of the destination, in decimal")
    }
}
