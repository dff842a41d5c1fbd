import ArgumentParser
import BINCluster
import BINMessages
import BINNode
import BINText
import BINTransport
import ServiceLifecycle
import UnixSignals

/// `opensips-bin join`: a member that looks on.
struct JoinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join",
        abstract: "Join a cluster as an observer, and print what happens and what is replicated.",
        discussion: """
            opensips-bin join --cluster 1 --id 9 --listen bin:127.0.0.1:5599 --neighbour 1=bin:127.0.0.1:5555 --release 4.0

            One neighbour is enough where nodes may introduce themselves (servers without a database, and all before 3.2); \
            servers with a database need a row for this node. Nothing is announced, no data are given away and no sharing tag \
            is taken. With --sync all data of a capability are fetched first.

            With --json each line is an object with time (seconds) and event: node_up, node_down, node_added, node_removed \
            and link with node; capability; sync_requested, sync_started, sync_progress, synced and sync_failed with \
            capability; tag; message; refused with reason; packet with the object of inspect --json as packet.

            Exit status: 0 ended by a signal or --count, 1 the address cannot be listened on, 2 wrong use.
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

    func validate() throws {
        do { _ = try PacketFilter(filter) } catch { throw ValidationError("\(error)") }
    }

    func run() async throws {
        Interruption.ignoreBrokenPipes()
        var member = try membership.member()
        member.permissions.genericMessages = true
        member.capabilities = sync.map { name in
            var capability = CapabilityConfiguration(WireName(name))
            capability.syncsAtStart = true
            // Nodes that still believe in an earlier link answer only who has something to announce.
            capability.isAnnounced = true
            return capability
        }
        let printer = ClusterPrinter(
            style: json ? .json : .text, release: member.release, filter: try PacketFilter(filter),
            showsPackets: !noPackets)
        let node = try ClusterNode(try membership.configuration(member), others: printer)
        let events = EventPrinting(events: node.events(), printer: printer)
        do {
            try await ServiceGroup(
                services: [events, node], gracefulShutdownSignals: [.sigint, .sigterm],
                logger: membership.log.quietLogger
            ).run()
        } catch {
            Terminal.complain("cannot join from \(member.url): \(SocketFailure(error))")
            throw ExitCode(1)
        }
        Terminal.complain("\(printer.packets) packets received")
    }
}

/// Prints the events of a node until it ends.
struct EventPrinting: Service {
    let events: AsyncStream<NodeEvent>
    let printer: ClusterPrinter

    func run() async throws {
        for await event in events {
            printer.show(event)
            if printer.isClosed { return }
        }
    }
}
