import BINMessages
import BINWire

// What goes out on behalf of modules, and what is passed on for others (Spec/clusterer.md, topology and routing).

/// Why a packet was not sent.
public enum SendFailure: String, Error, Hashable, Sendable {
    /// The node is not known.
    case unknownNode
    /// The node, this node or the capability is switched off.
    case disabled
    /// No way leads to the node.
    case unreachable
    /// With its trailer it is longer than the receiver takes.
    case tooLong
    /// It is not one whole packet in the framing of the cluster.
    case notAPacket
    /// The release of the cluster has nothing of the kind.
    case notInRelease
    /// The sharing tag that opens the bridge is not active here.
    case tagNotActive
    /// Nobody waits for these data any more.
    case notAsked
}

/// Who gets a broadcast, by SIP address (Spec/clusterer.md, CL-47).
public enum BroadcastScope: Hashable, Sendable {
    /// All nodes.
    case all
    /// Nodes with the own SIP address.
    case ownSite
    /// Nodes with another one.
    case otherSites
}

extension ClusterMember {
    /// Sends a packet of a module to a node, over others if need be.
    /// - Parameters:
    ///   - packet: the packet without its trailer, in the layout of the receiver's release; exactly one packet.
    ///   - id: the node.
    /// - Throws: ``SendFailure``; nothing is queued then.
    public mutating func send(
        _ packet: RawSpan, to id: Int32, at now: Instant, into actions: inout [ClusterAction]
    ) throws(SendFailure) {
        try checkOwn(packet)
        guard let index = table.index(of: id) else { throw .unknownNode }
        try send(packet, toPlace: index, &actions)
    }

    /// Sends a packet of a module to every node that can be reached.
    /// - Parameters:
    ///   - packet: the packet without its trailer; exactly one packet.
    ///   - scope: who gets it.
    /// - Returns: the nodes it goes to. Those it is too long for, or that another release would not take, are left out.
    /// - Throws: ``SendFailure`` when the packet cannot go to any node.
    public mutating func broadcast(
        _ packet: RawSpan, to scope: BroadcastScope = .all, at now: Instant, into actions: inout [ClusterAction]
    ) throws(SendFailure) -> [Int32] {
        try checkOwn(packet)
        let ownSite = Array(configuration.sipAddress.utf8)
        var reached: [Int32] = []
        for index in table.indices where table[index].isEnabled && table[index].isReachable {
            switch scope {
            case .all: break
            case .ownSite: guard table[index].sipAddress == ownSite else { continue }
            case .otherSites: guard table[index].sipAddress != ownSite else { continue }
            }
            do throws(SendFailure) {
                try send(packet, toPlace: index, &actions)
                reached.append(table[index].id)
            } catch {
                continue
            }
        }
        return reached
    }

    /// The checks that hold for a packet wherever it goes.
    func checkOwn(_ packet: RawSpan) throws(SendFailure) {
        guard isStarted, isEnabled else { throw .disabled }
        guard let header = try? PacketHeader(parsing: packet, framing: dialect.framing),
            header.length == packet.byteCount
        else { throw .notAPacket }
        let name = packet.extracting(Int(header.capability.offset)..<header.typeOffset)
        if let own = capabilities.first(where: { name.equals($0.name.bytes) }), own.isDisabled { throw .disabled }
    }

    private func send(
        _ packet: RawSpan, toPlace index: Int, _ actions: inout [ClusterAction]
    ) throws(SendFailure) {
        let id = table[index].id
        guard table[index].isEnabled else { throw .disabled }
        guard let hop = routes.hop(at: index) else { throw .unreachable }
        guard dialect.layout != nil else {
            actions.append(.send(packet.array, to: hop))
            return
        }
        let length = packet.byteCount + 12
        guard length <= table[index].dialect.maximumLength else { throw .tooLong }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        unsafe packet.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        bytes.append(configuration.cluster)
        bytes.append(configuration.node)
        bytes.append(id)
        bytes.store(Int32(length), at: 4)
        actions.append(.send(bytes, to: hop))
    }

