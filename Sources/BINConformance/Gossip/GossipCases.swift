import BINMessages
import BINWire

// What a target made of a packet shows in what it knows of members, which anybody may ask for.

extension ConformanceCase {
    static var gossipCases: [ConformanceCase] {
        exchangeCases + claimCases + detectionCases + refusalCases
    }

    // MARK: Exchange

    private static var exchangeCases: [ConformanceCase] {
        [
            ConformanceCase(
                gossip: 1, ["GS-14"], sent: "SUMMARY whose sums differ from all there can be",
                expected: "DIGEST with the target itself and the member that asks"
            ) { conversation in
                let known = try await conversation.digest()
                let both = [conversation.targetNode, conversation.node]
                return .found(
                    "\(known?.count ?? 0) members", if: both.allSatisfy { known?[$0] != nil },
                    otherwise: known.map { "\($0.keys.sorted())" } ?? "no DIGEST")
            },
            ConformanceCase(
                gossip: 2, ["GS-15", "GS-19"], sent: "DIGEST of all members, with none of them",
                expected: "DELTA with the state of the target, its `url` in it"
            ) { conversation in
                var digest = GossipDigest()
                digest.ranges = [GossipRange()]
                return try await state(conversation, after: try conversation.packet(digest))
            },
            ConformanceCase(
                gossip: 3, ["GS-16"], sent: "DELTA that wants news of the target",
                expected: "DELTA with them, that wants nothing"
            ) { conversation in
                var delta = GossipDelta()
                var want = GossipKnowledge()
                want.node = conversation.targetNode
                delta.wants = [want]
                return try await state(conversation, after: try conversation.packet(delta))
            },
            ConformanceCase(
                gossip: 4, ["GS-18"], sent: "nothing", expected: "the target begins an exchange within ten rounds"
            ) { conversation in
                let mark = conversation.journal.mark
                let start = ContinuousClock.now
                let at = try await conversation.journal.wait(since: mark, within: conversation.target.patience) {
                    $0.gossip(GossipSummary.self) == nil ? nil : $0.at
                }
                guard let at else { return .failed("no SUMMARY within \(conversation.target.patience)") }
                return .passed("SUMMARY after \(Int((at - start) / .milliseconds(1))) ms")
            },
            ConformanceCase(
                gossip: 5, ["GS-3"], sent: "SUMMARY of a node that is no member, as a datagram",
                expected: "at most one datagram, of at most 1,400 bytes"
            ) { conversation in
                var summary = GossipSummary()
                var texts = PacketTexts()
                var range = GossipRangeSums()
                range.sums = texts.add(String(repeating: "!", count: 128))
                summary.ranges = [range]
                let mark = conversation.journal.mark
                let stranger = conversation.stranger()
                try await conversation.send(try conversation.packet(summary, texts, from: stranger))
                try await Task.sleep(for: .seconds(1))
                let sizes = conversation.journal.entries(since: mark)
                    .filter { $0.routing?.destination == stranger }.map(\.bytes.count)
                return .found(
                    "\(sizes) bytes", if: sizes.count <= 1 && sizes.allSatisfy { $0 <= 1400 },
                    otherwise: "\(sizes.count) packets of \(sizes) bytes")
            },
        ]
    }

    /// Sends a packet and looks for the target's own state.
    private static func state(
        _ conversation: GossipConversation, after packet: [UInt8]
    ) async throws -> ConformanceVerdict {
        let mark = conversation.journal.mark
        let own = conversation.targetNode
        try await conversation.send(packet)
        let answer = try await conversation.journal.wait(since: mark, within: Conversation.soon) { heard in
            heard.gossip(GossipDelta.self).flatMap { delta in
                delta.news.first { $0.knowledge.node == own }.map { (heard, $0, delta.wants.count) }
            }
        }
        guard let (heard, news, wants) = answer else { return .failed("no DELTA with news of node \(own)") }
        let entry = news.entries.first { heard.text($0.key) == "url" }
        guard let entry else { return .failed("its state without `url`") }
        guard wants == 0 else { return .failed("a DELTA that wants news of \(wants) members") }
        return .passed("url \(heard.text(entry.value)), version \(news.knowledge.version)")
    }

    // MARK: Claims

