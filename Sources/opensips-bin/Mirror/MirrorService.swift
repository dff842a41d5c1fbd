import BINCluster
import BINNode
import BINReplica
import BINStore
import BINText
import ServiceLifecycle
import Synchronization

/// Hands what a replica tells to the mirror, which is made after it.
final class MirrorBox: Sendable {
    private let pending = Mutex<PendingRecords?>(nil)

    func connect(_ records: PendingRecords) { pending.withLock { $0 = records } }

    func observe(_ replica: borrowing Replica, _ changes: borrowing ReplicaChanges) {
        guard !changes.changes.isEmpty, let records = pending.withLock({ $0 }) else { return }
        records.append(changes, of: replica)
    }
}

/// How much there is to be mirrored.
struct MirroredCounts {
    /// What there is, by its name in JSON.
    let counts: [(name: String, count: Int)]

    init(_ replica: borrowing Replica) {
        counts = [
            ("contacts", replica.contacts.count), ("dialogs", replica.dialogs.count),
            ("profiles", replica.profiles.count), ("pipes", replica.pipes.count),
        ]
    }
}

/// A mirror that says how far it is.
struct MirrorService: Service {
    /// Nil when nothing is kept outside.
    let mirror: Mirror?
    let replica: LiveReplica
    let events: AsyncStream<NodeEvent>
    let printer: ClusterPrinter

    func run() async throws {
        let mirror = mirror
        let replica = replica
        let events = events
        let printer = printer
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cancelWhenGracefulShutdown { await mirror?.run() } }
            group.addTask {
                await cancelWhenGracefulShutdown {
                    for await event in events {
                        guard case .sync(let name, .finished) = event.event,
                            let kind = MirrorCommand.capabilities.first(where: { $0.name == name.description })?.kind
                        else { continue }
                        mirror?.synced(kind)
                    }
                }
            }
            group.addTask {
                await cancelWhenGracefulShutdown {
                    let metrics = MirrorMetrics()
                    var last = (Mirror.Status(), UInt64(0))
                    while !Task.isCancelled {
                        try? await Task.sleep(for: .seconds(1))
                        let status = mirror?.currentStatus ?? Mirror.Status()
                        let (counts, sequence) = replica.read { (MirroredCounts($0), $0.sequence) }
                        guard (status, sequence) != last else { continue }
                        metrics.set(status, counts)
                        last = (status, sequence)
                        printer.show(status, counts)
                    }
                }
            }
            // Without the mirror there is nothing to be a member for.
            while try await group.next() != nil {}
        }
    }
}
