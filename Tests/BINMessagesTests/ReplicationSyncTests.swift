import BINMessages
import BINWire
import TestSupport
import Testing

/// Contact syncs from values to packets and back.
@Suite struct ReplicationSyncTests {
    private static let routing = ReplicationContactTests.routing

    /// A table of made-up AoRs with their contacts.
    private static func table(
        _ count: Int, _ release: Release, _ random: inout SeededRandom
    ) -> [(record: AoRRecord, contacts: [Contact])] {
        (0..<count).map { _ in
            let first = RandomContact.make(for: release, &random)
            let contacts = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                var contact = RandomContact.make(for: release, &random)
                contact.aor = first.aor
                return contact
            }
            return (RandomContact.record(first.aor, &random), contacts)
        }
    }

    private static func packets(
        _ table: [(record: AoRRecord, contacts: [Contact])], _ release: Release, size: Int = 32768
    ) throws -> [[UInt8]] {
        var producer = try ContactSyncProducer(for: release, routing: routing, packetSize: size)
        var packets: [[UInt8]] = []
        func keep(_ bytes: RawSpan) { packets.append(bytes.withUnsafeBytes { Array($0) }) }
        for (record, contacts) in table {
            try producer.add(record, keep)
            for contact in contacts { try producer.add(contact, keep) }
        }
        try producer.end(keep)
        return packets
    }

    private static func events(
        _ packets: [[UInt8]], _ consumer: inout ReplicationConsumer
    ) throws -> [ReplicationChange] {
        var changes: [ReplicationChange] = []
        for packet in packets {
            let header = try PacketHeader(datagram: packet.span.bytes, framing: .v2_3)
            changes += try consumer.events(of: packet.span.bytes, header).map(\.change)
        }
        return changes
    }

    @Test(arguments: [
        Release(2, 4, 0), Release(2, 4, 2), Release(2, 4, 3), Release(2, 4, 7), Release(3, 0, 0), Release(3, 0, 1),
        Release(3, 1, 3), Release(3, 2, 19), Release(3, 3, 10), Release(3, 6, 8), Release(4, 0, 1), Release(4, 1, 0),
    ])
    func `a sync is consumed with the values it was produced from`(release: Release) throws {
        var random = SeededRandom.printed()
        let table = Self.table(120, release, &random)
        let packets = try Self.packets(table, release)
        #expect(packets.count > 2)
        var consumer = ReplicationConsumer(release: release)
        let changes = try Self.events(packets, &consumer)
        var expected: [ReplicationChange] = [.contactSyncBegan]
        for (record, contacts) in table {
            expected.append(.aorSynced(ReplicationContactTests.received(record, release)))
            for contact in contacts {
                var contact = contact
                contact.matching = .uriAndCallID
                expected.append(
                    .contactSynced(ReplicationContactTests.received(contact, release, isUpdate: false)))
            }
        }
        let chunks = expected.count - 1
        expected.append(
            .contactSyncEnded(
                ContactSyncSummary(
                    chunks: chunks, announcedChunks: release < Release(3, 3, 0) ? nil : chunks, refusedPackets: 0)))
        #expect(changes == expected)
    }

    @Test func `an empty sync is its end alone, and complete`() throws {
        var consumer = ReplicationConsumer(release: Release(4, 0, 1))
        let packets = try Self.packets([], Release(4, 0, 1))
        #expect(packets.count == 1)
        let summary = ContactSyncSummary(chunks: 0, announcedChunks: 0, refusedPackets: 0)
        #expect(try Self.events(packets, &consumer) == [.contactSyncBegan, .contactSyncEnded(summary)])
        #expect(summary.isComplete)
    }

    @Test func `before 2.4 there is no sync`() {
        #expect(throws: ProductionFailure.notInRelease("contact sync", Release(2, 3, 6))) {
            _ = try ContactSyncProducer(for: Release(2, 3, 6), routing: Self.routing)
        }
    }

    @Test func `a packet that is lost or refused leaves the sync incomplete`() throws {
        var random = SeededRandom.printed()
        for release in [Release(2, 4, 2), Release(3, 2, 19), Release(4, 0, 1)] {
            let packets = try Self.packets(Self.table(40, release, &random), release, size: 2000)
            func summary(_ packets: [[UInt8]]) throws -> ContactSyncSummary? {
                var consumer = ReplicationConsumer(release: release)
                var summary: ContactSyncSummary?
                for packet in packets {
                    guard let changes = try? Self.events([packet], &consumer) else { continue }
                    for case .contactSyncEnded(let ended) in changes { summary = ended }
                }
                return summary
            }
            #expect(try summary(packets)?.isComplete == true)
            // Whether something is missing can be told where the number is announced.
            #expect(try summary(Array(packets.dropFirst()))?.isComplete == (release < Release(3, 3, 0)))
            var refused = packets
            // The marker of the first chunk.
            let marker = try #require(
                refused[1].indices.first { refused[1][$0...].starts(with: [0xb5, 0x4a, 0x05, 0x06] as [UInt8]) })
            refused[1][marker] = 0
            #expect(try summary(refused)?.isComplete == false)
            #expect(try summary(refused)?.refusedPackets == 1)
        }
    }

    @Test func `nothing is told of a packet whose last chunk is cut short`() throws {
        var random = SeededRandom.printed()
        let release = Release(4, 0, 1)
        var packet = try Self.packets(Self.table(10, release, &random), release)[0]
        // The last chunk loses its last byte: sizes no longer fit.
        packet.remove(at: packet.count - 13)
        packet[4...7] = [UInt8(packet.count & 255), UInt8(packet.count >> 8), 0, 0]
        var consumer = ReplicationConsumer(release: release)
        let error = #expect(throws: DecodingFailure.self) { try Self.events([packet], &consumer) }
        #expect(error?.reason == .wire(.badChunkSize))
    }

    @Test func `a contact that fits no packet is refused and the sync goes on`() throws {
        let release = Release(4, 0, 1)
        var producer = try ContactSyncProducer(for: release, routing: Self.routing)
        var packets: [[UInt8]] = []
        func keep(_ bytes: RawSpan) { packets.append(bytes.withUnsafeBytes { Array($0) }) }
        var large = ReplicationContactTests.contact
        large.path = String(repeating: "x", count: 65400)
        #expect(throws: ProductionFailure.packetTooLong(maximum: 65515)) { try producer.add(large, keep) }
        try producer.add(AoRRecord(AddressOfRecord("alice")), keep)
        #expect(throws: ProductionFailure.packetTooLong(maximum: 65515)) { try producer.add(large, keep) }
        // Alone it fits, behind the others it does not.
        large.path = String(repeating: "x", count: 65000)
        try producer.add(large, keep)
        try producer.add(ReplicationContactTests.contact, keep)
        try producer.end(keep)
        var consumer = ReplicationConsumer(release: release)
        let changes = try Self.events(packets, &consumer)
        #expect(packets.count == 4)
        guard case .contactSyncEnded(let summary)? = changes.last else {
            Issue.record("no end")
            return
        }
        #expect(summary.isComplete && summary.chunks == 3)
    }

    @Test(arguments: [Release(4, 0, 1), nil])
    func `a sync of another capability is not looked into`(release: Release?) throws {
        var writer = PacketWriter()
        try writer.begin(capability: Array("clusterer-extra".utf8).span.bytes, type: 12, version: 3, framing: .v2_3)
        try writer.write(Array("of-nobody".utf8).span.bytes)
        try writer.finish(routing: Self.routing)
        var consumer = ReplicationConsumer(release: release)
        #expect(
            try Self.events([writer.copyBytes()], &consumer) == [.other(capability: "clusterer-extra", type: 12)])
    }
}