    private static var claimCases: [ConformanceCase] {
        [
            ConformanceCase(
                gossip: 6, ["GS-5"],
                sent:
                    "claims about a member: incarnation 2 and alive; incarnation 1 and down; 2 and suspected; a new generation",
                expected: "each but the second is taken"
            ) { conversation in
                let stranger = conversation.stranger()
                let claims: [(incarnation: Int32, status: Int32, later: Int32)] = [
                    (2, 0, 0), (1, 2, 0), (2, 1, 0), (0, 0, 1),
                ]
                let expected = ["+0 2 0", "+0 2 0", "+0 2 1", "+1 0 0"]
                func text(_ known: GossipKnowledge) -> String {
                    "+\(known.generation &- conversation.generation) \(known.incarnation) \(known.status)"
                }
                var seen: [String] = []
                for (claim, expected) in zip(claims, expected) {
                    let known = try await known(conversation, stranger, until: { text($0) == expected }) { texts in
                        [
                            conversation.news(
                                of: stranger, version: 1, incarnation: claim.incarnation, status: claim.status,
                                later: claim.later, [(1, "url", "bin:192.0.2.1:1")], &texts)
                        ]
                    }
                    seen.append(known.map(text) ?? "unknown")
                }
                return .found(
                    "generation, incarnation, status: \(seen.joined(separator: ", "))", if: seen == expected,
                    otherwise: seen.joined(separator: ", "))
            },
            ConformanceCase(
                gossip: 7, ["GS-10"], sent: "news of a member of version 1 that follow its version 5",
                expected: "they are not taken"
            ) { conversation in
                try await version(conversation, 1) { stranger, texts in
                    conversation.news(of: stranger, version: 7, base: 5, [(7, "k", "v")], &texts)
                }
            },
            ConformanceCase(
                gossip: 8, ["GS-10"], sent: "news of a member of version 1 that follow it", expected: "they are taken"
            ) { conversation in
                try await version(conversation, 3) { stranger, texts in
                    conversation.news(of: stranger, version: 3, base: 1, [(2, "a", "1"), (3, "b", "2")], &texts)
                }
            },
            ConformanceCase(
                gossip: 9, ["GS-12"], sent: "the whole state of a member of version 1, with `base` 0 and `floor` 8",
                expected: "it is taken"
            ) { conversation in
                try await version(conversation, 9) { stranger, texts in
                    conversation.news(of: stranger, version: 9, base: 0, floor: 8, [(9, "k", "v")], &texts)
                }
            },
            ConformanceCase(
                gossip: 10, ["GS-7"], sent: "news of a member that was started in two years",
                expected: "they are not taken"
            ) { conversation in
                let stranger = conversation.stranger()
                let known = try await known(conversation, stranger) { texts in
                    [conversation.news(of: stranger, version: 1, later: 63_072_000, [(1, "k", "v")], &texts)]
                }
                return .found("unknown", if: known == nil, otherwise: "it is known")
            },
            ConformanceCase(
                gossip: 11, ["GS-38"], sent: "news of two members, of which one has a key of 200 bytes",
                expected: "those of the other one are taken"
            ) { conversation in
                let (bad, good) = (conversation.stranger(), conversation.stranger())
                let known = try await known(conversation, good) { texts in
                    let key = String(repeating: "k", count: 200)
                    return [
                        conversation.news(of: bad, version: 1, [(1, key, "v")], &texts),
                        conversation.news(of: good, version: 1, [(1, "k", "v")], &texts),
                    ]
                }
                guard known != nil else { return .failed("neither is known") }
                let isBad = try await conversation.digest()?[bad] != nil
                return .found("one is known", if: !isBad, otherwise: "both are known")
            },
        ]
    }

    /// Tells news of members, and asks what the target knows of one then.
    /// - Parameter expected: what is asked for again for a while, as the news go over TCP, which a question may overtake.
    private static func known(
        _ conversation: GossipConversation, _ node: Int32, until expected: (GossipKnowledge) -> Bool = { _ in true },
        _ news: (inout PacketTexts) -> [GossipNews]
    ) async throws -> GossipKnowledge? {
        var delta = GossipDelta()
        var texts = PacketTexts()
        delta.news = news(&texts)
        // A datagram may be lost.
        try await conversation.send(try conversation.packet(delta, texts), overTCP: true)
        let start = ContinuousClock.now
        while true {
            try await Task.sleep(for: .milliseconds(100))
            let known = try await conversation.digest()?[node]
            if known.map(expected) == true || ContinuousClock.now - start > attempts { return known }
        }
    }

    /// How long something is asked for that may take the target a moment.
    private static let attempts = Duration.seconds(2)

    /// Makes a member of version 1 known, tells more of it, and looks at the version that it has then.
    private static func version(
        _ conversation: GossipConversation, _ expected: Int32,
        _ news: (Int32, inout PacketTexts) -> GossipNews
    ) async throws -> ConformanceVerdict {
        let stranger = conversation.stranger()
        let first = try await known(conversation, stranger) { texts in
            [conversation.news(of: stranger, version: 1, [(1, "k", "v")], &texts)]
        }
        guard first?.version == 1 else { return .failed("the member did not become known") }
        let known = try await known(conversation, stranger, until: { $0.version == expected }) { texts in
            [news(stranger, &texts)]
        }
        return .found(
            "version \(expected)", if: known?.version == expected, otherwise: "version \(known?.version ?? 0)")
    }

