import ArgumentParser

/// `opensips-bin send`: packets to a peer.
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send packets: of JSON lines, or of flags.",
        discussion: """
            opensips-bin inspect --json X.pcap | jq -c '…' | opensips-bin send --to tcp:127.0.0.1:5555 -

            Without the name of a subcommand JSON lines are read.
            """,
        subcommands: [SendLinesCommand.self],
        defaultSubcommand: SendLinesCommand.self)
}
