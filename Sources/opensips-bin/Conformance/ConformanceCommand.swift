import ArgumentParser
import BINConformance
import BINMessages
import BINText
import BINWire
import Foundation

/// `opensips-bin conformance`: whether a live node does what the specification says.
struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Test a live node of any implementation against the specification.",
        discussion: """
            opensips-bin conformance --target bin:127.0.0.1:5555 --release 4.0 --cluster 1 --as-node 9

            opensips-bin conformance --target bin:127.0.0.1:5555 --cluster 1 --as-node 9 --gossip

            Joins the cluster of the target under the id given and the one behind it, and runs the numbered cases of \
            Spec/conformance. The target keeps the nodes that the cases introduce until it is restarted: use one that \
            nobody needs. A target with fixed members needs rows for both nodes; what needs more is skipped.

            With --json each line is an object: case, rules, sent, expected, verdict (passed, failed, skipped), seen and \
            seconds; the last one has passed, failed and skipped as numbers. --list --json gives case, rules, sent, expected \
            and hostile.

            Exit status: 0 no case failed, 1 a case failed, 2 wrong use, 3 the target cannot be reached or does not take the \
            runner as a member, 4 the report cannot be written.
            """)

    @Option(help: "Where the node listens that is tested, such as bin:127.0.0.1:5555.")
    var target: String?

    @Option(name: .shortAndLong, help: "Its release, such as 4.0 or 3.4.18: packets do not tell it. From 2.4 on.")
    var release: String?

    @Option(help: "The id of its cluster.")
    var cluster: Int32 = 1

    @Option(name: .customLong("as-node"), help: "The id to join under; about thirty ids from it on must be free.")
    var node: Int32?

    @Option(
        help: """
            Where the first node listens, such as bin:127.0.0.9:5555; the second has the next address and the same port, or \
            outside of 127.0.0.0/8 the next port. Default: the port of the target, and on 127.0.0.0/8 its address with the id \
            as last number.
            """)
    var listen: String?

    @Option(help: "Run only a group or a case, such as framing or join/3; may be repeated.")
    var only: [String] = []

    @Option(help: "A sharing tag that is active on the target.")
    var activeTag: String?

    @Option(help: "A SIP socket of the target, for dialogs. Default: UDP, its address and port 5060.")
    var sipSocket: String?

    @Option(help: "Seconds that the target may take for what its timers drive; raise it for long ping intervals.")
    var patience = 15

    @Option(help: "What random fields are made from; a result names it. Default: another one each time.")
    var seed: UInt64?

    @Flag(help: "Test the gossip of a node of this project, or of another that speaks it; --release is not needed.")
    var gossip = false

    @Flag(help: "Also run the cases of the group robustness, which a weak node may not survive. Loopback only.")
    var hostile = false

    @Flag(help: "Run hostile cases against a target that is not on the loopback.")
    var force = false

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @Option(help: "Write a JUnit report to this file.")
    var junit: String?

    @Flag(help: "Print the cases and run nothing.")
    var list = false

    private var cases: [ConformanceCase] {
        let all = ConformanceCase.all
        return only.isEmpty ? all : all.filter { only.contains($0.id) || only.contains($0.group.rawValue) }
    }

    func validate() throws {
        for name in only where !ConformanceCase.all.contains(where: { $0.id == name || $0.group.rawValue == name }) {
            throw ValidationError("there is no case or group '\(name)'; --list shows them")
        }
        if !list { _ = try settings() }
    }

    private func settings() throws -> ConformanceTarget {
        guard let target else { throw ValidationError("--target is needed, such as bin:127.0.0.1:5555") }
        guard let text = release ?? (gossip ? "4.0" : nil) else {
            throw ValidationError("--release is needed, such as 4.0: packets do not tell it")
        }
        guard let node else { throw ValidationError("--as-node is needed: an id that no node of the cluster has") }
        let release = try Release(argument: text)
        guard patience > 0 else { throw ValidationError("--patience is a number of seconds above 0") }
        let endpoint = try Self.endpoint(target)
        let own = try listen.map { try Self.endpoint($0) } ?? Self.defaultListener(endpoint, node)
        guard let own else { throw ValidationError("--listen is needed: an address of this machine") }
        let seconds: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
        var settings = ConformanceTarget(
            endpoint: endpoint, release: release, cluster: cluster, node: node, host: own.host, unixTime: seconds)
        // The same in each run: a node that is known is not told of another port.
        settings.port = own.port
        settings.activeTag = activeTag
        settings.sipSocket = sipSocket
        settings.seed = seed ?? UInt64.random(in: 0...UInt64.max)
        settings.patience = .seconds(patience)
        settings.isHostile = hostile || (!only.isEmpty && cases.allSatisfy(\.isHostile))
        settings.speaksGossip = gossip
        if !only.isEmpty, let other = cases.first(where: { $0.isGossip != gossip }) {
            throw ValidationError("\(other.id) is run \(other.isGossip ? "only with" : "without") --gossip")
        }
        if let fault = settings.fault { throw ValidationError(fault) }
        if settings.isHostile, !hostile {
            throw ValidationError("the cases named are hostile: --hostile is needed too")
        }
        if hostile, !force, !Self.isLoopback(endpoint.host) {
            throw ValidationError("--hostile is for targets on the loopback; --force overrides that")
        }
        return settings
    }

    private static func endpoint(_ text: String) throws -> BINEndpoint {
        do { return try TransportTarget.parse(text) } catch { throw ValidationError("'\(text)': \(error)") }
    }

    private static func isLoopback(_ host: String) -> Bool { host.hasPrefix("127.") || host == "::1" }

    private static func defaultListener(_ target: BINEndpoint, _ node: Int32) -> BINEndpoint? {
        let parts = target.host.split(separator: ".")
        guard target.host.hasPrefix("127."), parts.count == 4, (1...200).contains(node) else { return nil }
        return BINEndpoint(.bin, host: "127.\(parts[1]).\(parts[2]).\(node)", port: target.port)
    }

    // MARK: Running

    func run() async throws {
        Interruption.ignoreBrokenPipes()
        guard !list else {
            ConformanceReport.list(cases, json: json)
            return
        }
        let settings = try settings()
        let report = ConformanceReport(style: json ? .json : .text)
        Interruption.watch()
        do {
            let runner = ConformanceRunner(target: settings, cases: cases)
            try await untilInterrupted { try await runner.run { report.add($0) } }
        } catch let failure as ConformanceRunner.Failure {
            Terminal.complain("\(failure)")
            throw ExitCode(3)
        } catch is CancellationError {
            Terminal.complain("interrupted")
            throw ExitCode(3)
        }
        report.end()
        if let junit {
            do {
                try Data(report.junit(target: "\(settings.endpoint)").utf8).write(
                    to: URL(fileURLWithPath: junit), options: .atomic)
            } catch {
                Terminal.complain("\(junit) cannot be written: \(error.localizedDescription)")
                throw ExitCode(4)
            }
        }
        if report.count("failed") > 0 { throw ExitCode(1) }
    }

    private func untilInterrupted(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await body()
                return true
            }
            group.addTask {
                while !Interruption.isRequested, !Task.isCancelled { try await Task.sleep(for: .milliseconds(50)) }
                return false
            }
            defer { group.cancelAll() }
            if try await group.next() == false { throw CancellationError() }
        }
    }
}
