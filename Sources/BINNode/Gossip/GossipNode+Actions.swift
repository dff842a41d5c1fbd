import BINCluster
import BINMessages
import BINTransport
import BINWire
import Logging
import NIOCore
import NIOPosix

/// What one step of the member wants done.
struct GossipStep {
    var actions: [GossipAction]
    var time: Instant
    /// Where the packet came from that was answered.
    var connection: PacketConnection?
}

/// The address of a host name, and until when it is taken for it.
struct ResolvedHost {
    var address: SocketAddress?
    var until: Int64
}

extension GossipNode {
    /// Steps that may wait for the disk. Beyond it what would be sent is not, as if it had been lost.
    private static var waitingLimit: Int { 4096 }

    /// Does what a step wants, behind everything that waits for the disk.
    func perform(_ step: GossipStep) {
        guard !step.actions.isEmpty else { return }
        let needsDisk = memory != nil && step.actions.contains { if case .store = $0 { true } else { false } }
        if isStoring || needsDisk {
            if waiting.count < Self.waitingLimit {
                waiting.append(step)
            } else {
                for case .event(let event) in step.actions { take(event, step.time) }
            }
            if !isStoring {
                isStoring = true
                start { await self.performWaiting() }
            }
            return
        }
        for action in step.actions { perform(action, of: step) }
    }

    private func perform(_ action: GossipAction, of step: GossipStep) {
        switch action {
        case .store: break
        case .send(let packet):
            let connection = step.connection
            start { await self.transmit(packet, answering: connection) }
        case .event(let event): take(event, step.time)
        }
    }

    /// The disk is written outside of the actor, so that packets are taken meanwhile; what comes out of them waits here.
    private func performWaiting() async {
        while !waiting.isEmpty {
            let step = waiting.removeFirst()
            for action in step.actions {
                if case .store(let bytes) = action { await store(bytes) } else { perform(action, of: step) }
            }
        }
        isStoring = false
    }

    /// Writes the memory. While that fails this node neither asks for leases nor grants any: what it promised would be forgotten.
    func store(_ bytes: [UInt8]) async {
        guard let memory else { return }
        do {
            try await NIOThreadPool.singleton.runIfActive { try memory.write(bytes) }
            if isMemoryStale { configuration.logger.notice("the memory can be written again") }
            isMemoryStale = false
        } catch {
            if !isMemoryStale {
                configuration.logger.error("the memory cannot be written", metadata: ["reason": "\(error)"])
            }
            isMemoryStale = true
        }
    }

    // MARK: Sending

    /// Sends a packet. Nothing is done when that fails: a later round makes up for it (GS-4).
    func transmit(_ packet: GossipPacket, answering connection: PacketConnection?) async {
        if isMemoryStale, packet.isLease { return }
        var writer = PacketWriter()
        do throws(WireError) {
            try packet.encode(into: &writer)
        } catch {
            configuration.logger.error("a packet cannot be written", metadata: ["reason": "\(error)"])
            return
        }
        let bytes = writer.copyBytes()
        let peer: String
        var isStream = packet.isStream
        switch packet.target {
        case .source:
            guard let connection else { return }
            isStream = connection.transport != .udp
            peer = connection.peer
            try? await connection.send(bytes)
        case .member(_, let text):
            guard let url = NodeURL(String(decoding: text, as: UTF8.self)) else { return }
            peer = url.description
            isStream = isStream || isSecret(url)
            await send(bytes, to: url, isStream: isStream)
        case .neighbour(let url):
            peer = url.description
            isStream = isStream || isSecret(url)
            await send(bytes, to: url, isStream: isStream)
        }
        metrics.sent(packet.kind, bytes: bytes.count)
        if traffic.hasReaders {
            traffic.post(
                GossipTraffic(
                    time: clock.now, isSent: true, kind: packet.kind, peer: peer, bytes: bytes.count,
                    isStream: isStream))
        }
    }

    /// Where one end encrypts nothing goes in the clear.
    private func isSecret(_ url: NodeURL) -> Bool {
        url.scheme == .bins || configuration.member.url.scheme == .bins
    }

    private func send(_ bytes: [UInt8], to url: NodeURL, isStream: Bool) async {
        if isStream {
            streams.offer(bytes, to: url, owner: self)
        } else if let datagrams, let address = await address(of: url) {
            try? await datagrams.send(bytes, to: address)
        }
    }

    /// The address of a node for datagrams: names are looked up once a minute.
    private func address(of url: NodeURL) async -> SocketAddress? {
        let now = clock.now
        if let known = resolved[url], known.until > now.nanoseconds { return known.address }
        let (host, port) = (url.host, Int(url.port))
        let address: SocketAddress?
        if url.address != nil {
            address = try? SocketAddress(ipAddress: host, port: port)
        } else {
            address = try? await NIOThreadPool.singleton.runIfActive {
                try SocketAddress.makeAddressResolvingHost(host, port: port)
            }
        }
        if resolved.count >= 32_768 { resolved = [:] }
        let lifetime: Duration = url.address != nil ? .seconds(86_400) : .seconds(address == nil ? 5 : 60)
        resolved[url] = ResolvedHost(address: address, until: now.advanced(by: lifetime).nanoseconds)
        if address == nil {
            configuration.logger.warning("the host of a node cannot be resolved", metadata: ["url": "\(url)"])
        }
        return address
    }

    // MARK: What is told

    /// A packet came.
    func note(_ bytes: RawSpan, _ header: PacketHeader, from connection: PacketConnection) {
        let kind = GossipKind(type: header.type)
        metrics.received(kind, bytes: header.length)
        guard traffic.hasReaders else { return }
        traffic.post(
            GossipTraffic(
                time: clock.now, isSent: false, kind: kind, peer: connection.peer, bytes: header.length,
                isStream: connection.transport != .udp))
    }

    func take(_ event: GossipEvent, _ time: Instant) {
        switch event {
        case .refused(let refusal): metrics.refused(refusal)
        case .identityConflict:
            configuration.logger.warning("another node seems to have this node's id")
        case .stateChanged(let node, let keys): tellChanges(of: node, keys)
        case .acquired(let flag, let fence):
            configuration.logger.info("acquired", metadata: ["flag": "\(flag)", "fence": "\(fence)"])
        case .lost(let flag, let reason):
            configuration.logger.info("lost", metadata: ["flag": "\(flag)", "reason": "\(reason)"])
        case .joined, .memberUp, .memberDown, .memberLeft, .memberSuspected, .memberForgotten: break
        }
        metrics.note(members: member.countByStatus, owned: member.ownedCount)
        hub.post(GossipNodeEvent(time: time, event: event))
    }

    func tellChanges(of node: Int32, _ keys: [[UInt8]]) {
        guard changes.hasReaders else { return }
        for key in keys {
            changes.post(GossipStateChange(node: node, key: key, value: member.value(key, of: node)))
        }
    }
}
