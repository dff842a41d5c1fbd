import BINMessages
import BINWire

// What no member takes, whoever sends it.

extension ConformanceCase {
    static var refusalCases: [ConformanceCase] {
        [
            ConformanceCase(
                gossip: 17, ["GS-36"], sent: "news of a member, for another cluster", expected: "they are not taken"
            ) { conversation in
                try await refused(conversation) { delta, texts in
                    [try conversation.packet(delta, texts, cluster: conversation.target.cluster &+ 1)]
                }
            },
            ConformanceCase(
                gossip: 18, ["GS-36"], sent: "news of a member, for another node and from the target itself",
                expected: "they are not taken"
            ) { conversation in
                try await refused(conversation) { delta, texts in
                    [
                        try conversation.packet(delta, texts, to: conversation.targetNode &+ 1000),
                        try conversation.packet(delta, texts, from: conversation.targetNode),
                    ]
                }
            },
            ConformanceCase(
                gossip: 19, ["GS-36"], sent: "news of a member, from an address that is not in the sender's `url`",
                expected: "they are not taken"
            ) { conversation in
                guard conversation.target.isLoopback else {
                    return .skipped("another address is needed: only on 127.0.0.0/8")
                }
                return try await refused(conversation, fromElsewhere: true) { delta, texts in
                    [try conversation.packet(delta, texts)]
                }
            },
            ConformanceCase(
                gossip: 20, ["GS-37"], sent: "news of a member, with a byte behind them", expected: "they are not taken"
            ) { conversation in
                try await refused(conversation) { delta, texts in
                    var packet = try conversation.packet(delta, texts)
                    packet.insert(0, at: packet.count - 12)
                    packet.replace(Int32(packet.count), at: 4)
                    return [packet]
                }
            },
            ConformanceCase(
                gossip: 21, ["GS-37"],
                sent:
                    "news of a member: with an unknown status, with `base` above the version, with versions that do not rise",
                expected: "they are not taken"
            ) { conversation in
                try await refused(conversation) { delta, texts in
                    var (status, base, order) = (delta, delta, delta)
                    status.news[0].knowledge.status = 4
                    base.news[0].base = 7
                    order.news[0].entries.append(order.news[0].entries[0])
                    return try [status, base, order].map { try conversation.packet($0, texts) }
                }
            },
        ]
    }

    /// Sends news of a new member in a way that must not be taken.
    private static func refused(
        _ conversation: GossipConversation, fromElsewhere: Bool = false,
        _ packets: (GossipDelta, PacketTexts) throws -> [[UInt8]]
    ) async throws -> ConformanceVerdict {
        let stranger = conversation.stranger()
        var delta = GossipDelta()
        var texts = PacketTexts()
        delta.news = [conversation.news(of: stranger, version: 1, [(1, "k", "v")], &texts)]
        for packet in try packets(delta, texts) {
            if fromElsewhere {
                try await conversation.sendFromElsewhere(packet)
            } else {
                try await conversation.send(packet)
            }
        }
        try await Task.sleep(for: .milliseconds(200))
        guard let known = try await conversation.digest() else { return .failed("no DIGEST") }
        return .found("unknown", if: known[stranger] == nil, otherwise: "it is known")
    }
}
