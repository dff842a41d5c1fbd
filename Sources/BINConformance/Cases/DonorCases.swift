import BINMessages
import BINWire

extension ConformanceCase {
    static var donorCases: [ConformanceCase] {
        [
            ConformanceCase(
                .donor, 1, ["CL-53", "CL-55"], sent: "SYNC_REQ for each capability in state 1",
                expected: "SYNC packets and SYNC_END, all in the sync version of the release"
            ) { conversation in
                let version = conversation.target.layout?.syncVersion ?? 0
                return try await forEachDonor(conversation) { capability, packets in
                    let wrong = packets.first { $0.header.version != version }
                    return .found(
                        "\(packets.count - 1) SYNC and SYNC_END", if: wrong == nil,
                        otherwise: "\(wrong?.name ?? "") with version \(wrong?.header.version ?? 0)")
                }
            },
            ConformanceCase(
                .donor, 2, ["CL-56"], sent: "SYNC_REQ for each capability in state 1",
                expected: "the total in SYNC_END is the number of chunks"
            ) { conversation in
                guard conversation.target.layout?.syncVersion == 3 else {
                    return .skipped("SYNC_END of this release has no total")
                }
                return try await forEachDonor(conversation) { capability, packets in
                    guard let count = chunks(packets) else {
                        return .failed("\(capability): chunks that cannot be read")
                    }
                    let total = packets.last?.message(SyncEnd.self)?.chunkCount ?? -1
                    return .found("\(count) chunks", if: total == count, otherwise: "\(count) chunks, total \(total)")
                }
            },
            ConformanceCase(
                .donor, 3, ["CL-59", "CL-60", "RX-20"], sent: "SYNC_REQ for each capability in state 1",
                expected: "every chunk can be read to its last byte in the layout of the release"
            ) { conversation in
                try await forEachDonor(conversation) { capability, packets in
                    var interpreter = Interpreter(release: conversation.target.release)
                    var description = PacketDescription()
                    for packet in packets {
                        interpreter.interpret(
                            packet.bytes.span.bytes, packet.header, from: SenderAddress(high: 0, low: 0),
                            into: &description)
                        if let failure = description.failure {
                            if case .undeclaredCapability = failure.reason {
                                return .passed("not a capability of Spec/, so not read")
                            }
                            return .failed("\(packet.name): \(failure.reason) at \(failure.offset)")
                        }
                    }
                    return .passed("\(packets.count) packets read")
                }
            },
            ConformanceCase(
                .donor, 4, ["FR-26", "FR-27"], sent: "SYNC_REQ for each capability in state 1",
                expected: "no packet is longer than the largest of the series"
            ) { conversation in
                let most = conversation.target.maximumLength
                return try await forEachDonor(conversation) { capability, packets in
                    let longest = packets.map(\.bytes.count).max() ?? 0
                    return .found("\(longest) bytes", if: longest <= most, otherwise: "\(longest) bytes")
                }
            },
            ConformanceCase(
                .donor, 5, ["CL-50"], sent: "SYNC_REQ for a capability that nobody has",
                expected: "nothing, and PONG to a PING behind it"
            ) { conversation in
                try await silent(conversation, "conformance-none")
            },
            ConformanceCase(
                .donor, 6, ["CL-54", "RX-13"], sent: "SYNC_REQ for a capability that the target announced with state 0",
                expected: "nothing: a donor serves only when it is itself synced"
            ) { conversation in
                let pending = conversation.capabilities.filter { $0.value == 0 }.keys.sorted()
                guard let capability = pending.first else {
                    return .skipped("the target announced no capability with state 0")
                }
                return try await silent(conversation, capability)
            },
        ]
    }

