import BINMessages
import BINWire

extension ConformanceCase {
    static var linkCases: [ConformanceCase] {
        [
            ConformanceCase(
                .link, 1, ["CL-75"], sent: "PING, up to three times", expected: "PONG within a second"
            ) { conversation in
                let main = conversation.main
                var seen = ""
                // One that is late says little of a node on a busy machine.
                for _ in 0..<3 {
                    let (start, mark) = (ContinuousClock.now, main.journal.mark)
                    try await main.send(try main.make { try $0.ping() })
                    let at = try await main.journal.wait(since: mark, within: Conversation.soon) {
                        $0.message(Pong.self) == nil ? nil : $0.at
                    }
                    guard let at else { return .failed("nothing within 3 s") }
                    seen = "PONG after \(Int((at - start) / .milliseconds(1))) ms"
                    if at - start < .seconds(1) { return .passed(seen) }
                }
                return .failed(seen)
            },
            ConformanceCase(
                .link, 2, ["CL-75"], sent: "PING that does not ask for the list", expected: "PONG with no nodes"
            ) { conversation in
                guard let list = try await conversation.main.fence() else { return .failed("nothing within 5 s") }
                return .found("no nodes", if: list.isEmpty, otherwise: "\(list)")
            },
            ConformanceCase(
                .link, 3, ["CL-75"], sent: "PING that asks for the list",
                expected: "PONG with the second node, and without the target and the asking node"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                guard let list = try await conversation.main.fence(list: true) else {
                    return .failed("no PONG with nodes within 5 s")
                }
                let isRight =
                    list.contains(conversation.beside.id) && !list.contains(conversation.main.id)
                    && !list.contains(conversation.targetNode)
                return .found("\(list.sorted())", if: isRight, otherwise: "\(list.sorted())")
            },
            ConformanceCase(
                .link, 4, ["CL-75"], sent: "nothing", expected: "PING of the target before two ping intervals are over"
            ) { conversation in
                let (start, mark) = (ContinuousClock.now, conversation.main.journal.mark)
                let patience = conversation.target.patience
                let at = try await conversation.main.journal.wait(since: mark, within: patience) {
                    $0.message(Ping.self) == nil ? nil : $0.at
                }
                guard let at else { return conversation.needsNoPings ?? .failed("no PING within \(patience)") }
                return .passed("PING after \(Int((at - start) / .milliseconds(1))) ms")
            },
            ConformanceCase(
                .link, 5, ["CL-19", "RX-8"], sent: "PING for another cluster", expected: "no answer"
            ) { conversation in
                try await unanswered(conversation) { try $0.ping(cluster: conversation.target.cluster &+ 1) }
            },
            ConformanceCase(
                .link, 6, ["CL-19", "RX-24"], sent: "PING that names the target itself as its source",
                expected: "no answer"
            ) { conversation in
                try await unanswered(conversation) { try $0.ping(from: conversation.targetNode) }
            },
            ConformanceCase(
                .link, 7, ["CL-19", "RX-8"], sent: "PING of a member from an address of no member",
                expected: "no answer to that member"
            ) { conversation in
                guard conversation.target.isLoopback else {
                    return .skipped("another address is needed: only on 127.0.0.0/8")
                }
                let main = conversation.main
                let connection = try await main.connect(from: "127.254.254.254")
                let mark = main.journal.mark
                try await connection.write(try main.make { try $0.ping() })
                let pong = try await main.journal.wait(since: mark, within: .seconds(1)) { $0.message(Pong.self) }
                await connection.close()
                return .found("nothing within 1 s", if: pong == nil, otherwise: "PONG")
            },
            ConformanceCase(
                .link, 8, ["CL-16", "CL-75"], sent: "UNKNOWN_ID of a member",
                expected: "NODE_DESCRIPTION of the target with a URL and the path [target], then PING"
            ) { conversation in
                let main = conversation.main
                let mark = main.journal.mark
                try await main.send(try main.make { try $0.unknownID() })
                let heard = try await main.journal.wait(since: mark, within: Conversation.soon) {
                    $0.message(NodeDescription.self) == nil ? nil : $0
                }
                guard let heard, let description = heard.message(NodeDescription.self) else {
                    return .failed("no NODE_DESCRIPTION within 3 s")
                }
                guard description.path.nodes == [conversation.targetNode] else {
                    return .failed("path \(description.path.nodes)")
                }
                let url = heard.text(description.properties.url)
                guard (try? BINEndpoint(parsing: url)) != nil else { return .failed("the URL is '\(url)'") }
                let ping = try await main.journal.wait(since: mark, within: conversation.target.patience) {
                    $0.message(Ping.self)
                }
                return .found("NODE_DESCRIPTION with \(url), PING", if: ping != nil, otherwise: "no PING after it")
            },
            ConformanceCase(
                .link, 9, ["CL-31", "CL-75"], sent: "no PONG to any PING",
                expected: "LS_UPDATE to the second node: the link is down, with the number and path of the target"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                let main = conversation.main
                main.answerPings(false)
                let update = try await reported(conversation, isUp: false)
                main.answerPings(true)
                try await conversation.reviveLink()
                guard let update else {
                    return conversation.needsNoPings ?? .failed("no LS_UPDATE within \(conversation.target.patience)")
                }
                return .found(
                    "LS_UPDATE with number \(update.sequence)", if: update.path.nodes == [conversation.targetNode],
                    otherwise: "path \(update.path.nodes)")
            },
            ConformanceCase(
                .link, 10, ["CL-30"], sent: "no PONG to any PING, and PONG again after the link was reported down",
                expected: "LS_UPDATE to the second node: the link is up; FULL_TOP_UPDATE to the node itself"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                let main = conversation.main
                main.answerPings(false)
                let isDown = try await reported(conversation, isUp: false) != nil
                main.answerPings(true)
                guard isDown else { return conversation.needsNoPings ?? .failed("the link does not go down") }
                async let isUp = reported(conversation, isUp: true) != nil
                let topology = try await conversation.reviveLink()
                guard try await isUp else { return .failed("no LS_UPDATE with state 0") }
                return .found(
                    "LS_UPDATE and FULL_TOP_UPDATE with number \(topology?.sequence ?? 0)", if: topology != nil,
                    otherwise: "LS_UPDATE, no FULL_TOP_UPDATE")
            },
            ConformanceCase(
                .link, 11, ["CL-77", "CL-9"], sent: "CAP_UPDATE that asks for a reply",
                expected: "CAP_UPDATE that asks for none"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                let (main, now) = (conversation.main, conversation.main.now)
                let mark = main.journal.mark
                let own: [(name: String, state: Int32)] = [(PacketScript.privateCapability, 1)]
                try await main.send(try main.make { try $0.capabilities(own, requiresReply: true, now: now) })
                let update = try await main.journal.wait(since: mark, within: Conversation.soon) {
                    $0.message(CapabilityUpdate.self)
                }
                guard let update else { return .failed("no CAP_UPDATE, though there are capabilities to tell") }
                return .found(
                    "\(update.nodes.count) records", if: update.requiresReply == 0,
                    otherwise: "CAP_UPDATE with requireReply \(update.requiresReply)")
            },
        ]
    }

    /// Waits until the target tells the second node about its link to the first.
    private static func reported(_ conversation: Conversation, isUp: Bool) async throws -> LinkStateUpdate? {
        let (id, own) = (conversation.main.id, conversation.targetNode)
        let mark = conversation.beside.journal.mark
        return try await conversation.beside.journal.wait(since: mark, within: conversation.target.patience) { heard in
            guard let update = heard.message(LinkStateUpdate.self), update.origin.source == own,
                update.neighbour == id, (update.state == 0) == isUp
            else { return nil }
            return update
        }
    }

    private static func unanswered(
        _ conversation: Conversation, _ packet: (PacketScript) throws -> [UInt8]
    ) async throws -> ConformanceVerdict {
        let main = conversation.main
        let mark = main.journal.mark
        try await main.send(try main.make { try packet($0) })
        let answer = try await main.journal.wait(since: mark, within: .seconds(1)) { heard in
            heard.message(Pong.self) == nil && heard.message(UnknownID.self) == nil ? nil : heard.name
        }
        guard answer == nil else { return .failed(answer ?? "") }
        return .passed("nothing within 1 s")
    }
}
