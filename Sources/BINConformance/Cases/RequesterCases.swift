import BINMessages
import BINWire

// What a target asks for once in its life: the data of a capability that it has none of. Each case goes on where the one
// before left the sync, and takes another capability when that came to an end.

extension ConformanceCase {
    static var requesterCases: [ConformanceCase] {
        [
            ConformanceCase(
                .requester, 1, ["CL-49", "CL-81"],
                sent: "CAP_UPDATE with state 1 for a capability that the target announced with 0",
                expected: "SYNC_REQ for it, in the sync version of the release"
            ) { conversation in
                try await withRequest(conversation) { heard, capability in
                    let version = conversation.target.layout?.syncVersion ?? 0
                    return .found(
                        "SYNC_REQ for \(capability)", if: heard.header.version == version,
                        otherwise: "SYNC_REQ with version \(heard.header.version) instead of \(version)")
                }
            },
            ConformanceCase(
                .requester, 2, ["RX-27"], sent: "SYNC_END with the total 0 from the second node, which was not asked",
                expected: "no CAP_UPDATE with state 1"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                return try await withRequest(conversation) { _, capability in
                    let own = conversation.targetNode
                    let beside = conversation.beside
                    let verdict = try await announced(
                        conversation, capability, sender: beside,
                        [try beside.make { try $0.syncEnd(capability, total: 0, to: own) }], expected: false)
                    // A sync that ended so is over.
                    if case .failed = verdict { conversation.setOpenRequest(nil, failed: nil) }
                    return verdict
                }
            },
            ConformanceCase(
                .requester, 3, ["CL-56", "RX-13"], sent: "SYNC_END with the total 1000, and no chunk before it",
                expected: "no CAP_UPDATE with state 1"
            ) { conversation in
                guard conversation.target.layout?.syncVersion == 3 else {
                    return .skipped("SYNC_END of this release has no total")
                }
                return try await withRequest(conversation) { _, capability in
                    let (main, own) = (conversation.main, conversation.targetNode)
                    conversation.setOpenRequest(nil, failed: capability)
                    return try await announced(
                        conversation, capability, sender: main,
                        [try main.make { try $0.syncEnd(capability, total: 1000, to: own) }], expected: false)
                }
            },
            ConformanceCase(
                .requester, 4, ["CL-50", "RX-13"], sent: "nothing more of that sync",
                expected: "SYNC_REQ for it again within 25 s"
            ) { conversation in
                guard let capability = conversation.failedRequest else {
                    return .skipped("no sync came to a bad end")
                }
                let main = conversation.main
                let mark = main.journal.mark
                let heard = try await main.journal.wait(since: mark, within: .seconds(25)) { heard in
                    heard.message(SyncRequest.self).map { heard.text($0.capability) } == capability ? heard : nil
                }
                guard heard != nil else { return .failed("none within 25 s") }
                conversation.setOpenRequest(heard, failed: nil)
                return .passed("SYNC_REQ for \(capability)")
            },
            ConformanceCase(
                .requester, 5, ["CL-53", "CL-81"], sent: "SYNC_END with the total 0, as of a donor without data",
                expected: "CAP_UPDATE with state 1; of a member that serves nobody (CL-77) none, and no other SYNC_REQ"
            ) { conversation in
                try await withRequest(conversation) { _, capability in
                    let (main, own) = (conversation.main, conversation.targetNode)
                    let mark = main.journal.mark
                    conversation.setOpenRequest(nil, failed: nil)
                    let verdict = try await announced(
                        conversation, capability, sender: main,
                        [try main.make { try $0.syncEnd(capability, total: 0, to: own) }], expected: true)
                    if case .passed = verdict { return verdict }
                    let again = try await main.journal.wait(since: mark, within: .seconds(20)) { heard in
                        heard.message(SyncRequest.self).map { heard.text($0.capability) } == capability ? heard : nil
                    }
                    return .found("no state 1, and no other SYNC_REQ", if: again == nil, otherwise: "SYNC_REQ again")
                }
            },
        ]
    }

    static var hostileDonorCases: [ConformanceCase] {
        [
            ConformanceCase(
                .robustness, 19, ["RX-6", "RX-13"],
                sent: """
                    to a target that asked for a sync: SYNC with chunk sizes that are negative or reach behind the end, and SYNC_END with \
                    their number
                    """,
                expected: "no CAP_UPDATE with state 1, and the target still answers"
            ) { conversation in
                guard conversation.target.layout?.syncVersion == 3 else {
                    return .skipped("SYNC_END of this release has no total")
                }
                return try await withRequest(conversation) { _, capability in
                    let (main, own) = (conversation.main, conversation.targetNode)
                    conversation.setOpenRequest(nil, failed: capability)
                    let sizes = [Int32.min, -8, -1, 5, 1 << 16, .max]
                    var packets = try main.make { script in
                        try sizes.map { try script.brokenSync(capability, chunkSize: $0, to: own) }
                    }
                    packets.append(
                        try main.make { try $0.syncEnd(capability, total: Int32(sizes.count), to: own) })
                    return try await announced(conversation, capability, sender: main, packets, expected: false)
                }
            }
        ]
    }

    /// Runs `body` while the target waits for a sync: the one that is open, or one that it is made to ask for.
    private static func withRequest(
        _ conversation: Conversation, _ body: (Heard, String) async throws -> ConformanceVerdict
    ) async throws -> ConformanceVerdict {
        if let open = conversation.openRequest, let request = open.message(SyncRequest.self) {
            return try await body(open, open.text(request.capability))
        }
        let main = conversation.main
        guard let capability = conversation.takePending() else {
            return .skipped("the target waits for no data: it announced no (other) capability with state 0")
        }
        let (mark, now) = (main.journal.mark, main.now)
        try await main.send(
            try main.make {
                try $0.capabilities([(PacketScript.privateCapability, 1), (capability, 1)], now: now)
            })
        let heard = try await main.journal.wait(since: mark, within: Conversation.soon) { heard in
            heard.message(SyncRequest.self).map { heard.text($0.capability) } == capability ? heard : nil
        }
        guard let heard else { return .failed("no SYNC_REQ for \(capability) within 3 s") }
        conversation.setOpenRequest(heard, failed: nil)
        return try await body(heard, capability)
    }

    /// Sends something and looks whether the target says that its data are complete now.
    private static func announced(
        _ conversation: Conversation, _ capability: String, sender: ScriptedNode, _ packets: [[UInt8]], expected: Bool
    ) async throws -> ConformanceVerdict {
        let main = conversation.main
        let (mark, own) = (main.journal.mark, conversation.targetNode)
        for packet in packets { try await sender.send(packet) }
        let state = try await main.journal.wait(since: mark, within: expected ? Conversation.soon : .seconds(2)) {
            heard -> Bool? in
            guard let update = heard.message(CapabilityUpdate.self) else { return nil }
            let isComplete = update.nodes.contains { record in
                record.node == own
                    && record.capabilities.contains { heard.text($0.capability) == capability && $0.state == 1 }
            }
            return isComplete ? true : nil
        }
        let words = state == true ? "CAP_UPDATE with \(capability) in state 1" : "no CAP_UPDATE with state 1"
        return .found(words, if: (state == true) == expected, otherwise: words)
    }
}