    /// Sends a packet of a module to another cluster (Spec/clusterer.md, bridges).
    /// - Parameters:
    ///   - packet: the packet without its trailer; exactly one packet.
    ///   - cluster: the cluster it is for.
    /// - Throws: ``SendFailure``.
    public mutating func sendOverBridge(
        _ packet: RawSpan, to cluster: Int32, into actions: inout [ClusterAction]
    ) throws(SendFailure) {
        guard dialect.hasBridges else { throw .notInRelease }
        try checkOwn(packet)
        guard let bridge = configuration.bridgesOut.first(where: { $0.destinationCluster == cluster }) else {
            throw .unknownNode
        }
        guard tags.isActive(bridge.tag) else { throw .tagNotActive }
        guard !bridge.urls.isEmpty else { throw .unreachable }
        let length = packet.byteCount + 16
        guard length <= dialect.maximumLength else { throw .tooLong }
        var bytes = packet.array
        bytes.append(configuration.cluster)
        bytes.append(cluster)
        bytes.append(configuration.node)
        bytes.append(Routing.bridgeDestination)
        bytes.store(Int32(length), at: 4)
        actions.append(.sendOverBridge(bytes, to: bridge.urls))
    }

    // MARK: Passing on

    /// Passes on a packet for another node (CL-36), but never in circles (RX-10).
    mutating func relay(
        _ packet: RawSpan, _ routing: Routing, _ source: PacketSource, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        let id = routing.source
        guard configuration.relays else { throw refusal(.notRelayed, node: id, from: source) }
        guard let index = table.index(of: routing.destination), table[index].isEnabled else {
            throw refusal(.namesUnknownNode, node: id, from: source)
        }
        // Whoever sent it here believes that the way leads over this node; sending it back would not help.
        guard let hop = routes.hop(at: index), hop != id, hop != table.onlyNode(at: source.address) else {
            throw refusal(.noRoute, node: id, from: source)
        }
        guard packet.byteCount <= table[index].dialect.maximumLength else {
            throw refusal(.tooLong, node: id, from: source)
        }
        guard relayed.allows(packet.digest, at: now) else { throw refusal(.relayedBefore, node: id, from: source) }
        actions.append(.send(packet.array, to: hop))
    }

    /// A routable packet that could not be sent to one hop goes to another one, if there is one.
    func sendAnotherWay(_ packet: [UInt8], avoiding id: Int32, _ actions: inout [ClusterAction]) {
        guard dialect.layout != nil, let whole = try? Packet(packet, framing: dialect.framing),
            whole.capability != dialect.internalCapability.description,
            let routing = unsafe try? Routing(trailerOf: packet.span.bytes, header: whole.header),
            routing.destinationCluster == nil, let index = table.index(of: routing.destination),
            let hop = routes.hop(at: index), hop != id
        else { return }
        actions.append(.send(packet, to: hop))
    }

    // MARK: Bridges

    /// A packet from another cluster (CL-70): its node is not known here, so everything else has to be right.
    mutating func takeBridged(
        _ packet: RawSpan, _ header: PacketHeader, _ name: RawSpan, _ routing: Routing, _ source: PacketSource,
        _ now: Instant, _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        let id = routing.source
        guard dialect.hasBridges else { throw refusal(.noBridge, node: id, from: source) }
        guard routing.destinationCluster == configuration.cluster else {
            throw refusal(.wrongCluster, node: id, from: source)
        }
        guard id > 0, routing.cluster > 0 else { throw refusal(.badID, from: source) }
        guard id != configuration.node else { throw refusal(.ownID, node: id, from: source) }
        let bridge = configuration.bridgesIn.first {
            $0.sourceCluster == routing.cluster && $0.addresses.contains(source.address)
                && $0.capabilities.contains { name.equals($0.bytes) }
        }
        guard bridge != nil else { throw refusal(.noBridge, node: id, from: source) }
        let delivery = Delivery(
            source: id, cluster: routing.cluster, isBridged: true,
            body: header.bodyOffset..<(packet.byteCount - routing.size))
        try deliver(packet, header, name, delivery, nil, source, now, &actions)
    }
}

extension [UInt8] {
    /// Appends a little-endian number.
    mutating func append(_ value: Int32) {
        let bits = UInt32(bitPattern: value)
        append(UInt8(truncatingIfNeeded: bits))
        append(UInt8(truncatingIfNeeded: bits >> 8))
        append(UInt8(truncatingIfNeeded: bits >> 16))
        append(UInt8(truncatingIfNeeded: bits >> 24))
    }
}
