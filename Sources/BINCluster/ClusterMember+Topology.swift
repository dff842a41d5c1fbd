import BINMessages
import BINWire

// What nodes tell each other about links (Spec/clusterer.md, LS_UPDATE and FULL_TOP_UPDATE).

extension ClusterMember {
    /// Tells all other neighbours that a link came up or went down.
    func announceLinkPacket(_ index: Int, isUp: Bool, _ now: Instant) -> LinkStateUpdate {
        var update = LinkStateUpdate()
        update.origin = origin
        update.sequence = linkSequence
        update.timestamp = now.timestamp
        update.neighbour = table[index].id
        update.state = isUp ? 0 : 1
        update.path = ownPath
        return update
    }

    mutating func announceLink(_ index: Int, isUp: Bool, _ now: Instant, _ actions: inout [ClusterAction]) {
        let others = table.indices.filter { $0 != index && table[$0].isNeighbour }
        // A number is only used up by a packet: the first one after a start has to carry 0 (CL-21).
        guard !others.isEmpty else { return }
        linkSequence = next(linkSequence)
        let update = announceLinkPacket(index, isUp: isUp, now)
        for other in others { send(update, to: other, &actions) }
    }

    /// The number after `sequence`, which wraps.
    func next(_ sequence: Int32) -> Int32 { sequence &+ 1 }

    /// Tells a neighbour everything about links.
    /// - Parameter knows: the nodes it listed; all others are described (CL-7).
    mutating func sendTopology(
        to index: Int, knows: [Int32], _ now: Instant, _ actions: inout [ClusterAction]
    ) {
        topologySequence = next(topologySequence)
        var update = FullTopologyUpdate()
        update.origin = origin
        update.sequence = topologySequence
        update.timestamp = now.timestamp
        update.path = ownPath
        var own = TopologyNode()
        own.node = configuration.node
        own.sequence = linkSequence
        own.neighbours = table.nodes.filter(\.isNeighbour).map(\.id)
        update.nodes = [own]
        let ownOnly = update
        let known = SortedIDs(knows)
        var texts = TextArena()
        for node in table.nodes where node.id != table[index].id {
            var record = TopologyNode()
            record.node = node.id
            record.hasDescription = known.contains(node.id) ? 0 : 1
            if record.hasDescription == 1 { record.description = properties(of: node, &texts) }
            record.sequence = node.linkRule.sequence
            record.timestamp = node.linkRule.timestamp
            record.neighbours = node.neighbours.ids
            // In dialect A links count in both directions (CL-7).
            if dialect.layout == .a, node.isNeighbour { record.neighbours.append(configuration.node) }
            update.nodes.append(record)
        }
        // All links of more than a hundred nodes do not fit one packet; then only the own ones are told (CL-76).
        if !send(update, texts: texts.bytes, to: index, &actions) { send(ownOnly, to: index, &actions) }
    }

    // MARK: Receiving

    mutating func takeLinkState(
        _ update: LinkStateUpdate, _ index: Int, _ packet: RawSpan, _ now: Instant, _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        let source = table[index].id
        guard update.state == 0 || update.state == 1, update.neighbour != source else {
            throw refusal(.malformed, node: source)
        }
        let isUp = update.state == 0
        if update.neighbour == configuration.node {
            table[index].linkRule.store(update.sequence, update.timestamp, at: now)
            try linkReported(by: index, isUp: isUp, now, &actions)
        } else {
            guard let other = table.index(of: update.neighbour) else {
                throw refusal(.namesUnknownNode, node: source)
            }
            table[index].linkRule.store(update.sequence, update.timestamp, at: now)
            setLink(index, to: update.neighbour, isUp)
            if dialect.layout == .a { setLink(other, to: source, isUp) }
        }
        flood(packet, path: update.path.nodes, now, &actions)
    }

    private mutating func setLink(_ index: Int, to id: Int32, _ isUp: Bool) {
        if isUp ? table[index].neighbours.insert(id) : table[index].neighbours.remove(id) { routesAreStale = true }
    }

    /// The other end says what it thinks of the link between us.
    private mutating func linkReported(
        by index: Int, isUp: Bool, _ now: Instant, _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        switch table[index].link.state {
        case .down where isUp: reviveLink(index, now, &actions)
        case .up where !isUp:
            // Whoever can make others set back a healthy link could keep it down for good (RX-12).
            guard table[index].flapLimit.allows(at: now) else {
                // It is flooded all the same: to others it says something about the source.
                note(refusal(.rateLimited, node: table[index].id), now, &actions)
                return
            }
            restartLink(index, now, &actions)
        default: break
        }
    }

