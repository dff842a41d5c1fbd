import BINMessages
public import BINWire

// What comes in: the checks every packet passes (CL-19, CL-20), and which message it is.

extension ClusterMember {
    /// Takes a packet.
    /// - Parameters:
    ///   - bytes: the packet; may go on behind it.
    ///   - header: its checked header.
    ///   - source: where it came from.
    ///   - now: when.
    ///   - actions: what is to be done is appended; ``ClusterAction/deliver(_:)`` and ``ClusterAction/applySync(_:)`` refer
    ///     to `bytes`.
    public mutating func receive(
        _ bytes: RawSpan, _ header: PacketHeader, from source: PacketSource, at now: Instant,
        into actions: inout [ClusterAction]
    ) {
        do throws(Refusal) {
            try take(bytes, header, source, now, &actions)
        } catch {
            note(error, now, &actions)
        }
        settle(now, &actions)
    }

    private mutating func take(
        _ bytes: RawSpan, _ header: PacketHeader, _ source: PacketSource, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        guard isStarted, isEnabled else { throw refusal(.selfDisabled, from: source) }
        guard header.framing == dialect.framing, header.length <= bytes.byteCount,
            header.bodyOffset <= header.length
        else { throw refusal(.wrongFraming, from: source) }
        let packet = bytes.extracting(0..<header.length)
        let name = packet.extracting(Int(header.capability.offset)..<header.typeOffset)
        guard dialect.layout != nil else {
            try takeWithMachineID(packet, header, name, source, now, &actions)
            return
        }
        if name.equals(dialect.internalCapability) {
            try takeInternal(packet, header, source, now, &actions)
        } else if dialect.layout != .a, name.equals("clusterer-extra") {
            try takeExtra(packet, header, source, now, &actions)
        } else {
            try takeModule(packet, header, name, source, now, &actions)
        }
    }

    /// The checks of a packet of a node (CL-19): which node it is.
    /// - Parameter directly: whether it must come from the node itself and not over another.
    func admit(
        _ id: Int32, cluster: Int32, _ source: PacketSource, directly: Bool
    ) throws(Refusal) -> Int {
        guard cluster == configuration.cluster else { throw refusal(.wrongCluster, node: id, from: source) }
        guard id > 0 else { throw refusal(.badID, from: source) }
        guard id != configuration.node else { throw refusal(.ownID, node: id, from: source) }
        guard let index = table.index(of: id) else { throw refusal(.unknownNode, node: id, from: source) }
        guard table[index].addresses.contains(source.address) || (!directly && table.contains(source.address)) else {
            throw refusal(.wrongAddress, node: id, from: source)
        }
        guard table[index].isEnabled else { throw refusal(.disabledNode, node: id, from: source) }
        return index
    }

    /// The path of a flooded packet: it begins at its source and has not been here.
    func checkPath(_ path: [Int32], of id: Int32, _ source: PacketSource) throws(Refusal) {
        guard path.first == id, !path.contains(configuration.node), path.allSatisfy({ $0 > 0 }) else {
            throw refusal(.badPath, node: id, from: source)
        }
    }

    /// Decodes the body of a message of the clusterer.
    func decode<Body: Message>(
        _ type: Body.Type, _ packet: RawSpan, _ range: Range<Int>, _ layout: ClustererLayout, node: Int32,
        _ source: PacketSource
    ) throws(Refusal) -> Body where Body.Layout == ClustererLayout {
        do throws(WireError) {
            return try Body(decoding: packet, range: range, in: layout)
        } catch {
            throw refusal(.malformed, node: node, from: source, wire: error)
        }
    }

    // MARK: Internal packets

