import ArgumentParser
import BINCluster
import BINHTTP
import BINMessages
import BINNode
import BINProvisioning
import BINReplica
import BINText
import BINTransport
import BINWire
import Metrics
import ServiceLifecycle
import UnixSignals

/// `opensips-bin join`: a member that looks on, and serves where it is told to.
struct JoinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join",
        abstract: "Join a cluster as an observer, and print what happens and what is replicated.",
        discussion: """
            opensips-bin join --cluster 1 --id 9 --listen bin:127.0.0.1:5599 --neighbour 1=bin:127.0.0.1:5555 --release 4.0

            One neighbour is enough where nodes may introduce themselves (servers without a database, and all before 3.2); \
            servers with a database need a row for this node. Nothing is announced, no data are given away and no sharing tag \
            is taken unless that is asked for: --sync fetches all data of a capability first, --serve keeps them in memory as \
            they come and gives them to nodes that ask, --tag takes a sharing tag and gives it up when another node takes it.

            With --provision who belongs to the cluster stands in a file, which is read again on SIGHUP: a SQLite database with \
            OpenSIPS's table clusterer (then --id and --release are needed beside it), or YAML: cluster, id, listen, release, \
            sip-address, priority, ping-retries, enabled, closed, seed; nodes (each id, url, release, sip-address, priority, \
            ping-retries, enabled, addresses); capabilities (each a name, or name, announce, serve, sync, donors, \
            own-site-only, and for 2.2 silence-limit in seconds); tags (each a name, or name and active); bridges-in, \
            bridges-out; permissions (commands, remove-nodes, yield-tags, messages).

            With --json each line is an object with time (seconds) and event: node_up, node_down, node_added, node_removed \
            and link with node; capability; sync_waiting, sync_requested, sync_started, sync_progress, synced, sync_failed and sync_served \
            with capability; tag; message; refused with reason; packet with the object of inspect --json as packet.

            Exit status: 0 ended by a signal, 1 the address cannot be listened on, 2 wrong use.
            """)

    @OptionGroup var membership: MembershipArguments

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @Flag(help: "Print no packets.")
    var noPackets = false

    @Option(name: .shortAndLong, help: "Show only packets that pass; see inspect --help.")
    var filter: [String] = []

    @Option(help: "Fetch all data of this capability, such as usrloc-contact-repl; may be repeated.")
    var sync: [String] = []

    @Option(
        help: """
            Fetch and keep all data of this capability, and give them to nodes that ask: usrloc-contact-repl or \
            dialog-dlg-repl; may be repeated.
            """)
    var serve: [String] = []

    @Flag(help: "Call the data that are served complete when no other node has them (a seed node).")
    var seed = false

    @Option(help: "Take this sharing tag; may be repeated.")
    var tag: [String] = []

    @OptionGroup(title: "GOSSIP") var gossip: GossipBesideArguments

    func validate() throws {
        do { _ = try PacketFilter(filter) } catch { throw ValidationError("\(error)") }
        let served = ReplicaChunks.Subject.allCases.map(\.capability)
        for name in serve where !served.contains(name) {
            throw ValidationError("'\(name)' cannot be served; what can be is \(served.joined(separator: " and "))")
        }
    }

    /// What the member is told: what the file and the flags say.
    private func member(_ told: Provisioning) throws -> MemberConfiguration {
        var member = try membership.member(told)
        member.permissions.genericMessages = true
        for name in sync + serve {
            var capability = CapabilityConfiguration(WireName(name))
            capability.syncsAtStart = true
            // Nodes that still believe in an earlier link answer only who has something to announce.
            capability.isAnnounced = true
            capability.servesSync = serve.contains(name)
            member.capabilities.removeAll { $0.name == capability.name }
            member.capabilities.append(capability)
        }
        member.isSeed = member.isSeed || seed
        for name in tag { member.tags.append(TagConfiguration(WireName(name), isActive: true)) }
        // Who takes a tag gives it up as a server does.
        if !tag.isEmpty { member.permissions.yieldsTags = true }
        return member
    }

    func run() async throws {
        Interruption.ignoreBrokenPipes()
        let told = try membership.provisioning()
        let member = try member(told)
        let printer = ClusterPrinter(
            style: json ? .json : .text, release: member.release, filter: try PacketFilter(filter),
            showsPackets: !noPackets)
        var services: [any Service] = []
        var handlers: [any CapabilityHandler] = []
        let served = Set(member.capabilities.filter(\.servesSync).map(\.name.description))
        if !served.isEmpty {
            let releases = member.nodes.compactMap { node in node.release.map { (node.node, $0) } }
            var configuration = ReplicaConfiguration(release: member.release, seed: .random(in: 0 ... .max))
            // What came is given on as it came; the sockets and domains of those who ask are theirs.
            configuration.refusesOtherVersions = false
            let replica = LiveReplica(configuration, releases: Dictionary(releases) { $1 })
            handlers = replica.handlers.filter { served.contains($0.capability) }
                .map { PrintedHandler(handler: $0, printer: printer) }
            services.append(replica)
        }
        do { _ = try ClusterMember(member) } catch { throw ValidationError("\(error)") }
        let configuration = try membership.configuration(member)
        let beside = try await gossip.service(configuration, handlers, printer, isJSON: json, membership.log)
        if let beside { services.append(beside) }
        let registry = PrometheusRegistry()
        // Before anything counts.
        if !gossip.isWanted, gossip.http != nil { MetricsSystem.bootstrap(registry) }
        let node = try beside?.node.cluster ?? ClusterNode(configuration, handlers: handlers, others: printer)
        if !gossip.isWanted, let http = gossip.http {
            let site = ClusterSite(node, metrics: registry)
            services.append(try await http.listen("nodes and metrics", membership.log, site.respond))
        }
        if !told.isEnabled { await node.setEnabled(false) }
        services.append(PrintedNode(node: node, events: node.events(), printer: printer))
        services.append(ReloadedProvisioning(node: node, membership: membership))
        do {
            // When nobody reads any more, the printing ends, and all others with it.
            let group = services.map {
                ServiceGroupConfiguration.ServiceConfiguration(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
            }
            try await ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: group, gracefulShutdownSignals: [.sigint, .sigterm], logger: membership.log.quietLogger)
            ).run()
        } catch {
            Terminal.complain("cannot join from \(member.url): \(SocketFailure(error))")
            throw ExitCode(1)
        }
        Terminal.complain("\(printer.packets) packets received")
    }
}

