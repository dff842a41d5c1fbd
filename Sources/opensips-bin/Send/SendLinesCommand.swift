import ArgumentParser
import BINText
import BINTransport
import BINWire
import Foundation

/// `opensips-bin send lines`: JSON lines to a peer.
struct SendLinesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lines",
        abstract: "Send the packets of JSON lines, as inspect --json prints them.",
        discussion: """
            A line needs capability, type and fields; framing (2.3), version, layout and routing may be given.

            Exit status: 0 all lines were sent, 1 the input could not be read or packets could not be sent, \
            2 wrong use, 3 at least one line became no packet; the others were sent.
            """)

    @Argument(help: "The JSON lines; '-' is standard input.")
    var input = "-"

    @OptionGroup var target: TargetArguments

    @OptionGroup(title: "Nodes") var nodes: NodeArguments

    func run() async throws {
        Interruption.ignoreBrokenPipes()
        Interruption.watch()
        let lines: JSONPackets
        do {
            lines = try JSONPackets(path: input, rewrite: nodes.rewrite)
        } catch {
            Terminal.complain("\(input) cannot be read: \(error.localizedDescription)")
            throw ExitCode(1)
        }
        try await PacketDelivery(target: try target.options(nodes), packets: lines).run()
    }
}