    private mutating func takeInternal(
        _ packet: RawSpan, _ header: PacketHeader, _ source: PacketSource, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        let body = header.bodyOffset..<packet.byteCount
        guard body.count >= 8 else {
            throw refusal(.malformed, from: source, wire: WireError(.integerPastEnd, at: packet.byteCount))
        }
        let cluster = Int32(bitPattern: packet.uint32(uncheckedAt: body.lowerBound))
        let id = Int32(bitPattern: packet.uint32(uncheckedAt: body.lowerBound + 4))
        if dialect.layout == .a {
            if try takeJoin(packet, header, id, cluster, source, now, &actions) { return }
        }
        let type = dialect.layout == .a ? header.type : dialect.typeInDialectC(header.type)
        guard let index = table.index(of: id) else {
            try takeInternalOfStranger(packet, body, type, id, cluster, source, now, &actions)
            return
        }
        let isFlooded = type == 2 || type == 3 || type == 9 || (type == 5 && dialect.layout != .a)
        _ = try admit(id, cluster: cluster, source, directly: !isFlooded)
        guard let layout = table[index].dialect.layout else { throw refusal(.unknownType, node: id, from: source) }
        if table[index].addresses.contains(source.address) { table[index].link.noteReceived(at: now) }
        switch type {
        case 0:
            let ping = try decode(Ping.self, packet, body, layout, node: id, source)
            takePing(ping, index, source, now, &actions)
        case 1:
            let pong = try decode(Pong.self, packet, body, layout, node: id, source)
            takePong(pong, index, now, &actions)
        case 2:
            try checkNews(table[index].linkRule, packet, body, layout, id, source, now)
            let update = try decode(LinkStateUpdate.self, packet, body, layout, node: id, source)
            try checkPath(update.path.nodes, of: id, source)
            try takeLinkState(update, index, packet, now, &actions)
        case 3:
            try checkNews(table[index].topologyRule, packet, body, layout, id, source, now)
            let update = try decode(FullTopologyUpdate.self, packet, body, layout, node: id, source)
            try checkPath(update.path.nodes, of: id, source)
            try takeTopology(update, index, packet, now, &actions)
        case 4:
            _ = try decode(UnknownID.self, packet, body, layout, node: id, source)
            try takeUnknownID(index, source, now, &actions)
        case 5 where dialect.layout != .a:
            // Known already.
            break
        case 9 where dialect.layout != .a:
            let stale =
                layout.hasSequencedCapabilities
                ? staleness(table[index].capabilityRule, packet, body, layout, id, source, now) : nil
            // A later update may have overtaken this one over another node; the question in it is still open.
            if let stale, !table[index].addresses.contains(source.address) { throw stale }
            let update = try decode(CapabilityUpdate.self, packet, body, layout, node: id, source)
            try checkPath(update.path.nodes, of: id, source)
            if let stale {
                replyIfAsked(update, index, now, &actions)
                throw stale
            }
            try takeCapabilities(update, index, packet, body, now, &actions)
        default: throw refusal(.unknownType, node: id, from: source)
        }
    }

    private func checkNews(
        _ rule: SequenceRule, _ packet: RawSpan, _ body: Range<Int>, _ layout: ClustererLayout, _ id: Int32,
        _ source: PacketSource, _ now: Instant
    ) throws(Refusal) {
        if let stale = staleness(rule, packet, body, layout, id, source, now) { throw stale }
    }

    /// Why an update is no news, told from its first fields: copies of floods need not be read to their end.
    private func staleness(
        _ rule: SequenceRule, _ packet: RawSpan, _ body: Range<Int>, _ layout: ClustererLayout, _ id: Int32,
        _ source: PacketSource, _ now: Instant
    ) -> Refusal? {
        // Whatever is too short for them is found by decoding.
        guard body.count >= 16 else { return nil }
        let sequence = Int32(bitPattern: packet.uint32(uncheckedAt: body.lowerBound + 8))
        let timestamp =
            layout > .a ? Int32(bitPattern: packet.uint32(uncheckedAt: body.lowerBound + 12)) : 0
        return rule.accepts(sequence, timestamp, at: now) ? nil : refusal(.staleUpdate, node: id, from: source)
    }

