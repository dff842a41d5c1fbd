import ArgumentParser
import BINCapture
import BINMessages
import BINText
import BINTransport
import BINWire

/// `opensips-bin replay`: sends the packets of a capture again.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send the packets of a capture again, in their order.",
        discussion: """
            opensips-bin replay X.pcap --to tcp:127.0.0.1:5555 --speed 10x
            opensips-bin replay X.pcap --to udp:127.0.0.1:5555 --filter 'source=1 && message=contact-*'

            All packets go to one target, whomever they were for; --filter chooses. --node-id, --to-node and --cluster \
            put other ids into the packets, since a receiver takes only what comes from a node that it knows and is for \
            itself. Packets inside of an envelope are sent as packets of their own then.

            Exit status: 0 all chosen packets were sent, 1 a file could not be read or packets could not be sent, \
            2 wrong use, 3 packets were left out: they have another framing than the first one or are too long.
            """)

    @Argument(help: "Capture files; '-' is standard input.")
    var files: [String]

    @OptionGroup var target: TargetArguments

    @Option(help: "A multiple of the recorded speed, such as 10x or 0.5x, or max.")
    var speed = ReplaySpeed.recorded

    @OptionGroup(title: "Nodes") var nodes: NodeArguments

    @Option(name: .shortAndLong, help: "Send only packets that pass; see inspect --help.")
    var filter: [String] = []

    func validate() throws {
        do { _ = try PacketFilter(filter) } catch { throw ValidationError("\(error)") }
    }

    func run() async throws {
        Interruption.ignoreBrokenPipes()
        Interruption.watch()
        let options = try target.options(nodes)
        let session = ReplaySession(
            files: files, filter: try PacketFilter(filter), rewrite: nodes.rewrite, speed: speed)
        let framing: Framing?
        do throws(CaptureError) {
            framing = try await session.begin()
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(1)
        }
        guard let framing else {
            Terminal.complain("there is no packet to send")
            return
        }
        let outlet: any PacketOutlet
        do throws(DeliveryFailure) {
            outlet = try await options.outlet(framing: framing)
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(1)
        }
        let outcome = try await outlet.run { try await session.send(to: $0) }
        let result = await session.result
        Terminal.complain(
            "\(outcome.sent) packets sent" + (outcome.lost > 0 ? ", \(outcome.lost) lost" : "")
                + (result.leftOut > 0 ? ", \(result.leftOut) left out" : "")
                + (Interruption.isRequested ? ", interrupted" : ""))
        if let reason = result.failure ?? outcome.reason {
            Terminal.complain(reason)
            throw ExitCode(1)
        }
        if outcome.lost > 0 { throw ExitCode(1) }
        if result.leftOut > 0 { throw ExitCode(3) }
    }
}
