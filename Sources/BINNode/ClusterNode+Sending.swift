public import BINCluster
import BINWire

extension ClusterNode {
    // MARK: Packets of modules

    /// Sends a packet to a node, over others if need be; returns when it stands in the queue of the connection.
    /// - Parameters:
    ///   - packet: the packet without its trailer, in the layout of the receiver's release.
    ///   - node: the node.
    /// - Throws: ``NodeError/notSent(_:)``.
    public func send(_ packet: [UInt8], to node: Int32) throws(NodeError) {
        do throws(SendFailure) {
            try act { member, now, actions throws(SendFailure) in
                try member.send(packet.span.bytes, to: node, at: now, into: &actions)
            }
        } catch {
            throw .notSent(error)
        }
    }

    /// Sends a packet to every node that can be reached.
    /// - Returns: the nodes that it went to.
    /// - Throws: ``NodeError/notSent(_:)``.
    @discardableResult
    public func broadcast(_ packet: [UInt8], to scope: BroadcastScope = .all) throws(NodeError) -> [Int32] {
        do throws(SendFailure) {
            return try act { member, now, actions throws(SendFailure) in
                try member.broadcast(packet.span.bytes, to: scope, at: now, into: &actions)
            }
        } catch {
            throw .notSent(error)
        }
    }

    /// Sends one of very many packets: stays within the window of packets that the node has not confirmed, and waits when
    /// the node cannot be reached for a while.
    ///
    /// Towards 4.0 this is the only way to lose nothing (TR-9, TR-10 in Spec/framing.md).
    /// - Throws: ``NodeError``.
    public func sendPaced(_ packet: [UInt8], to node: Int32) async throws(NodeError) {
        try await makeRoom(for: node)
        try send(packet, to: node)
        noteSent(to: node)
    }

    /// Waits until a node has confirmed everything that ``sendPaced(_:to:)`` sent to it.
    /// - Throws: ``NodeError/notConfirmed(_:)``.
    public func confirmAll(of node: Int32) async throws(NodeError) {
        while pacing[node]?.isConfirmed == false {
            askForConfirmation(of: node)
            _ = try await wait(
                for: .confirmation(node), within: configuration.confirmationTimeout, else: .notConfirmed(node))
        }
    }

    /// Waits until one more packet may go.
    func makeRoom(for node: Int32) async throws(NodeError) {
        if member.nextHop(to: node) == nil { try await waitUntilUp(node, configuration.confirmationTimeout) }
        while pacing[node]?.isOpen == false {
            _ = try await wait(
                for: .confirmation(node), within: configuration.confirmationTimeout, else: .notConfirmed(node))
        }
    }

    /// Notes a packet of bulk sending.
    func noteSent(to node: Int32) {
        if pacing[node, default: PacedPeer(window: configuration.window)].noteSent() { askForConfirmation(of: node) }
    }

    /// Asks the node itself, or the one that passes packets on to it.
    private func askForConfirmation(of node: Int32) {
        guard let hop = member.nextHop(to: node) else { return }
        let number = act { member, now, actions in member.ping(hop, at: now, into: &actions) }
        if let number { pacing[node]?.notePing(number, of: hop) }
    }

    /// A PONG came.
    func confirmed(_ peer: Int32, _ ping: UInt64) {
        let nodes = Set(pacing.filter { $0.value.confirmer == peer }.keys)
        for node in nodes { pacing[node]?.confirm(ping) }
        waits.resume {
            switch $0 {
            case .confirmation(let node): nodes.contains(node)
            case .pong(peer, let number): number <= ping
            default: false
            }
        }
    }

    /// The own link to a node came up or went down.
    func linkChanged(to peer: Int32, isUp: Bool) {
        if isUp {
            waits.resume { $0 == .linkUp(peer) }
        } else {
            // What it was asked is asked again on another way, where there is one.
            for (node, paced) in pacing where paced.confirmer == peer {
                wayChanged(to: node, isUp: member.nextHop(to: node) != nil)
            }
        }
    }

    /// The way to a node changed: what was sent before may be lost, and its PINGs with it.
    func wayChanged(to node: Int32, isUp: Bool) {
        pacing[node]?.forgetPings()
        guard isUp else { return }
        if pacing[node]?.isConfirmed == false { askForConfirmation(of: node) }
        waits.resume { $0 == .nodeUp(node) }
    }

    // MARK: Waiting

    /// Waits until a node can be reached.
    /// - Throws: ``NodeError/notReached(_:)`` when it takes longer than `timeout`.
    public func waitUntilUp(_ node: Int32, _ timeout: Duration) async throws(NodeError) {
        guard member.nextHop(to: node) == nil else { return }
        _ = try await wait(for: .nodeUp(node), within: timeout, else: .notReached(node))
    }

    /// Waits until the own link to a node is up, without which it cannot be pinged.
    /// - Throws: ``NodeError/notLinked(_:)`` when it takes longer than `timeout`.
    public func waitUntilLinked(_ node: Int32, _ timeout: Duration) async throws(NodeError) {
        guard member.nextHop(to: node) != node else { return }
        _ = try await wait(for: .linkUp(node), within: timeout, else: .notLinked(node))
    }

    /// Waits until what was sent to a node was read: by the node itself, or by the neighbour that passes it on.
    /// - Returns: who has read it.
    /// - Throws: ``NodeError``: no way leads to it, or no answer came within `timeout`.
    @discardableResult
    public func settle(_ node: Int32, within timeout: Duration = .seconds(2)) async throws(NodeError) -> Int32 {
        guard let hop = member.nextHop(to: node) else { throw .notSent(.unreachable) }
        _ = try await ping(hop, within: timeout)
        return hop
    }

    /// Asks a node whether it is there.
    /// - Returns: how long its answer took.
    /// - Throws: ``NodeError``: no link is up, or no answer came within `timeout`.
    public func ping(_ node: Int32, within timeout: Duration = .seconds(2)) async throws(NodeError) -> Duration {
        let began = ContinuousClock.now
        let number = act { member, now, actions in member.ping(node, at: now, into: &actions) }
        guard let number else { throw .notSent(.unreachable) }
        _ = try await wait(for: .pong(node, number), within: timeout, else: .noReply(node))
        return ContinuousClock.now - began
    }

    func wait(
        for awaited: Awaited, within timeout: Duration, else error: NodeError
    ) async throws(NodeError) -> [UInt8] {
        let id = waits.nextID()
        let deadline = clock.now.advanced(by: timeout).nanoseconds
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled || isStopped {
                    continuation.resume(
                        returning: Result<[UInt8], NodeError>.failure(isStopped ? .stopped : .cancelled))
                } else {
                    waits.add(id, awaited, deadline: deadline, timeout: error, continuation)
                }
            }
        } onCancel: {
            // Not a job of the node, which may not run yet.
            Task { await self.cancelWait(id) }
        }
        return try result.get()
    }

    private func cancelWait(_ id: UInt64) { waits.cancel(id) }
}
