import ArgumentParser
import BINCluster
import BINHTTP
import BINNode
import BINText
import BINWire
import Metrics
import ServiceLifecycle

/// Gossip beside the clusterer, in the command `join`.
struct GossipBesideArguments: ParsableArguments {
    @Flag(
        name: .customLong("gossip"),
        help: "Speak gossip with members that do so too (see gossip); servers are observed for them.")
    var isWanted = false

    @Option(
        help: """
            Serve /nodes, /metrics and /healthz at this address, such as 127.0.0.1:8080 or 8080; with --gossip the page and JSON of \
            the gossip.
            """)
    var http: HTTPAddress?

    @Option(help: "With --gossip: the file that keeps what must outlive the process.")
    var memory: String?

    @OptionGroup(title: "Gossip (with --gossip)") var duties: GossipDutyArguments

    func validate() throws {
        guard isWanted || (memory == nil && duties.isEmpty) else {
            throw ValidationError("--memory, --flag and what else is said of the gossip are for --gossip")
        }
    }

    /// Both members, of which the service runs that of the gossip; nil when it is not wanted.
    func service(
        _ cluster: ClusterNode.Configuration, _ handlers: [any CapabilityHandler], _ others: any CapabilityHandler,
        isJSON: Bool, _ log: LogArguments
    ) async throws -> GossipBeside? {
        guard isWanted else { return nil }
        let registry = PrometheusRegistry()
        if http != nil { MetricsSystem.bootstrap(registry) }
        var member = GossipConfiguration(
            cluster: cluster.member.cluster, node: cluster.member.node, url: cluster.member.url)
        try duties.apply(to: &member)
        var gossip = GossipNode.Configuration(member: member)
        gossip.memory = memory
        gossip.listenHost = cluster.listen?.host
        gossip.logger = log.quietLogger
        #if TLS
            gossip.tls = cluster.tls
        #endif
        do {
            let node = try CoexistingNode(cluster: cluster, gossip: gossip, handlers: handlers, others: others)
            var listener: HTTPListener?
            if let http {
                listener = try await http.listen(
                    "page", log, GossipSite(node.gossip, member, metrics: registry).respond)
            }
            return GossipBeside(
                node: node, events: node.gossip.events(), printer: GossipPrinter(isJSON: isJSON), listener: listener,
                etcd: duties.etcdOwnership(of: node.gossip, member, log))
        } catch let error as GossipMemoryError {
            Terminal.complain("\(error)")
            throw ExitCode(1)
        }
    }
}

/// The gossip of a member that is in a cluster too.
struct GossipBeside: Service {
    let node: CoexistingNode
    let events: AsyncStream<GossipNodeEvent>
    let printer: GossipPrinter
    let listener: HTTPListener?
    let etcd: EtcdOwnership?

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let listener { group.addTask { try await listener.run() } }
            if let etcd { group.addTask { await etcd.run() } }
            group.addTask { for await event in events { await printer.show(event, of: node.gossip) } }
            group.addTask {
                try await node.runBeside()
                throw CancellationError()
            }
            do { while try await group.next() != nil {} } catch is CancellationError {}
            group.cancelAll()
        }
    }
}
