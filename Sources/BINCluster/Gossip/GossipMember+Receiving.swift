import BINMessages
import BINWire

extension GossipMember {
    /// Takes a packet of `ext-gossip`.
    /// - Parameters:
    ///   - packet: exactly one packet.
    ///   - source: where it came from.
    ///   - overStream: whether it came over a stream instead of in a datagram.
    ///   - now: the moment.
    public mutating func receive(
        _ packet: RawSpan, from source: PacketSource, overStream: Bool, at now: Instant
    ) -> [GossipAction] {
        let sender: Int32
        let message: GossipMessage
        do throws(WireError) {
            let header = try PacketHeader(datagram: packet, framing: .v2_3)
            guard header.version == GossipLayout.version else { return [.event(.refused(.malformed))] }
            let routing = try Routing(trailerOf: packet, header: header)
            guard routing.destinationCluster == nil, routing.cluster == configuration.cluster, routing.source > 0,
                routing.destination == configuration.node || routing.destination == 0
            else { return [.event(.refused(.misrouted))] }
            sender = routing.source
            let body = header.bodyOffset..<(header.length - routing.size)
            do throws(GossipDecodingError) {
                message = try GossipMessage(type: header.type, packet, body: body)
            } catch {
                if case .implausible = error { return [.event(.refused(.implausible))] }
                return [.event(.refused(.malformed))]
            }
        } catch {
            return [.event(.refused(.malformed))]
        }
        if sender == configuration.node {
            // The own packet that a neighbour's address led back, or another node with the own id.
            return [.event(source.address == configuration.url.address ? .refused(.misrouted) : .identityConflict)]
        }
        if let slot = table.slot(of: sender), let address = url(of: table.records[slot])?.address,
            address != source.address
        {
            return [.event(.refused(.wrongAddress))]
        }
        return take(message, from: sender, source, overStream: overStream, at: now)
    }

    /// Takes a message that was decoded already.
    package mutating func take(
        _ message: GossipMessage, from sender: Int32, _ source: PacketSource, overStream: Bool, at now: Instant
    ) -> [GossipAction] {
        var actions: [GossipAction] = []
        guard !hasLeft, sender != configuration.node else { return actions }
        noteLateness(now)
        // Any packet is a sign of life; only heartbeats say how regular it is.
        if let index = watches.firstIndex(where: { $0.node == sender }) { watches[index].heard(at: now.nanoseconds) }
        let origin = Origin(node: sender, source: source, overStream: overStream)
        switch message {
        case .summary(let ranges): takeSummary(ranges, origin, now, &actions)
        case .digest(let ranges, let members): takeDigest(ranges: ranges, members: members, origin, now, &actions)
        case .delta(let delta): takeDelta(delta, origin, now, &actions)
        case .heartbeatRequest(let sequence, let believed):
            takeHeartbeatRequest(sequence, believed.knowledge, origin, now, &actions)
        case .heartbeat(let sequence, let generation, let incarnation):
            takeHeartbeat(sequence, generation, incarnation, origin, now, &actions)
        case .probeRequest(let sequence, let node): takeProbeRequest(sequence, node, origin, now, &actions)
        case .probeResult(let sequence, let node, let isReached, let generation, let incarnation):
            takeProbeResult(sequence, node, isReached: isReached, generation, incarnation, now, &actions)
        case .leaseRequest(let sequence, let purpose, let flag, let fence):
            takeLeaseRequest(sequence, purpose, flag, fence, origin, now, &actions)
        case .leaseAnswer(let sequence, let outcome, let flag, let fence):
            takeLeaseAnswer(sequence, outcome, flag, fence, origin, now, &actions)
        }
        finish(now, &actions)
        return actions
    }
}
