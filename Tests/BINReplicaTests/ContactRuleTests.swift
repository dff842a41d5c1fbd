import BINMessages
import BINReplica
import BINWire
import TestSupport
import Testing

/// Which contact a packet means and what becomes of it, by release.
@Suite struct ContactRuleTests {
    @Test func `of a sync packet every chunk counts as applied that was not damaged, an empty one too`() throws {
        func packet(_ sizes: [Int32], _ content: [UInt8]) throws -> TestPacket {
            var arena = Arena()
            var sync = SyncPacket()
            sync.capability = arena.text("usrloc-contact-repl")
            sync.dataVersion = 5
            var chunks: [UInt8] = []
            for size in sizes {
                for word in [size, SyncChunks.marker] {
                    for index in 0..<4 { chunks.append(UInt8(truncatingIfNeeded: word >> Int32(8 * index))) }
                }
                chunks += content.prefix(Int(size))
            }
            sync.chunks = arena.data(chunks)
            return try TestPacket(sync, arena, from: 1, release: newest)
        }
        for (sizes, applied) in [([0, 0], 2), ([], 0), ([0, 4], 1)] as [([Int32], Int)] {
            var replica = replica()
            let packet = try packet(sizes, [1, 0, 0, 0])
            var changes = ReplicaChanges()
            replica.apply(
                packet.bytes.span.bytes, packet.header, from: 1, release: newest, at: ReplicaTime(seconds: 1),
                into: &changes)
            #expect(changes.appliedChunks(of: sizes.count) == applied)
        }
    }

    @Test func `a contact comes, is refreshed and goes`() throws {
        var replica = replica()
        var contact = TestContact()
        #expect(replica.apply(try contact.insertAoR(newest, label: 5)).map(\.action) == [.inserted])
        #expect(replica.apply(try contact.insert(newest)).map(\.action) == [.inserted])
        contact.cseq = 2
        contact.userAgent = "a much longer user agent that does not fit where the shorter one stood before"
        #expect(last(replica.apply(try contact.update(newest))) == .updated)
        let aor = try #require(replica.contacts.addressOfRecord("alice"))
        let handle = try #require(replica.contacts.contacts(of: aor).first)
        let view = try #require(replica.held(handle))
        #expect(view.userAgent == contact.userAgent)
        #expect(view.cseq == 2)
        #expect(replica.contacts.contacts(callID: "c1") == [handle])
        #expect(replica.contacts.contacts(uri: contact.uri) == [handle])
        #expect(last(replica.apply(try contact.delete(newest))) == .deleted)
        // The record of what was deleted can be read until the next change.
        #expect(replica.held(handle)?.uri == contact.uri)
        #expect(replica.contacts.count == 0)
        #expect(replica.contacts.contacts(callID: "c1").isEmpty)
        #expect(last(replica.apply(try contact.deleteAoR(newest))) == .deleted)
        #expect(replica.contacts.aorCount == 0)
        #expect(replica.contacts.contacts(of: aor).isEmpty)
    }

    @Test func `a copy of a contact is what was registered`() throws {
        var replica = replica()
        var contact = TestContact()
        contact.keyValues = "{\"_st\":\"vip\"}"
        contact.instance = "<urn:uuid:1>"
        contact.id = 0xF7DD << 46 | 3
        replica.apply(try contact.insert(newest))
        let handle = try #require(replica.contacts.contacts(callID: "c1").first)
        var expected = Contact(AddressOfRecord("alice"), uri: contact.uri, expires: contact.expires)
        expected.id = ContactID(contact.id)
        expected.callID = "c1"
        expected.userAgent = "UA"
        expected.instance = contact.instance
        expected.cseq = 1
        expected.lastModified = contact.lastModified
        expected.sharingTag = "vip"
        #expect(replica.contacts.copy(of: handle) == expected)
    }

    struct Case {
        var release: Release
        var mode: Int32
        var change: (inout TestContact) -> Void
        var insert: ReplicaChange.Action
        var update: ReplicaChange.Action

        init(
            _ release: Release, _ mode: Int32, insert: ReplicaChange.Action, update: ReplicaChange.Action,
            _ change: @escaping (inout TestContact) -> Void
        ) {
            self.release = release
            self.mode = mode
            self.change = change
            self.insert = insert
            self.update = update
        }
    }

