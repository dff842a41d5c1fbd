import BINMessages
import BINWire
import TestSupport
import Testing

/// Contacts from values to packets and back.
@Suite struct ReplicationContactTests {
    static let routing = Routing(cluster: 1, source: 3, destination: 2)

    /// What a consumer of `release` makes of a packet.
    static func events(
        _ packet: [UInt8], from release: Release?, _ framing: Framing
    ) throws -> [ReplicationEvent] {
        var consumer = ReplicationConsumer(release: release)
        let header = try PacketHeader(datagram: packet.span.bytes, framing: framing)
        return try consumer.events(of: packet.span.bytes, header)
    }

    static func framing(_ release: Release) -> Framing {
        release < Release(2, 2, 0) ? .v2_1 : release < Release(2, 3, 0) ? .v2_2 : .v2_3
    }

    static func origin(_ release: Release) -> ReplicationOrigin {
        release < Release(2, 2, 0) ? .unnamed : release < Release(2, 3, 0) ? .server(3) : .routed(routing)
    }

    /// The contact as it arrives: without the fields that the release does not replicate (Spec/usrloc.md, layout matrix).
    static func received(_ contact: Contact, _ release: Release, isUpdate: Bool) -> Contact {
        var contact = contact
        let hasID = release >= (isUpdate ? Release(2, 4, 3) : Release(2, 4, 2))
        contact.id = hasID ? contact.id ?? ContactID(of: contact.uri, in: contact.aor.name) : nil
        if release < (isUpdate ? Release(2, 4, 2) : Release(3, 0, 0)) { contact.keyValues = KeyValues() }
        if release < Release(3, 6, 0) { contact.branchFlags.names = [] } else { contact.branchFlags.bits = 0 }
        if release < Release(3, 1, 3) { contact.matching = .receiverDefault }
        if release < Release(2, 4, 0) {
            contact.flags.formIntersection(.memoryOnly)
        } else if release < Release(3, 1, 0) {
            contact.flags.formIntersection([.memoryOnly, .extraHop])
        }
        return contact
    }

    static func received(_ record: AoRRecord, _ release: Release) -> AoRRecord {
        var record = record
        let hasLabels = release >= Release(3, 0, 1) || (release >= Release(2, 4, 7) && release < Release(3, 0, 0))
        if !hasLabels {
            record.label = 0
            record.nextContactLabel = 0
        }
        if release < Release(3, 6, 0) { record.keyValues = KeyValues() }
        return record
    }

    static var contact: Contact {
        var contact = Contact(AddressOfRecord("alice"), uri: "sip:a@10.0.0.9:5062", expires: 1_700_003_600)
        contact.id = ContactID(aor: "alice", recordLabel: 5, contactLabel: 100)
        contact.callID = "c1@10.0.0.9"
        contact.userAgent = "UA/1"
        contact.q = 700
        contact.socket = "udp:10.0.0.1:5060"
        contact.cseq = 7
        contact.methods = SIPMethods(rawValue: 0x3fff)
        contact.lastModified = 1_700_000_000
        return contact
    }

