import BINMessages
import BINWire

extension ConformanceCase {
    static var routingCases: [ConformanceCase] {
        [
            ConformanceCase(
                .routing, 1, ["CL-36", "FR-24"], sent: "GENERIC_MSG of a member for the second node",
                expected: "the second node gets it, byte for byte"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                let (main, beside) = (conversation.main, conversation.beside)
                let mark = beside.journal.mark
                let packet = try main.make { try $0.message(101, to: beside.id) }
                try await main.send(packet)
                let heard = try await beside.journal.wait(since: mark, within: Conversation.soon) {
                    $0.message(GenericMessage.self) == nil ? nil : $0
                }
                guard let heard else { return .failed("nothing within 3 s") }
                return .found("the same bytes", if: heard.bytes == packet, otherwise: "other bytes")
            },
            ConformanceCase(
                .routing, 2, ["CL-36", "FR-24"], sent: "GENERIC_MSG of 60,000 bytes of a member for the second node",
                expected: "the second node gets it, byte for byte"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                let (main, beside) = (conversation.main, conversation.beside)
                let mark = beside.journal.mark
                let packet = try main.make { try $0.message(102, to: beside.id, length: 60_000) }
                try await main.send(packet)
                let heard = try await beside.journal.wait(since: mark, within: Conversation.soon) {
                    $0.message(GenericMessage.self) == nil ? nil : $0
                }
                guard let heard else { return .failed("nothing within 3 s") }
                return .found("the same bytes", if: heard.bytes == packet, otherwise: "\(heard.bytes.count) bytes")
            },
            ConformanceCase(
                .routing, 3, ["CL-19"], sent: "GENERIC_MSG for a node that is not known",
                expected: "it goes nowhere"
            ) { try await dropped($0) { script, _ in try script.message(103, to: 30_000) } },
            ConformanceCase(
                .routing, 4, ["CL-19", "RX-8"], sent: "GENERIC_MSG for the second node from a node that is not known",
                expected: "it goes nowhere"
            ) { try await dropped($0) { script, beside in try script.message(104, to: beside, from: 30_000) } },
            ConformanceCase(
                .routing, 5, ["CL-19", "RX-8"], sent: "GENERIC_MSG for the second node in another cluster",
                expected: "it goes nowhere"
            ) { conversation in
                let cluster = conversation.target.cluster &+ 1
                return try await dropped(conversation) { script, beside in
                    try script.message(105, to: beside, cluster: cluster)
                }
            },
            ConformanceCase(
                .routing, 6, ["CL-19", "RX-10"],
                sent: "GENERIC_MSG for the second node that names the target as its source",
                expected: "it goes nowhere"
            ) { conversation in
                let own = conversation.targetNode
                return try await dropped(conversation) { script, beside in
                    try script.message(106, to: beside, from: own)
                }
            },
            ConformanceCase(
                .routing, 7, ["CL-19", "CL-20", "RX-8"],
                sent: "GENERIC_MSG of a member for the second node, from an address of no member",
                expected: "it goes nowhere"
            ) { conversation in
                guard conversation.target.isLoopback else {
                    return .skipped("another address is needed: only on 127.0.0.0/8")
                }
                return try await dropped(conversation, from: "127.254.254.254") { script, beside in
                    try script.message(107, to: beside)
                }
            },
            ConformanceCase(
                .routing, 8, ["CL-19"],
                sent: "GENERIC_MSG of the first node for the second, from the address of the second",
                expected: "it is taken: any member may be a relay"
            ) { conversation in
                if let skipped = conversation.lacksStrangers { return skipped }
                guard conversation.target.isLoopback else {
                    return .skipped("another address is needed: only on 127.0.0.0/8")
                }
                let (main, beside) = (conversation.main, conversation.beside)
                return try await conversation.withStranger { stranger in
                    // It goes to a third node, as nobody sends a packet back to where it came from.
                    try await conversation.join(stranger)
                    let mark = stranger.journal.mark
                    try await beside.send(try main.make { try $0.message(108, to: stranger.id) })
                    let heard = try await stranger.journal.wait(since: mark, within: Conversation.soon) {
                        $0.message(GenericMessage.self) == nil ? nil : $0
                    }
                    return .found("it was taken", if: heard != nil, otherwise: "nothing within 3 s")
                }
            },
            ConformanceCase(
                .routing, 9, ["CL-36"],
                sent: "a packet of a capability that the target does not have, for the second node",
                expected: "the second node gets it: what it is about is the matter of its receiver"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                let (main, beside) = (conversation.main, conversation.beside)
                let mark = beside.journal.mark
                try await main.send(try main.make { try $0.module(109, to: beside.id) })
                let heard = try await beside.journal.wait(since: mark, within: Conversation.soon) {
                    $0.capability == PacketScript.privateCapability ? $0 : nil
                }
                return .found("it was passed on", if: heard != nil, otherwise: "nothing within 3 s")
            },
            ConformanceCase(
                .routing, 10, ["RL-11", "FR-31"],
                sent: "for each capability that the target announced, a packet of type 99 and version 32767 for itself",
                expected: "nothing is sent for it, and PONG to a PING behind it"
            ) { conversation in
                let capabilities = conversation.capabilities.keys.sorted()
                guard !capabilities.isEmpty else { return .skipped("the target announced no capability") }
                let (main, own) = (conversation.main, conversation.targetNode)
                for capability in capabilities {
                    let packet = try main.make {
                        try $0.module(110, to: own, version: .max, type: 99, capability: capability)
                    }
                    let marks = (main.journal.mark, conversation.beside.journal.mark)
                    try await main.send(packet)
                    guard try await conversation.settle(main) else { return .failed("\(capability): no PONG") }
                    let heard =
                        main.journal.entries(since: marks.0) + conversation.beside.journal.entries(since: marks.1)
                    if heard.contains(where: { $0.header.type == 99 && $0.capability == capability }) {
                        return .failed("\(capability): it was passed on")
                    }
                }
                return .passed("nothing for \(capabilities.joined(separator: ", "))")
            },
        ]
    }

    private static func dropped(
        _ conversation: Conversation, from host: String? = nil,
        _ packet: (PacketScript, Int32) throws -> [UInt8]
    ) async throws -> ConformanceVerdict {
        if let skipped = conversation.lacksBeside { return skipped }
        let (main, beside) = (conversation.main, conversation.beside)
        let marks = (main.journal.mark, beside.journal.mark)
        let bytes = try main.make { try packet($0, beside.id) }
        if let host {
            let connection = try await main.connect(from: host)
            try await connection.write(bytes)
            try await Task.sleep(for: .milliseconds(200))
            await connection.close()
        } else {
            try await main.send(bytes)
        }
        _ = try await conversation.settle(main)
        let heard = main.journal.entries(since: marks.0) + beside.journal.entries(since: marks.1)
        let isSent = heard.contains { $0.message(GenericMessage.self) != nil }
        return .found("nothing", if: !isSent, otherwise: "it was passed on")
    }
}
