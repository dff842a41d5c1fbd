import BINCluster
import BINMessages
import BINWire

/// What a member costs for each packet of a module: all checks, and handing it on.
struct ClusterBenchmark {
    /// Nanoseconds for a packet that comes in.
    let receiving: Double
    /// Nanoseconds for a packet that goes to one of 23 nodes.
    let broadcasting: Double

    init() throws {
        var configuration = MemberConfiguration(
            cluster: 1, node: 1, url: NodeURL(host: "10.0.0.1", port: 5555), release: Release(3, 6, 8))
        configuration.nodes = (2...24).map {
            NodeConfiguration(node: $0, url: NodeURL(host: "10.0.0.\($0)", port: 5555))
        }
        configuration.capabilities = [CapabilityConfiguration("usrloc-contact-repl")]
        var member = try ClusterMember(configuration)
        var actions: [ClusterAction] = []
        let now = Instant(nanoseconds: 1_000_000_000, unixSeconds: 1_700_000_000)
        member.start(at: now, into: &actions)
        // Each node answers the first PING.
        for id in 2...24 as ClosedRange<Int32> {
            let pong = try ClusterBenchmark.packet("clusterer-internal", type: 1, fields: [1, id, 0], text: nil)
            actions.removeAll()
            ClusterBenchmark.receive(pong, &member, id, now, &actions)
        }
        let body = try ClusterBenchmark.packet("usrloc-contact-repl", type: 2, fields: [], text: 300)
        var routed = body
        for number in [1, 2, 1] as [UInt8] { routed += [number, 0, 0, 0] }
        let length = UInt32(routed.count)
        for place in 0..<4 { routed[4 + place] = UInt8(truncatingIfNeeded: length >> UInt32(8 * place)) }
        let clock = ContinuousClock()
        var best = Double.infinity
        for _ in 0..<50 {
            let duration = clock.measure {
                for _ in 0..<10_000 {
                    actions.removeAll(keepingCapacity: true)
                    ClusterBenchmark.receive(routed, &member, 2, now, &actions)
                    precondition(actions.count == 1, "each packet must be handed on")
                }
            }
            best = min(best, ClusterBenchmark.nanoseconds(duration) / 10_000)
        }
        receiving = best
        best = .infinity
        for _ in 0..<50 {
            var reached = 0
            let duration = try clock.measure {
                for _ in 0..<1000 {
                    actions.removeAll(keepingCapacity: true)
                    reached += try member.broadcast(body.span.bytes, at: now, into: &actions).count
                }
            }
            precondition(reached == 23_000, "each node must get each packet")
            best = min(best, ClusterBenchmark.nanoseconds(duration) / 23_000)
        }
        broadcasting = best
    }

    @inline(never)
    private static func receive(
        _ packet: [UInt8], _ member: inout ClusterMember, _ from: Int32, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) {
        let span = packet.span.bytes
        guard let header = try? PacketHeader(parsing: span, framing: .v2_3) else { return }
        let source = PacketSource(address: PeerAddress(ipv4: 0x0A00_0000 + UInt32(from)), connection: 1)
        member.receive(span, header, from: source, at: now, into: &actions)
    }

    private static func packet(_ name: String, type: Int32, fields: [Int32], text: Int?) throws -> [UInt8] {
        var writer = PacketWriter()
        let name = Array(name.utf8)
        try writer.begin(capability: name.span.bytes, type: type, version: 1, framing: .v2_3)
        for field in fields { try writer.write(field) }
        if let text {
            let bytes = [UInt8](repeating: 0x61, count: text)
            try writer.write(bytes.span.bytes)
        }
        try writer.finish()
        return writer.copyBytes()
    }

    private static func nanoseconds(_ duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) * 1e9 + Double(attoseconds) / 1e9
    }
}
