import BINMessages
import BINReplica
import BINStore
import BINWire
import Synchronization

/// A replica that is told of registrations, and hands its changes to a mirror.
final class ReplicatedSource: Sendable {
    private struct State: ~Copyable {
        var replica: Replica
        var producer: ReplicationProducer
        var changes = ReplicaChanges()
    }

    private let state: Mutex<State>
    let pending = PendingRecords()

    init() throws {
        let release = Release(4, 0, 1)
        var configuration = ReplicaConfiguration(release: release, seed: 1)
        configuration.contactIDs = .fromPacket
        let producer = try ReplicationProducer(
            for: release, routing: Routing(cluster: 1, source: 1, destination: 2))
        state = Mutex(State(replica: Replica(configuration), producer: producer))
    }

    var snapshot: Replica { state.withLock { $0.replica } }

    private static func apply(_ packet: [UInt8], _ state: inout State, _ pending: PendingRecords) throws {
        let header = try PacketHeader(datagram: packet.span.bytes, framing: .v2_3)
        state.changes.removeAll()
        state.replica.apply(
            packet.span.bytes, header, from: 1, release: Release(4, 0, 1), at: ReplicaTime(seconds: 1_700_000_000),
            into: &state.changes)
        pending.append(state.changes, of: state.replica)
    }

    func update(_ contact: Contact) throws {
        try state.withLock { state in
            try ReplicatedSource.apply(try state.producer.update(contact), &state, pending)
        }
    }

    /// Tells of the dialog with this number.
    func confirm(_ number: Int32) throws {
        try state.withLock { try ReplicatedSource.apply(try confirmedDialog(number), &$0, pending) }
    }

    func delete(_ contact: Contact) throws {
        try state.withLock { state in
            try ReplicatedSource.apply(try state.producer.delete(contact.key), &state, pending)
        }
    }
}
