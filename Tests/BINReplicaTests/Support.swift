import BINMessages
import BINReplica
import BINWire
import TestSupport

/// A packet and who sends it.
struct TestPacket {
    var bytes: [UInt8]
    var header: PacketHeader
    var sender: Int32
    var release: Release

    init<M: Message>(_ message: M, _ arena: Arena, from sender: Int32, release: Release) throws {
        guard let layout = M.Layout.allCases.first(where: { $0.releases.contains(release) }),
            M.identity(in: layout)?.type != nil
        else { throw WireError(.valueOutOfRange, at: 0) }
        let packet = try packet(
            message, in: layout, from: arena.bytes, routing: Routing(cluster: 1, source: sender, destination: 9))
        bytes = packet
        header = try PacketHeader(datagram: packet.span.bytes, framing: layout.framing)
        self.sender = sender
        self.release = release
    }
}

/// What a contact packet says, for tests.
struct TestContact {
    var aor = "alice"
    var uri = "sip:alice@192.0.2.1:5060"
    var callID = "c1"
    var cseq: Int32 = 1
    var expires: UInt64 = 2_000_000_000
    var lastModified: UInt64 = 1_700_000_000
    var id: UInt64 = 0
    var userAgent = "UA"
    var keyValues = ""
    var instance = ""
    var domain = "location"
    var matchMode: Int32 = -1
    var matchParameters: [String] = []
    var sender: Int32 = 1

    private func record(_ arena: inout Arena) -> ContactRecord {
        var record = ContactRecord()
        record.domain = arena.text(domain)
        record.aor = arena.text(aor)
        record.contact = arena.text(uri)
        record.callID = arena.text(callID)
        record.userAgent = arena.text(userAgent)
        record.instance = arena.text(instance)
        record.keyValues = arena.text(keyValues)
        record.cseq = cseq
        record.expires = expires
        record.lastModified = lastModified
        record.contactID = id
        record.match = match(&arena)
        return record
    }

    private func match(_ arena: inout Arena) -> ContactMatch {
        var match = ContactMatch()
        match.mode = matchMode
        match.parameters = arena.list(matchParameters)
        return match
    }

    func insert(_ release: Release) throws -> TestPacket {
        var arena = Arena()
        var message = ContactInsert()
        message.record = record(&arena)
        return try TestPacket(message, arena, from: sender, release: release)
    }

    func update(_ release: Release) throws -> TestPacket {
        var arena = Arena()
        var message = ContactUpdate()
        message.record = record(&arena)
        return try TestPacket(message, arena, from: sender, release: release)
    }

    func delete(_ release: Release) throws -> TestPacket {
        var arena = Arena()
        var message = ContactDelete()
        message.domain = arena.text(domain)
        message.aor = arena.text(aor)
        message.contact = arena.text(uri)
        message.callID = arena.text(callID)
        message.cseq = cseq
        message.match = match(&arena)
        return try TestPacket(message, arena, from: sender, release: release)
    }

    func insertAoR(_ release: Release, label: Int32 = 0, nextContactLabel: Int32 = 0) throws -> TestPacket {
        var arena = Arena()
        var message = AoRInsert()
        message.domain = arena.text(domain)
        message.aor = arena.text(aor)
        message.label = label
        message.nextContactLabel = nextContactLabel
        return try TestPacket(message, arena, from: sender, release: release)
    }

    func deleteAoR(_ release: Release) throws -> TestPacket {
        var arena = Arena()
        var message = AoRDelete()
        message.domain = arena.text(domain)
        message.aor = arena.text(aor)
        return try TestPacket(message, arena, from: sender, release: release)
    }
}

let newest = Release(4, 0, 1)

/// A replica by the rules of a release.
func replica(
    _ release: Release = newest, _ configure: (inout ReplicaConfiguration) -> Void = { _ in }
) -> Replica {
    var configuration = ReplicaConfiguration(release: release, seed: 42)
    configure(&configuration)
    return Replica(configuration)
}

extension Replica {
    /// Applies a packet and returns what it did.
    @discardableResult
    mutating func apply(_ packet: TestPacket, at seconds: UInt64 = 1_700_000_000) -> [ReplicaChange] {
        var changes = ReplicaChanges()
        apply(
            packet.bytes.span.bytes, packet.header, from: packet.sender, release: packet.release,
            at: ReplicaTime(seconds: seconds), into: &changes)
        return changes.changes
    }

    mutating func advance(to seconds: UInt64, limit: Int = .max) -> [ReplicaChange] {
        var changes = ReplicaChanges()
        advance(to: ReplicaTime(seconds: seconds), limit: limit, into: &changes)
        return changes.changes
    }

    /// Every contact as text, in a fixed order.
    var listing: [String] {
        var lines: [String] = []
        contacts.forEachAoR { aor in
            for handle in contacts.contacts(of: aor) {
                guard let contact = contacts.contact(handle) else { continue }
                let texts = [
                    contacts.domain(of: aor) ?? "", contacts.name(of: aor) ?? "", string(contact.uri),
                    string(contact.callID), string(contact.userAgent), string(contact.instance),
                    string(contact.keyValues),
                ]
                lines.append(
                    "\(texts) \(contact.cseq) \(contact.expires) \(contact.lastModified) \(contact.contactID) \(contact.sender)"
                )
            }
        }
        return lines.sorted()
    }
}

func string(_ bytes: RawSpan) -> String { bytes.validatedString() ?? "(not UTF-8)" }

/// The action of the last change.
func last(_ changes: [ReplicaChange]) -> ReplicaChange.Action? { changes.last?.action }

/// A contact out of a store.
struct Held: Hashable {
    var uri: String
    var userAgent: String
    var instance: String
    var sharingTag: String?
    var cseq: Int32
    var id: UInt64
    var lastModified: UInt64
}

extension Replica {
    func held(_ handle: ContactHandle) -> Held? {
        guard let contact = contacts.contact(handle) else { return nil }
        return Held(
            uri: string(contact.uri), userAgent: string(contact.userAgent), instance: string(contact.instance),
            sharingTag: contact.sharingTag, cseq: contact.cseq, id: contact.contactID,
            lastModified: contact.lastModified)
    }
}
