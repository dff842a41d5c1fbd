import BINCluster
import BINMessages
import BINNode
import BINReplica
import BINWire
import Synchronization
import TestSupport
import Testing

/// What one node keeps, another one gets.
@Suite struct LiveReplicaTests {
    private static let contacts = 600

    private func contact(_ number: Int) -> Contact {
        var contact = Contact(
            AddressOfRecord("user\(number / 2)"), uri: "sip:user\(number)@192.0.2.1:5060", expires: 2_000_000_000)
        contact.callID = "call-\(number)"
        contact.cseq = Int32(number)
        contact.userAgent = "agent"
        contact.lastModified = 1_700_000_000
        return contact
    }

    private func apply(_ packet: [UInt8], to replica: LiveReplica, _ release: Release) throws {
        let header = try PacketHeader(datagram: packet.span.bytes, framing: .v2_3)
        replica.change { kept in
            var changes = ReplicaChanges()
            kept.apply(packet.span.bytes, header, from: 1, release: release, at: replica.now, into: &changes)
        }
    }

    /// A replica with contacts, and two dialogs with variables and profiles.
    private func filled(_ release: Release) throws -> LiveReplica {
        let replica = LiveReplica(ReplicaConfiguration(release: release, seed: 1))
        var producer = try ReplicationProducer(for: release, routing: Routing(cluster: 1, source: 1, destination: 2))
        for number in 0..<Self.contacts {
            if number.isMultiple(of: 2) {
                try apply(try producer.insert(AoRRecord(contact(number).aor, label: 7)), to: replica, release)
            }
            try apply(try producer.insert(contact(number)), to: replica, release)
        }
        for number in Int32(1)...2 { try apply(try dialog(number, release), to: replica, release) }
        return replica
    }

    private func dialog(_ number: Int32, _ release: Release) throws -> [UInt8] {
        let layout = try #require(DialogLayout.allCases.first { $0.releases.contains(release) })
        var texts = Arena()
        let isTyped = release >= Release(3, 4, 0)
        var created = DialogCreated()
        created.dialog.callID = texts.text("dialog-\(number)")
        created.dialog.fromTag = texts.text("from")
        created.dialog.toTag = texts.text("to")
        created.dialog.fromURI = texts.text("sip:alice@example.org")
        created.dialog.hashID = number
        created.dialog.state = 4
        created.dialog.caller.socket = texts.text("udp:192.0.2.9:5060")
        created.dialog.callee.socket = texts.text("udp:192.0.2.9:5060")
        created.dialog.variables = texts.text(isTyped ? #"k#1#a\|b|n#2#5|"# : #"k#a\|b|"#)
        created.dialog.profiles = texts.text(isTyped ? "caller/b#1#alice|" : "caller/b#alice|")
        created.dialog.timeout = 2_000_000_000
        return try packet(created, in: layout, from: texts.bytes)
    }

    private func listed(_ replica: borrowing Replica) -> [String] {
        var lines: [String] = []
        let contacts = replica.contacts
        contacts.forEachAoR { aor in
            for handle in contacts.contacts(of: aor) {
                guard var contact = contacts.copy(of: handle) else { continue }
                // Receivers of 3.4.10 and later number contacts themselves (UL-37).
                contact.id = nil
                lines.append("\(contact)")
            }
        }
        for handle in replica.dialogs.handles {
            guard let dialog = replica.dialogs.dialog(handle) else { continue }
            let variables = dialog.variables.map {
                "\(String(decoding: $0.name, as: UTF8.self)) \($0.type) \($0.value)"
            }
            lines.append(
                "\(dialog.callID) \(dialog.text(\.fromURI)) \(dialog.state.timeout) \(variables) \(dialog.links)")
        }
        return lines.sorted()
    }

    @Test(arguments: ["2.4.2", "2.4.11", "3.0.5", "3.1.17", "3.2.19", "3.4.18", "3.6.8", "4.0.1"])
    func `a node that starts empty gets all contacts and dialogs, and what comes later`(release: String) async throws {
        let cluster = try Cluster(release)
        let kept = try filled(cluster.release)
        let fresh = LiveReplica(ReplicaConfiguration(release: cluster.release, seed: 2))
        func wants(_ member: inout MemberConfiguration, serves: Bool) {
            for subject in ReplicaChunks.Subject.allCases {
                var capability = CapabilityConfiguration(WireName(subject.capability))
                capability.isAnnounced = true
                capability.syncsAtStart = true
                capability.servesSync = serves
                member.capabilities.append(capability)
            }
            member.isSeed = serves
            member.timing.seedFallback = .milliseconds(100)
        }
        let donor = try cluster.node(1, knows: [2], handlers: kept.handlers) { wants(&$0, serves: true) }
        let node = try cluster.node(2, knows: [1], handlers: fresh.handlers) { wants(&$0, serves: false) }
        try await running([donor, node]) {
            let isSynced = await happens {
                await node.snapshot.capabilities.allSatisfy(\.isSynced)
                    && fresh.read { $0.contacts.count == Self.contacts && $0.dialogs.count == 2 }
            }
            #expect(isSynced)
            let differences = Set(fresh.read { listed($0) }).symmetricDifference(kept.read { listed($0) })
            #expect(differences.sorted().prefix(2) == [])
            var producer = try ReplicationProducer(
                for: cluster.release, routing: Routing(cluster: 1, source: 1, destination: 2))
            let late = contact(Self.contacts + 1)
            let packet = try producer.insert(late)
            try await donor.send(try withoutTrailer(packet), to: 2)
            #expect(await happens { fresh.read { $0.contacts.contacts(callID: late.callID).count == 1 } })
        }
    }

    /// A member adds the trailer itself.
    private func withoutTrailer(_ packet: [UInt8]) throws -> [UInt8] {
        var bytes = Array(packet.dropLast(12))
        let length = UInt32(bytes.count)
        for index in 0..<4 { bytes[4 + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index))) }
        return bytes
    }

    @Test func `a contact whose time is up is taken out, and the observer is told`() async throws {
        let release = Release(4, 0, 1)
        let expired = Tally()
        let replica = LiveReplica(ReplicaConfiguration(release: release, seed: 1)) { _, changes in
            expired.add(changes.changes.count { $0.action == .expired })
        }
        var producer = try ReplicationProducer(for: release, routing: Routing(cluster: 1, source: 1, destination: 2))
        var old = contact(1)
        old.expires = replica.now.seconds + 1
        try apply(try producer.insert(old), to: replica, release)
        #expect(replica.read { $0.contacts.count } == 1)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await replica.run() }
            #expect(await happens { expired.value > 0 })
            group.cancelAll()
        }
        #expect(replica.snapshot().contacts.count == 0)
    }
}

private final class Tally: Sendable {
    private let state = Mutex(0)

    var value: Int { state.withLock { $0 } }

    func add(_ count: Int) { state.withLock { $0 += count } }
}
