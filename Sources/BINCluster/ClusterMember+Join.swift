import BINMessages
import BINWire

// How nodes of 2.3 introduce themselves (Spec/clusterer.md, CL-11).

extension ClusterMember {
    func sendJoinRequest(to index: Int, _ actions: inout [ClusterAction]) {
        var request = JoinRequest()
        request.origin = origin
        send(request, to: index, &actions)
    }

    /// Takes a packet of the join.
    /// - Returns: whether it was one.
    mutating func takeJoin(
        _ packet: RawSpan, _ header: PacketHeader, _ id: Int32, _ cluster: Int32, _ source: PacketSource,
        _ now: Instant, _ actions: inout [ClusterAction]
    ) throws(Refusal) -> Bool {
        let body = header.bodyOffset..<packet.byteCount
        switch header.type {
        case 5:
            _ = try decode(JoinRequest.self, packet, body, .a, node: id, source)
            try checkStranger(id, cluster, source)
            guard strangerLimit.allows(at: now) else { throw refusal(.rateLimited, node: id, from: source) }
            var accept = JoinAccept()
            accept.origin = origin
            answer(accept, source, dialect, &actions)
        case 6:
            _ = try decode(JoinAccept.self, packet, body, .a, node: id, source)
            let index = try admit(id, cluster: cluster, source, directly: true)
            guard table[index].replyLimit.allows(at: now) else {
                throw refusal(.rateLimited, node: id, from: source)
            }
            sendJoinConfirm(to: index, &actions)
        case 7:
            let confirm = try decode(JoinConfirm.self, packet, body, .a, node: id, source)
            try takeJoinConfirm(confirm, packet, source, now, &actions)
        case 8:
            let description = try decode(TopologyDescription.self, packet, body, .a, node: id, source)
            let index = try admit(id, cluster: cluster, source, directly: true)
            try takeTopologyDescription(description, index, now, &actions)
        default: return false
        }
        return true
    }

    private func sendJoinConfirm(to index: Int, _ actions: inout [ClusterAction]) {
        var confirm = JoinConfirm()
        var texts = TextArena()
        confirm.origin = origin
        confirm.properties = ownProperties(&texts)
        confirm.linkStateSequence = linkSequence
        confirm.topologySequence = topologySequence
        confirm.isOriginalSource = 1
        confirm.path = ownPath
        send(confirm, texts: texts.bytes, to: index, &actions)
    }

    private mutating func takeJoinConfirm(
        _ confirm: JoinConfirm, _ packet: RawSpan, _ source: PacketSource, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        let id = confirm.origin.source
        let isItself = confirm.isOriginalSource != 0
        guard table.index(of: id) == nil else { return }
        try checkStranger(id, confirm.origin.cluster, source)
        try checkPath(confirm.path.nodes, of: id, source)
        let text = confirm.properties.url.string(in: packet) ?? ""
        guard let url = NodeURL(text), url.address.map({ isItself ? $0 == source.address : true }) ?? true,
            isItself || table.contains(source.address)
        else { throw refusal(.wrongAddress, node: id, from: source) }
        try addNode(id, confirm.properties, packet, id, now, &actions)
        guard let index = table.index(of: id) else { return }
        table[index].linkRule.store(confirm.linkStateSequence, 0, at: now)
        table[index].topologyRule.store(confirm.topologySequence, 0, at: now)
        floodWithoutMark(packet, path: confirm.path.nodes, now, &actions)
        guard isItself else { return }
        var description = TopologyDescription()
        description.origin = origin
        var own = NodeLinks()
        own.node = configuration.node
        own.neighbours = table.nodes.filter(\.isNeighbour).map(\.id)
        description.nodes = [own]
        for node in table.nodes where node.id != id {
            var links = NodeLinks()
            links.node = node.id
            links.neighbours = node.neighbours.ids + (node.isNeighbour ? [configuration.node] : [])
            description.nodes.append(links)
        }
        send(description, to: index, &actions)
    }

    /// The links between nodes that are known already; it brings no new nodes.
    private mutating func takeTopologyDescription(
        _ description: TopologyDescription, _ index: Int, _ now: Instant, _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        for record in description.nodes {
            guard record.node > 0, record.neighbours.allSatisfy({ $0 > 0 }) else {
                throw refusal(.badID, node: table[index].id)
            }
        }
        for record in description.nodes {
            guard let place = table.index(of: record.node) else { continue }
            for neighbour in record.neighbours
            where neighbour != configuration.node && neighbour != record.node && table.index(of: neighbour) != nil {
                if table[place].neighbours.insert(neighbour) { routesAreStale = true }
            }
        }
        for other in table.indices where table[other].isEnabled { reviveLink(other, now, &actions) }
        if table[index].link.state != .up { restartLink(index, now, &actions) }
    }
}