    private mutating func takeInternalOfStranger(
        _ packet: RawSpan, _ body: Range<Int>, _ type: Int32?, _ id: Int32, _ cluster: Int32,
        _ source: PacketSource, _ now: Instant, _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        guard let layout = dialect.layout else { throw refusal(.unknownNode, node: id, from: source) }
        switch type {
        case 0:
            _ = try decode(Ping.self, packet, body, layout, node: id, source)
            try takeStranger(id, cluster, source, now, &actions)
        case 5 where dialect.layout != .a:
            let description = try decode(NodeDescription.self, packet, body, layout, node: id, source)
            try takeDescription(description, packet, source, now, &actions)
        default:
            try checkStranger(id, cluster, source)
            throw refusal(.unknownNode, node: id, from: source)
        }
    }

    // MARK: Packets of modules

    private mutating func takeModule(
        _ packet: RawSpan, _ header: PacketHeader, _ name: RawSpan, _ source: PacketSource, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        let routing = try trailer(packet, header, source)
        if routing.destinationCluster != nil {
            try takeBridged(packet, header, name, routing, source, now, &actions)
            return
        }
        let index = try admitRouted(packet, routing, source, now, &actions)
        guard let index else { return }
        let delivery = Delivery(
            source: routing.source, cluster: routing.cluster, isBridged: false,
            body: header.bodyOffset..<(packet.byteCount - routing.size))
        try deliver(packet, header, name, delivery, index, source, now, &actions)
    }

    func trailer(_ packet: RawSpan, _ header: PacketHeader, _ source: PacketSource) throws(Refusal) -> Routing {
        do throws(WireError) {
            return try Routing(trailerOf: packet, header: header)
        } catch {
            throw refusal(.malformed, from: source, wire: error)
        }
    }

    /// The checks of a routable packet. One that is for another node is passed on.
    /// - Returns: the place of its source; nil when it was passed on.
    mutating func admitRouted(
        _ packet: RawSpan, _ routing: Routing, _ source: PacketSource, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) throws(Refusal) -> Int? {
        let index = try admit(routing.source, cluster: routing.cluster, source, directly: false)
        if table[index].addresses.contains(source.address) { table[index].link.noteReceived(at: now) }
        reviveLink(index, now, &actions)
        guard routing.destination == configuration.node else {
            try relay(packet, routing, source, now, &actions)
            return nil
        }
        return index
    }

    /// Hands a packet on, or holds it back while its capability is synced.
    mutating func deliver(
        _ packet: RawSpan, _ header: PacketHeader, _ name: RawSpan, _ delivery: Delivery, _ index: Int?,
        _ source: PacketSource, _ now: Instant, _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        if let own = capabilities.firstIndex(where: { name.equals($0.name.bytes) }) {
            guard !capabilities[own].isDisabled else {
                throw refusal(.disabledCapability, node: delivery.source, from: source)
            }
            if capabilities[own].holdsBack {
                hold(packet, header, delivery, at: own, now, &actions)
                return
            }
        }
        actions.append(.deliver(delivery))
    }

    /// 2.2: the first field is the sender's id, and nothing else is known of it (CL-3, CL-5).
    private mutating func takeWithMachineID(
        _ packet: RawSpan, _ header: PacketHeader, _ name: RawSpan, _ source: PacketSource, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        guard packet.byteCount - header.bodyOffset >= 4 else {
            throw refusal(.malformed, from: source, wire: WireError(.integerPastEnd, at: packet.byteCount))
        }
        let id = Int32(bitPattern: packet.uint32(uncheckedAt: header.bodyOffset))
        let index = try admit(id, cluster: configuration.cluster, source, directly: true)
        if let own = capabilities.first(where: { name.equals($0.name.bytes) }),
            let limit = own.configuration.silenceLimit,
            !table[index].isHeard(own.name, limit: limit, at: now)
        {
            throw refusal(.silentNode, node: id, from: source)
        }
        let delivery = Delivery(
            source: id, cluster: configuration.cluster, isBridged: false, body: header.bodyOffset..<packet.byteCount)
        try deliver(packet, header, name, delivery, index, source, now, &actions)
    }
}