    // MARK: Detection

    private static var detectionCases: [ConformanceCase] {
        [
            ConformanceCase(
                gossip: 12, ["GS-26"], sent: "HEARTBEAT_REQ", expected: "HEARTBEAT with its number and the generation"
            ) { conversation in
                guard let own = try await conversation.digest()?[conversation.targetNode] else {
                    return .failed("no DIGEST")
                }
                let heartbeat = try await heartbeat(conversation, believed: own, status: 0)
                return .found(
                    "generation \(own.generation)", if: heartbeat?.generation == own.generation,
                    otherwise: heartbeat.map { "generation \($0.generation)" } ?? "no HEARTBEAT")
            },
            ConformanceCase(
                gossip: 13, ["GS-6", "GS-26"], sent: "HEARTBEAT_REQ that says the target is suspected",
                expected: "HEARTBEAT with the next incarnation"
            ) { conversation in
                guard let own = try await conversation.digest()?[conversation.targetNode] else {
                    return .failed("no DIGEST")
                }
                let heartbeat = try await heartbeat(conversation, believed: own, status: 1)
                let incarnation = heartbeat?.incarnation ?? -1
                return .found(
                    "incarnation \(own.incarnation) and then \(incarnation)",
                    if: incarnation == own.incarnation + 1, otherwise: "incarnation \(incarnation)")
            },
            ConformanceCase(
                gossip: 14, ["GS-6", "GS-8"], sent: "DELTA that says the target is down",
                expected: "it is alive in the next incarnation"
            ) { conversation in
                let own = conversation.targetNode
                guard let before = try await conversation.digest()?[own] else { return .failed("no DIGEST") }
                let after = try await known(conversation, own, until: { $0.incarnation > before.incarnation }) { _ in
                    var news = GossipNews()
                    news.knowledge = before
                    news.knowledge.status = 2
                    news.base = before.version
                    return [news]
                }
                guard let after else { return .failed("no DIGEST") }
                return .found(
                    "incarnation \(before.incarnation) and then \(after.incarnation), alive",
                    if: after.incarnation > before.incarnation && after.status == 0,
                    otherwise: "incarnation \(after.incarnation), status \(after.status)")
            },
            ConformanceCase(
                gossip: 15, ["GS-24"], sent: "PROBE_REQ for the runner's own node",
                expected: "HEARTBEAT_REQ, and behind its answer PROBE_RESULT that it was reached"
            ) { conversation in
                var result = try await probe(conversation, conversation.node)
                // On a busy machine an answer may take longer than a target waits.
                for _ in 0..<2 where result?.isReached != 1 {
                    result = try await probe(conversation, conversation.node)
                }
                return .found(
                    "reached", if: result?.isReached == 1 && result?.generation == conversation.generation,
                    otherwise: result == nil ? "no PROBE_RESULT" : "not reached")
            },
            ConformanceCase(
                gossip: 16, ["GS-24"], sent: "PROBE_REQ for a member that is not there",
                expected: "PROBE_RESULT that it was not reached"
            ) { conversation in
                let stranger = conversation.stranger()
                let made = try await known(conversation, stranger) { texts in
                    // The port belongs to nobody.
                    [
                        conversation.news(
                            of: stranger, version: 1, [(1, "url", "bin:\(conversation.target.host):9")], &texts)
                    ]
                }
                guard made != nil else { return .failed("the member did not become known") }
                let result = try await probe(conversation, stranger)
                return .found(
                    "not reached", if: result?.isReached == 0,
                    otherwise: result == nil ? "no PROBE_RESULT" : "reached")
            },
        ]
    }

    private static func heartbeat(
        _ conversation: GossipConversation, believed: GossipKnowledge, status: Int32
    ) async throws -> Heartbeat? {
        var request = HeartbeatRequest()
        request.sequence = conversation.nextSequence()
        request.generation = believed.generation
        request.incarnation = believed.incarnation
        request.status = status
        let mark = conversation.journal.mark
        try await conversation.send(try conversation.packet(request))
        return try await conversation.journal.wait(since: mark, within: Conversation.soon) { heard in
            heard.gossip(Heartbeat.self).flatMap { $0.sequence == request.sequence ? $0 : nil }
        }
    }

    private static func probe(_ conversation: GossipConversation, _ node: Int32) async throws -> ProbeResult? {
        var request = ProbeRequest()
        request.sequence = conversation.nextSequence()
        request.node = node
        let mark = conversation.journal.mark
        try await conversation.send(try conversation.packet(request))
        return try await conversation.journal.wait(since: mark, within: Conversation.soon) { heard in
            heard.gossip(ProbeResult.self).flatMap { $0.sequence == request.sequence ? $0 : nil }
        }
    }
}
