import BINMessages
import BINWire

extension ConformanceCase {
    static var joinCases: [ConformanceCase] {
        [
            ConformanceCase(
                .join, 1, ["CL-16", "TR-2"], sent: "PING of a node that is not known",
                expected: "UNKNOWN_ID with cluster and id of the target, on the connection of the PING"
            ) { conversation in
                if let skipped = conversation.lacksStrangers { return skipped }
                return try await conversation.withStranger { stranger in
                    try await stranger.send(try stranger.make { try $0.ping(list: true) })
                    let heard = try await stranger.journal.wait(since: 0, within: Conversation.soon) { $0 }
                    guard let heard, let unknown = heard.message(UnknownID.self) else {
                        return .failed(heard?.name ?? "nothing within 3 s")
                    }
                    guard heard.isAnswer else { return .failed("UNKNOWN_ID on a connection of the target") }
                    return .found(
                        "UNKNOWN_ID of node \(unknown.origin.source)",
                        if: unknown.origin.cluster == conversation.target.cluster
                            && unknown.origin.source == conversation.targetNode,
                        otherwise: "UNKNOWN_ID of node \(unknown.origin.source) in cluster \(unknown.origin.cluster)")
                }
            },
            ConformanceCase(
                .join, 2, ["CL-16", "RX-8"],
                sent: "LS_UPDATE and a packet for the second node, both of a node that is not known",
                expected: "neither is answered or passed on"
            ) { conversation in
                if let skipped = conversation.lacksStrangers { return skipped }
                return try await conversation.withStranger { stranger in
                    let mark = conversation.beside.journal.mark
                    let (now, id) = (stranger.now, stranger.id)
                    let (own, beside) = (conversation.targetNode, conversation.beside.id)
                    try await stranger.send(
                        try stranger.make { try $0.linkState(own, isUp: true, now: now) },
                        try stranger.make { try $0.module(1, to: beside) })
                    _ = try await conversation.settle(conversation.main)
                    let passed = conversation.beside.journal.entries(since: mark).filter {
                        $0.routing?.source == id || $0.message(LinkStateUpdate.self)?.origin.source == id
                    }
                    let answers = stranger.journal.entries(since: 0)
                    return .found(
                        "nothing", if: passed.isEmpty && answers.isEmpty,
                        otherwise: "\((passed + answers).map(\.name).joined(separator: ", "))")
                }
            },
            ConformanceCase(
                .join, 3, ["CL-16", "CL-75", "TR-1"], sent: "NODE_DESCRIPTION of a node that is not known",
                expected: "the target connects to the URL in it and sends a PING that asks for the list"
            ) { conversation in
                if let skipped = conversation.lacksStrangers { return skipped }
                let patience = conversation.target.patience
                return try await conversation.withStranger { stranger in
                    try await stranger.send(try stranger.make { try $0.description(url: stranger.url) })
                    let list = try await stranger.journal.wait(since: 0, within: patience) { heard in
                        heard.isAnswer ? nil : heard.message(Ping.self)?.requestsNodeList
                    }
                    guard let list else { return .failed("no PING within \(patience)") }
                    return .found("a PING with the list", if: list == 1, otherwise: "a PING with reqNodeList \(list)")
                }
            },
            ConformanceCase(
                .join, 4, ["CL-16", "CL-25"], sent: "NODE_DESCRIPTION of a node that is not known",
                expected: "the second node gets it with the target in the path, and else byte for byte"
            ) { conversation in
                if let skipped = conversation.lacksStrangers { return skipped }
                return try await conversation.withStranger { stranger in
                    let mark = conversation.beside.journal.mark
                    let packet = try stranger.make { try $0.description(url: stranger.url) }
                    try await stranger.send(packet)
                    let id = stranger.id
                    let heard = try await conversation.beside.journal.wait(since: mark, within: Conversation.soon) {
                        $0.message(NodeDescription.self)?.origin.source == id ? $0 : nil
                    }
                    return heard.isRelay(of: packet, path: [id, conversation.targetNode])
                }
            },
            ConformanceCase(
                .join, 5, ["CL-7", "CL-30"], sent: "the whole join of a node, with an empty list in its PONG",
                expected: """
                    FULL_TOP_UPDATE of the target: its own record first and without description, all other nodes described, path [target]
                    """
            ) { conversation in
                if let skipped = conversation.lacksStrangers { return skipped }
                return try await conversation.withStranger { stranger in
                    try await conversation.join(stranger)
                    let update = try await stranger.journal.wait(since: 0, within: .zero) {
                        $0.message(FullTopologyUpdate.self)
                    }
                    guard let update else { return .failed("no FULL_TOP_UPDATE") }
                    let others = update.nodes.dropFirst()
                    let ids = Set(others.map(\.node))
                    let fault: String? =
                        switch () {
                        case () where update.nodes.first?.node != conversation.targetNode:
                            "the first record is that of node \(update.nodes.first?.node ?? 0)"
                        case () where update.nodes.first?.hasDescription != 0: "the target describes itself"
                        case () where update.path.nodes != [conversation.targetNode]:
                            "the path is \(update.path.nodes)"
                        case () where ids.contains(stranger.id): "it lists the receiver"
                        case () where !ids.isSuperset(of: [conversation.main.id, conversation.beside.id]):
                            "it lists \(ids.sorted()) only"
                        case () where others.contains { $0.hasDescription == 0 }: "not all nodes are described"
                        default: nil
                        }
                    return .found(
                        "\(others.count) other nodes, all described", if: fault == nil, otherwise: fault ?? "")
                }
            },
            ConformanceCase(
                .join, 6, ["CL-9", "CL-30"], sent: "the whole join of a node",
                expected:
                    "CAP_UPDATE that asks for a reply, with the capabilities of the target first, behind FULL_TOP_UPDATE"
            ) { conversation in
                if let skipped = conversation.lacksStrangers { return skipped }
                return try await conversation.withStranger { stranger in
                    try await conversation.join(stranger)
                    let heard = stranger.journal.entries(since: 0)
                    let topology = heard.firstIndex { $0.message(FullTopologyUpdate.self) != nil }
                    let asking = heard.firstIndex { $0.message(CapabilityUpdate.self)?.requiresReply == 1 }
                    guard let asking, let update = heard[asking].message(CapabilityUpdate.self) else {
                        return .failed("no CAP_UPDATE with requireReply 1, though there are capabilities to tell")
                    }
                    guard let topology, topology < asking else { return .failed("CAP_UPDATE before FULL_TOP_UPDATE") }
                    let first = update.nodes.first?.node ?? 0
                    let own = conversation.targetNode
                    // Others have capabilities in any case: the runner's do.
                    let isFirst = first == own || !update.nodes.contains { $0.node == own }
                    return .found(
                        "\(update.nodes.count) records, that of node \(first) first", if: isFirst,
                        otherwise: "the first record is that of node \(first)")
                }
            },
            ConformanceCase(
                .join, 7, ["CL-75"],
                sent: "a PING of the second node that asks for the list, after another node joined",
                expected: "the new node is in the list"
            ) { conversation in
                if let skipped = conversation.lacksStrangers { return skipped }
                return try await conversation.withStranger { stranger in
                    try await conversation.join(stranger)
                    let list = try await conversation.beside.fence(list: true) ?? []
                    return .found("\(list.sorted())", if: list.contains(stranger.id), otherwise: "\(list.sorted())")
                }
            },
            ConformanceCase(
                .join, 8, ["CL-16"], sent: "FULL_TOP_UPDATE of a member that describes a node that is not known",
                expected: "the target takes the node into its list"
            ) { conversation in
                if let skipped = conversation.lacksStrangers { return skipped }
                return try await conversation.withStranger { stranger in
                    let (now, main) = (stranger.now, conversation.main)
                    let neighbours = [conversation.targetNode, conversation.beside.id]
                    let described = [(stranger.id, stranger.url)]
                    try await main.send(
                        try main.make { try $0.topology(neighbours: neighbours, describing: described, now: now) })
                    _ = try await conversation.settle(main)
                    let list = try await conversation.beside.fence(list: true) ?? []
                    return .found("\(list.sorted())", if: list.contains(stranger.id), otherwise: "\(list.sorted())")
                }
            },
            ConformanceCase(
                .join, 9, ["RX-26"], sent: "NODE_DESCRIPTION with the URL `sip:127.0.0.1:5060`",
                expected: "nothing is passed on, and the node does not come into the list"
            ) { try await refusedDescription($0, url: "sip:127.0.0.1:5060") },
            ConformanceCase(
                .join, 10, ["RX-24"], sent: "NODE_DESCRIPTION of node 0",
                expected: "nothing is passed on, and the node does not come into the list"
            ) { try await refusedDescription($0, node: 0) },
            ConformanceCase(
                .join, 11, ["RX-24"], sent: "NODE_DESCRIPTION of the target's own id with another URL",
                expected: "nothing is passed on"
            ) { try await refusedDescription($0, node: $0.targetNode) },
            ConformanceCase(
                .join, 12, ["RX-8"], sent: "NODE_DESCRIPTION for another cluster",
                expected: "nothing is passed on, and the node does not come into the list"
            ) { try await refusedDescription($0, cluster: $0.target.cluster &+ 1) },
        ]
    }

