import ArgumentParser
import BINMessages
import BINReplica
import BINText

/// `opensips-bin profiles`: how many calls there are by dialog profile.
struct ProfilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles",
        abstract:
            "Print how many calls nodes have by dialog profile: live, of a node of a capture, or as mirror wrote it.",
        discussion: """
            opensips-bin profiles --from 1=bin:127.0.0.1:5555 --id 9 --listen bin:127.0.0.2:5599 --release 4.0
            opensips-bin profiles --capture x.pcap --node 3 --at +60
            opensips-bin profiles --store mirror.db

            \(CounterSource.discussion) Beside them stands, as 'dialogs', how many calls of the table 'dialog' are in a profile: \
            also in the database of a server.

            Exit status: 0 printed, also when there are none; 1 they could not be had; 2 wrong use.
            """)

    @OptionGroup var source: CounterSource

    @Option(help: "Only this profile.")
    var profile: String?

    @Flag(
        help: """
            Print one JSON object a line: profile, value (null where it has none), with --store dialogs, count (null where no \
            node said one), and nodes.
            """)
    var json = false

    func run() async throws {
        try await ending {
            let reading = try await source.read(.profiles)
            var table = CounterTable(
                ["profile", "value"] + (reading.calls == nil ? [] : ["dialogs"]), names: reading.names, json: json)
            for row in ProfileRow.rows(reading) where profile == nil || row.profile == profile {
                var cells = [
                    ("profile", JSONValue.string(row.profile)), ("value", row.value.map { .string($0) } ?? .null),
                ]
                if let calls = row.calls { cells.append(("dialogs", .number("\(calls)"))) }
                table.append(cells, row.record?.total, row.record?.nodes ?? [:])
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
            "Print rate-limit pipes, and what nodes counted: live, of a node of a capture, or as mirror wrote it.",
        discussion: """
            opensips-bin pipes --from 1=bin:127.0.0.1:5555 --id 9 --listen bin:127.0.0.2:5599 --release 4.0
            opensips-bin pipes --capture x.pcap --node 3 --at +60
            opensips-bin pipes --store mirror.db

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
            var table = CounterTable(["pipe", "algorithm", "limit", "flags"], names: reading.names, json: json)
            for record in reading.pipes where pipe == nil || record.name == pipe {
                let flags = FlagNames.pipe.names(in: record.flags.rawValue)
                let algorithm = Meaning.algorithm.name(of: Int64(record.algorithm.rawValue))
                let row: [(name: String, value: JSONValue)] = [
                    ("pipe", .string(record.name)),
                    ("algorithm", algorithm.map { .string($0) } ?? .number("\(record.algorithm.rawValue)")),
                    ("limit", .number("\(record.limit)")), ("flags", .array(flags.map { .string($0) })),
                ]
                table.append(row, record.total, record.nodes)
            }
            table.finish()
        }
    }
}

/// A profile or a value of it: what nodes broadcast, and which calls there are.
private struct ProfileRow {
    var profile: String
    var value: String?
    /// Nil where no node said anything.
    var record: ProfileRecord?
    /// Dialogs in it; nil where the source has none.
    var calls: Int?

    /// The counters in their order, and behind them what only dialogs are in.
    static func rows(_ reading: CounterReading) -> [ProfileRow] {
        var calls: [[String]: Int] = [:]
        // The suffix says how a profile is shared, which says nothing about the calls in it.
        for (link, count) in reading.calls ?? [:] { calls[[link.profile, link.value], default: 0] += count }
        var rows = reading.profiles.map { record in
            let count = calls.removeValue(forKey: [record.profile, record.value ?? ""])
            return ProfileRow(
                profile: record.profile, value: record.value, record: record,
                calls: reading.calls == nil ? nil : count ?? 0)
        }
        for (name, count) in calls.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            rows.append(ProfileRow(profile: name[0], value: name[1].isEmpty ? nil : name[1], calls: count))
        }
        return rows
    }
}