    nonisolated(unsafe) static let cases: [Case] = [
        // Up to 2.3 an insert is appended whatever there is.
        Case(Release(2, 1, 5), -1, insert: .inserted, update: .updated) { _ in },
        Case(Release(2, 2, 8), -1, insert: .inserted, update: .updated) { _ in },
        Case(Release(2, 3, 6), -1, insert: .inserted, update: .updated) { _ in },
        Case(Release(2, 4, 11), -1, insert: .ignored(.sameCSeq), update: .updated) { _ in },
        Case(newest, -1, insert: .ignored(.sameCSeq), update: .updated) { _ in },
        Case(newest, -1, insert: .ignored(.olderCSeq), update: .ignored(.sameCSeq)) { $0.cseq = 9 },
        Case(newest, -1, insert: .ignored(.olderCSeq), update: .ignored(.olderCSeq)) { $0.cseq = 8 },
        Case(newest, -1, insert: .updated, update: .updated) { $0.cseq = 11 },
        // Another Call-ID with the same URI is a new registration of the contact, whatever its CSeq ...
        Case(newest, 0, insert: .updated, update: .updated) {
            $0.callID = "c2"; $0.cseq = 1
        },
        // ... and with mode 1 another contact.
        Case(newest, 1, insert: .inserted, update: .inserted) { $0.callID = "c2" },
        // 3.0 and before match packets without a match block in their own way, later ones by Call-ID too.
        Case(Release(3, 0, 5), -1, insert: .updated, update: .updated) { $0.callID = "c2" },
        Case(Release(3, 4, 18), -1, insert: .updated, update: .updated) { $0.callID = "c2" },
        // URIs are compared byte by byte up to 3.1.6 and 3.2.3.
        Case(Release(3, 1, 6), 0, insert: .inserted, update: .inserted) { $0.uri = "SIP:alice@192.0.2.1:5060" },
        Case(Release(3, 1, 7), 0, insert: .ignored(.sameCSeq), update: .updated) {
            $0.uri = "SIP:alice@192.0.2.1:5060"
        },
        Case(Release(3, 2, 3), 0, insert: .inserted, update: .inserted) { $0.uri = "sip:alice@192.0.2.1:5060;x=1" },
        Case(Release(3, 2, 4), 0, insert: .ignored(.sameCSeq), update: .updated) {
            $0.uri = "sip:alice@192.0.2.1:5060;x=1"
        },
        Case(newest, 0, insert: .inserted, update: .inserted) { $0.uri = "sip:Alice@192.0.2.1:5060" },
        Case(newest, 0, insert: .inserted, update: .inserted) { $0.uri = "sip:alice@192.0.2.1:5060;transport=tcp" },
        Case(newest, 0, insert: .ignored(.sameCSeq), update: .updated) { $0.uri = "sip:%61lice@192.0.2.1:5060" },
        // Mode 2: a parameter that is missing in one of the URIs counts as equal.
        Case(newest, 2, insert: .updated, update: .updated) {
            $0.matchParameters = ["rinstance"]; $0.uri = "sip:x@198.51.100.7"; $0.callID = "c9"
        },
        Case(newest, 3, insert: .ignored(.unknownMatchMode), update: .ignored(.unknownMatchMode)) { _ in },
    ]

    @Test(arguments: cases.indices)
    func `a second packet about a contact does what the release does`(index: Int) throws {
        let test = Self.cases[index]
        var first = TestContact()
        first.cseq = 10
        var second = first
        second.matchMode = test.mode
        test.change(&second)
        for (packet, expected) in [
            (try second.insert(test.release), test.insert), (try second.update(test.release), test.update),
        ] {
            var replica = replica(test.release)
            replica.apply(try first.insert(test.release))
            #expect(last(replica.apply(packet)) == expected, "\(test.release) mode \(test.mode)")
        }
    }

    @Test func `a delete with a lower CSeq changes nothing`() throws {
        var replica = replica()
        var contact = TestContact()
        contact.cseq = 10
        replica.apply(try contact.insert(newest))
        contact.matchMode = 1
        contact.cseq = 9
        #expect(last(replica.apply(try contact.delete(newest))) == .ignored(.sameCSeq))
        contact.cseq = 8
        #expect(last(replica.apply(try contact.delete(newest))) == .ignored(.olderCSeq))
        contact.callID = "another"
        #expect(last(replica.apply(try contact.delete(newest))) == .ignored(.unknownContact))
        contact.aor = "bob"
        #expect(last(replica.apply(try contact.delete(newest))) == .ignored(.unknownAddressOfRecord))
        #expect(replica.contacts.count == 1)
    }

