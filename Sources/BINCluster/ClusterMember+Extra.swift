import BINMessages
import BINWire

// Routable packets of the clusterer itself (Spec/clusterer.md, messages: extra).

extension ClusterMember {
    mutating func takeExtra(
        _ packet: RawSpan, _ header: PacketHeader, _ source: PacketSource, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        let routing = try trailer(packet, header, source)
        guard routing.destinationCluster == nil else {
            // Nothing of a cluster itself comes over bridges.
            throw refusal(.noBridge, node: routing.source, from: source)
        }
        guard let index = try admitRouted(packet, routing, source, now, &actions) else { return }
        let id = routing.source
        let body = header.bodyOffset..<(packet.byteCount - routing.size)
        guard let layout = table[index].dialect.layout, let type = table[index].dialect.typeInDialectC(header.type)
        else { throw refusal(.unknownType, node: id, from: source) }
        switch type {
        case 6 where layout.dialect == .c:
            let message = try decode(RemoveNode.self, packet, body, layout, node: id, source)
            try takeRemoval(message, id, source, now, &actions)
        case 7:
            let message = try decode(GenericMessage.self, packet, body, layout, node: id, source)
            guard configuration.permissions.genericMessages else {
                throw refusal(.notPermitted, node: id, from: source)
            }
            actions.append(
                .event(
                    .message(
                        ScriptMessage(
                            source: id, isRequest: message.isRequest != 0, tag: copy(message.tag, packet),
                            message: copy(message.message, packet)))))
        case 8:
            let message = try decode(ManagementCommand.self, packet, body, layout, node: id, source)
            try takeCommand(message, packet, id, source, &actions)
        case 10:
            let message = try decode(SyncRequest.self, packet, body, layout, node: id, source)
            try takeSyncRequest(message, index, packet, source, now, &actions)
        case 11:
            try checkSyncVersion(SyncPacket.self, header, layout, id, source)
            let message = try decode(SyncPacket.self, packet, body, layout, node: id, source)
            try takeSync(message, index, layout, packet, source, now, &actions)
        case 12:
            try checkSyncVersion(SyncEnd.self, header, layout, id, source)
            let message = try decode(SyncEnd.self, packet, body, layout, node: id, source)
            try takeSyncEnd(message, index, layout, packet, source, now, &actions)
        case 13 where layout.hasSharingTags:
            let message = try decode(SharingTagActive.self, packet, body, layout, node: id, source)
            try takeTag(message, index, packet, source, now, &actions)
        default: throw refusal(.unknownType, node: id, from: source)
        }
    }

    private func copy(_ text: Text, _ packet: RawSpan) -> [UInt8] {
        guard let bytes = try? text.bytes(in: packet) else { return [] }
        return bytes.array
    }

    private func checkSyncVersion<Body: Message>(
        _ type: Body.Type, _ header: PacketHeader, _ layout: ClustererLayout, _ id: Int32, _ source: PacketSource
    ) throws(Refusal) where Body.Layout == ClustererLayout {
        guard Body.reading(version: header.version, in: layout) != nil else {
            throw refusal(.syncVersion, node: id, from: source)
        }
    }

    /// A node is to be forgotten (CL-13).
    private mutating func takeRemoval(
        _ message: RemoveNode, _ id: Int32, _ source: PacketSource, _ now: Instant, _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        guard configuration.permissions.removesNodes, configuration.discoversNodes else {
            throw refusal(.notPermitted, node: id, from: source)
        }
        if message.node == configuration.node {
            setEnabled(false, at: now, into: &actions)
            actions.append(.event(.removed(by: id)))
        } else {
            guard table.index(of: message.node) != nil else {
                throw refusal(.namesUnknownNode, node: id, from: source)
            }
            removeNode(message.node, at: now, into: &actions)
        }
    }

    private func takeCommand(
        _ message: ManagementCommand, _ packet: RawSpan, _ id: Int32, _ source: PacketSource,
        _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        let name = WireName(bytes: copy(message.command, packet))
        guard configuration.permissions.commands.contains(name) else {
            throw refusal(.notPermitted, node: id, from: source)
        }
        guard let parameters = try? message.parameters.texts(in: packet) else {
            throw refusal(.malformed, node: id, from: source)
        }
        actions.append(.runCommand(name, parameters: parameters.map { copy($0, packet) }, from: id))
    }

    // MARK: Sending

    /// Sends a message from script to script (CL-14).
    /// - Parameters:
    ///   - tag: for a request a text that no other request has, `<cluster>-<node>-` and 24 random characters in servers;
    ///     for a reply that of the request.
    ///   - id: the node it is for.
    public mutating func sendMessage(
        _ message: [UInt8], tag: [UInt8], isRequest: Bool, to id: Int32, into actions: inout [ClusterAction]
    ) throws(SendFailure) {
        var generic = GenericMessage()
        var texts = TextArena()
        generic.isRequest = isRequest ? 1 : 0
        generic.tag = texts.add(tag)
        generic.message = texts.add(message)
        try sendOwn(generic, texts, tag.count + message.count, to: id, &actions)
    }

    /// Has a node run a management command. There is no answer (CL-15).
    /// - Parameter parameters: at most 20; before 3.6.7 at most 15.
    public mutating func sendCommand(
        _ command: WireName, parameters: [[UInt8]], to id: Int32, into actions: inout [ClusterAction]
    ) throws(SendFailure) {
        guard let index = table.index(of: id) else { throw .unknownNode }
        let most = table[index].dialect.release >= Release(3, 6, 7) ? Int(ClustererLimits.parameters) : 15
        guard parameters.count <= most else { throw .tooLong }
        var message = ManagementCommand()
        var texts = TextArena()
        message.command = texts.add(command.bytes)
        message.parameters = texts.addList(parameters)
        try sendOwn(message, texts, command.bytes.count + parameters.reduce(0) { $0 + $1.count + 2 }, to: id, &actions)
    }

    /// Makes all nodes forget one (3.2 and later, CL-13), this one too.
    public mutating func announceRemoval(
        of node: Int32, at now: Instant, into actions: inout [ClusterAction]
    ) throws(SendFailure) {
        guard dialect.layout?.dialect == .c else { throw .notInRelease }
        guard isStarted, isEnabled else { throw .disabled }
        var message = RemoveNode()
        message.node = node
        for index in table.indices { sendExtra(message, texts: [], to: index, &actions) }
        removeNode(node, at: now, into: &actions)
    }

    private func sendOwn<Body: Message>(
        _ message: Body, _ texts: TextArena, _ size: Int, to id: Int32, _ actions: inout [ClusterAction]
    ) throws(SendFailure) where Body.Layout == ClustererLayout {
        guard isStarted, isEnabled else { throw .disabled }
        guard let index = table.index(of: id) else { throw .unknownNode }
        guard table[index].isEnabled else { throw .disabled }
        guard let layout = table[index].dialect.layout, Body.identity(in: layout) != nil else { throw .notInRelease }
        guard size <= table[index].dialect.maximumLength - 128 else { throw .tooLong }
        guard sendExtra(message, texts: texts.bytes, to: index, &actions) else { throw .unreachable }
    }
}
