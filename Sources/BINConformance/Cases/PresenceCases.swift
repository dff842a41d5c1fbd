import BINMessages
import BINWire

// Published documents: a target in full-sharing mode shows them in the sync that it gives.

extension ConformanceCase {
    static var presenceCases: [ConformanceCase] {
        [
            ConformanceCase(
                .presence, 1, ["CL-80", "PR-7"], sent: "a publish of an event that the target shares",
                expected: "the next sync has the document"
            ) { try await published($0, ["<presence/>"]) { [try $0.publish(expires: 600)] } },
            ConformanceCase(
                .presence, 2, ["PR-7"], sent: "a publish, and then its end", expected: "the next sync has no document"
            ) { try await published($0, []) { [try $0.publish(expires: 600), try $0.publish(expires: 0)] } },
            ConformanceCase(
                .presence, 3, ["PR-7"], sent: "a publish of an event that nobody has",
                expected: "the next sync does not have the document"
            ) { try await published($0, []) { [try $0.publish(expires: 600, of: "conformance-none")] } },
            ConformanceCase(
                .presence, 4, ["CL-19", "RX-8"], sent: "a publish that names a source that is not known",
                expected: "the next sync does not have the document"
            ) { try await published($0, []) { [try $0.publish(expires: 600, from: 30_000)] } },
        ]
    }

    private static let capability = "presence"

    /// Sends packets about a presentity of its own, and looks for it in a sync.
    private static func published(
        _ conversation: Conversation, _ documents: [String], _ packets: (PresencePackets) throws -> [[UInt8]]
    ) async throws -> ConformanceVerdict {
        if let hidden = conversation.hides(capability) { return hidden }
        let before = try await heldData(conversation, capability)
        guard let presence = try PresencePackets(conversation, before) else {
            return .skipped("its sync is empty, and so does not tell an event that is shared")
        }
        try await conversation.deliver(try packets(presence))
        let sync = try await heldData(conversation, capability)
        let seen = try presence.documents(in: sync)
        let words = seen.isEmpty ? "not in the sync" : seen.joined(separator: ", ")
        return .found(words, if: seen == documents, otherwise: words)
    }
}

/// Packets about one presentity, in the layout of the target's release.
private struct PresencePackets {
    private let user: String
    private let event: String
    private let now: Int32
    private let packets: ModulePackets<PresenceLayout>

    /// - Parameter sync: what the target holds; which events it shares cannot be asked for otherwise.
    /// - Returns: nil when that names no event.
    init?(_ conversation: Conversation, _ sync: [Heard]) throws {
        packets = try ModulePackets(conversation)
        user = conversation.uniqueName()
        now = Int32(clamping: conversation.main.now)
        guard let first = try packets.chunks(PresenceSyncChunk.self, in: sync).first else { return nil }
        event = first.heard.text(first.chunk.presentity.event)
    }

    /// - Parameter expires: seconds left to live; 0 ends what an earlier one began.
    func publish(expires: Int32, of other: String? = nil, from source: Int32? = nil) throws -> [UInt8] {
        var message = PresencePublish()
        var texts = PacketTexts()
        // An absent string is one space (PR-2).
        let absent = texts.add(" ")
        message.presentity.user = texts.add(user)
        message.presentity.domain = texts.add("192.0.2.1")
        message.presentity.event = texts.add(other ?? event)
        message.presentity.oldETag = expires == 0 ? texts.add("a.\(user)") : absent
        message.presentity.newETag = texts.add(expires == 0 ? "" : "a.\(user)")
        message.presentity.expires = expires
        message.presentity.receivedTime = now
        message.presentity.sender = absent
        message.presentity.extraHeaders = absent
        message.presentity.sphere = absent
        message.presentity.body = texts.add(expires == 0 ? "" : "<presence/>")
        return try packets.packet(message, texts, from: source)
    }

    /// The documents of the presentity in a sync.
    func documents(in sync: [Heard]) throws -> [String] {
        try packets.chunks(PresenceSyncChunk.self, in: sync).compactMap { chunk, heard in
            heard.text(chunk.presentity.user) == user ? heard.text(chunk.presentity.body) : nil
        }
    }
}