    @Test func `the worked packets of the specification come out byte for byte`() throws {
        var contact = Self.contact
        contact.branchFlags.bits = 1
        contact.sharingTag = "vip1"
        contact.matching = .uri
        var old = try ReplicationProducer(
            for: Release(3, 5, 9), routing: Routing(cluster: 1, source: 1, destination: 2))
        #expect(
            try old.insert(contact)
                == bytes(
                    """
                    5034434bcb00000003001300 7573726c6f632d636f6e746163742d7265706c 03000000 08006c6f636174696f6e 0500616c696365
                    13007369703a614031302e302e302e393a35303632 08006440010000 40f73d 0b00633140 31302e302e302e39 040055412f31
                    0000 0000 0000 0000 080010ff536500000000 0400bc020000 11007564703a31302e302e302e313a35303630 07000000
                    00000000 01000000 ff3f0000 080000f1536500000000 0e007b225f7374223a2276697031227d 00000000
                    01000000 01000000 02000000
                    """))
        contact.matching = .receiverDefault
        contact.sharingTag = nil
        var oldest = try ReplicationProducer(for: Release(2, 2, 8), routing: Self.routing)
        let insert = try oldest.insert(contact)
        #expect(insert.count == 178 && insert[4...7] == [178, 0, 0, 0] && insert[22...25] == [3, 0, 0, 0])
        var first = try ReplicationProducer(for: Release(2, 1, 5), routing: Self.routing)
        // The checksum of Spec/usrloc.md, U-A.
        #expect(try first.insert(contact)[4..<8] == [0x7a, 0x0c, 0x61, 0x45])
        var new = try ReplicationProducer(
            for: Release(3, 6, 8), routing: Routing(cluster: 1, source: 1, destination: 2))
        #expect(
            try new.insert(AoRRecord(AddressOfRecord("alice"), label: 5, nextContactLabel: 101))
                == bytes(
                    """
                    5034434b4a00000005001300 7573726c6f632d636f6e746163742d7265706c 01000000 08006c6f636174696f6e
                    0500616c696365 05000000 65000000 0000 01000000 01000000 02000000
                    """))
    }

    @Test(arguments: Release.known)
    func `what is produced for a release is consumed with the same values`(release: Release) throws {
        var random = SeededRandom.printed()
        var producer = try ReplicationProducer(for: release, routing: Self.routing)
        let framing = Self.framing(release)
        let origin = Self.origin(release)
        var consumer = ReplicationConsumer(release: release)
        func consume(_ packet: [UInt8]) throws -> [ReplicationEvent] {
            try consumer.events(
                of: packet.span.bytes, try PacketHeader(datagram: packet.span.bytes, framing: framing))
        }
        for _ in 0..<6 {
            let contact = RandomContact.make(for: release, &random)
            let insert = try consume(try producer.insert(contact))
            #expect(
                insert
                    == [
                        ReplicationEvent(
                            .contactInserted(Self.received(contact, release, isUpdate: false)), from: origin)
                    ]
            )
            let update = try consume(try producer.update(contact))
            #expect(
                update
                    == [
                        ReplicationEvent(.contactUpdated(Self.received(contact, release, isUpdate: true)), from: origin)
                    ])
            var key = contact.key
            let delete = try consume(try producer.delete(key))
            if release < Release(3, 1, 3) { key.matching = .receiverDefault }
            #expect(delete == [ReplicationEvent(.contactDeleted(key), from: origin)])
            let record = RandomContact.record(contact.aor, &random)
            #expect(
                try consume(try producer.insert(record))
                    == [ReplicationEvent(.aorInserted(Self.received(record, release)), from: origin)])
            #expect(
                try consume(try producer.delete(contact.aor))
                    == [ReplicationEvent(.aorDeleted(contact.aor), from: origin)])
        }
    }

    @Test func `the packet in the producer's memory is the one that is handed out, and gone after a refusal`() throws {
        var producer = try ReplicationProducer(for: Release(4, 0, 1), routing: Self.routing)
        var contact = Self.contact
        try producer.writeInsert(contact)
        #expect(try producer.copyPacket() == producer.insert(contact))
        contact.uri = ""
        #expect(throws: ProductionFailure.empty(field: "contact")) { try producer.insert(contact) }
        #expect(producer.copyPacket().isEmpty)
        try producer.readdress(to: 9)
        #expect(try producer.insert(Self.contact).suffix(4) == [9, 0, 0, 0])
        #expect(throws: ProductionFailure.self) { try producer.readdress(to: 0) }
    }

    @Test func `a consumer that knows no release finds it out`() throws {
        for release in [Release(2, 4, 2), Release(3, 3, 10), Release(4, 0, 1)] {
            var producer = try ReplicationProducer(for: release, routing: Self.routing)
            let events = try Self.events(try producer.insert(Self.contact), from: nil, .v2_3)
            #expect(
                events.map(\.change) == [.contactInserted(Self.received(Self.contact, release, isUpdate: false))])
        }
    }

    @Test func `a contact without an id gets the same one in every packet`() throws {
        var contact = Self.contact
        contact.id = nil
        var producer = try ReplicationProducer(for: Release(4, 0, 1), routing: Self.routing)
        let expected = ContactID(of: contact.uri, in: "alice")
        #expect(expected.aorHash == 0xf7dd && expected.recordLabel == 0 && expected.contactLabel <= 16383)
        for packet in [try producer.insert(contact), try producer.update(contact)] {
            switch try Self.events(packet, from: Release(4, 0, 1), .v2_3)[0].change {
            case .contactInserted(let received), .contactUpdated(let received): #expect(received.id == expected)
            default: Issue.record("another event")
            }
        }
        #expect(ContactID(aor: "alice", recordLabel: 5, contactLabel: 100).value == 0x3df7_4000_0001_4064)
    }
}

