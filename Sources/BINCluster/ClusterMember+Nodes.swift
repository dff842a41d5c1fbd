import BINMessages
import BINWire

// Who belongs to the cluster: introductions, and changes by whoever runs this node.

extension ClusterMember {
    /// Adds a node that describes itself, or is described by another (RX-7, RX-24, RX-26).
    mutating func addNode(
        _ id: Int32, _ properties: NodeProperties, _ packet: RawSpan, _ source: Int32, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        guard id > 0 else { throw refusal(.badID, node: source) }
        guard id != configuration.node else { throw refusal(.ownID, node: source) }
        guard hasRoom else { throw refusal(.tooManyNodes, node: source) }
        guard let text = properties.url.string(in: packet), let url = NodeURL(text),
            let sipAddress = properties.sipAddress.string(in: packet), sipAddress.utf8.count <= NodeURL.maximumLength
        else { throw refusal(.badURL, node: source) }
        var node = NodeConfiguration(node: id, url: url)
        node.sipAddress = sipAddress
        node.priority = properties.priority
        node.pingRetries = Swift.max(0, Swift.min(properties.pingRetries, 60))
        insert(node, dialect, isConfigured: false)
        actions.append(.event(.nodeAdded(id)))
    }

    func sendDescription(to index: Int, _ actions: inout [ClusterAction]) {
        var description = NodeDescription()
        var texts = TextArena()
        description.origin = origin
        description.properties = ownProperties(&texts)
        description.path = ownPath
        send(description, texts: texts.bytes, to: index, &actions)
    }

    /// A node that is not known asks: it is told so, and will introduce itself (CL-16).
    mutating func takeStranger(
        _ id: Int32, _ cluster: Int32, _ source: PacketSource, _ now: Instant, _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        try checkStranger(id, cluster, source)
        guard strangerLimit.allows(at: now) else { throw refusal(.rateLimited, node: id, from: source) }
        var unknown = UnknownID()
        unknown.origin = origin
        answer(unknown, source, dialect, &actions)
    }

    /// A node that is not known introduces itself, or a neighbour passes that on.
    mutating func takeDescription(
        _ description: NodeDescription, _ packet: RawSpan, _ source: PacketSource, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        let id = description.origin.source
        try checkStranger(id, description.origin.cluster, source)
        try checkPath(description.path.nodes, of: id, source)
        // Whoever speaks for itself does so from the address it names; whoever is passed on comes from a known node.
        let text = description.properties.url.string(in: packet) ?? ""
        let isItself = description.path.nodes.count == 1
        if let url = NodeURL(text), let address = url.address {
            guard isItself ? address == source.address : table.contains(source.address) else {
                throw refusal(.wrongAddress, node: id, from: source)
            }
        } else if !isItself, !table.contains(source.address) {
            throw refusal(.wrongAddress, node: id, from: source)
        }
        try addNode(id, description.properties, packet, id, now, &actions)
        flood(packet, path: description.path.nodes, now, &actions)
    }

    func checkStranger(_ id: Int32, _ cluster: Int32, _ source: PacketSource) throws(Refusal) {
        guard cluster == configuration.cluster else { throw refusal(.wrongCluster, node: id, from: source) }
        guard id > 0 else { throw refusal(.badID, from: source) }
        guard id != configuration.node else { throw refusal(.ownID, node: id, from: source) }
        guard isEnabled else { throw refusal(.selfDisabled, node: id, from: source) }
        guard configuration.discoversNodes else { throw refusal(.unknownNode, node: id, from: source) }
    }

    // MARK: Changes by whoever runs this node

