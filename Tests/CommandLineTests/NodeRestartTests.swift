import BINCapture
import BINText
import BINWire
import Testing

@testable import opensips_bin

/// Nodes of a capture that end and begin anew.
@Suite struct NodeRestartTests {
    /// Who was heard first when.
    private struct FirstPackets: PacketSink {
        var nodes: CaptureNodes
        var times: [CapturedNode: Double] = [:]

        mutating func receive(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
            guard let node = nodes.node(at: origin.source.address), times[node] == nil else { return }
            times[node] = Double(origin.time.nanosecondsSinceEpoch) / 1e9
        }

        mutating func refuse(
            _ bytes: RawSpan, _ framing: Framing?, _ error: WireError, streamOffset: UInt64, from origin: PacketOrigin
        ) {}

        mutating func notice(_ notice: CaptureNotice, from origin: PacketOrigin) {}
    }

    @Test(arguments: ReplicaCommandTests.captures)
    func `a node was restarted where it had been there before and was started, and nowhere else`(capture: String) throws
    {
        let file = "\(Tool.captures)/\(capture).pcap"
        let nodes = try CaptureArguments.survey([file], nil)
        var first = FirstPackets(nodes: nodes)
        try CaptureArguments.read([file], &first)
        for node in nodes.nodes {
            let number = node.isNumbered ? Int(node.id) : Int(node.id & 0xFF)
            let starts = try ReplicaCommandTests.listings(of: capture).filter {
                $0.started == true && $0.node == number && $0.time > first.times[node] ?? .infinity
            }
            let restarts = nodes.restarts(of: node).map { Double($0.nanosecondsSinceEpoch) / 1e9 }
            #expect(restarts.count == starts.count, "node \(node.name): \(restarts)")
            // The list of starts may be a moment too early.
            for (end, start) in zip(restarts, starts) { #expect(end < start.time + 0.1) }
        }
    }

    @Test func `what a node knew before it was restarted it knows no more`() throws {
        let capture = "\(Tool.captures)/4.0.1/fast-restart-nosync.pcap"
        // Beside it stands that node 2 listed nothing after its restart (8.46 s behind the first packet).
        for (arguments, count) in [(["--at", "+8.4"], 2), (["--at", "+8.5"], 0), ([], 0)] as [([String], Int)] {
            let result = try Tool.run(["contacts", "--capture", capture, "--node", "2", "--json"] + arguments)
            #expect(result.lines.count == count, "\(arguments): \(result.output)")
        }
        let timeline = try Tool.run(["timeline", "--aor", "alice@lab.test", capture])
        #expect(timeline.output.contains("node 2 ends; when it comes back it knows nothing"))
        #expect(timeline.output.contains("node 2 holds nothing of it"))
        #expect(timeline.output.contains("node 1 holds these:"))
        let json = try Tool.run(["timeline", "--json", "--aor", "alice@lab.test", capture])
        #expect(json.lines.contains { $0.contains("\"restarted\":\"2\",\"changes\":[]") })
    }

    @Test(
        arguments: [
            // Who closes which connection when, in milliseconds; 1 and 2 are connected twice, 2 and 3 once. Then, who was restarted.
            ([("2", 0, 0), ("2", 1, 5), ("2", 2, 9)], ["2"]), ([("2", 0, 0), ("2", 1, 5)], []),
            ([("1", 0, 0), ("2", 1, 5), ("2", 2, 9)], ["2"]), ([("1", 0, 0), ("1", 1, 5), ("2", 2, 9)], ["1"]),
            ([("2", 0, 0), ("2", 1, 900), ("2", 2, 1800)], []), ([("3", 2, 9)], []),
        ] as [([(String, Int, Int)], [String])])
    func `only who closes all it has at once was restarted`(ends: [(String, Int, Int)], restarted: [String]) throws {
        func endpoint(_ node: String, _ port: UInt16) -> Endpoint { Endpoint("10.0.0.\(node):\(port)")! }
        let connections = [
            (endpoint("1", 4000), endpoint("2", 5555)), (endpoint("2", 4001), endpoint("1", 5555)),
            (endpoint("2", 4002), endpoint("3", 5555)),
        ]
        func origin(_ source: Endpoint, _ destination: Endpoint, _ milliseconds: Int) -> PacketOrigin {
            PacketOrigin(
                time: CaptureTime(nanosecondsSinceEpoch: Int64(milliseconds + 10_000) * 1_000_000), transport: .tcp,
                source: source,
                destination: destination)
        }
        var restarts = NodeRestarts()
        for (one, other) in connections { restarts.notePacket(origin(one, other, -100)) }
        for (node, index, time) in ends {
            let (one, other) = connections[index]
            let isOne = one.description.hasPrefix("10.0.0.\(node):")
            restarts.noteEnd(isOne ? origin(one, other, time) : origin(other, one, time))
            // The answer of the other side.
            restarts.noteEnd(isOne ? origin(other, one, time + 1) : origin(one, other, time + 1))
        }
        for node in ["1", "2", "3"] {
            #expect(restarts.restarts(at: endpoint(node, 1).address).isEmpty, "not heard again")
        }
        restarts.notePacket(origin(endpoint("2", 4100), endpoint("1", 5555), 60_000))
        for node in ["1", "2", "3"] {
            #expect(
                restarts.restarts(at: endpoint(node, 1).address).count == (restarted.contains(node) ? 1 : 0), "\(node)")
        }
    }
}
