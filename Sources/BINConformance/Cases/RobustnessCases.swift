import BINMessages
import BINWire

// What a hostile or broken peer may send. A target withstands a case when it passes nothing of it on, still answers, and
// its links to the others stay as they were.

extension ConformanceCase {
    static var robustnessCases: [ConformanceCase] {
        [
            ConformanceCase(
                .robustness, 1, ["RX-1", "FR-28"], sent: "a packet with the length 0",
                expected: "the connection ends"
            ) { try await ended($0, within: .seconds(10)) { try broken($0, [(4, 0)]) } },
            ConformanceCase(
                .robustness, 2, ["RX-1", "FR-16"], sent: "a packet with the length 16", expected: "the connection ends"
            ) { try await ended($0, within: .seconds(10)) { try broken($0, [(4, 16)]) } },
            ConformanceCase(
                .robustness, 3, ["RX-1"], sent: "a packet with the length 4294967295", expected: "the connection ends"
            ) { try await ended($0, within: .seconds(10)) { try broken($0, [(4, -1)]) } },
            ConformanceCase(
                .robustness, 4, ["RX-2"],
                sent: "PINGs whose name has the length 0, and lengths behind the end of the packet",
                expected: "none is answered as a PING"
            ) { conversation in
                let packets = try conversation.main.make { script in
                    try [0, 29, 30, 31, 255, 32767, 65535].map { length in
                        var packet = try script.ping()
                        (packet[10], packet[11]) = (UInt8(length & 255), UInt8(length >> 8))
                        return packet
                    }
                }
                return try await withstood(conversation, packets)
            },
            ConformanceCase(
                .robustness, 5, ["RX-4", "RX-5"],
                sent: """
                    PONG, FULL_TOP_UPDATE, CAP_UPDATE and LS_UPDATE whose counts are negative, above the limits, or larger than what \
                    follows
                    """,
                expected: "nothing is passed on, and the target still answers"
            ) { conversation in
                let main = conversation.main
                let (now, link, isSequenced) = (
                    main.now, conversation.beside.id, conversation.target.layout?.hasSequencedCapabilities == true
                )
                let own = conversation.targetNode
                let packets = try main.make { script in
                    var packets: [[UInt8]] = []
                    for count: Int32 in [-1, .min, 2, 129, 65_536, .max] {
                        var messages: [([UInt8], [Int])] = [(try script.pong([own]), [42])]
                        messages.append((try script.linkState(link, isUp: true, now: now), [58]))
                        messages.append((try script.topology(neighbours: [own], now: now), [50, 70, 78]))
                        let capabilities = try script.capabilities([("x", 1)], now: now)
                        messages.append((capabilities, isSequenced ? [50, 58] : [42, 50]))
                        for (packet, offsets) in messages {
                            for offset in offsets {
                                var changed = packet
                                changed.replace(count, at: offset)
                                packets.append(changed)
                            }
                        }
                    }
                    return packets
                }
                return try await withstood(conversation, packets)
            },
            ConformanceCase(
                .robustness, 6, ["RX-3", "FR-6"],
                sent: "FULL_TOP_UPDATE, CAP_UPDATE, LS_UPDATE and NODE_DESCRIPTION, cut behind each of their bytes",
                expected: "nothing is passed on, and the target still answers"
            ) { conversation in
                let packets = try updates(conversation).flatMap { packet in
                    (34..<packet.count).map { length in
                        var cut = Array(packet[..<length])
                        cut.replace(Int32(length), at: 4)
                        return cut
                    }
                }
                return try await withstood(conversation, packets)
            },
            ConformanceCase(
                .robustness, 7, ["RX-20"],
                sent: "FULL_TOP_UPDATE, CAP_UPDATE, LS_UPDATE and NODE_DESCRIPTION with four bytes behind the path",
                expected: "nothing is passed on, and the target still answers"
            ) { conversation in
                let packets = try updates(conversation).map { packet in
                    var longer = packet + [0, 0, 0, 0]
                    longer.replace(Int32(longer.count), at: 4)
                    return longer
                }
                return try await withstood(conversation, packets)
            },
            ConformanceCase(
                .robustness, 8, ["RX-6", "RX-27"],
                sent: "SYNC that nobody asked for, with chunk sizes that are negative or reach behind the end",
                expected: "the target still answers"
            ) { conversation in
                let (main, own) = (conversation.main, conversation.targetNode)
                let capabilities = Array(conversation.capabilities.keys.sorted().prefix(8)) + ["conformance-none"]
                let packets = try main.make { script in
                    try capabilities.flatMap { capability in
                        try [Int32.min, -8, -1, 5, 1 << 16, .max].map {
                            try script.brokenSync(capability, chunkSize: $0, to: own)
                        }
                    }
                }
                return try await withstood(conversation, packets)
            },
            ConformanceCase(
                .robustness, 9, ["RX-3"], sent: "2000 packets of each internal and extra type with random fields",
                expected: "the target still answers"
            ) { conversation in
                var random = RandomBytes(seed: conversation.target.seed)
                let (cluster, id, own) = (
                    conversation.target.cluster, conversation.main.id, conversation.targetNode
                )
                var packets: [[UInt8]] = []
                for number in 0..<2000 {
                    let isInternal = number % 2 == 0
                    var writer = PacketWriter(maximumLength: conversation.target.maximumLength)
                    let name = isInternal ? "clusterer-internal" : "clusterer-extra"
                    try writer.begin(
                        capability: Array(name.utf8).span.bytes, type: Int32(number / 2 % 14),
                        version: conversation.target.layout?.syncVersion ?? 1, framing: .v2_3)
                    if isInternal {
                        try writer.write(cluster)
                        try writer.write(id)
                    }
                    try writer.writeRaw(random.next(count: Int(random.next() % 120)).span.bytes)
                    try writer.finish(
                        routing: isInternal ? nil : Routing(cluster: cluster, source: id, destination: own))
                    // SHTAG_ACTIVE, MI_CMD and REMOVE_NODE may be obeyed where they are allowed; here nothing asks for that.
                    packets.append(writer.copyBytes())
                }
                let verdict = try await withstood(conversation, packets, passesNothing: false)
                let seed = "seed \(conversation.target.seed)"
                return switch verdict {
                case .passed(let seen): .passed("\(seen), \(seed)")
                case .failed(let seen): .failed("\(seen), \(seed)")
                case .skipped: verdict
                }
            },
            ConformanceCase(
                .robustness, 10, ["RX-10"], sent: "the same packet for the second node 200 times",
                expected: "the target stops passing it on"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                let (main, beside) = (conversation.main, conversation.beside)
                let mark = beside.journal.mark
                let packet = try main.make { try $0.module(201, to: beside.id) }
                for _ in 0..<200 { try await main.send(packet) }
                _ = try await conversation.settle(main)
                let count = beside.journal.entries(since: mark).count { $0.bytes == packet }
                return .found("\(count) times", if: count < 200, otherwise: "\(count) times")
            },
            ConformanceCase(
                .robustness, 11, ["RX-12"], sent: "50 UNKNOWN_IDs of a member",
                expected: "its link is reported down twice at most within 5 s"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                let (main, mark) = (conversation.main, conversation.beside.journal.mark)
                for _ in 0..<50 {
                    try await main.send(try main.make { try $0.unknownID() })
                    try await Task.sleep(for: .milliseconds(100))
                }
                _ = try await conversation.settle(main)
                let id = main.id
                let count = conversation.flooded(LinkStateUpdate.self, since: mark) {
                    $0.neighbour == id && $0.state == 1
                }.count
                return .found("\(count) times down", if: count <= 2, otherwise: "\(count) times down")
            },
            ConformanceCase(
                .robustness, 12, ["RX-15"], sent: "SHTAG_ACTIVE for 1000 tags that nobody has",
                expected: "the target still answers"
            ) { conversation in
                guard conversation.target.layout?.hasSharingTags == true else {
                    return .skipped("this release has no sharing tags")
                }
                let (main, own) = (conversation.main, conversation.targetNode)
                let packets = try main.make { script in
                    try (0..<1000).map { try script.tagActive("conformance-\($0)", to: own) }
                }
                return try await withstood(conversation, packets)
            },
            ConformanceCase(
                .robustness, 13, ["RX-7", "RX-25"], sent: "NODE_DESCRIPTIONs of 200 nodes",
                expected: "the list has 128 nodes at most, and the target still answers"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                let main = conversation.main
                // A node is taken only from the address in its description.
                let packets = try main.make { script in
                    try (0..<200).map { number in
                        let id = Int32(40_000 + number)
                        return try script.description(url: "bin:\(main.host):\(number + 1)", node: id, path: [id])
                    }
                }
                let verdict = try await withstood(conversation, packets, passesNothing: false)
                guard case .passed = verdict else { return verdict }
                let list = try await conversation.beside.fence(list: true) ?? []
                return .found("\(list.count) nodes", if: list.count <= 128, otherwise: "\(list.count) nodes")
            },
        ]
    }