/// What no packet is made of.
@Suite struct ReplicationRefusalTests {
    private static func failure(_ release: Release, _ change: (inout Contact) -> Void) -> ProductionFailure? {
        var contact = ReplicationContactTests.contact
        change(&contact)
        do throws(ProductionFailure) {
            var producer = try ReplicationProducer(for: release, routing: ReplicationContactTests.routing)
            try producer.writeInsert(contact)
            return nil
        } catch {
            return error
        }
    }

    @Test func `values that a receiver would drop or misunderstand are refused`() {
        let newest = Release(4, 0, 1)
        #expect(Self.failure(newest) { $0.aor.name = "" } == .empty(field: "aor"))
        #expect(Self.failure(newest) { $0.aor.domain = "" } == .empty(field: "domain"))
        #expect(Self.failure(newest) { $0.uri = "" } == .empty(field: "contact"))
        #expect(Self.failure(newest) { $0.q = 1001 } == .outOfRange(field: "q", value: 1001))
        #expect(Self.failure(newest) { $0.q = -2 } == .outOfRange(field: "q", value: -2))
        #expect(Self.failure(newest) { $0.userAgent = "a\0b" } == .zeroByte(field: "userAgent"))
        #expect(Self.failure(newest) { $0.branchFlags.names = ["\0"] } == .zeroByte(field: "cflags"))
        #expect(Self.failure(newest) { $0.keyValues = ["k": "\0"] } == .zeroByte(field: "kv"))
        #expect(Self.failure(newest) { $0.keyValues = ["\0": 1] } == .zeroByte(field: "kv"))
        #expect(Self.failure(newest) { $0.matching = .parameters(["a\0"]) } == .zeroByte(field: "matchParams"))
        #expect(
            Self.failure(newest) { $0.matching = .parameters(Array(repeating: "p", count: 65)) }
                == .outOfRange(field: "matchCount", value: 65))
        #expect(Self.failure(newest) { $0.branchFlags.bits = 1 } == .branchFlagsWithoutNames)
        #expect(Self.failure(newest) { $0.branchFlags.names = ["A B"] } == .badFlagName("A B"))
        #expect(Self.failure(newest) { $0.branchFlags.names = [""] } == .badFlagName(""))
        #expect(Self.failure(Release(3, 5, 9)) { $0.branchFlags.names = ["NAT"] } == .branchFlagsWithoutBits)
        #expect(Self.failure(Release(3, 5, 9)) { $0.branchFlags = BranchFlags(bits: 1, names: ["NAT"]) } == nil)
        #expect(
            Self.failure(Release(3, 1, 2)) { $0.matching = .parameters(["rinstance"]) }
                == .matchingNotInRelease(Release(3, 1, 2)))
        #expect(Self.failure(Release(3, 1, 3)) { $0.matching = .parameters(["rinstance"]) } == nil)
        #expect(Self.failure(Release(2, 2, 2)) { $0.socket = "" } == .socketRequired(Release(2, 2, 2)))
        #expect(Self.failure(Release(2, 2, 3)) { $0.socket = "" } == nil)
    }

    @Test func `what does not fit is refused with the field or the limit`() {
        let long = String(repeating: "x", count: 65536)
        for release in [Release(2, 1, 5), Release(2, 2, 8), Release(2, 3, 6), Release(4, 0, 1)] {
            #expect(Self.failure(release) { $0.path = long } == .textTooLong(field: "path", length: 65536))
        }
        // The sizes of Spec/framing.md: everything but the path takes the rest.
        for (release, maximum) in [
            (Release(2, 1, 5), 65507), (Release(2, 2, 8), 65535), (Release(3, 6, 8), 65535), (Release(4, 0, 1), 65515),
        ] {
            let room = { () -> Int in
                guard
                    var producer = try? ReplicationProducer(
                        for: release, routing: ReplicationContactTests.routing),
                    let packet = try? producer.insert(ReplicationContactTests.contact)
                else { return 0 }
                return maximum - packet.count
            }()
            #expect(Self.failure(release) { $0.path = String(repeating: "x", count: room) } == nil)
            #expect(
                Self.failure(release) { $0.path = String(repeating: "x", count: room + 1) }
                    == .packetTooLong(maximum: maximum))
        }
    }

    @Test func `there is no producer for an unknown release or for nobody`() {
        #expect(throws: ProductionFailure.unknownRelease(Release(1, 11, 0))) {
            _ = try ReplicationProducer(for: Release(1, 11, 0), routing: ReplicationContactTests.routing)
        }
        for routing in [
            Routing(cluster: 0, source: 1, destination: 2), Routing(cluster: 1, source: 0, destination: 2),
            Routing(cluster: 1, source: 1, destination: -2), Routing(bridgeFrom: 1, to: 2, source: 1),
        ] {
            #expect(throws: ProductionFailure.badRouting(routing)) {
                _ = try ReplicationProducer(for: Release(4, 0, 1), routing: routing)
            }
        }
    }

    @Test func `a consumer refuses with the field and its offset`() throws {
        var producer = try ReplicationProducer(
            for: Release(3, 5, 9), routing: ReplicationContactTests.routing)
        func refusal(_ packet: [UInt8], _ release: Release = Release(3, 5, 9)) throws -> DecodingFailure? {
            do {
                _ = try ReplicationContactTests.events(packet, from: release, .v2_3)
                return nil
            } catch let failure as DecodingFailure {
                return failure
            }
        }
        let packet = try producer.insert(ReplicationContactTests.contact)
        var changed = packet
        changed[packet.count - 16] = 4
        #expect(
            try refusal(changed)
                == DecodingFailure(
                    .wire(.valueOutOfRange), offset: packet.count - 16, capability: "usrloc-contact-repl",
                    message: "contact-insert", layout: "U-J", field: "matchMode"))
        changed = packet
        // The third byte of the User-Agent, UA/1.
        let agent = try #require(packet.indices.first { packet[$0...].starts(with: "UA/1".utf8) })
        changed[agent + 2] = 0xFF
        #expect(try refusal(changed)?.reason == .notUTF8)
        #expect(try refusal(changed)?.field == "userAgent")
        #expect(try refusal(changed)?.offset == agent - 2)
        #expect(try refusal(packet, Release(4, 0, 1))?.reason == .undeclaredVersion(3))
        #expect(try refusal(packet, Release(2, 2, 8))?.reason == .wrongRelease(ReleaseSet(Release(2, 2, 8))))
        let empty = try producer.insert(AoRRecord(AddressOfRecord("a"), nextContactLabel: 16383))
        changed = empty
        changed[empty.count - 15] = 0x40
        #expect(try refusal(empty) == nil)
        #expect(try refusal(changed)?.field == "nextClabel")
    }

    @Test func `other capabilities are named and left alone`() throws {
        var writer = PacketWriter()
        try writer.begin(capability: Array("dialog-dlg-repl".utf8).span.bytes, type: 3, version: 4, framing: .v2_3)
        try writer.finish(routing: ReplicationContactTests.routing)
        #expect(
            try ReplicationContactTests.events(writer.copyBytes(), from: Release(4, 0, 1), .v2_3)
                == [
                    ReplicationEvent(
                        .other(capability: "dialog-dlg-repl", type: 3), from: .routed(ReplicationContactTests.routing))
                ])
    }

    @Test func `whatever bytes change or are missing, nothing but a refusal comes of it`() throws {
        var random = SeededRandom.printed()
        for release in [Release(2, 2, 8), Release(2, 4, 2), Release(3, 5, 9), Release(4, 0, 1)] {
            let framing = ReplicationContactTests.framing(release)
            var producer = try ReplicationProducer(for: release, routing: ReplicationContactTests.routing)
            let packet = try producer.insert(RandomContact.make(for: release, &random))
            for _ in 0..<300 {
                var changed = packet
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    changed[Int.random(in: 20..<changed.count, using: &random)] = UInt8.random(
                        in: 0...255, using: &random)
                }
                guard let header = try? PacketHeader(parsing: changed.span.bytes, framing: framing) else { continue }
                var consumer = ReplicationConsumer(release: release)
                let events = try? consumer.events(of: changed.span.bytes, header)
                #expect(events?.isEmpty != true)
            }
        }
    }
}
