import BINMessages
import BINWire

// What nodes can do, and whether their data are complete (Spec/clusterer.md, CAP_UPDATE).

extension ClusterMember {
    /// Own capabilities as they are announced.
    private func ownCapabilities(_ texts: inout TextArena) -> NodeCapabilities {
        var own = NodeCapabilities()
        own.node = configuration.node
        for capability in capabilities where capability.configuration.isAnnounced {
            var state = CapabilityState()
            state.capability = texts.add(capability.name.bytes)
            state.state = capability.announcedState ? 1 : 0
            own.capabilities.append(state)
        }
        return own
    }

    /// Tells a node all capabilities that are known, own ones first (CL-9). When there are none nothing is sent.
    mutating func sendCapabilities(
        to index: Int, requiresReply: Bool, _ now: Instant, _ actions: inout [ClusterAction]
    ) {
        var update = CapabilityUpdate()
        var texts = TextArena()
        let own = ownCapabilities(&texts)
        if !own.capabilities.isEmpty { update.nodes.append(own) }
        let ownOnly = update.nodes
        for node in table.nodes where node.id != table[index].id && !node.capabilities.isEmpty {
            var others = NodeCapabilities()
            others.node = node.id
            for capability in node.capabilities {
                var state = CapabilityState()
                state.capability = texts.add(capability.name.bytes)
                state.state = capability.isSynced ? 1 : 0
                others.capabilities.append(state)
            }
            update.nodes.append(others)
        }
        guard !update.nodes.isEmpty, table[index].dialect.layout != .a else { return }
        capabilitySequence = next(capabilitySequence)
        update.origin = origin
        update.sequence = capabilitySequence
        update.timestamp = now.timestamp
        update.requiresReply = requiresReply ? 1 : 0
        update.path = ownPath
        guard !send(update, texts: texts.bytes, to: index, &actions), !ownOnly.isEmpty else { return }
        update.nodes = ownOnly
        send(update, texts: texts.bytes, to: index, &actions)
    }

    /// Tells all neighbours that a capability of this node changed.
    mutating func announce(_ capability: Int, _ now: Instant, _ actions: inout [ClusterAction]) {
        guard capabilities[capability].configuration.isAnnounced, dialect.layout != .a, dialect.layout != nil else {
            return
        }
        let neighbours = table.indices.filter { table[$0].isNeighbour }
        guard !neighbours.isEmpty else { return }
        var texts = TextArena()
        var state = CapabilityState()
        state.capability = texts.add(capabilities[capability].name.bytes)
        state.state = capabilities[capability].announcedState ? 1 : 0
        var own = NodeCapabilities()
        own.node = configuration.node
        own.capabilities = [state]
        var update = CapabilityUpdate()
        capabilitySequence = next(capabilitySequence)
        update.origin = origin
        update.sequence = capabilitySequence
        update.timestamp = now.timestamp
        update.nodes = [own]
        update.path = ownPath
        for index in neighbours { send(update, texts: texts.bytes, to: index, &actions) }
    }

    mutating func takeCapabilities(
        _ update: CapabilityUpdate, _ index: Int, _ packet: RawSpan, _ body: Range<Int>, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        let source = table[index].id
        let isSequenced = table[index].dialect.layout?.hasSequencedCapabilities ?? true
        if !isSequenced {
            // The old form has no number, so copies are told by their bytes up to the mark and the path.
            let end = packet.byteCount - 4 * update.path.nodes.count - 8
            let isNews = end > body.lowerBound && flooded.allows(packet.extracting(0..<end).digest, at: now)
            guard isNews || update.path.nodes.count == 1 else { throw refusal(.staleUpdate, node: source) }
            guard isNews else {
                // The neighbour itself says the same again, as after a new link: known, but its question is answered.
                replyIfAsked(update, index, now, &actions)
                return
            }
        }
        var read: [(node: Int32, name: WireName, isSynced: Bool)] = []
        for record in update.nodes {
            guard record.node > 0 else { throw refusal(.badID, node: source) }
            for state in record.capabilities {
                guard (1...WireName.maximumLength).contains(Int(state.capability.length)),
                    let name = try? state.capability.bytes(in: packet)
                else { throw refusal(.badName, node: source) }
                read.append((record.node, WireName(bytes: name.array), state.state == 1))
            }
        }
        if isSequenced { table[index].capabilityRule.store(update.sequence, update.timestamp, at: now) }
        var namesStranger = false
        for (id, name, isSynced) in read where id != configuration.node {
            guard let other = table.index(of: id) else {
                namesStranger = true
                continue
            }
            switch table[other].announce(name, isSynced: isSynced) {
            case true?: actions.append(.event(.capabilityChanged(node: id, name, isSynced: isSynced)))
            case false?: break
            case nil: note(refusal(.tooManyCapabilities, node: source), now, &actions)
            }
        }
        replyIfAsked(update, index, now, &actions)
        requestPendingSyncs(now, &actions)
        // Others would not know the node either.
        guard !namesStranger else { throw refusal(.namesUnknownNode, node: source) }
        floodWithoutMark(packet, path: update.path.nodes, now, &actions)
    }

    /// Tells own capabilities to the neighbour that asks for them.
    mutating func replyIfAsked(
        _ update: CapabilityUpdate, _ index: Int, _ now: Instant, _ actions: inout [ClusterAction]
    ) {
        guard update.requiresReply != 0, update.path.nodes.count == 1, table[index].replyLimit.allows(at: now) else {
            return
        }
        sendCapabilities(to: index, requiresReply: false, now, &actions)
    }

    /// Switches a capability of this node off or on; its packets are dropped in both directions while it is off (CL-46).
    public mutating func setCapability(
        _ name: WireName, isEnabled: Bool, at now: Instant, into actions: inout [ClusterAction]
    ) {
        guard let index = capabilities.firstIndex(where: { $0.name == name }),
            capabilities[index].isDisabled == isEnabled
        else { return }
        capabilities[index].isDisabled = !isEnabled
        if !isEnabled { stopSync(index, &actions) }
        announce(index, now, &actions)
    }

    /// Says that the data of a capability are complete here, or that they are not: by whoever fills them from elsewhere.
    public mutating func setSynced(
        _ name: WireName, _ isSynced: Bool, at now: Instant, into actions: inout [ClusterAction]
    ) {
        guard let index = capabilities.firstIndex(where: { $0.name == name }) else { return }
        let before = capabilities[index].announcedState
        if isSynced { stopSync(index, &actions) }
        capabilities[index].isSynced = isSynced
        if capabilities[index].announcedState != before { announce(index, now, &actions) }
    }

    /// The own place among the nodes that share the work of a capability (CL-48).
    /// - Returns: the place from 0, and how many nodes there are, this one included.
    public func workIndex(_ name: WireName) -> (index: Int, count: Int) {
        let others = table.nodes.filter { $0.isReachable && $0.isEnabled && $0.hasSynced(name) }
        return (others.count { $0.id < configuration.node }, others.count + 1)
    }
}
