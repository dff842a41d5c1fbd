import BINMessages
import BINWire

// Keys and values, as contacts: what a target made of a packet shows in the sync that it gives.

extension ConformanceCase {
    static var cacheCases: [ConformanceCase] {
        [
            ConformanceCase(
                .cache, 1, ["CL-80", "CD-4"], sent: "an insert into a replicated collection, for 600 s",
                expected: "the next sync has the key with its value and what is left of its time"
            ) { conversation in
                try await cached(conversation, ["one for 1...600"]) { [try $0.insert("one", expires: 600)] }
            },
            ConformanceCase(
                .cache, 2, ["CD-4"], sent: "an insert that never expires", expected: "the next sync has it so"
            ) { conversation in
                try await cached(conversation, ["one for ever"]) { [try $0.insert("one", expires: 0)] }
            },
            ConformanceCase(
                .cache, 3, ["CD-4"], sent: "two inserts of a key with different values",
                expected: "the next sync has the key once, with the second value"
            ) { conversation in
                try await cached(conversation, ["two for ever"]) {
                    [try $0.insert("one", expires: 600), try $0.insert("two", expires: 0)]
                }
            },
            ConformanceCase(
                .cache, 4, ["CD-4"], sent: "an insert and then a remove",
                expected: "the next sync does not have the key"
            ) { conversation in
                try await cached(conversation, []) { [try $0.insert("one", expires: 600), try $0.remove()] }
            },
            ConformanceCase(
                .cache, 5, ["CL-19", "RX-8"], sent: "an insert that names a source that is not known",
                expected: "the next sync does not have the key"
            ) { conversation in
                try await cached(conversation, []) { [try $0.insert("one", expires: 600, from: 30_000)] }
            },
            ConformanceCase(
                .cache, 6, ["CD-4"], sent: "an insert into a collection that nobody has",
                expected: "the next sync does not have the key"
            ) { conversation in
                try await cached(conversation, []) {
                    [try $0.insert("one", expires: 600, into: "conformance-none")]
                }
            },
            ConformanceCase(
                .cache, 7, ["CD-4"], sent: "an insert for one second, and 3 s later the request",
                expected: "the next sync does not have the key"
            ) { conversation in
                try await cached(conversation, [], after: .seconds(3)) { [try $0.insert("one", expires: 1)] }
            },
        ]
    }

    private static let capability = "cachedb-local-repl"

    /// Sends packets about a key of its own, and looks for it in a sync.
    /// - Parameter entries: what the sync is to say of the key.
    private static func cached(
        _ conversation: Conversation, _ entries: [String], after delay: Duration = .zero,
        _ packets: (CachePackets) throws -> [[UInt8]]
    ) async throws -> ConformanceVerdict {
        if let hidden = conversation.hides(capability) { return hidden }
        let before = try await heldData(conversation, capability)
        guard let cache = try CachePackets(conversation, before) else {
            return .skipped("its sync is empty, and so does not tell the name of a collection that is replicated")
        }
        try await conversation.deliver(try packets(cache))
        try await Task.sleep(for: delay)
        let sync = try await heldData(conversation, capability)
        let seen = try cache.entries(in: sync)
        let words = seen.isEmpty ? "not in the sync" : seen.joined(separator: ", ")
        return .found(words, if: seen == entries, otherwise: words)
    }
}

/// Packets about one key, in the layout of the target's release.
private struct CachePackets {
    private let key: String
    private let collection: String
    private let packets: ModulePackets<CachedbLocalLayout>

    /// - Parameter sync: what the target holds; which of its collections are replicated cannot be asked for otherwise.
    /// - Returns: nil when that names no collection.
    init?(_ conversation: Conversation, _ sync: [Heard]) throws {
        packets = try ModulePackets(conversation)
        key = conversation.uniqueName()
        let first = try packets.chunks(CacheSyncChunk.self, in: sync).first
        // Before 3.3 all collections are replicated, and there is always this one.
        let usual = conversation.target.release < Release(3, 3, 0) ? "default" : nil
        guard let name = first.map({ $0.heard.text($0.chunk.collection) }) ?? usual else { return nil }
        collection = name
    }

    func insert(
        _ value: String, expires: Int32, into other: String? = nil, from source: Int32? = nil
    ) throws -> [UInt8] {
        var message = CacheInsert()
        var texts = PacketTexts()
        message.collection = texts.add(other ?? collection)
        message.key = texts.add(key)
        message.value = texts.add(value)
        message.expires = expires
        return try packets.packet(message, texts, from: source)
    }

    func remove() throws -> [UInt8] {
        var message = CacheRemove()
        var texts = PacketTexts()
        message.collection = texts.add(collection)
        message.key = texts.add(key)
        return try packets.packet(message, texts)
    }

    /// What a sync says of the key, in words. Up to the releases with CDB-B the time is one of the sender's clock (CD-1).
    func entries(in sync: [Heard]) throws -> [String] {
        try packets.chunks(CacheSyncChunk.self, in: sync).compactMap { chunk, heard in
            guard heard.text(chunk.key) == key else { return nil }
            let isUsual = packets.layout == .a || (1...600).contains(chunk.expires)
            let time = chunk.expires == 0 ? "ever" : isUsual ? "1...600" : "\(chunk.expires)"
            return "\(heard.text(chunk.value)) for \(time)"
        }
    }
}
