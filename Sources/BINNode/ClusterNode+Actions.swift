import BINCluster
import BINTransport
import BINWire
import Logging
import Metrics
import NIOCore
import NIOPosix

/// Who gets the packets of a capability, and what counts them. A class, because it is handed around for every packet.
final class PacketReceiver: Sendable {
    let name: WireName
    let handler: any CapabilityHandler
    let packets: Counter

    init(name: WireName, handler: any CapabilityHandler, packets: Counter) {
        self.name = name
        self.handler = handler
        self.packets = packets
    }

    /// Whether it is for packets of a capability.
    func takes(_ capability: RawSpan) -> Bool {
        let bytes = name.bytes
        return bytes.span.bytes.isEqual(to: capability)
    }
}

extension ClusterNode {
    /// Does everything that is to be done, in its order, and what follows from it.
    ///
    /// What is done may let the member act once more; that is added to what is to be done, and comes in its turn.
    /// - Parameters:
    ///   - packet: the packet that was just received, if there was one.
    ///   - header: its header.
    ///   - connection: the connection it came in on.
    func perform(_ packet: RawSpan, _ header: PacketHeader?, _ connection: PacketConnection?) {
        guard !isPerforming else { return }
        isPerforming = true
        defer { isPerforming = false }
        var index = 0
        while index < actions.count {
            switch actions[index] {
            case .deliver(let delivery):
                if let header { deliver(packet, header, delivery, connection) }
            case .deliverHeld(let bytes, let header, let delivery):
                deliver(bytes.span.bytes, header, delivery, nil)
            case .applySync(let part):
                if let header, let connection { apply(packet, header, part, connection) }
            case .send(let bytes, let node): transmit(bytes, to: node)
            case .answer(let bytes, _):
                if let connection { answer(bytes, on: connection) }
            case .sendOverBridge(let bytes, let urls): transmitOverBridge(bytes, urls)
            case .provideSync(let offer): start { await self.serve(offer) }
            case .runCommand(let command, let parameters, let node):
                configuration.runCommand?(command.description, parameters, node)
            case .resolve(let node, let url): start { await self.resolve(node, url) }
            case .event(let event): take(event)
            }
            index += 1
        }
        actions.removeAll(keepingCapacity: true)
    }

    private func deliver(
        _ packet: RawSpan, _ header: PacketHeader, _ delivery: Delivery, _ connection: PacketConnection?
    ) {
        let name = packet.extracting(Int(header.capability.offset)..<header.typeOffset)
        // Packets of one capability come many at a time.
        if lastReceiver?.takes(name) != true { lastReceiver = receiver(of: name) }
        guard let receiver = lastReceiver else {
            metrics.notedUnhandled()
            return
        }
        receiver.packets.increment()
        receiver.handler.receive(packet, header, delivery, on: connection)
    }

    private func receiver(of name: RawSpan) -> PacketReceiver? {
        let registered = handlers.first { $0.key.bytes.span.bytes.isEqual(to: name) }?.value
        guard let handler = registered ?? others else { return nil }
        // What `others` gets is counted under its own name: the names of peers are without number.
        return PacketReceiver(
            name: WireName(bytes: (0..<name.byteCount).map { name.uint8(uncheckedAt: $0) }), handler: handler,
            packets: metrics.received(handler.capability))
    }

    private func apply(
        _ packet: RawSpan, _ header: PacketHeader, _ part: SyncPart, _ connection: PacketConnection
    ) {
        guard let handler = handlers[part.capability] ?? others else {
            member.syncRefused(part.capability, at: clock.now, into: &actions)
            return
        }
        let applied = handler.apply(packet, header, part, on: connection)
        metrics.applied(chunks: applied)
        // To apply it may have taken long; the donor is not to blame for that.
        member.syncApplied(part.capability, chunks: applied, at: clock.now, into: &actions)
    }

    private func transmit(_ bytes: [UInt8], to node: Int32) {
        guard let url = member.url(of: node) else { return }
        metrics.notedSent()
        guard !connections.offer(bytes, to: url, of: node, owner: self) else { return }
        member.sendFailed(to: node, packet: bytes, at: clock.now, into: &actions)
    }

    private func transmitOverBridge(_ bytes: [UInt8], _ urls: [NodeURL]) {
        metrics.notedSent()
        _ = urls.contains { connections.offer(bytes, to: $0, of: nil, owner: self) }
    }

    private func answer(_ bytes: [UInt8], on connection: PacketConnection) {
        // Answers are few: to a PING, and to those who are not known.
        start { try? await connection.send(bytes) }
    }

    private func take(_ event: ClusterEvent) {
        // What becomes of the links of a node that leaves is nobody's news.
        guard !isStopped else { return }
        let now = clock.now
        switch event {
        case .pong(let node, let ping, _): confirmed(node, ping)
        case .nodeUp(let node): wayChanged(to: node, isUp: true)
        case .nodeDown(let node), .nodeRemoved(let node): wayChanged(to: node, isUp: false)
        case .linkChanged(let node, let state): linkChanged(to: node, isUp: state == .up)
        case .message(let message) where !message.isRequest:
            waits.resume(message.message) { $0 == .reply(message.tag) }
        case .refused(let refusal):
            metrics.refused(refusal)
            configuration.logger.notice(
                "refused", metadata: ["reason": "\(refusal.reason.rawValue)", "node": "\(refusal.node)"])
        default: break
        }
        metrics.noted(event)
        hub.post(NodeEvent(time: now, event: event))
    }

    // MARK: What the transport says

    /// The connection to a node could not be made, or it ended.
    func connectionFailed(to node: Int32) {
        act { member, now, actions in member.sendFailed(to: node, at: now, into: &actions) }
    }

    /// The connection to a node ended.
    func connectionClosed(to node: Int32) {
        act { member, now, actions in member.connectionClosed(to: node, at: now, into: &actions) }
    }

    private func resolve(_ node: Int32, _ url: NodeURL) async {
        let host = url.host
        let port = Int(url.port)
        let addresses = try? await NIOThreadPool.singleton.runIfActive {
            [try SocketAddress.makeAddressResolvingHost(host, port: port)]
        }
        guard let addresses else {
            configuration.logger.warning("the host of a node cannot be resolved", metadata: ["url": "\(url)"])
            return
        }
        member.resolved(node, to: addresses.map { PeerAddress($0) })
    }
}

extension RawSpan {
    /// Whether both hold the same bytes.
    func isEqual(to other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        for offset in 0..<byteCount where uint8(uncheckedAt: offset) != other.uint8(uncheckedAt: offset) {
            return false
        }
        return true
    }
}

extension PeerAddress {
    /// The address of a socket; 0.0.0.0 for one that is neither IPv4 nor IPv6.
    init(_ address: SocketAddress) {
        let text = address.ipAddress.map { $0.prefix { $0 != "%" } } ?? ""
        self = PeerAddress(text) ?? PeerAddress(ipv4: 0)
    }
}
