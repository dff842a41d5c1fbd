import ArgumentParser
import BINMessages
import BINReplica
import BINText

/// `opensips-bin profiles`: how many calls there are by dialog profile.
struct ProfilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles",
        abstract:
            "Print the profile counters of a live cluster or of a node of a capture: calls of all nodes by profile and value.",
        discussion: """
            opensips-bin profiles --from 1=bin:127.0.0.1:5555 --id 9 --listen bin:127.0.0.2:5599 --release 4.0
            opensips-bin profiles --capture x.pcap --node 3 --at +60

            \(CounterSource.discussion)

            Exit status: 0 printed, also when there are none; 1 they could not be had; 2 wrong use.
            """)

    @OptionGroup var source: CounterSource

    @Option(help: "Only this profile.")
    var profile: String?

    @Flag(help: "Print one JSON object a line: profile, value (null where it has none), count, and nodes.")
    var json = false

    func run() async throws {
        try await ending {
            let reading = try await source.read(.profiles)
            let (profiles, now) = (reading.replica.profiles, reading.time)
            var table = CounterTable(["profile", "value"], names: reading.names, json: json)
            for name in profiles.names where profile == nil || name == profile {
                for size in profiles.sizes(of: name, at: now) {
                    let counts = profiles.counts(of: name, value: size.own.value, at: now)
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
        abstract:
            "Print the rate-limit pipes of a live cluster or of a node of a capture: limit, algorithm, and what all nodes counted.",
        discussion: """
            opensips-bin pipes --from 1=bin:127.0.0.1:5555 --id 9 --listen bin:127.0.0.2:5599 --release 4.0
            opensips-bin pipes --capture x.pcap --node 3 --at +60

            \(CounterSource.discussion)

            Exit status: 0 printed, also when there are none; 1 they could not be had; 2 wrong use.
            """)

    @OptionGroup var source: CounterSource

    @Option(help: "Only this pipe.")
    var pipe: String?

    @Flag(help: "Print one JSON object a line: pipe, algorithm, limit, flags, count, and nodes.")
    var json = false

    func run() async throws {
        try await ending {
            let reading = try await source.read(.pipes)
            let (pipes, now) = (reading.replica.pipes, reading.time)
            var table = CounterTable(["pipe", "algorithm", "limit", "flags"], names: reading.names, json: json)
            for status in pipes.statuses(at: now) where pipe == nil || status.own.name == pipe {
                let flags = FlagNames.pipe.names(in: status.own.flags.rawValue)
                let algorithm = Meaning.algorithm.name(of: Int64(status.own.algorithm.rawValue))
                let row: [(name: String, value: JSONValue)] = [
                    ("pipe", .string(status.own.name)),
                    ("algorithm", algorithm.map { .string($0) } ?? .number("\(status.own.algorithm.rawValue)")),
                    ("limit", .number("\(status.own.limit)")), ("flags", .array(flags.map { .string($0) })),
                ]
                table.append(row, status.total, pipes.counts(of: status.own.name, at: now))
            }
            table.finish()
        }
    }
}
