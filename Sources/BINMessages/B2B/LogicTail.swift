public import BINWire

/// What b2b_logic appends to an entity: the tuple it belongs to, and its place in it (Spec/b2b.md, b2b_logic).
///
/// With a database on the sender only the values of the tuple are sent (``tupleInfo`` 3).
public struct LogicTail: Hashable, Sendable {
    /// What follows: 0 nothing, the tuple is gone; 1 a new tuple; 2 a tuple update; 3 the values of the tuple only.
    public var tupleInfo: Int32 = 0
    /// New tuple: id of the scenario, empty for an internal one.
    public var scenarioID = Text()
    /// New tuple up to 3.1: the five parameters of the scenario.
    public var parameters = ScenarioParameters()
    /// New tuple up to 3.3: stored session description.
    public var sdp = Text()
    /// New tuple: more header fields.
    public var extraHeaders = Text()
    /// State of the scenario; in B2B-B ten times that plus the bridging state, since 3.2 the bridging state alone.
    public var state: Int32 = 0
    /// Up to 3.1: next state of the scenario.
    public var nextState: Int32 = 0
    /// Seconds left to live, 0 for ever.
    public var lifetime: Int32 = 0
    /// Values of the tuple.
    public var values: [ContextValue] = []
    /// Whether the place of the entity in the tuple follows. It does not when the entity has left the tuple.
    public var hasPlace = false
    /// The place of the entity in the tuple.
    public var place = EntityPlace()

    /// Parameters of a scenario.
    public struct ScenarioParameters: Hashable, Sendable {
        /// The first.
        public var first = Text()
        /// The second.
        public var second = Text()
        /// The third.
        public var third = Text()
        /// The fourth.
        public var fourth = Text()
        /// The fifth.
        public var fifth = Text()

        /// Five empty parameters.
        public init() {}
    }

    /// An empty tail.
    public init() {}

    mutating func createFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try infoField(&visitor)
        if visitor.begin(.equals(1), on: "tupleInfo", value: tupleInfo) {
            try visitor.text("scenarioId", &scenarioID, .plain, "id of the scenario, empty for an internal one")
            if layout.hasScenarioParameters { try parameterFields(&visitor) }
            if layout.hasTupleSDP { try visitor.text("sdp", &sdp, .plain, "stored session description") }
            try visitor.text("extraHdrs", &extraHeaders, .plain, "more header fields")
            try tupleFields(&visitor, in: layout)
            if visitor.beginRemainder(&hasPlace) {
                try place.createFields(&visitor, in: layout)
                visitor.endCondition()
            }
            visitor.endCondition()
        }
        try valuesOnlyFields(&visitor, in: layout)
    }

    mutating func updateFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try infoField(&visitor)
        if visitor.begin(.equals(2), on: "tupleInfo", value: tupleInfo) {
            try tupleFields(&visitor, in: layout)
            if visitor.beginRemainder(&hasPlace) {
                try place.updateFields(&visitor, in: layout)
                visitor.endCondition()
            }
            visitor.endCondition()
        }
        try valuesOnlyFields(&visitor, in: layout)
    }

    /// The fields of an acknowledged or deleted entity.
    mutating func tupleOnlyFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try infoField(&visitor)
        if visitor.begin(.equals(2), on: "tupleInfo", value: tupleInfo) {
            try tupleFields(&visitor, in: layout)
            visitor.endCondition()
        }
        try valuesOnlyFields(&visitor, in: layout)
    }

    private mutating func infoField<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor
    ) throws(WireError) {
        try visitor.integer(
            "tupleInfo", &tupleInfo, .tupleInfo, "0 no tuple, 1 new tuple, 2 tuple update, 3 context values only")
    }

    private mutating func parameterFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor
    ) throws(WireError) {
        try visitor.text("param1", &parameters.first, .plain, "parameter 1 of the scenario")
        try visitor.text("param2", &parameters.second, .plain, "parameter 2 of the scenario")
        try visitor.text("param3", &parameters.third, .plain, "parameter 3 of the scenario")
        try visitor.text("param4", &parameters.fourth, .plain, "parameter 4 of the scenario")
        try visitor.text("param5", &parameters.fifth, .plain, "parameter 5 of the scenario")
    }

    private mutating func tupleFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        if layout.hasPlainScenarioState {
            try visitor.integer("scenarioState", &state, .plain, "state of the scenario, -1 without one")
        } else if layout.hasScenarioParameters {
            try visitor.integer("state", &state, .plain, "ten times the state of the scenario, plus the bridging state")
        } else {
            try visitor.integer("state", &state, .plain, "bridging state of the tuple")
        }
        if layout.hasScenarioParameters {
            try visitor.integer("nextScenarioState", &nextState, .plain, "next state of the scenario")
        }
        try visitor.integer("lifetime", &lifetime, .seconds, "seconds left to live, 0 for ever")
        try valueFields(&visitor, in: layout)
    }

    private mutating func valueFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        var count = Int32(truncatingIfNeeded: values.count)
        try visitor.count("valuesCount", &count, atMost: EntityLimits.values, "number of context values")
        try visitor.records("values", &values, count: count, in: layout, "context values")
    }

    private mutating func valuesOnlyFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        if visitor.begin(.equals(3), on: "tupleInfo", value: tupleInfo) {
            try valueFields(&visitor, in: layout)
            visitor.endCondition()
        }
    }

    /// Whether the kind of record is one of `kinds`, and the state is one that `layout` has.
    ///
    /// A scenario without a state has -1, which B2B-B multiplies by ten: a state far below zero shows that layout.
    func isPlausible(in layout: EntityLayout, kinds: Set<Int32>, source: RawSpan) -> Bool {
        guard kinds.contains(tupleInfo) else { return false }
        if tupleInfo == 1 || tupleInfo == 2 {
            let lowest: Int32 = layout.hasPlainScenarioState ? -2 : layout.hasScenarioParameters ? -20 : 0
            guard state >= lowest, lifetime >= 0 else { return false }
        }
        guard hasPlace else { return true }
        guard (0...1).contains(place.number) else { return false }
        // B2B-F, H and I send one description twice; two different ones show a layout that sends the incoming one.
        guard tupleInfo == 1, layout.hasEntitySDPs, !layout.hasIncomingSDP else { return true }
        return place.firstSDP.hasSameBytes(as: place.outgoingSDP, in: source)
    }
}

