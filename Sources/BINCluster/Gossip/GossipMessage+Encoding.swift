import BINMessages
public import BINWire

extension GossipPacket {
    /// The packet as it goes on the wire.
    /// - Throws: ``BINWire/WireError`` when it is longer than the writer allows.
    public func encode(into writer: inout PacketWriter) throws(WireError) {
        try message.encode(Routing(cluster: cluster, source: sender, destination: destination), into: &writer)
    }
}

extension GossipMessage {
    /// Texts of a message, one behind the other.
    struct Texts {
        var bytes: [UInt8] = []

        mutating func add(_ text: [UInt8]) -> Text {
            let start = bytes.count
            bytes += text
            return Text(offset: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: text.count))
        }
    }

    func encode(_ routing: Routing, into writer: inout PacketWriter) throws(WireError) {
        var texts = Texts()
        switch self {
        case .summary(let ranges):
            var message = GossipSummary()
            message.ranges = ranges.map { part in
                var sums = GossipRangeSums()
                sums.prefix = Int32(bitPattern: part.range.prefix)
                sums.bits = Int32(part.range.bits)
                sums.sums = texts.add(
                    part.sums.flatMap { sum in (0..<8).map { UInt8(truncatingIfNeeded: sum >> UInt64(8 * $0)) } })
                return sums
            }
            try write(message, texts, routing, into: &writer)
        case .digest(let ranges, let members):
            var message = GossipDigest()
            message.ranges = ranges.map { value in
                var range = GossipRange()
                range.prefix = Int32(bitPattern: value.range.prefix)
                range.bits = Int32(value.range.bits)
                return range
            }
            message.members = members.map { GossipKnowledge($0.knowledge) }
            try write(message, texts, routing, into: &writer)
        case .delta(let delta):
            var message = GossipDelta()
            message.hasMore = delta.hasMore ? 1 : 0
            message.news = delta.news.map { GossipNews($0, &texts) }
            message.wants = delta.wants.map { GossipKnowledge($0) }
            try write(message, texts, routing, into: &writer)
        case .heartbeatRequest(let sequence, let believed):
            var message = HeartbeatRequest()
            message.sequence = sequence
            message.generation = believed.knowledge.generation
            message.incarnation = believed.knowledge.standing.incarnation
            message.status = believed.knowledge.standing.status.rawValue
            try write(message, texts, routing, into: &writer)
        case .heartbeat(let sequence, let generation, let incarnation):
            var message = Heartbeat()
            (message.sequence, message.generation, message.incarnation) = (sequence, generation, incarnation)
            try write(message, texts, routing, into: &writer)
        case .probeRequest(let sequence, let node):
            var message = ProbeRequest()
            (message.sequence, message.node) = (sequence, node)
            try write(message, texts, routing, into: &writer)
        case .probeResult(let sequence, let node, let isReached, let generation, let incarnation):
            var message = ProbeResult()
            (message.sequence, message.node, message.isReached) = (sequence, node, isReached ? 1 : 0)
            (message.generation, message.incarnation) = (generation, incarnation)
            try write(message, texts, routing, into: &writer)
        case .leaseRequest(let sequence, let purpose, let flag, let fence):
            var message = LeaseRequest()
            (message.sequence, message.purpose, message.fence) = (sequence, purpose.rawValue, fence)
            message.flag = texts.add(flag.bytes)
            try write(message, texts, routing, into: &writer)
        case .leaseAnswer(let sequence, let outcome, let flag, let fence):
            var message = LeaseAnswer()
            (message.sequence, message.outcome, message.highestFence) = (sequence, outcome.rawValue, fence)
            message.flag = texts.add(flag.bytes)
            try write(message, texts, routing, into: &writer)
        }
    }

    private func write<Body: Message>(
        _ message: Body, _ texts: Texts, _ routing: Routing, into writer: inout PacketWriter
    ) throws(WireError) where Body.Layout == GossipLayout {
        try GossipMessage.write(message, texts.bytes, routing, into: &writer)
    }

    static func write<Body: Message>(
        _ message: Body, _ texts: [UInt8], _ routing: Routing, into writer: inout PacketWriter
    ) throws(WireError) where Body.Layout == GossipLayout {
        guard let identity = Body.identity(in: .a), let type = identity.type else { return }
        var message = message
        let name = Array(identity.capability.utf8)
        try unsafe writer.begin(
            capability: name.span.bytes, type: type, version: GossipLayout.version, framing: GossipLayout.a.framing)
        try unsafe message.encode(from: texts.span.bytes, in: .a, into: &writer)
        try writer.finish(routing: routing)
    }
}

extension GossipKnowledge {
    init(_ knowledge: Knowledge) {
        self.init()
        node = knowledge.node
        generation = knowledge.generation
        version = knowledge.version
        incarnation = knowledge.standing.incarnation
        status = knowledge.standing.status.rawValue
    }
}

extension GossipNews {
    init(_ news: MemberNews, _ texts: inout GossipMessage.Texts) {
        self.init()
        knowledge = GossipKnowledge(news.knowledge)
        base = news.base
        floor = news.floor
        for entry in news.entries {
            var field = GossipEntry()
            field.version = entry.version
            field.isDeleted = entry.value == nil ? 1 : 0
            field.key = texts.add(entry.key)
            if let value = entry.value { field.value = texts.add(value) }
            entries.append(field)
        }
    }
}