    /// Adds a node, or changes one that is known; its link is tried anew when its URL changed.
    /// - Throws: ``ConfigurationFault``; nothing is changed then.
    public mutating func setNode(
        _ node: NodeConfiguration, at now: Instant, into actions: inout [ClusterAction]
    ) throws(ConfigurationFault) {
        guard node.node > 0 else { throw .badID(node.node) }
        guard node.node != configuration.node else { throw .duplicateNode(node.node) }
        let nodeDialect = try nodeDialect(node)
        try Dialect.check(Set(table.nodes.map(\.dialect.release) + [dialect.release, nodeDialect.release]))
        if let index = table.index(of: node.node) {
            guard table[index].url == node.url else {
                removeNode(node.node, at: now, into: &actions)
                try setNode(node, at: now, into: &actions)
                return
            }
            let changed = Node(node, dialect: nodeDialect, timing: configuration.timing, isConfigured: true)
            if table[index].isEnabled != node.isEnabled { restartLink(index, now, &actions) }
            table[index].isEnabled = node.isEnabled
            table[index].sipAddress = changed.sipAddress
            table[index].priority = changed.priority
            table[index].pingRetries = changed.pingRetries
            table[index].dialect = nodeDialect
            for address in changed.addresses where !table[index].addresses.contains(address) {
                table[index].addresses.append(address)
            }
            table[index].isConfigured = true
            routesAreStale = true
        } else {
            guard hasRoom else { throw .tooManyNodes(table.count + 2) }
            insert(node, nodeDialect, isConfigured: true)
            actions.append(.event(.nodeAdded(node.node)))
            if let index = table.index(of: node.node) {
                if dialect.layout == nil, isStarted { table[index].link.assume(.up, at: now) }
            }
        }
        settle(now, &actions)
    }

    /// Forgets a node.
    public mutating func removeNode(_ id: Int32, at now: Instant, into actions: inout [ClusterAction]) {
        guard let index = table.index(of: id) else { return }
        if table[index].link.state == .up { restartLink(index, now, &actions) }
        if table[index].isReachable { actions.append(.event(.nodeDown(id))) }
        nodeWentDown(index, now, &actions)
        table.remove(id)
        tags.forget(node: id)
        refusals.forget(node: id)
        routesAreStale = true
        actions.append(.event(.nodeRemoved(id)))
        settle(now, &actions)
    }

    /// Makes `nodes` the nodes of the cluster, as after a change of the table they come from: those that are missing are
    /// forgotten, unless they introduced themselves and may do so.
    /// - Throws: ``ConfigurationFault`` for the first node that cannot be; those before it are in place then.
    public mutating func reload(
        _ nodes: [NodeConfiguration], at now: Instant, into actions: inout [ClusterAction]
    ) throws(ConfigurationFault) {
        let ids = Set(nodes.map(\.node))
        guard ids.count == nodes.count else {
            let twice = nodes.first { node in nodes.count { $0.node == node.node } > 1 }
            throw .duplicateNode(twice?.node ?? 0)
        }
        for node in table.nodes where !ids.contains(node.id) && node.isConfigured {
            removeNode(node.id, at: now, into: &actions)
        }
        for node in nodes { try setNode(node, at: now, into: &actions) }
    }

    /// Says the addresses of a node whose URL has a name (``ClusterAction/resolve(_:_:)``).
    public mutating func resolved(_ id: Int32, to addresses: [PeerAddress]) {
        guard let index = table.index(of: id) else { return }
        table[index].addresses = Array(addresses.prefix(16))
    }

    /// Switches this node off in the cluster, or on again. Nothing is sent or taken while it is off.
    public mutating func setEnabled(_ isEnabled: Bool, at now: Instant, into actions: inout [ClusterAction]) {
        guard self.isEnabled != isEnabled else { return }
        self.isEnabled = isEnabled
        for index in table.indices {
            if dialect.layout == nil {
                changeLink(index, now, &actions) { $0.assume(isEnabled ? .up : .down, at: now) }
            } else {
                // Nobody is told: the link packets of a node that is going off would be its last.
                let before = table[index].link.state
                table[index].link.restart()
                if before != .restartPinging { actions.append(.event(.linkChanged(table[index].id, .restartPinging))) }
            }
            table[index].neighbours = SortedIDs()
        }
        routesAreStale = true
        settle(now, &actions)
        if isEnabled { tick(at: now, into: &actions) }
    }

    /// Where a node listens.
    public func url(of id: Int32) -> NodeURL? { table.index(of: id).map { table[$0].url } }
}