extension Text {
    /// Whether both are the same bytes of `source`.
    func hasSameBytes(as other: Text, in source: RawSpan) -> Bool {
        guard length == other.length, let left = try? bytes(in: source), let right = try? other.bytes(in: source) else {
            return false
        }
        for position in 0..<left.byteCount
        where left.uint8(uncheckedAt: position) != right.uint8(uncheckedAt: position) {
            return false
        }
        return true
    }
}

/// A value that a script keeps with a tuple.
public struct ContextValue: FieldGroup, Hashable {
    /// Its name.
    public var name = Text()
    /// The value.
    public var value = Text()

    public init() {}

    public mutating func fields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try visitor.text("name", &name, .plain, "name of the value")
        try visitor.text("value", &value, .plain, "the value")
    }
}

/// The place of an entity in its tuple.
public struct EntityPlace: Hashable, Sendable {
    /// Id of the entity in the scenario.
    public var scenarioID = Text()
    /// To URI.
    public var toURI = Text()
    /// Since 3.2: URI of the outbound proxy.
    public var proxy = Text()
    /// From URI.
    public var fromURI = Text()
    /// From display name.
    public var fromName = Text()
    /// More header fields.
    public var headers = Text()
    /// Since 3.4: incoming session description (B2B-G, B2B-J), or the outgoing one.
    public var firstSDP = Text()
    /// Call-ID of the dialog.
    public var callID = Text()
    /// From tag of the dialog.
    public var fromTag = Text()
    /// To tag of the dialog.
    public var toTag = Text()
    /// Since 3.4: outgoing session description.
    public var outgoingSDP = Text()
    /// Statistics: start.
    public var startTime: Int32 = 0
    /// Statistics: set-up.
    public var setupTime: Int32 = 0
    /// Statistics: call.
    public var callTime: Int32 = 0
    /// Which of the two bridged entities this is, 0 or 1.
    public var number: Int32 = 0

    /// An empty place.
    public init() {}

    mutating func createFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        try visitor.text("entityScenarioId", &scenarioID, .plain, "id of the entity in the scenario")
        try visitor.text("toUri", &toURI, .uri, "To URI")
        if layout.hasProxy { try visitor.text("proxy", &proxy, .uri, "URI of the outbound proxy") }
        try visitor.text("fromUri", &fromURI, .uri, "From URI")
        try visitor.text("fromDname", &fromName, .plain, "From display name")
        try visitor.text("hdrs", &headers, .plain, "more header fields")
        if layout.hasIncomingSDP {
            try visitor.text("inSdp", &firstSDP, .plain, "incoming session description")
        } else if layout.hasEntitySDPs {
            try visitor.text("dupOutSdp", &firstSDP, .plain, "outgoing session description")
        }
        try visitor.text("dlgCallid", &callID, .plain, "Call-ID of the dialog")
        try visitor.text("dlgFromtag", &fromTag, .plain, "From tag of the dialog")
        try visitor.text("dlgTotag", &toTag, .plain, "To tag of the dialog")
        try updateFields(&visitor, in: layout)
    }

    mutating func updateFields<Visitor: FieldVisitor & ~Copyable & ~Escapable>(
        _ visitor: inout Visitor, in layout: EntityLayout
    ) throws(WireError) {
        if layout.hasEntitySDPs {
            try visitor.text("outSdp", &outgoingSDP, .plain, "outgoing session description")
        }
        try visitor.integer("startTime", &startTime, .plain, "statistics: start")
        try visitor.integer("setupTime", &setupTime, .plain, "statistics: set-up")
        try visitor.integer("callTime", &callTime, .plain, "statistics: call")
        try visitor.integer("entityNo", &number, .plain, "which of the two bridged entities, 0 or 1")
    }
}
