import BINMessages
import BINWire

/// Why a packet is no message of the gossip.
enum GossipDecodingError: Error {
    /// The bytes are not as they are declared.
    case wire(WireError)
    /// A number in it cannot be.
    case implausible
}

extension GossipMessage {
    /// Reads the fields of a packet of `ext-gossip`.
    /// - Parameters:
    ///   - type: its packet type.
    ///   - bytes: the packet.
    ///   - body: where its fields stand, without the trailer.
    init(type: Int32, _ bytes: RawSpan, body: Range<Int>) throws(GossipDecodingError) {
        func read<Body: Message>(_ message: Body.Type) throws(GossipDecodingError) -> Body
        where Body.Layout == GossipLayout {
            do throws(WireError) {
                return try Body(decoding: bytes, range: body, in: .a)
            } catch {
                throw .wire(error)
            }
        }
        switch type {
        case 1: self = .summary(try GossipMessage.ranges(try read(GossipSummary.self), bytes))
        case 2:
            let message = try read(GossipDigest.self)
            var ranges: [HashRangeValue] = []
            for range in message.ranges {
                guard let range = HashRange(prefix: range.prefix, bits: range.bits, atMost: 28) else {
                    throw .implausible
                }
                ranges.append(HashRangeValue(range: range))
            }
            var members: [KnowledgeValue] = []
            members.reserveCapacity(message.members.count)
            for member in message.members { members.append(KnowledgeValue(knowledge: try Knowledge(member))) }
            self = .digest(ranges: ranges, members: members)
        case 3:
            let message = try read(GossipDelta.self)
            var delta = Delta()
            delta.hasMore = message.hasMore != 0
            for news in message.news { delta.news.append(try MemberNews(news, bytes)) }
            for want in message.wants { delta.wants.append(try Knowledge(want)) }
            self = .delta(delta)
        case 4:
            let message = try read(HeartbeatRequest.self)
            var believed = GossipKnowledge()
            (believed.generation, believed.incarnation) = (message.generation, message.incarnation)
            (believed.status, believed.node) = (message.status, 1)
            self = .heartbeatRequest(
                sequence: message.sequence, believed: KnowledgeValue(knowledge: try Knowledge(believed)))
        case 5:
            let message = try read(Heartbeat.self)
            try GossipMessage.check(message.incarnation)
            self = .heartbeat(
                sequence: message.sequence, generation: message.generation, incarnation: message.incarnation)
        case 6:
            let message = try read(ProbeRequest.self)
            self = .probeRequest(sequence: message.sequence, node: message.node)
        case 7:
            let message = try read(ProbeResult.self)
            try GossipMessage.check(message.incarnation)
            self = .probeResult(
                sequence: message.sequence, node: message.node, isReached: message.isReached != 0,
                generation: message.generation, incarnation: message.incarnation)
        case 8:
            let message = try read(LeaseRequest.self)
            guard let purpose = LeasePurpose(rawValue: message.purpose) else { throw .implausible }
            self = .leaseRequest(
                sequence: message.sequence, purpose: purpose, flag: WireName(bytes: try copy(message.flag, bytes)),
                fence: message.fence)
        case 9:
            let message = try read(LeaseAnswer.self)
            guard let outcome = LeaseOutcome(rawValue: message.outcome) else { throw .implausible }
            self = .leaseAnswer(
                sequence: message.sequence, outcome: outcome, flag: WireName(bytes: try copy(message.flag, bytes)),
                highestFence: message.highestFence)
        default: throw .implausible
        }
    }

    private static func ranges(_ message: GossipSummary, _ bytes: RawSpan) throws(GossipDecodingError) -> [RangeSums] {
        var ranges: [RangeSums] = []
        for part in message.ranges {
            guard let range = HashRange(prefix: part.prefix, bits: part.bits, atMost: HashRange.maximumSplit) else {
                throw .implausible
            }
            let start = Int(part.sums.offset)
            let sums = (0..<16).map { bytes.uint64(uncheckedAt: start + 8 * $0) }
            ranges.append(RangeSums(range: range, sums: sums))
        }
        return ranges
    }

    private static func check(_ incarnation: Int32) throws(GossipDecodingError) {
        guard incarnation >= 0, incarnation <= Standing.maximumIncarnation else { throw .implausible }
    }
}

/// The bytes of a text.
private func copy(_ text: Text, _ bytes: RawSpan) throws(GossipDecodingError) -> [UInt8] {
    do throws(WireError) {
        let span = try text.bytes(in: bytes)
        return (0..<span.byteCount).map { span.uint8(uncheckedAt: $0) }
    } catch {
        throw .wire(error)
    }
}

extension Knowledge {
    init(_ fields: GossipKnowledge) throws(GossipDecodingError) {
        guard fields.node > 0, fields.generation >= 0, fields.version >= 0, fields.incarnation >= 0,
            fields.incarnation <= Standing.maximumIncarnation, let status = MemberStatus(rawValue: fields.status)
        else { throw .implausible }
        self.init(
            node: fields.node, generation: fields.generation, version: fields.version,
            standing: Standing(status, incarnation: fields.incarnation))
    }
}

extension MemberNews {
    init(_ fields: GossipNews, _ bytes: RawSpan) throws(GossipDecodingError) {
        let knowledge = try Knowledge(fields.knowledge)
        guard fields.base >= 0, fields.base <= knowledge.version, fields.floor >= 0, fields.floor <= knowledge.version
        else { throw .implausible }
        var entries: [StateEntry] = []
        var last = fields.base
        for entry in fields.entries {
            guard entry.version > last, entry.version <= knowledge.version else { throw .implausible }
            last = entry.version
            let value = entry.isDeleted == 0 ? try copy(entry.value, bytes) : nil
            entries.append(StateEntry(key: try copy(entry.key, bytes), version: entry.version, value: value))
        }
        self.init(knowledge: knowledge, base: fields.base, floor: fields.floor, entries: entries)
    }
}
