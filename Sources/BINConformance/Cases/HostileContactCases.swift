import BINMessages
import BINWire

// Contacts that are none. What a target made of them shows in the sync that it gives.

extension ConformanceCase {
    static var hostileContactCases: [ConformanceCase] {
        [
            ConformanceCase(
                .robustness, 14, ["RX-3", "FR-6"], sent: "contact-insert, cut behind each byte of its fields",
                expected: "the next sync has none of them"
            ) { conversation in
                try await unheard(conversation) { insert in
                    (insert.body..<(insert.bytes.count - 12)).map { insert.with(Array(insert.bytes[..<$0])) }
                }
            },
            ConformanceCase(
                .robustness, 15, ["RX-20"], sent: "contact-insert with 1, 4 and 600 bytes behind its last field",
                expected: "the next sync has none of them"
            ) { conversation in
                try await unheard(conversation) { insert in
                    [1, 4, 600].map { count in
                        insert.with(Array(insert.bytes.dropLast(12)) + [UInt8](repeating: 0, count: count))
                    }
                }
            },
            ConformanceCase(
                .robustness, 16, ["RX-19", "FR-19"],
                sent: "contact-insert with a contact id of 0, 4, 7, 9 and 64 bytes",
                expected: "the next sync has none of them"
            ) { conversation in
                try await unheard(conversation) { insert in
                    // Behind the URI, in all releases that have ids in this place.
                    let start = insert.endOfURI
                    guard Array(insert.bytes[start..<(start + 2)]) == [8, 0] else { return [] }
                    return [UInt8(0), 4, 7, 9, 64].map { size in
                        let id = [size, 0] + [UInt8](repeating: 1, count: Int(size))
                        return insert.with(insert.bytes[..<start] + id + insert.bytes.dropLast(12)[(start + 10)...])
                    }
                }
            },
            ConformanceCase(
                .robustness, 17, ["RX-30", "RX-4"],
                sent:
                    "contact-insert with match modes that do not exist, and with impossible numbers of URI parameters",
                expected: "the next sync has none of them"
            ) { conversation in
                try await unheard(conversation) { insert in
                    guard insert.hasMatch else { return [] }
                    let head = insert.bytes.dropLast(16)
                    let modes: [Int32] = [.min, -2, 3, 99, .max]
                    let counts: [Int32] = [.min, -1, 1, 65, 65_536, .max]
                    return modes.map { insert.with(head + [UInt8](little: $0)) }
                        + counts.map { insert.with(head + [UInt8](little: 2) + [UInt8](little: $0)) }
                }
            },
        ]
    }

    /// Sends contacts of which none may be taken, and looks for them in a sync.
    private static func unheard(
        _ conversation: Conversation, _ packets: (PlainInsert) -> [[UInt8]]
    ) async throws -> ConformanceVerdict {
        let capability = "usrloc-contact-repl"
        guard conversation.capabilities[capability] == 1 else {
            return .skipped("the target did not announce \(capability) with state 1, so what it holds cannot be seen")
        }
        let insert = try PlainInsert(conversation)
        let bytes = packets(insert)
        guard !bytes.isEmpty else { return .skipped("contacts of this release have no such field") }
        for packet in bytes { try await conversation.main.send(packet) }
        guard try await conversation.settle(conversation.main) else { return .failed("no PONG") }
        guard let sync = try await sync(conversation, capability) else {
            return .failed("no SYNC_END within \(conversation.target.patience)")
        }
        let isTaken = sync.contains { heard in
            String(decoding: heard.bytes, as: UTF8.self).contains(insert.name)
        }
        return .found("\(bytes.count) packets, none taken", if: !isTaken, otherwise: "the contact is in the sync")
    }
}

/// A packet that inserts a contact, and where its parts stand.
struct PlainInsert {
    /// The AoR, which nobody else has.
    let name: String
    let bytes: [UInt8]
    /// Where the fields begin.
    let body: Int
    let endOfURI: Int
    /// Whether the last field says how the contact is found.
    let hasMatch: Bool

    init(_ conversation: Conversation) throws {
        let (main, target) = (conversation.main, conversation.target)
        name = "hostile-\(main.now)-\(conversation.nextNumber())"
        let uri = "sip:\(name)@192.0.2.1:5060"
        var contact = Contact(AddressOfRecord(name), uri: uri, expires: UInt64(main.now + 600))
        contact.callID = "\(name)@192.0.2.1"
        contact.cseq = 1
        contact.lastModified = UInt64(main.now)
        var producer = try ReplicationProducer(
            for: target.release,
            routing: Routing(cluster: target.cluster, source: main.id, destination: conversation.targetNode))
        let bytes = try producer.insert(contact)
        self.bytes = bytes
        contact.matching = .uri
        hasMatch = try producer.insert(contact) != bytes
        body = 12 + "usrloc-contact-repl".utf8.count + 4
        let text = Array(uri.utf8)
        let start = bytes.indices.first { bytes[$0...].starts(with: text) }
        guard let start else { throw ConformanceFault(description: "a packet without the URI of its contact") }
        endOfURI = start + text.count
    }

    /// The packet with another beginning, the same trailer, and the length that it has then.
    func with(_ fields: some Collection<UInt8>) -> [UInt8] {
        var packet = Array(fields) + bytes.suffix(12)
        packet.replace(Int32(packet.count), at: 4)
        return packet
    }
}

extension [UInt8] {
    /// The four bytes of an integer.
    init(little value: Int32) {
        self = [0, 0, 0, 0]
        replace(value, at: 0)
    }
}
