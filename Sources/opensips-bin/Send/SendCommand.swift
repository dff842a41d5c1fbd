import ArgumentParser

/// `opensips-bin send`: packets to a peer.
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send packets: of JSON lines, or of flags.",
        discussion: """
            opensips-bin inspect --json X.pcap | jq -c '…' | opensips-bin send --to tcp:127.0.0.1:5555 -

            opensips-bin send contact --to tcp:127.0.0.1:5555 --node-id 2 --to-node 1 --release 4.0 --aor alice --contact \
            sip:alice@10.0.0.1

            Without the name of a subcommand JSON lines are read. OpenSIPS takes packets only from members of its cluster: \
            --as-member makes this one.

            Exit status: 0 everything was sent (as a member: and confirmed), 1 the input could not be read or packets could not \
            be sent, 2 wrong use, 3 something became no packet; the rest was sent.
            """,
        subcommands: [
            SendLinesCommand.self, SendContactCommand.self, SendProfileCommand.self, SendPipeCommand.self,
        ],
        defaultSubcommand: SendLinesCommand.self)
}
