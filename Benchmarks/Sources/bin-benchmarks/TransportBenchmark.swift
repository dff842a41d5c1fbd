/// One process sends, another receives, over the loopback: ours beside loops in C that do the same as plainly as it can be
/// written, in turn.
struct TransportBenchmark {
    /// Packets of one trial.
    var packets: UInt64 = 3_000_000
    var trials = 5

    func run() throws {
        try runTCP()
        try runSoak()
        try runUDP()
    }

    // MARK: TCP

    private struct Run {
        /// Packets a second.
        var rate = 0.0
        /// Nanoseconds of processor time a packet, of each side.
        var sending = 0.0
        var receiving = 0.0
    }

    private func runTCP() throws {
        let pairs = [("c", "c"), ("c", "swift"), ("swift", "c"), ("swift", "swift")]
        var best = [Run](repeating: Run(), count: pairs.count)
        for _ in 0..<trials {
            for (index, (sender, receiver)) in pairs.enumerated() {
                let run = try transfer("tcp-send-\(sender)", "tcp-receive-\(receiver)")
                if run.rate > best[index].rate { best[index] = run }
            }
        }
        print(
            "TCP over the loopback, a sending and a receiving process; best of \(trials) trials of \(packets) packets")
        for ((sender, receiver), run) in zip(pairs, best) {
            let names = "\(sender == "c" ? "C" : "Swift") to \(receiver == "c" ? "C" : "Swift")"
            print(
                """
                    \(names)  \(decimals(run.rate / 1e6)) million packets/s, \
                \(decimals(run.rate / best[0].rate)) of C to C; \
                processor time a packet: sender \(decimals(run.sending)) ns, receiver \(decimals(run.receiving)) ns
                """)
        }
    }

    private func transfer(_ sender: String, _ receiver: String) throws -> Run {
        let receiving = try ChildProcess(receiver, packets)
        let port = try UInt64(receiving.numbers(1)[0])
        let sending = try ChildProcess(sender, port, packets)
        let result = try receiving.numbers(3)
        guard UInt64(result[0]) == packets, result[1] == 0 else {
            throw ChildProcess.Failure(description: "\(result[0]) packets arrived, \(result[1]) out of order")
        }
        let sendingTime = try sending.finish()
        let receivingTime = try receiving.finish()
        return Run(
            rate: result[0] / result[2], sending: sendingTime / result[0] * 1e9,
            receiving: receivingTime / result[0] * 1e9)
    }

    // MARK: Soak

    private func runSoak() throws {
        let connections: UInt64 = 8
        let total: UInt64 = 1_000_000
        let seed: UInt64 = 20_260_101
        let receiving = try ChildProcess("soak-receive-swift", total)
        let port = try UInt64(receiving.numbers(1)[0])
        let sending = try ChildProcess("tcp-send-fragments-c", port, connections, total / connections, seed)
        let result = try receiving.numbers(5)
        try sending.finish()
        try receiving.finish()
        print(
            """
            \(total) contact inserts from \(connections) connections, fragmented at random (seed \(seed))
                \(total - UInt64(result[0])) lost, \(UInt64(result[1])) out of order, \(UInt64(result[2])) not decoded; \
            memory \(decimals(result[3])) to \(decimals(result[4])) MB after the first tenth
            """)
        guard UInt64(result[0]) == total, result[1] == 0, result[2] == 0, result[4] - result[3] < 16 else {
            throw ChildProcess.Failure(description: "the soak failed")
        }
    }

    // MARK: UDP

    private func runUDP() throws {
        let count: UInt64 = 1_000_000
        for rate in [200_000, 400_000] as [UInt64] {
            for receiver in ["c", "swift"] {
                let receiving = try ChildProcess("udp-receive-\(receiver)", count)
                let port = try UInt64(receiving.numbers(1)[0])
                let sending = try ChildProcess("udp-send-c", port, count, rate, 20)
                let sent = try sending.numbers(1)[0]
                let result = try receiving.numbers(3)
                try sending.finish()
                let processorTime = try receiving.finish()
                let lost = Double(count) - result[0]
                print(
                    """
                    UDP, \(count) datagrams at \(decimals(Double(count) / sent / 1000)) thousand/s, \
                    received in \(receiver == "c" ? "C" : "Swift")
                        \(UInt64(lost)) lost (\(decimals(lost / Double(count) * 100)) %); \
                    processor time a datagram \(decimals(processorTime / result[0] * 1e9)) ns
                    """)
            }
        }
    }
}
