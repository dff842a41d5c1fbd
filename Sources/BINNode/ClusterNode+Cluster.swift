public import BINCluster
import Logging

// What whoever runs the node does with the cluster: messages, sharing tags, syncs, and the list of nodes.

extension ClusterNode {
    // MARK: Messages of scripts

    /// Sends a message to a node and waits for the reply.
    /// - Parameters:
    ///   - message: the message.
    ///   - node: the node.
    ///   - timeout: how long the reply may take.
    /// - Throws: ``NodeError``.
    public func request(
        _ message: [UInt8], of node: Int32, within timeout: Duration = .seconds(5)
    ) async throws(NodeError) -> [UInt8] {
        let tag = newTag()
        try sendMessage(message, tag: tag, isRequest: true, to: node)
        return try await wait(for: .reply(tag), within: timeout, else: .noReply(node))
    }

    /// Sends a message to a node; `tag` is that of the request when it is a reply.
    /// - Throws: ``NodeError/notSent(_:)``.
    public func sendMessage(
        _ message: [UInt8], tag: [UInt8]? = nil, isRequest: Bool, to node: Int32
    ) throws(NodeError) {
        let tag = tag ?? newTag()
        do throws(SendFailure) {
            try act { member, now, actions throws(SendFailure) in
                try member.sendMessage(message, tag: tag, isRequest: isRequest, to: node, into: &actions)
            }
        } catch {
            throw .notSent(error)
        }
    }

    /// A tag as servers make them: cluster, node, 24 random letters (Spec/clusterer.md, GENERIC_MSG).
    private func newTag() -> [UInt8] {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
        let random = (0..<24).map { _ in letters[Int.random(in: 0..<letters.count)] }
        return Array("\(configuration.member.cluster)-\(configuration.member.node)-".utf8) + random
    }

    // MARK: Sharing tags

    /// Takes a sharing tag and tells the others.
    /// - Throws: ``NodeError/notSent(_:)``: the release has no tags, or this node is switched off.
    public func activate(tag: WireName) throws(NodeError) {
        do throws(SendFailure) {
            try act { member, now, actions throws(SendFailure) in
                try member.activate(tag, at: now, into: &actions)
            }
        } catch {
            throw .notSent(error)
        }
    }

    /// Gives a sharing tag up; nobody is told, as the protocol has no such message.
    public func deactivate(tag: WireName) {
        act { member, _, _ in member.deactivate(tag) }
    }

    // MARK: Syncs

    /// Wants all data of a capability from another node; how it goes is told by ``events()``.
    /// - Returns: false when the capability is not this node's, or the release knows no sync.
    @discardableResult
    public func requestSync(_ capability: WireName) -> Bool {
        act { member, now, actions in member.requestSync(capability, at: now, into: &actions) }
    }

    /// Says whether the data of a capability are complete here.
    public func setSynced(_ capability: WireName, _ isSynced: Bool) {
        act { member, now, actions in member.setSynced(capability, isSynced, at: now, into: &actions) }
    }

    /// Switches a capability of this node off or on.
    public func setCapability(_ capability: WireName, isEnabled: Bool) {
        act { member, now, actions in
            member.setCapability(capability, isEnabled: isEnabled, at: now, into: &actions)
        }
    }

    /// Gives all data of a capability to a node that asked, no faster than the node confirms it.
    func serve(_ offer: SyncOffer) async {
        guard let source = handlers[offer.capability]?.chunks(for: offer.node) else {
            configuration.logger.warning(
                "there are no data to give", metadata: ["capability": "\(offer.capability)", "node": "\(offer.node)"])
            act { member, _, _ in member.abandonSync(offer) }
            return
        }
        do throws(NodeError) {
            while let chunk = source.next() {
                try await makeRoom(for: offer.node)
                let isPacketSent = try provide(chunk, source.dataVersion, offer)
                if isPacketSent {
                    noteSent(to: offer.node)
                    // What peers say meanwhile is to be heard.
                    await Task.yield()
                }
            }
            try await makeRoom(for: offer.node)
            try endSync(offer)
        } catch {
            configuration.logger.warning(
                "a sync was not given to its end",
                metadata: [
                    "capability": "\(offer.capability)", "node": "\(offer.node)", "reason": "\(error)",
                ])
            act { member, _, _ in member.abandonSync(offer) }
        }
    }

    /// - Returns: whether a packet became full and went out.
    private func provide(_ chunk: [UInt8], _ dataVersion: Int16, _ offer: SyncOffer) throws(NodeError) -> Bool {
        do throws(SendFailure) {
            return try act { member, now, actions throws(SendFailure) in
                try member.provide(chunk.span.bytes, dataVersion: dataVersion, to: offer, at: now, into: &actions)
                return !actions.isEmpty
            }
        } catch {
            throw .notSent(error)
        }
    }

    private func endSync(_ offer: SyncOffer) throws(NodeError) {
        do throws(SendFailure) {
            try act { member, now, actions throws(SendFailure) in
                try member.endSync(offer, at: now, into: &actions)
            }
        } catch {
            throw .notSent(error)
        }
    }

    // MARK: The list of nodes

    /// Adds a node, or changes one that is known.
    /// - Throws: ``BINCluster/ConfigurationFault``; nothing is changed then.
    public func setNode(_ node: NodeConfiguration) throws(ConfigurationFault) {
        try act { member, now, actions throws(ConfigurationFault) in
            try member.setNode(node, at: now, into: &actions)
        }
    }

    /// Forgets a node.
    public func removeNode(_ node: Int32) {
        act { member, now, actions in member.removeNode(node, at: now, into: &actions) }
    }

    /// Makes `nodes` the nodes of the cluster, as after a change of the table they come from.
    /// - Throws: ``BINCluster/ConfigurationFault`` for the first node that cannot be.
    public func reload(_ nodes: [NodeConfiguration]) throws(ConfigurationFault) {
        try act { member, now, actions throws(ConfigurationFault) in
            try member.reload(nodes, at: now, into: &actions)
        }
    }

    /// Switches this node off in the cluster, or on again.
    public func setEnabled(_ isEnabled: Bool) {
        act { member, now, actions in member.setEnabled(isEnabled, at: now, into: &actions) }
    }
}