    @Test func `an update leaves contact URI, instance and, when it brings none, key values`() throws {
        var replica = replica()
        var contact = TestContact()
        contact.uri = "sip:alice@192.0.2.1;rinstance=1"
        contact.instance = "<urn:uuid:1>"
        contact.keyValues = "{\"_st\":\"vip\"}"
        replica.apply(try contact.insert(newest))
        contact.uri = "sip:alice@192.0.2.99;rinstance=1"
        contact.instance = "<urn:uuid:2>"
        contact.keyValues = ""
        contact.callID = "c2"
        contact.matchMode = 2
        contact.matchParameters = ["rinstance"]
        #expect(last(replica.apply(try contact.update(newest))) == .updated)
        let handle = try #require(replica.contacts.contacts(callID: "c2").first)
        let view = try #require(replica.held(handle))
        #expect(view.uri == "sip:alice@192.0.2.1;rinstance=1")
        #expect(view.instance == "<urn:uuid:1>")
        #expect(view.sharingTag == "vip")
        #expect(replica.contacts.contacts(callID: "c1").isEmpty)
    }

    @Test(arguments: [
        (Release(3, 4, 9), true), (Release(3, 4, 10), false), (Release(3, 5, 2), true), (Release(3, 5, 3), false),
        (Release(2, 4, 11), true), (Release(3, 6, 0), false),
    ])
    func `contact ids are kept or computed anew`(release: Release, isKept: Bool) throws {
        var replica = replica(release)
        var contact = TestContact()
        replica.apply(try contact.insertAoR(release, label: 5, nextContactLabel: 200))
        // Hash of alice, another record label, contact label 100.
        contact.id = 0xF7DD << 46 | 77 << 14 | 100
        replica.apply(try contact.insert(release))
        let handle = try #require(replica.contacts.contacts(callID: "c1").first)
        let id = replica.held(handle)?.id
        #expect(id == (isKept ? contact.id : 0xF7DD << 46 | 5 << 14 | 200))
    }

    @Test func `an AoR's key values can travel in a contact`() throws {
        var replica = replica()
        var contact = TestContact()
        contact.keyValues =
            #"{"_urec_kvs":"{\"a\":\"a value that makes the record of the address grow beyond its size\"}"}"#
        replica.apply(try contact.insert(newest))
        let aor = try #require(replica.contacts.addressOfRecord("alice"))
        var map: KeyValues?
        if let view = replica.contacts.aor(aor) { map = KeyValues(view.keyValues) }
        #expect(
            map?["a"] == .string("a value that makes the record of the address grow beyond its size"))
        #expect(replica.contacts.contacts(of: aor).count == 1)
    }

    @Test func `what the limits do not allow is refused and said`() throws {
        var replica = replica { configuration in
            configuration.contactLimits.contacts = 3
            configuration.contactLimits.contactsPerAoR = 2
            configuration.contactLimits.aors = 2
            configuration.domains = ["location"]
        }
        var contact = TestContact()
        for number in 0..<2 {
            contact.callID = "c\(number)"
            contact.uri = "sip:\(number)@192.0.2.1"
            #expect(last(replica.apply(try contact.insert(newest))) == .inserted)
        }
        contact.uri = "sip:3@192.0.2.1"
        #expect(last(replica.apply(try contact.insert(newest))) == .ignored(.limit(.contactsPerAoR)))
        contact.aor = "bob"
        #expect(last(replica.apply(try contact.insert(newest))) == .inserted)
        contact.aor = "carol"
        #expect(last(replica.apply(try contact.insert(newest))) == .ignored(.limit(.addressesOfRecord)))
        contact.aor = "bob"
        contact.uri = "sip:4@192.0.2.1"
        #expect(last(replica.apply(try contact.insert(newest))) == .ignored(.limit(.contacts)))
        contact.domain = "elsewhere"
        #expect(last(replica.apply(try contact.insert(newest))) == .ignored(.unknownDomain))
        contact.domain = "location"
        contact.aor = ""
        #expect(last(replica.apply(try contact.insert(newest))) == .ignored(.emptyAddressOfRecord))
    }

    @Test func `memory is bounded`() throws {
        var replica = replica { $0.contactLimits.bytes = 1 << 20 }
        var refused = 0
        for number in 0..<8000 {
            var contact = TestContact()
            contact.aor = "user\(number)"
            contact.callID = "call\(number)"
            if case .ignored(.limit(.memory))? = last(replica.apply(try contact.insert(newest))) { refused += 1 }
        }
        #expect(refused > 3000)
        #expect(replica.contacts.count > 1000)
    }

    @Test func `packets that a receiver of the release drops are dropped`() throws {
        var replica = replica(Release(3, 4, 18))
        let contact = TestContact()
        #expect(last(replica.apply(try contact.insert(newest))) == .ignored(.versionNotAccepted(5)))
        #expect(last(replica.apply(try contact.insert(Release(3, 4, 0)))) == .inserted)
        var lenient = BINReplicaTests.replica(Release(3, 4, 18)) { $0.refusesOtherVersions = false }
        #expect(last(lenient.apply(try contact.insert(newest))) == .inserted)
    }
}
