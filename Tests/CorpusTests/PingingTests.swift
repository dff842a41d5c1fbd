import BINMessages
import BINReplica
import BINWire
import Foundation
import Testing

/// Which node sent OPTIONS to which contact, beside what a replica says of it.
@Suite struct PingingTests {
    /// What was seen at the contacts for some seconds.
    struct Round: Decodable, CustomStringConvertible, Sendable {
        var release: String
        var mode: String
        /// Addresses of record by the node that pinged their contact.
        var pinged: [String: [String]]
        /// Ownership: the sharing tag of a contact by its address of record, and those that are active by node.
        var tags: [String: String]?
        var activeTags: [String: [String]]?

        var description: String { "\(release) \(mode), \(pinged.count) nodes" }
    }

    static let rounds: [Round] = {
        let file = Corpus.directory.appendingPathComponent("pinging.json")
        return (try? JSONDecoder().decode([Round].self, from: Data(contentsOf: file))) ?? []
    }()

    @Test func `rounds of both modes and of three series were recorded`() {
        #expect(Set(Self.rounds.map(\.mode)) == ["cooperation", "ownership"])
        #expect(Set(Self.rounds.map(\.release)) == ["3.4.18", "3.6.8", "4.0.1"])
    }

    @Test(arguments: rounds)
    func `a node pinged exactly the contacts that are its duty`(round: Round) throws {
        let all = Set(round.pinged.values.joined())
        #expect(all.count == 36)
        let release = try #require(Release(round.release))
        var replica = Replica(ReplicaConfiguration(release: release, seed: 1))
        var producer = try ReplicationProducer(for: release, routing: Routing(cluster: 1, source: 1, destination: 2))
        var changes = ReplicaChanges()
        for aor in all {
            var contact = Contact(AddressOfRecord(aor), uri: "sip:\(aor)", expires: 2_000_000_000)
            contact.sharingTag = round.tags?[aor]
            let packet = try producer.insert(contact)
            let header = try PacketHeader(datagram: packet.span.bytes, framing: .v2_3)
            replica.apply(
                packet.span.bytes, header, from: 1, release: release, at: ReplicaTime(seconds: 1_700_000_000),
                into: &changes)
        }
        let nodes = round.pinged.keys.compactMap { Int32($0) }
        for node in nodes {
            let duty: PingDuty =
                round.mode == "cooperation"
                ? .cooperation(of: node, with: nodes)
                : .ownership(activeTags: Set(round.activeTags?["\(node)"] ?? []))
            var pinged: Set<String> = []
            replica.contacts.forEachAoR { aor in
                for contact in replica.contacts.contacts(of: aor) where replica.contacts.isPinged(contact, by: duty) {
                    pinged.insert(replica.contacts.name(of: aor) ?? "")
                }
            }
            #expect(pinged == Set(round.pinged["\(node)"] ?? []), "node \(node)")
        }
    }
}