    private static func refusedDescription(
        _ conversation: Conversation, url: String? = nil, node: Int32? = nil, cluster: Int32? = nil
    ) async throws -> ConformanceVerdict {
        if let skipped = conversation.lacksStrangers { return skipped }
        return try await conversation.withStranger { stranger in
            let mark = conversation.beside.journal.mark
            let id = node ?? stranger.id
            let packet = try stranger.make {
                try $0.description(url: url ?? stranger.url, node: id, cluster: cluster)
            }
            try await stranger.send(packet)
            // Only what the target read before it answers somebody on the same connection is sure to be handled.
            try? await stranger.send(try stranger.make { try $0.ping() })
            _ = try await stranger.journal.wait(since: 0, within: .milliseconds(500)) { $0 }
            _ = try await conversation.settle(conversation.main)
            let flooded = conversation.flooded(NodeDescription.self, since: mark) { $0.origin.source == id }
            guard flooded.isEmpty else { return .failed("NODE_DESCRIPTION was passed on") }
            let list = try await conversation.beside.fence(list: true) ?? []
            return .found("not in the list", if: !list.contains(id), otherwise: "the list is \(list.sorted())")
        }
    }
}

extension Heard? {
    /// Whether it is a flooded packet with the path that it must have, and else the same.
    func isRelay(of packet: [UInt8], path: [Int32]) -> ConformanceVerdict {
        guard let self else { return .failed("nothing within 3 s") }
        let tail = 4 * path.count + 4
        let head = packet.count - 4 * (path.count - 1) - 4
        guard self.bytes.count == packet.count + 4, self.bytes.count == head + tail else {
            return .failed("\(self.bytes.count) bytes instead of \(packet.count + 4)")
        }
        // The length is another one.
        let isSame = self.bytes[..<4] == packet[..<4] && self.bytes[8..<head] == packet[8..<head]
        var cursor = FieldCursor(self.bytes.span.bytes, range: head..<self.bytes.count, framing: .v2_3)
        let seen = (0...path.count).map { _ in (try? cursor.readInt32()) ?? 0 }
        guard isSame else { return .failed("other bytes before the path") }
        return .found(
            "path \(Array(seen.dropFirst()))", if: seen == [Int32(path.count)] + path, otherwise: "path \(seen)")
    }
}
