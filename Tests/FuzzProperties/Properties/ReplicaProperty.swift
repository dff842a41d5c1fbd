import BINMessages
import BINReplica
import BINWire

extension FuzzProperty {
    /// A replica under any packets at any times: it keeps within its limits, finds what it holds, and what it tells a store adds up to
    /// what it holds; a copy stays as it was.
    static let replica = FuzzProperty(
        "replica", largestInput: 4096, inputs: PacketInputs(fixed: nil, capabilities: ReplicaOfPeers.capabilities)
    ) { input throws(Violation) in
        var reader = InputReader(input)
        let choice = reader.byte()
        var peers = ReplicaOfPeers(choice)
        try forEachPacket(input) { packet, header throws(Violation) in try peers.take(packet, header) }
        try peers.end()
    }
}

/// A replica, and beside it what a store would hold of it.
private struct ReplicaOfPeers {
    /// What a replica keeps something of, of all framings.
    static let capabilities: Set<String> = [
        "usrloc-contact-repl", "ul", "dialog-dlg-repl", "dialog-prof-repl", "dialog", "ratelimit-pipe-repl",
        "ratelimit",
        "clusterer-extra",
    ]
    private static let contactLimit = 8

    private let release: Release
    private var replica: Replica
    private var changes = ReplicaChanges()
    private var packets: UInt64 = 0
    private var contacts: [UInt64: Contact] = [:]
    private var dialogs: [UInt64: UInt64] = [:]
    private var pipes: Set<String> = []
    private var now = ReplicaTime(seconds: 1_700_000_000)

    init(_ choice: UInt8) {
        let releases = PacketInputs.releases[PacketInputs.framing(choice)] ?? []
        release = releases[Int(choice >> 4) % releases.count]
        var configuration = ReplicaConfiguration(release: release, seed: 1)
        configuration.hasStrictContacts = choice & 8 != 0
        configuration.refusesOtherVersions = false
        configuration.contactLimits.contacts = Self.contactLimit
        replica = Replica(configuration)
    }

    mutating func take(_ packet: RawSpan, _ header: PacketHeader) throws(Violation) {
        let copy = replica
        let before = contacts
        packets += 1
        // The type says how much later it is, so that a mutation moves the time too.
        now = ReplicaTime(milliseconds: now.milliseconds &+ UInt64(header.type.magnitude % 4096) * 100)
        replica.apply(
            packet, header, from: Int32(1 + packets % 2), release: release, at: now, into: &changes)
        try keep()
        if packets % 3 == 0 {
            replica.advance(to: now, into: &changes)
            try keep()
        }
        try require(replica.contacts.count <= Self.contactLimit, "\(replica.contacts.count) contacts")
        try require(try listing(copy) == before, "contacts of a copy changed")
    }

    /// Far in the future nothing is left but what never ends.
    mutating func end() throws(Violation) {
        now = ReplicaTime(seconds: 1 << 36)
        while !replica.advance(to: now, limit: 3, into: &changes) { try keep() }
        try keep()
        for contact in contacts.values where contact.expires > 0 { throw Violation("\(contact) never ends") }
    }

    /// Keeps what the changes tell a store, and compares it with what there is.
    private mutating func keep() throws(Violation) {
        var records: [RecordChange] = []
        replica.append(changes, to: &records)
        changes.removeAll()
        for record in records {
            switch record {
            case .contact(let serial, let contact): contacts[serial] = contact
            case .contactRemoved(let serial, _): contacts[serial] = nil
            case .dialog(let serial, let dialog): dialogs[serial] = dialog.id
            case .dialogRemoved(let serial, _, _): dialogs[serial] = nil
            case .pipe(let pipe): pipes.insert(pipe.name)
            case .pipeRemoved(let name, _): pipes.remove(name)
            case .profile(let profile):
                try require(profile.total == profile.nodes.values.reduce(0, +), "\(profile) does not add up")
            case .profileRemoved: break
            }
        }
        let listing = try listing(replica)
        try require(listing == contacts, "a store has \(contacts), the replica \(listing)")
        let held = Dictionary(
            uniqueKeysWithValues: replica.dialogs.handles.map { ($0.serial, replica.dialogs.dialog($0)?.id) })
        try require(held == dialogs.mapValues(Optional.some), "a store has dialogs \(dialogs), the replica \(held)")
        let named = Set(replica.pipes.records(at: now).map(\.name))
        try require(named == pipes, "a store has pipes \(pipes), the replica \(named)")
    }

    /// All contacts by their serial numbers, each of which is found in all ways.
    private func listing(_ replica: Replica) throws(Violation) -> [UInt64: Contact] {
        var found: [UInt64: Contact] = [:]
        var handles: [ContactHandle] = []
        replica.contacts.forEachAoR { handles += replica.contacts.contacts(of: $0) }
        for handle in handles {
            guard let contact = replica.contacts.copy(of: handle), let view = replica.contacts.contact(handle) else {
                throw Violation("a contact is listed and not there")
            }
            let byURI = replica.contacts.contacts(uri: view.uri)
            try require(byURI.contains(handle), "\(contact) is not found by its URI")
            let byCallID = replica.contacts.contacts(callID: view.callID)
            try require(byCallID.contains(handle), "\(contact) is not found by its Call-ID")
            found[handle.serial] = contact
        }
        try require(
            found.count == replica.contacts.count, "\(found.count) of \(replica.contacts.count) contacts are listed")
        return found
    }
}
