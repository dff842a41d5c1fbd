import BINWire

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

@main
struct Benchmarks {
    static func main() async {
        do {
            switch CommandLine.arguments.dropFirst().first {
            case "child": try await TransportRoles.run(CommandLine.arguments.dropFirst(2))
            case "transport": try TransportBenchmark().run()
            default: try measure()
            }
        } catch {
            let sentence = "bin-benchmarks: \(error)\n"
            _ = sentence.withCString { write(2, $0, strlen($0)) }
            exit(1)
        }
    }

    private static func measure() throws {
        let packet = try ContactPacket()
        print("contact insert of \(packet.bytes.count) bytes; times are the fastest (median) of many short trials\n")
        let decoding = Comparison(
            "decode and touch every field", unit: "ns", trials: 300, rounds: 5000, ours: packet.decode,
            theirs: packet.decodeInC)
        let encoding = Comparison(
            "encode", unit: "ns", trials: 300, rounds: 5000, ours: packet.encode, theirs: packet.encodeInC)
        let replication = try ReplicationBenchmark(packet)
        let consuming = Comparison(
            "consume: to a value with strings of its own", unit: "ns", trials: 100, rounds: 5000,
            ours: replication.consume, theirs: packet.decodeInC)
        let producing = Comparison(
            "produce: from such a value", unit: "ns", trials: 100, rounds: 5000, ours: replication.produce,
            theirs: packet.encodeInC)
        for comparison in [decoding, encoding, consuming, producing] {
            print(
                """
                \(comparison.name)
                    Swift  \(decimals(comparison.ours.best)) (\(decimals(comparison.ours.median))) \(comparison.unit)
                    plain C  \(decimals(comparison.theirs.best)) (\(decimals(comparison.theirs.median))) \(comparison.unit)
                    ratio  \(decimals(comparison.ratio)) (\(decimals(comparison.medianRatio)))
                """)
        }
        let splitting = SplitBenchmark(packet: packet.bytes)
        print("split a TCP stream into packets\n    \(decimals(splitting.gigabytesPerSecond)) GB/s")
        try CompressionBenchmark().run()
        try TransportBenchmark().run()
        let cluster = try ClusterBenchmark()
        print(
            """
            a member of a cluster of 24, for each packet of a module (341 bytes)
                \(decimals(cluster.receiving)) ns to check and hand on
                \(decimals(cluster.broadcasting)) ns to send to one node, the copy included
            """)
        guard CommandLine.arguments.count > 1 else { return }
        let inspecting = try InspectBenchmark(
            tool: CommandLine.arguments[1], packet: packet.bytes, size: 100_000_000)
        print(
            """
            inspect --json of a capture of \(decimals(inspecting.megabytes)) MB
                \(decimals(inspecting.megabytes / inspecting.processorSeconds)) MB/s of processor time
                \(decimals(inspecting.peakMegabytes)) MB of memory at most
            """)
    }
}
