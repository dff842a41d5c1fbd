import BINMessages
import BINWire

extension ConformanceCase {
    static var tagCases: [ConformanceCase] {
        [
            ConformanceCase(
                .tags, 1, ["CL-63"], sent: "the whole join of a node, while a tag is active on the target",
                expected: "SHTAG_ACTIVE for that tag"
            ) { conversation in
                guard conversation.target.layout?.hasSharingTags == true else {
                    return .skipped("this release has no sharing tags")
                }
                guard let tag = conversation.target.activeTag else {
                    return .skipped("no tag was named that is active on the target (--active-tag)")
                }
                if let skipped = conversation.lacksStrangers { return skipped }
                return try await conversation.withStranger { stranger in
                    try await conversation.join(stranger)
                    let heard = try await stranger.journal.wait(since: 0, within: Conversation.soon) { heard in
                        heard.message(SharingTagActive.self).map { heard.text($0.tag) } == tag ? heard : nil
                    }
                    guard let routing = heard?.routing else { return .failed("no SHTAG_ACTIVE for \(tag) within 3 s") }
                    return .found(
                        "SHTAG_ACTIVE for \(tag)",
                        if: routing.source == conversation.targetNode && routing.destination == stranger.id,
                        otherwise: "SHTAG_ACTIVE from \(routing.source) to \(routing.destination)")
                }
            },
            ConformanceCase(
                .tags, 2, ["CL-64"], sent: "SHTAG_ACTIVE of a member for a tag that nobody has",
                expected: "nothing is said about it to anybody"
            ) { conversation in
                guard conversation.target.layout?.hasSharingTags == true else {
                    return .skipped("this release has no sharing tags")
                }
                if let skipped = conversation.lacksBeside { return skipped }
                let (main, beside, own) = (conversation.main, conversation.beside, conversation.targetNode)
                let marks = (main.journal.mark, beside.journal.mark)
                try await main.send(try main.make { try $0.tagActive("conformance", to: own) })
                _ = try await conversation.settle(main)
                let heard = main.journal.entries(since: marks.0) + beside.journal.entries(since: marks.1)
                let isTold = heard.contains { heard in
                    heard.message(SharingTagActive.self).map { heard.text($0.tag) } == "conformance"
                }
                return .found("nothing", if: !isTold, otherwise: "SHTAG_ACTIVE")
            },
            ConformanceCase(
                .tags, 3, ["CL-36", "FR-24"], sent: "SHTAG_ACTIVE of a member for the second node",
                expected: "the second node gets it, byte for byte"
            ) { conversation in
                guard conversation.target.layout?.hasSharingTags == true else {
                    return .skipped("this release has no sharing tags")
                }
                if let skipped = conversation.lacksBeside { return skipped }
                let (main, beside) = (conversation.main, conversation.beside)
                let mark = beside.journal.mark
                let packet = try main.make { try $0.tagActive("conformance", to: beside.id) }
                try await main.send(packet)
                let heard = try await beside.journal.wait(since: mark, within: Conversation.soon) { heard in
                    heard.message(SharingTagActive.self) == nil ? nil : heard.bytes
                }
                guard let heard else { return .failed("nothing within 3 s") }
                return .found("the same bytes", if: heard == packet, otherwise: "other bytes")
            },
        ]
    }
}
