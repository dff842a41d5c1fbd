import ArgumentParser
import BINCapture
import BINCluster
import BINHTTP
import BINNode
import BINText
import BINTransport
import Metrics
import NIOCore
import ServiceLifecycle
import UnixSignals

/// `opensips-bin gossip`: a member of the gossip.
struct GossipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gossip",
        abstract: "Take part in the gossip: membership, shared state, and duties that one node has at a time.",
        discussion: """
            opensips-bin gossip --id 3 --listen bin:127.0.0.1:5703 --neighbour bin:127.0.0.1:5701 --flag nat-ping=1,2,3:quorum --http 8083

            One neighbour is enough: it is asked for the state of the cluster, and nothing is changed or restarted elsewhere. With --memory \
            the node finds back after all were down, and as a voter of a quorum flag votes at once after a restart.

            With --http there is a page for people at /, and `members`, `state` and `owners` speak with this member; /metrics is for Prometheus, \
            /healthz says whether the node has the state of the cluster. Who reaches the port can change the state of this node.

            With --json each line is an object with time (seconds) and event: joined; member_up, member_suspected, member_down, \
            member_left, member_forgotten with node; state with node, key and value (null: deleted); acquired with flag and fence (the \
            fencing number, a string of digits); lost with flag and reason; refused; identity_conflict. On SIGINT and SIGTERM the node \
            leaves: its flags go to others at once.

            Exit status: 0 ended by a signal, 1 an address cannot be listened on or the memory not be read, 2 wrong use.
            """)

    @OptionGroup var membership: GossipArguments

    @Option(help: "Serve the page, JSON and metrics at this address, such as 127.0.0.1:8080 or 8080.")
    var http: HTTPAddress?

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @Flag(help: "Tell nobody when this node ends; the others find out as after a crash.")
    var noLeave = false

    func run() async throws {
        Interruption.ignoreBrokenPipes()
        let member = try membership.member()
        let registry = PrometheusRegistry()
        if http != nil { MetricsSystem.bootstrap(registry) }
        do {
            var configuration = try membership.configuration(member)
            configuration.leavesAtEnd = !noLeave
            let node = try GossipNode(configuration)
            let listener = try await http.map { (node, $0) }.asyncMap { node, address in
                try await address.listen("page", membership.log, GossipSite(node, member, metrics: registry).respond)
            }
            let service = PrintedGossip(
                node: node, events: node.events(), printer: GossipPrinter(isJSON: json), listener: listener,
                etcd: membership.duties.etcdOwnership(of: node, member, membership.log))
            try await ServiceGroup(
                services: [service], gracefulShutdownSignals: [.sigint, .sigterm], logger: membership.log.quietLogger
            ).run()
        } catch let error as GossipMemoryError {
            Terminal.complain("\(error)")
            throw ExitCode(1)
        } catch let code as ExitCode {
            throw code
        } catch {
            Terminal.complain("cannot listen at \(member.url): \(SocketFailure(error))")
            throw ExitCode(1)
        }
    }
}

extension Optional {
    fileprivate func asyncMap<Result>(_ transform: (Wrapped) async throws -> Result) async rethrows -> Result? {
        guard let self else { return nil }
        return try await transform(self)
    }
}

/// A member whose events are printed.
private struct PrintedGossip: Service {
    let node: GossipNode
    let events: AsyncStream<GossipNodeEvent>
    let printer: GossipPrinter
    let listener: HTTPListener?
    let etcd: EtcdOwnership?

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let listener { group.addTask { try await listener.run() } }
            if let etcd { group.addTask { await etcd.run() } }
            group.addTask {
                // When nobody reads any more, the node ends too.
                for await event in events {
                    await printer.show(event, of: node)
                    if printer.isClosed { throw CancellationError() }
                }
            }
            group.addTask {
                try await node.run()
                throw CancellationError()
            }
            do { while try await group.next() != nil {} } catch is CancellationError {}
            group.cancelAll()
        }
    }
}

/// Prints what happens in the gossip.
final class GossipPrinter: Sendable {
    private let isJSON: Bool
    private let output = MutexedOutput()

    init(isJSON: Bool) { self.isJSON = isJSON }

    /// Whether nobody reads any more.
    var isClosed: Bool { output.isClosed }

    func show(_ event: GossipNodeEvent, of node: GossipNode) async {
        guard case .stateChanged(let id, let keys) = event.event else {
            let (name, values) = event.event.details
            isJSON ? object(name, values) : line(event.event.sentence)
            return
        }
        for key in keys {
            let value = await node.value(key, of: id)
            if isJSON {
                object(
                    "state",
                    [("node", .of(id)), ("key", .of(bytes: key)), ("value", value.map { .of(bytes: $0) } ?? .null)])
            } else if !GossipPrinter.isDescription(key) {
                let name = String(decoding: key, as: UTF8.self)
                let text = value.map { "= \(String(decoding: $0, as: UTF8.self))" } ?? "is deleted"
                line("node \(id): \(name) \(text)")
            }
        }
    }

    /// What every node says of itself when it comes, or of its flags, is told by other lines.
    private static func isDescription(_ key: [UInt8]) -> Bool {
        [GossipKey.url, GossipKey.site, GossipKey.rack, GossipKey.groups].contains(key)
            || key.starts(with: Array("own/".utf8))
    }

    private func line(_ sentence: String) {
        output.write { output in
            output.append(calendar: .now)
            output.append(" \(sentence)\n")
        }
    }

    private func object(_ event: String, _ values: [(name: String, value: JSONValue)]) {
        let rest = values.map { ",\(JSONValue.string($0.name).text):\($0.value.text)" }.joined()
        output.write { output in
            output.append("{\"time\":" as StaticString)
            output.append(seconds: .now)
            output.append(",\"event\":\(JSONValue.string(event).text)\(rest)}\n")
        }
    }
}
