import ArgumentParser
import BINCapture
import BINCluster
import BINMessages
import BINNode
import BINText
import BINWire

/// `opensips-bin topology`: who sees whom.
struct TopologyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology",
        abstract: "Draw who sees whom in a cluster: links, capabilities, sharing tags.",
        discussion: """
            opensips-bin topology capture.pcap
            opensips-bin topology --from 1=bin:127.0.0.1:5555 --id 9 --listen bin:127.0.0.2:5599 --release 4.0 --dot | dot -Tsvg

            Of a capture it is what the nodes had said by its end; of a live cluster what a member knows after --wait seconds, \
            itself included. A link that only one end says it has is marked.

            Exit status: 0 drawn, 1 a file could not be read or no node be reached, 2 wrong use.
            """)

    @Argument(help: "A capture file, or '-'; without it a live cluster.")
    var file: String?

    @Option(name: .customLong("from"), help: "A node of a live cluster: ID=URL; may be repeated.")
    var nodes: [String] = []

    @Option(help: "The id of the cluster.")
    var cluster: Int32 = 1

    @Option(help: "Live: our node id, which no other node has.")
    var id: Int32?

    @Option(help: "Live: where we listen for the time.")
    var listen: String?

    @Option(name: .shortAndLong, help: "The release of the cluster.")
    var release: String?

    @Option(help: "Live: seconds to look.")
    var wait = 4

    @Flag(help: "Print a graph in the language of Graphviz.")
    var dot = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if dot, json { throw ValidationError("--dot and --json are two forms: choose one") }
        guard file == nil else {
            if !nodes.isEmpty { throw ValidationError("--from is for a live cluster; it does not go with a file") }
            return
        }
        guard !nodes.isEmpty, id != nil, listen != nil, release != nil else {
            throw ValidationError("name a capture file, or --from, --id, --listen and --release for a live cluster")
        }
        _ = try visit()
    }

    private func visit() throws -> VisitArguments {
        var arguments = ["--cluster", "\(cluster)", "--id", "\(id ?? 0)"]
        arguments += ["--listen", listen ?? "", "--release", release ?? ""]
        for node in nodes { arguments += ["--from", node] }
        return try VisitArguments.parse(arguments)
    }

    func run() async throws {
        let topology: ClusterTopology = try await ending { try await self.topology() }
        let output = OutputBuffer()
        if json {
            topology.json.writeCompact(to: JSONWriter(output: output))
            output.append(UInt8(ascii: "\n"))
        } else if dot {
            topology.printDot(output)
        } else {
            topology.printText(output)
        }
        output.flush()
    }

    private func topology() async throws -> ClusterTopology {
        if let file { return try recorded(file) }
        let visit = try visit()
        let member = try visit.member(knowing: [])
        let first = try visit.ids[0]
        let wait = wait
        let timeout = visit.timeout
        let snapshot = try await ClusterVisit(try visit.configuration(member)).run { node in
            try await ClusterVisit.waitUntilUp(node, first, seconds: timeout)
            try await Task.sleep(for: .seconds(wait))
            return await node.snapshot
        }
        return ClusterTopology(snapshot, url: member.url)
    }

    private func recorded(_ file: String) throws -> ClusterTopology {
        var sink = TopologySink(cluster: cluster, release: release.flatMap { Release($0) })
        var assembler = PacketAssembler()
        let input = file == "-" ? ByteInput(descriptor: 0, name: "standard input") : try ByteInput(path: file)
        var reader = try CaptureFileReader(input)
        while let frame = try reader.next() {
            assembler.receive(
                frame: reader.bytes(of: frame), linkType: frame.linkType, originalLength: frame.originalLength,
                at: frame.time, into: &sink)
        }
        assembler.finish(into: &sink)
        return sink.topology
    }
}

/// Learns the topology of one cluster from the packets of a capture.
private struct TopologySink: PacketSink {
    private(set) var topology: ClusterTopology
    private var interpreter: Interpreter
    private var description = PacketDescription()
    private let output = OutputBuffer(descriptor: -1)

    init(cluster: Int32, release: Release?) {
        topology = ClusterTopology(cluster: cluster)
        interpreter = Interpreter(release: release)
    }

    mutating func receive(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
        let address = SenderAddress(high: origin.source.address.high, low: origin.source.address.low)
        interpreter.interpret(bytes, header, from: address, into: &description)
        let capability = header.capability.string(in: bytes) ?? ""
        guard capability.hasPrefix("clusterer"), description.failure == nil, let message = description.message else {
            return
        }
        output.truncate(to: 0)
        FieldJSON(output).object(description.nodes, bytes)
        guard let fields = try? JSONParser.parse(Array(output.string.utf8)) else { return }
        let cluster = fields["clusterId"]?.integer ?? description.routing.map { Int64($0.cluster) }
        guard cluster == Int64(topology.cluster) else { return }
        let routing = description.routing.map { JSONValue.object([("source", .integer($0.source))]) }
        topology.learn(message.description, fields, routing: routing)
    }

    mutating func refuse(
        _ bytes: RawSpan, _ framing: Framing?, _ error: WireError, streamOffset: UInt64, from origin: PacketOrigin
    ) {}

    mutating func notice(_ notice: CaptureNotice, from origin: PacketOrigin) {}
}
