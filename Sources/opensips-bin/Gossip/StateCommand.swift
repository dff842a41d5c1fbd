import ArgumentParser
import BINHTTP
import BINText
import NIOHTTP1

/// `opensips-bin state`: the shared state.
struct StateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "Read, change or follow the state that members share, through a running member.",
        subcommands: [StateGetCommand.self, StateSetCommand.self, StateDeleteCommand.self, StateWatchCommand.self])
}

/// `opensips-bin state get`.
struct StateGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Print keys and values.",
        discussion: """
            With --json each line is an object with node, key and value; bytes that are no text are {"hex": …}.

            Exit status: 0; 1 the member does not answer, 2 wrong use, 3 there is no such key.
            """)

    @Argument(help: "A key; without it all keys are printed.")
    var key: String?

    @Option(name: .customLong("of"), help: "Only the state of this node.")
    var node: Int32?

    @OptionGroup var member: RunningMemberArguments

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func run() async throws {
        let isFound = try await ending {
            var query: [String] = []
            if let node { query.append("node=\(node)") }
            if let key { query.append("key=\(RequestTarget.encode(key))") }
            let path = "/state" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
            let entries = try await member.object(path)["state"]?.array ?? []
            let output = OutputBuffer()
            if json {
                for entry in entries { output.append(entry.text + "\n") }
            } else if key != nil, node != nil {
                for entry in entries { output.append(entry.plain("value") + "\n") }
            } else if !entries.isEmpty {
                var table = TextTable(["node", "key", "value"])
                for entry in entries { table.append([entry.plain("node"), entry.plain("key"), entry.plain("value")]) }
                table.write(to: output)
            }
            output.flush()
            return !entries.isEmpty
        }
        if !isFound {
            Terminal.complain("there is no such key")
            throw ExitCode(3)
        }
    }
}

/// `opensips-bin state set`.
struct StateSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set a key of the state of the member that is asked; all others come to know it.",
        discussion: """
            A node has up to 128 keys of up to 128 bytes, and 16,384 bytes in all. Prints nothing; with --json an object with key and value.

            Exit status: 0; 1 the member does not answer or does not take it, 2 wrong use.
            """)

    @Argument(help: "The key.")
    var key: String

    @Argument(help: "The value.")
    var value: String

    @OptionGroup var member: RunningMemberArguments

    @Flag(help: "Print what was set as a JSON object.")
    var json = false

    func run() async throws {
        try await ending { try await member.change(.PUT, "/state/\(RequestTarget.encode(key))", Array(value.utf8)) }
        if json { printChange(key, .string(value)) }
    }
}

/// `opensips-bin state delete`.
struct StateDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a key of the state of the member that is asked.",
        discussion: """
            Prints nothing; with --json an object with key and value, null.

            Exit status: 0, also when there was no such key; 1 the member does not answer, 2 wrong use.
            """)

    @Argument(help: "The key.")
    var key: String

    @OptionGroup var member: RunningMemberArguments

    @Flag(help: "Print what was deleted as a JSON object.")
    var json = false

    func run() async throws {
        try await ending { try await member.change(.DELETE, "/state/\(RequestTarget.encode(key))", nil) }
        if json { printChange(key, .null) }
    }
}

/// Prints a change that was made, as a line of JSON.
private func printChange(_ key: String, _ value: JSONValue) {
    let output = OutputBuffer()
    JSONValue.object([("key", .string(key)), ("value", value)]).writeCompact(to: JSONWriter(output: output))
    output.append("\n")
    output.flush()
}

/// `opensips-bin state watch`.
struct StateWatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Print changes of the state as the member hears of them, until interrupted.",
        discussion: """
            With --json each line is an object with node, key and value; null when the key was deleted.

            Exit status: 0 ended by a signal or --count, 1 the member does not answer or ends, 2 wrong use.
            """)

    @Argument(help: "A key; without it all changes are printed.")
    var key: String?

    @Option(help: "End after so many changes.")
    var count: Int?

    @OptionGroup var member: RunningMemberArguments

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count is at least 1") }
    }

    func run() async throws {
        try await ending {
            let watching = Task { try await watch() }
            let interrupting = Task {
                while !Interruption.isRequested, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(50)) }
                watching.cancel()
            }
            defer { interrupting.cancel() }
            do { try await watching.value } catch  where Interruption.isRequested { return }
            guard !Interruption.isRequested else { return }
        }
    }

    private func watch() async throws {
        var left = count ?? .max
        let output = OutputBuffer()
        do {
            try await member.call.follow(.GET, "/events") { _, line in
                guard line.hasPrefix("data: "), let event = try? JSONParser.parse(Array(line.dropFirst(6).utf8)),
                    event["event"] == .string("state"), key == nil || event["key"] == key.map({ .string($0) })
                else { return true }
                show(event, output)
                output.flush()
                left -= 1
                return left > 0 && !output.isClosed
            }
        } catch let error as HTTPCallError {
            throw MemberRefusal(description: "no member of the gossip answers at \(member.address): \(error)")
        }
        if left > 0, !output.isClosed, !Interruption.isRequested {
            throw MemberRefusal(description: "the member at \(member.address) ended")
        }
    }

    private func show(_ event: JSONValue, _ output: OutputBuffer) {
        if json {
            let members = ["node", "key", "value"].map { (name: $0, value: event[$0] ?? .null) }
            output.append(JSONValue.object(members).text + "\n")
        } else {
            let value = event["value"] == .null ? "is deleted" : "= \(event.plain("value"))"
            output.append("node \(event.plain("node")): \(event.plain("key")) \(value)\n")
        }
    }
}
