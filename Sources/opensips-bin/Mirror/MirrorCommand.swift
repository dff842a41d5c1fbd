import ArgumentParser
import BINCluster
import BINHTTP
import BINMessages
import BINNode
import BINReplica
import BINStore
import BINText
import BINTransport
import BINWire
import Metrics
import ServiceLifecycle
import UnixSignals

/// `opensips-bin mirror`: keeps what a cluster replicates outside of it.
struct MirrorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mirror",
        abstract: "Keep what a cluster replicates in an SQLite file or in Redis, for as long as it runs.",
        discussion: """
            opensips-bin mirror --from 1=bin:127.0.0.1:5555 --id 9 --listen bin:127.0.0.2:5599 --release 3.6 --to sqlite:mirror.db
            opensips-bin mirror --provision cluster.yaml --to redis://127.0.0.1:6379

            Joins as a member, gets a full sync, and then writes whatever changes. When it starts again it takes over what it \
            wrote before, and after the sync takes out what the cluster has no more.

            SQLite: the tables 'location' and 'dialog' as OpenSIPS has them, which its servers and tools can read. Profile \
            counters and rate-limit pipes are in tables of our own, 'bin_profiles' and 'bin_pipes', which OpenSIPS does not \
            read; as nodes repeat them all the time and no sync brings them, they begin anew with each start. What is counted as \
            written is on the disk.

            Redis, also as a cluster (name several nodes, joined by ','): a hash an address of \
            record, 'contacts:{TABLE/AOR}', for a Call-ID 'dialogs:{CALL-ID}', for counters 'profiles:{NAME}' and 'pipes:{NAME}', \
            which go when no mirror writes them for a minute; several mirrors share the work, and take over when one goes.

            Every second in which something changed, and at each event, a line is printed; with --json an object with time \
            and event: those of join, and 'mirror' with written, waiting, contacts, dialogs, profiles, pipes, refused (records that cannot be \
            kept, such as one whose table has an impossible name) and failure where there are any.

            With --http, /healthz answers 200 once a node is reached, a first sync was written and the store takes what comes; /metrics \
            has, beside those of the node, bin_mirror_records_written_total, …_waiting and …_refused, bin_mirror_failing and bin_mirror_held by kind.

            Exit status: 0 ended by a signal, 1 the store cannot be opened or the address not be listened on, 2 wrong use.
            """)

    @OptionGroup var membership: MembershipArguments

    @Option(help: "Where to: sqlite:FILE, redis://HOST:PORT[,HOST:PORT…], or memory: to keep nothing behind.")
    var to: MirrorTarget

    @Flag(
        help: "Contacts are told apart by URI and Call-ID where packets do not say how: the servers' matching_mode 1.")
    var matchCallID = false

    @Option(help: "Serve /nodes, /metrics and /healthz at this address, such as 127.0.0.1:8080 or 8080.")
    var http: HTTPAddress?

    @Flag(help: "Print one JSON object a line.")
    var json = false

    /// What is mirrored, and the capability that brings it.
    static let capabilities: [(kind: RecordKind, name: String)] = [
        (.contacts, "usrloc-contact-repl"), (.dialogs, "dialog-dlg-repl"),
    ]

    private func member() throws -> MemberConfiguration {
        var member = try membership.member()
        for (_, name) in Self.capabilities {
            var capability = CapabilityConfiguration(WireName(name))
            capability.syncsAtStart = true
            capability.isAnnounced = true
            member.capabilities.removeAll { $0.name == capability.name }
            member.capabilities.append(capability)
        }
        for kind in CounterKind.allCases {
            var capability = CapabilityConfiguration(WireName(kind.capability(of: member.release)))
            capability.isAnnounced = true
            member.capabilities.removeAll { $0.name == capability.name }
            member.capabilities.append(capability)
        }
        return member
    }

    func run() async throws {
        try await ending {
            let member = try member()
            let registry = PrometheusRegistry()
            // Before anything counts.
            if http != nil { MetricsSystem.bootstrap(registry) }
            let sink = try await to.open("\(member.cluster)-\(member.node)")
            let printer = ClusterPrinter(
                style: json ? .json : .text, release: member.release, filter: try PacketFilter([]), showsPackets: false)
            var configuration = ReplicaConfiguration(release: member.release, seed: .random(in: 0 ... .max))
            configuration.refusesOtherVersions = false
            configuration.contactIDs = .fromPacket
            configuration.matchingMode = matchCallID ? .uriAndCallID : .uri
            let box = MirrorBox()
            let releases = member.nodes.compactMap { node in node.release.map { (node.node, $0) } }
            let replica = LiveReplica(configuration, releases: Dictionary(releases) { $1 }) { box.observe($0, $1) }
            let mirror = sink.map { Mirror(to: $0) { replica.snapshot() } }
            if let mirror { box.connect(mirror.pending) }
            let node = try ClusterNode(
                try membership.configuration(member), handlers: replica.handlers, others: printer)
            var services: [any Service] = [
                replica, MirrorService(mirror: mirror, replica: replica, events: node.events(), printer: printer),
                PrintedNode(node: node, events: node.events(), printer: printer),
            ]
            if let http {
                let site = ClusterSite(node, metrics: registry) {
                    (mirror?.currentStatus).flatMap(MirrorMetrics.trouble)
                }
                services.append(try await http.listen("nodes and metrics", membership.log, site.respond))
            }
            do {
                let group = services.map {
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                }
                try await ServiceGroup(
                    configuration: ServiceGroupConfiguration(
                        services: group, gracefulShutdownSignals: [.sigint, .sigterm],
                        logger: membership.log.quietLogger)
                ).run()
            } catch let failure as StoreFailure {
                throw failure
            } catch {
                throw CommandFailure("cannot join from \(member.url): \(SocketFailure(error))")
            }
            guard let status = mirror?.currentStatus else { return }
            Terminal.complain("\(status.written) records written, \(status.waiting) not any more")
        }
    }
}