    static var hostileRequestCases: [ConformanceCase] {
        [
            ConformanceCase(
                .robustness, 20, ["CL-82"],
                sent: "SYNC_REQ for each capability that the target announced and that has no sync",
                expected: "nothing, and PONG to a PING behind it"
            ) { conversation in
                let release = conversation.target.release
                let names = conversation.capabilities.keys.filter {
                    Catalogue.declared.hasSync(capability: $0, in: release) == false
                }
                guard !names.isEmpty else { return .skipped("the target announced no such capability") }
                for name in names.sorted() {
                    let verdict = try await silent(conversation, name)
                    guard verdict.name == "passed" else { return verdict }
                }
                return .passed("nothing for \(names.sorted().joined(separator: ", "))")
            }
        ]
    }

    /// Asks for all data of a capability.
    /// - Returns: the packets up to SYNC_END; nil when that did not come in time.
    static func sync(_ conversation: Conversation, _ capability: String) async throws -> [Heard]? {
        let (main, own) = (conversation.main, conversation.targetNode)
        let mark = main.journal.mark
        try await main.send(try main.make { try $0.syncRequest(capability, to: own) })
        let end = try await main.journal.wait(since: mark, within: conversation.target.patience) { heard in
            heard.message(SyncEnd.self).map { heard.text($0.capability) } == capability ? heard.at : nil
        }
        guard end != nil else { return nil }
        return main.journal.entries(since: mark).filter { heard in
            let name = heard.message(SyncPacket.self).map { heard.text($0.capability) }
            return (name ?? heard.message(SyncEnd.self).map { heard.text($0.capability) }) == capability
        }
    }

    /// The same, of a target that gives its data.
    /// - Throws: ``ConformanceFault`` when it did not in time.
    static func heldData(_ conversation: Conversation, _ capability: String) async throws -> [Heard] {
        if let sync = try await sync(conversation, capability) { return sync }
        throw ConformanceFault(description: "no SYNC_END within \(conversation.target.patience)")
    }

    /// The chunks of a sync; nil when they cannot be counted.
    private static func chunks(_ packets: [Heard]) -> Int? {
        var count = 0
        for packet in packets {
            guard let sync = packet.message(SyncPacket.self) else { continue }
            let start = Int(sync.chunks.offset)
            var chunks = SyncChunks(packet.bytes.span.bytes, range: start..<(start + Int(sync.chunks.length)))
            do throws(WireError) {
                while try chunks.next() != nil { count += 1 }
            } catch {
                return nil
            }
        }
        return count
    }

    private static func forEachDonor(
        _ conversation: Conversation, _ judge: (String, [Heard]) -> ConformanceVerdict
    ) async throws -> ConformanceVerdict {
        let release = conversation.target.release
        let capabilities = conversation.capabilities.filter { capability, state in
            state == 1 && Catalogue.declared.hasSync(capability: capability, in: release) != false
        }.keys.sorted()
        guard !capabilities.isEmpty else {
            return .skipped("the target announced no capability that has a sync with state 1")
        }
        var seen: [String] = []
        for capability in capabilities {
            guard let packets = try await sync(conversation, capability) else {
                return .failed("\(capability): no SYNC_END within \(conversation.target.patience)")
            }
            let verdict = judge(capability, packets)
            guard case .passed(let words) = verdict else { return .failed("\(capability): \(verdict.detail)") }
            seen.append("\(capability): \(words)")
        }
        return .passed(seen.joined(separator: "; "))
    }

    private static func silent(_ conversation: Conversation, _ capability: String) async throws -> ConformanceVerdict {
        let (main, own) = (conversation.main, conversation.targetNode)
        let mark = main.journal.mark
        try await main.send(try main.make { try $0.syncRequest(capability, to: own) })
        guard try await conversation.settle(main) else { return .failed("no PONG") }
        let isServed = main.journal.entries(since: mark).contains { heard in
            heard.message(SyncEnd.self).map { heard.text($0.capability) } == capability
                || heard.message(SyncPacket.self).map { heard.text($0.capability) } == capability
        }
        return .found("nothing for \(capability)", if: !isServed, otherwise: "a sync of \(capability)")
    }
}