/// Prints what a handler gets.
private struct PrintedHandler: CapabilityHandler {
    let handler: any CapabilityHandler
    let printer: ClusterPrinter

    var capability: String { handler.capability }

    func receive(_ packet: RawSpan, _ header: PacketHeader, _ delivery: Delivery, on connection: PacketConnection?) {
        printer.receive(packet, header, delivery, on: connection)
        handler.receive(packet, header, delivery, on: connection)
    }

    func apply(_ packet: RawSpan, _ header: PacketHeader, _ part: SyncPart, on connection: PacketConnection) -> Int {
        _ = printer.apply(packet, header, part, on: connection)
        return handler.apply(packet, header, part, on: connection)
    }

    func chunks(for node: Int32) -> SyncChunkSource? { handler.chunks(for: node) }
}

/// Reads the list of nodes again on SIGHUP.
private struct ReloadedProvisioning: Service {
    let node: ClusterNode
    let membership: MembershipArguments

    func run() async {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            for await _ in signals { await membership.reload(node) }
        }
    }
}

/// A node whose events are printed.
struct PrintedNode: Service {
    let node: ClusterNode
    let events: AsyncStream<NodeEvent>
    let printer: ClusterPrinter

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await node.run() }
            group.addTask {
                // The events end with the node; when nobody reads any more, the node ends too.
                for await event in events {
                    printer.show(event)
                    if printer.isClosed { throw CancellationError() }
                }
            }
            do {
                while try await group.next() != nil {}
            } catch is CancellationError {
                group.cancelAll()
            }
        }
    }
}
