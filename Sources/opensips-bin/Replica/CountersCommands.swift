import ArgumentParser
import BINMessages
import BINReplica
import BINText

/// `opensips-bin profiles`: how many calls there are by dialog profile.
struct ProfilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles",
        abstract: "Print the profile counters of a node of a capture: calls of all nodes by profile and value.",
        discussion: """
            opensips-bin profiles --capture x.pcap --node 3 --at +60

            What a node said counts for ten seconds, as it does in a server, unless --expiry says otherwise.

            Exit status: 0 printed, 1 a file could not be read or has no such node, 2 wrong use.
            """)

    @OptionGroup var capture: CaptureArguments

    @Option(name: .shortAndLong, help: "The release of all nodes, instead of finding out.")
    var release: String?

    @Option(help: "Seconds for which a counter counts: replicate_profiles_expire.")
    var expiry: UInt64 = 10

    @Option(help: "Only this profile.")
    var profile: String?

    @Flag(help: "Print one JSON object a line: profile, value (null where it has none), count, and nodes.")
    var json = false

    func validate() throws { try CounterOptions.check(capture, release, expiry) }

    func run() async throws {
        try await ending {
            let (replica, nodes, time) = try capture.state(release: release.flatMap { Release($0) }) {
                $0.profileLimits.expiry = expiry * 1000
            }
            let now = ReplicaTime(time)
            var table = CounterTable(["profile", "value"], of: nodes, json: json)
            for name in replica.profiles.names where profile == nil || name == profile {
                for size in replica.profiles.sizes(of: name, at: now) {
                    let counts = replica.profiles.counts(of: name, value: size.own.value, at: now)
                    let row = [
                        ("profile", JSONValue.string(name)), ("value", size.own.value.map { .string($0) } ?? .null),
                    ]
                    table.append(row, size.total, counts)
                }
            }
            table.finish()
        }
    }
}

/// `opensips-bin pipes`: rate-limit pipes.
struct PipesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipes",
        abstract: "Print the rate-limit pipes of a node of a capture: limit, algorithm, and what all nodes counted.",
        discussion: """
            opensips-bin pipes --capture x.pcap --node 3 --at +60

            What a node said counts for ten seconds, as it does in a server, unless --expiry says otherwise.

            Exit status: 0 printed, 1 a file could not be read or has no such node, 2 wrong use.
            """)

    @OptionGroup var capture: CaptureArguments

    @Option(name: .shortAndLong, help: "The release of all nodes, instead of finding out.")
    var release: String?

    @Option(help: "Seconds for which a counter counts: repl_timer_expire.")
    var expiry: UInt64 = 10

    @Option(help: "Only this pipe.")
    var pipe: String?

    @Flag(help: "Print one JSON object a line: pipe, algorithm, limit, flags, count, and nodes.")
    var json = false

    func validate() throws { try CounterOptions.check(capture, release, expiry) }

    func run() async throws {
        try await ending {
            let (replica, nodes, time) = try capture.state(release: release.flatMap { Release($0) }) {
                $0.pipeParameters.peerExpiry = expiry * 1000
            }
            let now = ReplicaTime(time)
            var table = CounterTable(["pipe", "algorithm", "limit", "flags"], of: nodes, json: json)
            for status in replica.pipes.statuses(at: now) where pipe == nil || status.own.name == pipe {
                let flags = FlagNames.pipe.names(in: status.own.flags.rawValue)
                let algorithm = Meaning.algorithm.name(of: Int64(status.own.algorithm.rawValue))
                let row: [(name: String, value: JSONValue)] = [
                    ("pipe", .string(status.own.name)),
                    ("algorithm", algorithm.map { .string($0) } ?? .number("\(status.own.algorithm.rawValue)")),
                    ("limit", .number("\(status.own.limit)")), ("flags", .array(flags.map { .string($0) })),
                ]
                table.append(row, status.total, replica.pipes.counts(of: status.own.name, at: now))
            }
            table.finish()
        }
    }
}

/// What the options of both commands must be.
enum CounterOptions {
    static func check(_ capture: CaptureArguments, _ release: String?, _ expiry: UInt64) throws {
        if capture.capture.isEmpty { throw ValidationError("name a capture with --capture") }
        if let release { _ = try Release(argument: release) }
        guard expiry <= 1 << 32 else { throw ValidationError("--expiry is a number of seconds") }
    }
}

/// Counters as rows of a table or lines of JSON, with what each node counts.
struct CounterTable {
    private let output = OutputBuffer()
    private let json: Bool
    private let names: [Int32: String]
    private var table: TextTable
    private var count = 0

    init(_ titles: [String], of nodes: CaptureNodes, json: Bool) {
        self.json = json
        names = nodes.names
        table = TextTable(titles + ["count", "by node"])
    }

    mutating func append(
        _ row: [(name: String, value: JSONValue)], _ total: Int, _ counts: [Int32: Int]
    ) {
        count += 1
        let shares = counts.sorted { $0.key < $1.key }.map { (name: names[$0.key] ?? "\($0.key)", count: $0.value) }
        if json {
            let members =
                row + [
                    ("count", .number("\(total)")),
                    ("nodes", .object(shares.map { ($0.name, .number("\($0.count)")) })),
                ]
            JSONValue.object(members).writeCompact(to: JSONWriter(output: output))
            output.append(UInt8(ascii: "\n"))
            return
        }
        let cells = row.map { _, value in
            switch value {
            case .string(let text): text.isEmpty ? "-" : text
            case .number(let number): number
            case .array(let values): values.isEmpty ? "-" : values.compactMap(\.string).joined(separator: " ")
            default: "-"
            }
        }
        let shareText = shares.map { "\($0.name): \($0.count)" }.joined(separator: ", ")
        table.append(cells + ["\(total)", shareText.isEmpty ? "-" : shareText])
    }

    func finish() {
        if !json, count > 0 { table.write(to: output) }
        output.flush()
        if count == 0 { Terminal.complain("there are none") }
    }
}
