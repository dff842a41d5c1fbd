import BINMessages
import BINWire

// What a target made of a packet shows in the sync that it gives.

extension ConformanceCase {
    static var contactCases: [ConformanceCase] {
        [
            ConformanceCase(
                .contacts, 1, ["CL-80", "UL-33"], sent: "contact-insert of a member",
                expected: "the next sync has the contact"
            ) { conversation in
                try await synced(conversation, count: 1) { producer, contact in [try producer.insert(contact)] }
            },
            ConformanceCase(
                .contacts, 2, ["UL-33", "RX-31"], sent: "the same contact-insert twice",
                expected: "the next sync has the contact once"
            ) { conversation in
                try await synced(conversation, count: 1) { producer, contact in
                    [try producer.insert(contact), try producer.insert(contact)]
                }
            },
            ConformanceCase(
                .contacts, 3, ["UL-34"], sent: "contact-update of a contact that is not known",
                expected: "the next sync has the contact"
            ) { conversation in
                try await synced(conversation, count: 1) { producer, contact in [try producer.update(contact)] }
            },
            ConformanceCase(
                .contacts, 4, ["CL-80"], sent: "contact-insert and, a second later, contact-delete",
                expected: "the next sync does not have the contact"
            ) { conversation in
                try await synced(conversation, count: 0) { producer, contact in
                    [try producer.insert(contact), try producer.delete(contact.key)]
                }
            },
            ConformanceCase(
                .contacts, 5, ["CL-19", "RX-8"], sent: "contact-insert that names a source that is not known",
                expected: "the next sync does not have the contact"
            ) { conversation in
                try await synced(conversation, count: 0, source: 30_000) { producer, contact in
                    [try producer.insert(contact)]
                }
            },
            ConformanceCase(
                .contacts, 6, ["RX-22", "FR-31"], sent: "contact-insert with the version 32767",
                expected: "the next sync does not have the contact"
            ) { conversation in
                let layout = ContactLayout.allCases.first { $0.releases.contains(conversation.target.release) }
                guard let layout, ContactInsert.reading(version: .max, in: layout) == nil else {
                    return .skipped("this release takes contacts of any version")
                }
                return try await synced(conversation, count: 0) { producer, contact in
                    var packet = try producer.insert(contact)
                    (packet[8], packet[9]) = (0xFF, 0x7F)
                    return [packet]
                }
            },
            ConformanceCase(
                .contacts, 7, ["CL-19", "RX-8"], sent: "contact-insert of a member from an address of no member",
                expected: "the next sync does not have the contact"
            ) { conversation in
                guard conversation.target.isLoopback else {
                    return .skipped("another address is needed: only on 127.0.0.0/8")
                }
                return try await synced(conversation, count: 0, from: "127.254.254.254") { producer, contact in
                    [try producer.insert(contact)]
                }
            },
            ConformanceCase(
                .contacts, 8, ["RX-16", "TR-8"],
                sent: "contact-insert and, in one piece, 50 contact-updates with equal CSeq that change the user agent",
                expected: "the next sync has the user agent of the last"
            ) { conversation in
                try await synced(conversation, count: 1, userAgent: "agent-50") { producer, contact in
                    var updates: [UInt8] = []
                    for number in 1...50 {
                        var contact = contact
                        contact.userAgent = "agent-\(number)"
                        updates += try producer.update(contact)
                    }
                    return [try producer.insert(contact), updates]
                }
            },
        ]
    }

    private static let capability = "usrloc-contact-repl"

    /// Sends packets about a contact of its own, and counts it in a sync.
    private static func synced(
        _ conversation: Conversation, count: Int, source: Int32? = nil, from host: String? = nil,
        userAgent: String? = nil,
        _ packets: (inout ReplicationProducer, Contact) throws -> [[UInt8]]
    ) async throws -> ConformanceVerdict {
        guard conversation.capabilities[capability] == 1 else {
            return .skipped("the target did not announce \(capability) with state 1, so what it holds cannot be seen")
        }
        let (main, release) = (conversation.main, conversation.target.release)
        let name = conversation.uniqueName()
        var contact = Contact(AddressOfRecord(name), uri: "sip:\(name)@192.0.2.1:5060", expires: UInt64(main.now + 600))
        contact.callID = "\(name)@192.0.2.1"
        contact.cseq = 1
        contact.lastModified = UInt64(main.now)
        var producer = try ReplicationProducer(
            for: release,
            routing: Routing(
                cluster: conversation.target.cluster, source: source ?? main.id, destination: conversation.targetNode))
        let bytes = try packets(&producer, contact)
        let connection = host == nil ? nil : try await main.connect(from: host)
        for (index, packet) in bytes.enumerated() {
            if index > 0 { _ = try await conversation.settle(main) }
            if let connection { try await connection.write(packet) } else { try await main.send(packet) }
        }
        if let connection {
            try await Task.sleep(for: .milliseconds(200))
            await connection.close()
        }
        _ = try await conversation.settle(main)
        let sync = try await heldData(conversation, capability)
        var consumer = ReplicationConsumer(release: release)
        var found = 0
        for heard in sync {
            let events = try consumer.events(of: heard.bytes.span.bytes, heard.header)
            for event in events {
                guard case .contactSynced(let other) = event.change, other.aor.name == name else { continue }
                if let userAgent, other.userAgent != userAgent {
                    return .failed("the user agent is \(other.userAgent) instead of \(userAgent)")
                }
                found += 1
            }
        }
        return .found("\(found) of it", if: found == count, otherwise: "\(found) of it instead of \(count)")
    }
}
