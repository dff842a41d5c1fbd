import BINWire

/// What the upper module of an entity appends to it. Which module that is stands in the entity (Spec/b2b.md, tails).
///
/// There may be none: a module need not have anything to say, and b2b_logic has not when the tuple is gone.
public struct EntityTail: Sendable {
    /// Whether there is one.
    public var isPresent = false
    /// Module `b2b_logic`.
    public var logic = LogicTail()
    /// Module `media_exchange`.
    public var media = MediaTail()
    /// Module `b2b_sdp_demux_server`.
    public var demuxServer = DemuxServerTail()
    /// Module `b2b_sdp_demux_client`.
    public var demuxClient = DemuxClientTail()
    /// Module `siprec` in 3.5.
    public var recording = SiprecSession()
    /// Module `siprec` since 3.6.
    public var recordings = SiprecContext()

    /// No tail.
    public init() {}

    /// The tail of a new entity, and of one in a sync.
    mutating func createFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout, of module: Text
    ) throws(WireError) {
        if begin("b2b_logic", module, &visitor) {
            try logic.createFields(&visitor, in: layout)
            end(&visitor)
        }
        if begin("media_exchange", module, &visitor) {
            try media.createFields(&visitor, in: layout)
            end(&visitor)
        }
        guard layout.hasDemux else { return }
        try demuxServerFields(&visitor, in: layout, of: module)
        if begin("b2b_sdp_demux_client", module, &visitor) {
            try demuxClient.createFields(&visitor, in: layout)
            end(&visitor)
        }
        try siprecFields(&visitor, in: layout, of: module)
    }

    private mutating func siprecFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout, of module: Text
    ) throws(WireError) {
        guard let siprec = layout.siprec else { return }
        if begin("siprec", module, &visitor) {
            if siprec.hasInstance {
                try recordings.fields(&visitor, in: siprec)
            } else {
                try recording.fields(&visitor, in: siprec)
            }
            end(&visitor)
        }
    }

    /// The tail of an updated entity.
    mutating func updateFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout, of module: Text
    ) throws(WireError) {
        if begin("b2b_logic", module, &visitor) {
            try logic.updateFields(&visitor, in: layout)
            end(&visitor)
        }
        try mediaUpdateFields(&visitor, in: layout, of: module)
        guard layout.hasDemux else { return }
        if begin("b2b_sdp_demux_client", module, &visitor) {
            try demuxClient.updateFields(&visitor, in: layout)
            end(&visitor)
        }
    }

    /// The tail of an acknowledged entity.
    mutating func acknowledgeFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout, of module: Text
    ) throws(WireError) {
        if begin("b2b_logic", module, &visitor) {
            try logic.tupleOnlyFields(&visitor, in: layout)
            end(&visitor)
        }
        try mediaUpdateFields(&visitor, in: layout, of: module)
        // With a database on the sender an acknowledged server entity carries the whole context.
        if layout.hasDemux { try demuxServerFields(&visitor, in: layout, of: module) }
    }

    private mutating func mediaUpdateFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout, of module: Text
    ) throws(WireError) {
        if begin("media_exchange", module, &visitor) {
            try media.updateFields(&visitor, in: layout)
            end(&visitor)
        }
    }

    private mutating func demuxServerFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout, of module: Text
    ) throws(WireError) {
        if begin("b2b_sdp_demux_server", module, &visitor) {
            try demuxServer.fields(&visitor, in: layout)
            end(&visitor)
        }
    }

    /// Whether the fields of a tail of module `name` come now; whoever gets `true` visits them and calls ``end(_:)``.
    private mutating func begin<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ name: String, _ module: Text, _ visitor: inout Visitor
    ) -> Bool {
        guard visitor.begin(.equals(name), on: "modName", text: module) else { return false }
        guard visitor.beginRemainder(&isPresent) else {
            visitor.endCondition()
            return false
        }
        visitor.beginGroup("tail")
        return true
    }

    /// Ends the group, the remainder and the condition on the module.
    private func end<Visitor: FieldVisitor & ~Copyable & ~Escapable>(_ visitor: inout Visitor) {
        visitor.endGroup()
        visitor.endCondition()
        visitor.endCondition()
    }

    /// Whether what the module said makes sense in a packet in which b2b_logic sends records of `kinds`.
    func isPlausible(in layout: EntityLayout, of module: Text, kinds: Set<Int32>, source: RawSpan) -> Bool {
        guard isPresent else { return true }
        switch module.string(in: source) {
        case "b2b_logic": return logic.isPlausible(in: layout, kinds: kinds, source: source)
        case "media_exchange": return media.isPlausible(source: source)
        default: return true
        }
    }
}
