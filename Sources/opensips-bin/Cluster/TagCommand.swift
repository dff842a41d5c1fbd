import ArgumentParser
import BINCluster
import BINMessages
import BINNode
import BINText

/// `opensips-bin tag`: sharing tags.
struct TagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "List the sharing tags of a cluster, or take one.",
        subcommands: [TagListCommand.self, TagActivateCommand.self])
}

/// `opensips-bin tag list`.
struct TagListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Print the sharing tags that nodes say they have.",
        discussion: """
            Nodes say so when the link of a node comes up that they have not told yet: for the whole list give an --id that \
            was not used since the tags changed hands. A tag that nobody has is not told.

            Exit status: 0 the list is complete as far as the nodes spoke, 1 no node could be reached, 2 wrong use.
            """)

    @OptionGroup var visit: VisitArguments

    @Flag(help: "Print one JSON object a tag: tag, and node, null when that is not known.")
    var json = false

    @Option(help: "Seconds to listen.")
    var wait = 3

    func validate() throws {
        guard try visit.ids.first != nil else { throw ValidationError("--from is needed: a node that is known") }
        guard wait > 0 else { throw ValidationError("--wait is a number of seconds above 0") }
    }

    func run() async throws {
        try await ending {
            let wait = wait
            let timeout = visit.timeout
            let first = try visit.ids[0]
            let snapshot = try await ClusterVisit(try visit.configuration(try visit.member(knowing: []))).run { node in
                try await ClusterVisit.waitUntilUp(node, first, seconds: timeout)
                try await Task.sleep(for: .seconds(wait))
                return await node.snapshot
            }
            let output = OutputBuffer()
            let writer = JSONWriter(output: output)
            var table = TextTable(["tag", "node"])
            for tag in snapshot.tags {
                let name = tag.name.description
                if json {
                    JSONValue.object([("tag", .string(name)), ("node", tag.holder.map { .integer($0) } ?? .null)])
                        .writeCompact(to: writer)
                    output.append(UInt8(ascii: "\n"))
                } else {
                    table.append([name, tag.holder.map { "\($0)" } ?? "unknown"])
                }
            }
            if !json, !snapshot.tags.isEmpty { table.write(to: output) }
            output.flush()
            if snapshot.tags.isEmpty { Terminal.complain("no node says that it has a sharing tag") }
        }
    }
}

/// `opensips-bin tag activate`.
struct TagActivateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activate",
        abstract: "Take a sharing tag, and keep it until interrupted.",
        discussion: """
            The node that had the tag steps down. When this command ends nobody has the tag until a node takes it: the protocol \
            has no word for giving a tag back. When another node takes it meanwhile the command says so and ends.

            Exit status: 0 ended by a signal, 1 no node could be reached or the release has no sharing tags, 2 wrong use, \
            3 another node took the tag.
            """)

    @Argument(help: "The name of the tag.")
    var tag: String

    @OptionGroup var visit: VisitArguments

    @Flag(help: "End as soon as the nodes that are up have confirmed.")
    var once = false

    func validate() throws {
        guard try visit.ids.first != nil else { throw ValidationError("--from is needed: a node that is known") }
        guard !tag.isEmpty else { throw ValidationError("the name of the tag is missing") }
    }

    func run() async throws {
        let lostTo = try await ending {
            var member = try visit.member(knowing: [])
            member.permissions.yieldsTags = true
            let name = WireName(tag)
            let once = once
            let timeout = visit.timeout
            let first = try visit.ids[0]
            let visit = try ClusterVisit(try visit.configuration(member))
            let events = visit.node.events()
            do {
                return try await visit.run { node -> Int32? in
                    try await ClusterVisit.waitUntilUp(node, first, seconds: timeout)
                    try await node.activate(tag: name)
                    Terminal.complain("sharing tag \(name) is active here")
                    if once {
                        try await node.settle(first)
                        return nil
                    }
                    for await event in events {
                        guard case .tag(name, let fate) = event.event else { continue }
                        switch fate {
                        case .moved(let node), .lost(let node): return node
                        case .taken, .announced, .kept, .doubled, .unconfirmed: continue
                        }
                    }
                    return nil
                }
            } catch let failure as ClusterVisit.Failure where Interruption.isRequested {
                _ = failure
                return nil
            }
        }
        if let lostTo {
            Terminal.complain("node \(lostTo) took sharing tag \(tag)")
            throw ExitCode(3)
        }
    }
}
