import BINMessages
import BINWire

// Whether an update was accepted shows in whether it is passed on (CL-22).

extension ConformanceCase {
    static var sequenceCases: [ConformanceCase] {
        [
            ConformanceCase(
                .sequence, 1, ["CL-22"], sent: "LS_UPDATE with the next number", expected: "it is passed on"
            ) { conversation in
                try await passedOn(conversation, true) { script, link, now in
                    try script.linkState(link, isUp: true, now: now)
                }
            },
            ConformanceCase(
                .sequence, 2, ["CL-22", "CL-27"], sent: "the same LS_UPDATE twice", expected: "it is passed on once"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                let (main, mark) = (conversation.main, conversation.beside.journal.mark)
                let (now, link) = (main.now, conversation.beside.id)
                let packet = try main.make { try $0.linkState(link, isUp: true, now: now) }
                try await main.send(packet, packet)
                _ = try await conversation.settle(main)
                let id = main.id
                let count = conversation.flooded(LinkStateUpdate.self, since: mark) { $0.origin.source == id }.count
                return .found("once", if: count == 1, otherwise: "\(count) times")
            },
            ConformanceCase(
                .sequence, 3, ["CL-22"], sent: "LS_UPDATE with a lower number, and an older time",
                expected: "it is not passed on"
            ) { conversation in
                let main = conversation.main
                let now = main.now
                let link = conversation.beside.id
                let old = try main.make { script in
                    let old = try script.linkState(link, isUp: true, now: now)
                    return old
                }
                let new = try main.make { try $0.linkState(link, isUp: true, now: now) }
                try await main.send(new)
                _ = try await conversation.settle(main)
                return try await passedOn(conversation, false) { _, _, _ in old }
            },
            ConformanceCase(
                .sequence, 4, ["CL-22", "CL-23"],
                sent: "LS_UPDATE with the number 0 and a later time, as after a restart",
                expected: "it is passed on"
            ) { conversation in
                try await passedOn(conversation, true) { script, link, now in
                    try script.linkState(link, isUp: true, now: now, sequence: 0)
                }
            },
            ConformanceCase(
                .sequence, 5, ["CL-22"], sent: "LS_UPDATE with the number 0 and the same time again",
                expected: "it is not passed on"
            ) { conversation in
                let main = conversation.main
                let (now, link) = (main.now, conversation.beside.id)
                let packet = try main.make { try $0.linkState(link, isUp: true, now: now, sequence: 0) }
                try await main.send(packet)
                _ = try await conversation.settle(main)
                return try await passedOn(conversation, false) { _, _, _ in packet }
            },
            ConformanceCase(
                .sequence, 6, ["CL-21", "CL-22"],
                sent: "LS_UPDATE with the number 50, then CAP_UPDATE with the number 0 and a later time",
                expected: "both are passed on: each kind has a counter of its own"
            ) { conversation in
                guard conversation.target.layout?.hasSequencedCapabilities == true else {
                    return .skipped("CAP_UPDATE of this release has no numbers")
                }
                let link = try await passedOn(conversation, true) { script, link, now in
                    try script.linkState(link, isUp: true, now: now, sequence: 50)
                }
                guard case .passed = link else { return link }
                return try await passedOn(conversation, true) { script, _, now in
                    try script.capabilities([(PacketScript.privateCapability, 1)], now: now, sequence: 0)
                }
            },
            ConformanceCase(
                .sequence, 7, ["CL-22"], sent: "FULL_TOP_UPDATE twice", expected: "it is passed on once"
            ) { conversation in
                if let skipped = conversation.lacksBeside { return skipped }
                let (main, mark) = (conversation.main, conversation.beside.journal.mark)
                let (now, neighbours) = (main.now, [conversation.targetNode, conversation.beside.id])
                let packet = try main.make { try $0.topology(neighbours: neighbours, now: now) }
                try await main.send(packet, packet)
                _ = try await conversation.settle(main)
                let id = main.id
                let count = conversation.flooded(FullTopologyUpdate.self, since: mark) { $0.origin.source == id }.count
                return .found("once", if: count == 1, otherwise: "\(count) times")
            },
            ConformanceCase(
                .sequence, 8, ["CL-23", "RX-11"],
                sent: "LS_UPDATE with the number 2147483647, then one with 0 and a later time",
                expected: "the second is passed on: a high number does not silence a node"
            ) { conversation in
                let main = conversation.main
                let (now, link) = (main.now, conversation.beside.id)
                try await main.send(try main.make { try $0.linkState(link, isUp: true, now: now, sequence: .max) })
                _ = try await conversation.settle(main)
                return try await passedOn(conversation, true) { script, link, now in
                    try script.linkState(link, isUp: true, now: now, sequence: 0)
                }
            },
        ]
    }

    /// Sends one update of the first node and looks whether the second one gets it.
    static func passedOn(
        _ conversation: Conversation, _ expected: Bool,
        _ packet: (inout PacketScript, Int32, Int64) throws -> [UInt8]
    ) async throws -> ConformanceVerdict {
        if let skipped = conversation.lacksBeside { return skipped }
        let (main, mark) = (conversation.main, conversation.beside.journal.mark)
        let (now, id, link) = (main.now, main.id, conversation.beside.id)
        try await main.send(try main.make { try packet(&$0, link, now) })
        _ = try await conversation.settle(main)
        let isPassedOn = conversation.beside.journal.entries(since: mark).contains { heard in
            heard.message(LinkStateUpdate.self)?.origin.source == id
                || heard.message(CapabilityUpdate.self)?.origin.source == id
                || heard.message(FullTopologyUpdate.self)?.origin.source == id
        }
        let words = isPassedOn ? "passed on" : "not passed on"
        return .found(words, if: isPassedOn == expected, otherwise: words)
    }
}