    /// A PING with some of its integers overwritten.
    private static func broken(_ script: PacketScript, _ changes: [(offset: Int, value: Int32)]) throws -> [UInt8] {
        var packet = try script.ping()
        for change in changes { packet.replace(change.value, at: change.offset) }
        return packet + [UInt8](repeating: 0, count: 64)
    }

    /// One of each update that is flooded, all of them news.
    private static func updates(_ conversation: Conversation) throws -> [[UInt8]] {
        let (main, now) = (conversation.main, conversation.main.now)
        let (own, beside) = (conversation.targetNode, conversation.beside.id)
        return try main.make { script in
            [
                try script.topology(neighbours: [own, beside], now: now),
                try script.capabilities([("conformance-x", 1)], now: now),
                try script.linkState(beside, isUp: true, now: now),
                try script.description(url: "bin:\(main.host):9", node: 50_000, path: [50_000]),
            ]
        }
    }

    /// Sends packets on a connection of their own, and looks that nothing came of it.
    private static func withstood(
        _ conversation: Conversation, _ packets: [[UInt8]], passesNothing: Bool = true
    ) async throws -> ConformanceVerdict {
        let (main, beside) = (conversation.main, conversation.beside)
        let mark = beside.journal.mark
        var connection = try await main.connect()
        var connections = 1
        for packet in packets {
            if connection.isEnded {
                connection = try await main.connect()
                connections += 1
            }
            try? await connection.write(packet)
        }
        try await Task.sleep(for: .milliseconds(200))
        let isAnswered = try await conversation.settle(main)
        await connection.close()
        guard isAnswered else { return .failed("no PONG") }
        let id = main.id
        let passed = beside.journal.entries(since: mark).first { heard in
            heard.message(LinkStateUpdate.self)?.origin.source == id
                || heard.message(FullTopologyUpdate.self)?.origin.source == id
                || heard.message(CapabilityUpdate.self)?.origin.source == id
                || heard.message(NodeDescription.self)?.origin.source == 50_000
        }
        if passesNothing, let passed { return .failed("\(passed.name) was passed on") }
        return .passed("\(packets.count) packets, \(connections) connections")
    }
}

/// Random bytes that a seed gives again.
struct RandomBytes {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func next(count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}
