import ArgumentParser
import BINMessages
import BINText
import BINWire

/// `opensips-bin send profile`: a count of a dialog profile.
struct SendProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Tell a node how many dialogs a profile has here.",
        discussion: """
            opensips-bin send profile --to tcp:127.0.0.1:5555 --node-id 2 --to-node 1 --release 3.4 --profile trunk --value a \
            --count 17

            The count replaces what this node said before; it expires after 10 s unless it is said again, as servers do every \
            200 ms from 3.3 on. Exit status: see send --help.
            """)

    @OptionGroup var target: TargetArguments

    @OptionGroup(title: "Nodes") var nodes: NodeArguments

    @Option(help: "The profile.")
    var profile: String

    @Option(help: "The value of a profile with values.")
    var value: String?

    @Option(help: "How many dialogs.")
    var count: Int32

    func validate() throws { try nodes.requireRelease() }

    func run() async throws {
        try await PacketDelivery.send(to: target, nodes) { producer throws(ProductionFailure) in
            try producer.profileCounts([ProfileCount(profile: profile, value: value, count: count)])
        }
    }
}

/// `opensips-bin send pipe`: a count of a rate-limit pipe.
struct SendPipeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipe",
        abstract: "Tell a node the count of a rate-limit pipe here.",
        discussion: """
            opensips-bin send pipe --to tcp:127.0.0.1:5555 --node-id 2 --to-node 1 --release 4.0 --name trunk --limit 100 \
            --algorithm tailDrop --count 17

            Exit status: see send --help.
            """)

    @OptionGroup var target: TargetArguments

    @OptionGroup(title: "Nodes") var nodes: NodeArguments

    @Option(help: "The pipe.")
    var name: String

    @Option(help: "none, tailDrop, red, feedback, network or slidingWindow.")
    var algorithm = "tailDrop"

    @Option(help: "The limit of the pipe.")
    var limit: Int32

    @Option(help: "The count of this node.")
    var count: Int32

    private var pipeAlgorithm: PipeAlgorithm? {
        PipeAlgorithm.allCases.first { "\($0)".lowercased() == algorithm.lowercased() }
    }

    func validate() throws {
        try nodes.requireRelease()
        guard pipeAlgorithm != nil else {
            throw ValidationError(
                "there is no algorithm '\(algorithm)': \(PipeAlgorithm.allCases.map { "\($0)" }.joined(separator: ", "))"
            )
        }
    }

    func run() async throws {
        let pipe = PipeCount(name: name, algorithm: pipeAlgorithm ?? .tailDrop, limit: limit, count: count)
        try await PacketDelivery.send(to: target, nodes) { producer throws(ProductionFailure) in
            try producer.pipeCounts([pipe])
        }
    }
}

/// Packets that were made before anything is sent.
struct PreparedPackets: PacketSource {
    var packets: ArraySlice<OutgoingPacket>
    let failures = 0

    mutating func next() -> OutgoingPacket? { packets.popFirst() }
}

extension PacketDelivery {
    /// Makes packets for the release of the target and sends them.
    static func send(
        to target: TargetArguments, _ nodes: NodeArguments,
        _ make: (inout ReplicationProducer) throws(ProductionFailure) -> [[UInt8]]
    ) async throws {
        Interruption.ignoreBrokenPipes()
        Interruption.watch()
        let packets: [OutgoingPacket]
        do throws(ProductionFailure) {
            let (release, routing) = try nodes.checkedRouting()
            var producer = try ReplicationProducer(for: release, routing: routing)
            packets = try make(&producer).map { OutgoingPacket(bytes: $0, framing: release.framing) }
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(3)
        }
        try await PacketDelivery(target: try target.options(nodes), packets: PreparedPackets(packets: packets[...]))
            .run()
    }
}
