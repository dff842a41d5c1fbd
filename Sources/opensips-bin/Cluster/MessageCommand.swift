import ArgumentParser
import BINCluster
import BINNode
import BINText

/// `opensips-bin message`: messages between scripts.
struct MessageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "message", abstract: "Send a message to the script of a node.",
        subcommands: [MessageSendCommand.self])
}

/// `opensips-bin message send`.
struct MessageSendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send a message to the script of a node, and print the reply.",
        discussion: """
            The node raises E_CLUSTERER_REQ_RECEIVED for it. Without --wait it is only sent.

            Exit status: 0 it was sent (with --wait: and a reply was printed), 1 not, 2 wrong use.
            """)

    @Argument(help: "The message.")
    var message: String

    @OptionGroup var visit: VisitArguments

    @Flag(help: "Wait for the reply, at most --timeout seconds, and print it.")
    var wait = false

    func validate() throws {
        guard try visit.ids.first != nil else { throw ValidationError("--from is needed: the node it is for") }
    }

    func run() async throws {
        try await ending {
            let target = try visit.ids[0]
            let timeout = visit.timeout
            let message = Array(message.utf8)
            let wait = wait
            var member = try visit.member(knowing: [target])
            member.permissions.genericMessages = true
            let reply = try await ClusterVisit(try visit.configuration(member)).run { node -> [UInt8]? in
                try await ClusterVisit.waitUntilUp(node, target, seconds: timeout)
                if wait { return try await node.request(message, of: target, within: .seconds(timeout)) }
                try await node.sendMessage(message, isRequest: true, to: target)
                let reader = try await node.settle(target)
                if reader != target { Terminal.complain("node \(reader) has it, to pass it on to node \(target)") }
                return []
            }
            guard let reply, wait else { return }
            let output = OutputBuffer()
            output.append(reply.span.bytes)
            output.append(UInt8(ascii: "\n"))
            output.flush()
        }
    }
}
