import BINMessages
import BINWire

extension ConformanceCase {
    static var floodCases: [ConformanceCase] {
        [
            ConformanceCase(
                .flood, 1, ["CL-25"], sent: "LS_UPDATE of a member",
                expected: "the second node gets it with the target in the path, and else byte for byte"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                let (main, mark) = (conversation.main, conversation.beside.journal.mark)
                let (now, id, link) = (main.now, main.id, conversation.beside.id)
                let packet = try main.make { try $0.linkState(link, isUp: true, now: now) }
                try await main.send(packet)
                let heard = try await conversation.beside.journal.wait(since: mark, within: Conversation.soon) {
                    $0.message(LinkStateUpdate.self)?.origin.source == id ? $0 : nil
                }
                return heard.isRelay(of: packet, path: [id, conversation.targetNode])
            },
            ConformanceCase(
                .flood, 2, ["CL-25"], sent: "LS_UPDATE of a member", expected: "it does not come back"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                let (main, mark) = (conversation.main, conversation.main.journal.mark)
                let (now, id, link) = (main.now, main.id, conversation.beside.id)
                try await main.send(try main.make { try $0.linkState(link, isUp: true, now: now) })
                _ = try await conversation.settle(main)
                let isBack = main.journal.entries(since: mark).contains {
                    $0.message(LinkStateUpdate.self)?.origin.source == id
                }
                return .found("nothing", if: !isBack, otherwise: "LS_UPDATE of its own")
            },
            ConformanceCase(
                .flood, 3, ["CL-25", "CL-27"], sent: "LS_UPDATE with the second node in its path",
                expected: "the second node does not get it"
            ) { conversation in
                let path = [conversation.main.id, conversation.beside.id]
                return try await ConformanceCase.passedOn(conversation, false) { script, link, now in
                    try script.linkState(link, isUp: true, now: now, path: path)
                }
            },
            ConformanceCase(
                .flood, 4, ["CL-26"], sent: "LS_UPDATE with 24 nodes in its path", expected: "it is passed on"
            ) { conversation in
                let path = [conversation.main.id] + (Int32(20_001)...20_023)
                return try await ConformanceCase.passedOn(conversation, true) { script, link, now in
                    try script.linkState(link, isUp: true, now: now, path: path)
                }
            },
            ConformanceCase(
                .flood, 5, ["CL-26"], sent: "LS_UPDATE with 26 nodes in its path", expected: "it is not passed on"
            ) { conversation in
                let path = [conversation.main.id] + (Int32(20_001)...20_025)
                return try await ConformanceCase.passedOn(conversation, false) { script, link, now in
                    try script.linkState(link, isUp: true, now: now, path: path)
                }
            },
            ConformanceCase(
                .flood, 6, ["CL-25"], sent: "CAP_UPDATE of a member that asks for a reply",
                expected: "the second node gets it with requireReply 0 and the target in the path, and else the same"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                let (main, mark) = (conversation.main, conversation.beside.journal.mark)
                let (now, id) = (main.now, main.id)
                let states: [(name: String, state: Int32)] = [
                    (PacketScript.privateCapability, 1), ("conformance-other", 0),
                ]
                var packet = try main.make { try $0.capabilities(states, requiresReply: true, now: now) }
                try await main.send(packet)
                let heard = try await conversation.beside.journal.wait(since: mark, within: Conversation.soon) {
                    $0.message(CapabilityUpdate.self)?.origin.source == id ? $0 : nil
                }
                packet.replace(0, at: packet.count - 12)
                return heard.isRelay(of: packet, path: [id, conversation.targetNode])
            },
            ConformanceCase(
                .flood, 7, ["CL-25"], sent: "FULL_TOP_UPDATE of a member",
                expected: "the second node gets it with the target in the path, and else byte for byte"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                let (main, mark) = (conversation.main, conversation.beside.journal.mark)
                let (now, id) = (main.now, main.id)
                let neighbours = [conversation.targetNode, conversation.beside.id]
                let packet = try main.make { try $0.topology(neighbours: neighbours, now: now) }
                try await main.send(packet)
                let heard = try await conversation.beside.journal.wait(since: mark, within: Conversation.soon) {
                    $0.message(FullTopologyUpdate.self)?.origin.source == id ? $0 : nil
                }
                return heard.isRelay(of: packet, path: [id, conversation.targetNode])
            },
            ConformanceCase(
                .flood, 8, ["CL-22"], sent: "LS_UPDATE about a node that is not known", expected: "it is not passed on"
            ) { conversation in
                try await ConformanceCase.passedOn(conversation, false) { script, _, now in
                    try script.linkState(30_000, isUp: true, now: now)
                }
            },
            ConformanceCase(
                .flood, 9, ["CL-16"], sent: "CAP_UPDATE that names a node that is not known",
                expected: "it is not passed on"
            ) { conversation in
                try await ConformanceCase.passedOn(conversation, false) { script, _, now in
                    try script.capabilities([(PacketScript.privateCapability, 1)], of: 30_000, now: now)
                }
            },
            ConformanceCase(
                .flood, 10, ["CL-34"],
                sent: "LS_UPDATE: the link of the first to the second node is down; then a third node joins",
                expected: "FULL_TOP_UPDATE to the third lists no such link"
            ) { conversation in
                if let skipped = conversation.lacksStrangers { return skipped }
                let main = conversation.main
                let (now, link) = (main.now, conversation.beside.id)
                try await main.send(try main.make { try $0.linkState(link, isUp: false, now: now) })
                let verdict = try await conversation.withStranger { stranger -> ConformanceVerdict in
                    try await conversation.join(stranger)
                    let update = try await stranger.journal.wait(since: 0, within: .zero) {
                        $0.message(FullTopologyUpdate.self)
                    }
                    guard let record = update?.nodes.first(where: { $0.node == main.id }) else {
                        return .failed("no record of node \(main.id)")
                    }
                    return .found(
                        "links \(record.neighbours)", if: !record.neighbours.contains(link),
                        otherwise: "links \(record.neighbours)")
                }
                try await main.send(try main.make { try $0.linkState(link, isUp: true, now: now) })
                return verdict
            },
        ]
    }
}