    mutating func takeTopology(
        _ update: FullTopologyUpdate, _ index: Int, _ packet: RawSpan, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        let source = table[index].id
        // All of it is looked at before any of it is applied (RX-7).
        for record in update.nodes {
            guard record.node > 0, record.neighbours.allSatisfy({ $0 > 0 }) else { throw refusal(.badID, node: source) }
        }
        table[index].topologyRule.store(update.sequence, update.timestamp, at: now)
        if configuration.discoversNodes { addDescribed(update.nodes, packet, source, now, &actions) }
        for record in update.nodes where record.node != configuration.node {
            apply(record, of: source, sentAt: update.timestamp, now, &actions)
        }
        flood(packet, path: update.path.nodes, now, &actions)
    }

    private mutating func addDescribed(
        _ records: [TopologyNode], _ packet: RawSpan, _ source: Int32, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) {
        for record in records where record.hasDescription != 0 && record.node != configuration.node {
            guard table.index(of: record.node) == nil else { continue }
            do throws(Refusal) {
                try addNode(record.node, record.description, packet, source, now, &actions)
            } catch {
                note(error, now, &actions)
            }
        }
    }

    /// Takes over the links of one node.
    private mutating func apply(
        _ record: TopologyNode, of source: Int32, sentAt timestamp: Int32, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) {
        guard let index = table.index(of: record.node) else { return }
        if record.node == source {
            // An update of single links that overtook this one knows better.
            let isOvertaken =
                table[index].linkRule.timestamp >= timestamp
                && !table[index].linkRule.accepts(record.sequence, timestamp, at: now)
                && table[index].linkRule.sequence != record.sequence
            guard !isOvertaken else { return }
            table[index].linkRule.store(record.sequence, timestamp, at: now)
        } else {
            guard table[index].linkRule.accepts(record.sequence, record.timestamp, at: now) else { return }
            table[index].linkRule.store(record.sequence, record.timestamp, at: now)
        }
        if record.neighbours.contains(configuration.node) { reviveLink(index, now, &actions) }
        // The sender's own links stand in its own record; those of others to it are left out (CL-7).
        var links = SortedIDs(
            record.neighbours.filter { $0 != configuration.node && $0 != record.node && table.index(of: $0) != nil })
        if record.node != source, dialect.layout != .a, table[index].neighbours.contains(source) {
            links.insert(source)
        }
        guard links != table[index].neighbours else { return }
        table[index].neighbours = links
        routesAreStale = true
    }

    // MARK: Flooding

    /// Passes a flooded packet on to every neighbour that has not had it (CL-25, CL-26).
    /// - Parameter path: the nodes it has passed, which is how it ends; decoding has seen to that (RX-5).
    func flood(_ packet: RawSpan, path: [Int32], _ now: Instant, _ actions: inout [ClusterAction]) {
        guard path.count < Int(ClustererLimits.path), packet.byteCount + 4 <= dialect.maximumLength else { return }
        let receivers = table.nodes.filter { $0.isNeighbour && !path.contains($0.id) }
        guard !receivers.isEmpty else { return }
        var bytes = packet.array
        let pathOffset = bytes.count - 4 * path.count - 4
        bytes.store(Int32(path.count + 1), at: pathOffset)
        bytes += [0, 0, 0, 0]
        bytes.store(configuration.node, at: bytes.count - 4)
        bytes.store(Int32(bytes.count), at: 4)
        for receiver in receivers { actions.append(.send(bytes, to: receiver.id)) }
    }

    /// The same for a packet with a mark in front of the path that only concerns its first receiver.
    func floodWithoutMark(_ packet: RawSpan, path: [Int32], _ now: Instant, _ actions: inout [ClusterAction]) {
        var bytes = packet.array
        let markOffset = bytes.count - 4 * path.count - 8
        guard markOffset >= 0 else { return }
        bytes.store(0, at: markOffset)
        unsafe flood(bytes.span.bytes, path: path, now, &actions)
    }
}

extension [UInt8] {
    /// Writes a little-endian number at `offset`, which lies inside.
    mutating func store(_ value: Int32, at offset: Int) {
        let bits = UInt32(bitPattern: value)
        for place in 0..<4 { self[offset + place] = UInt8(truncatingIfNeeded: bits >> UInt32(8 * place)) }
    }
}
