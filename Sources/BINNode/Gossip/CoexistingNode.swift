import BINCluster
import BINMessages
import BINTransport
import BINWire
public import ServiceLifecycle

/// A member of a cluster of OpenSIPS servers that speaks gossip beside the clusterer, at one address (Spec/extensions/gossip.md, coexistence).
///
/// The clusterer's connections carry both. `ext-gossip` is a capability like any other: servers that do not know it ignore it, and gossip is sent
/// only to nodes that announced it. Nodes that did not, the servers, appear in the gossip as ``GossipObservation``s of the members that see them.
public struct CoexistingNode: Service {
    /// The member of the cluster.
    public let cluster: ClusterNode
    /// The member of the gossip.
    public let gossip: GossipNode

    /// Both members, of one cluster, id and address.
    /// - Parameters:
    ///   - cluster: how the member of the cluster behaves; `ext-gossip` is added to what it announces.
    ///   - gossip: how the member of the gossip behaves. Neighbours are found through the clusterer.
    ///   - handlers: what becomes of the packets of other capabilities.
    ///   - others: what becomes of packets of all capabilities without a handler.
    /// - Throws: what ``ClusterNode`` and ``GossipNode`` throw.
    public init(
        cluster: ClusterNode.Configuration, gossip: GossipNode.Configuration,
        handlers: [any CapabilityHandler] = [], others: (any CapabilityHandler)? = nil
    ) throws {
        var (cluster, gossip) = (cluster, gossip)
        gossip.member.cluster = cluster.member.cluster
        gossip.member.node = cluster.member.node
        gossip.member.url = cluster.member.url
        gossip.sharesListener = true
        var capability = CapabilityConfiguration(WireName(GossipLayout.capability))
        capability.isAnnounced = true
        cluster.member.capabilities.append(capability)
        let node = try GossipNode(gossip)
        self.gossip = node
        self.cluster = try ClusterNode(cluster, handlers: handlers + [GossipHandler(node: node)], others: others)
    }

    /// Takes part in both, until the task is cancelled or a graceful shutdown begins.
    /// - Throws: when the address cannot be listened on.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.run() }
            group.addTask { try await runBeside() }
            // When one ends, the other has nothing to stand on.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Takes part in the gossip alone, for a program that runs ``cluster`` itself.
    /// - Throws: when the address cannot be listened on.
    public func runBeside() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await gossip.run() }
            group.addTask {
                while true {
                    try await Task.sleep(for: .seconds(2))
                    await observe()
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Compares what the clusterer sees with what the gossip says of it.
    private func observe() async {
        let snapshot = await cluster.snapshot
        var observed: [Int32: String] = [:]
        for node in snapshot.nodes {
            if node.capabilities.contains(where: { $0.name == WireName(GossipLayout.capability) }) {
                await gossip.suggest(node.node, at: node.url)
            } else if await gossip.info(of: node.node) == nil {
                observed[node.node] = "\(node.nextHop == nil ? "down" : "up") \(node.url)"
            }
        }
        await gossip.observe(observed)
    }
}

/// Hands packets that came in over the clusterer's connections to the gossip.
private struct GossipHandler: CapabilityHandler {
    let node: GossipNode

    var capability: String { GossipLayout.capability }

    func receive(
        _ packet: RawSpan, _ header: PacketHeader, _ delivery: Delivery, on connection: PacketConnection?
    ) {
        // One that was held back is old.
        guard let connection else { return }
        node.offer(packet.withUnsafeBytes { Array($0) }, from: connection)
    }
}
