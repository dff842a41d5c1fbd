public import BINReplica
import Metrics
import Synchronization

/// Keeps a sink the same as a replica: writes what changes, in batches, again where it failed, and after the first sync takes
/// out what the sink had before and the cluster has no more.
///
/// Metrics: `bin_mirror_records_written`, `bin_mirror_records_waiting`, `bin_mirror_batch_seconds`, `bin_mirror_failures`.
public final class Mirror: Sendable {
    /// What a mirror tells of itself.
    public struct Status: Hashable, Sendable {
        /// Records that were written, those again that failed before included.
        public var written: UInt64 = 0
        /// Records that cannot be kept, and were left out.
        public var refused: UInt64 = 0
        /// Records that wait.
        public var waiting = 0
        /// Why the last attempt failed; nil when it did not.
        public var failure: StoreFailure?
        /// Kinds of records whose first sync was written.
        public var synced: Set<RecordKind> = []

        /// Nothing was written.
        public init() {}
    }

    /// What waits to be written.
    public let pending = PendingRecords()
    private let sink: any RecordSink
    private let replica: @Sendable () -> Replica
    private let batchLimit: Int
    private let interval: Duration
    private let status = Mutex(Status())
    /// Kinds whose sync is over, but not all of it written.
    private let ended = Mutex<[RecordKind]>([])
    /// Records that were taken out of ``pending`` and are not written yet.
    private let inHand = Mutex(0)
    private let maintained = Mutex(ContinuousClock.now)
    private let writtenCounter = Counter(label: "bin_mirror_records_written")
    private let failures = Counter(label: "bin_mirror_failures")
    private let waiting = Gauge(label: "bin_mirror_records_waiting")
    private let batchTime = Timer(label: "bin_mirror_batch_seconds")

    /// A mirror into `sink`.
    /// - Parameters:
    ///   - sink: where to.
    ///   - batchLimit: the most records written at once.
    ///   - interval: how long changes are gathered for a batch.
    ///   - replica: a snapshot of what is mirrored.
    public init(
        to sink: any RecordSink, batchLimit: Int = 20_000, interval: Duration = .milliseconds(50),
        of replica: @escaping @Sendable () -> Replica
    ) {
        self.sink = sink
        self.replica = replica
        self.batchLimit = max(1, batchLimit)
        self.interval = interval
    }

    /// How it stands.
    public var currentStatus: Status {
        status.withLock { status in
            status.waiting = pending.count + inHand.withLock { $0 }
            return status
        }
    }

    /// Says that the first sync of a kind of records is over: everything that there is waits or was written.
    public func synced(_ kind: RecordKind) { ended.withLock { $0.append(kind) } }

    /// Writes until the task is cancelled, then what still waits. What fails is tried again, and told by ``currentStatus``.
    public func run() async {
        await begin()
        while !Task.isCancelled {
            let kinds = ended.withLock { ended in
                defer { ended = [] }
                return ended
            }
            await writePending()
            for kind in kinds { await end(kind) }
            await maintainIfDue()
            waiting.record(pending.count)
            if pending.count == 0 { try? await Task.sleep(for: interval) }
        }
        await writePending(untilDone: false)
    }

    private func begin() async {
        while !Task.isCancelled {
            do throws(StoreFailure) {
                return try await sink.beginResync()
            } catch {
                note(error)
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    /// Once a second, also while much is written: a mirror that is busy is not gone.
    private func maintainIfDue() async {
        let isDue = maintained.withLock { maintained in
            guard ContinuousClock.now - maintained >= .seconds(1) else { return false }
            maintained = .now
            return true
        }
        guard isDue else { return }
        do throws(StoreFailure) { pending.appendMissing(try await sink.maintain(replica)) } catch { note(error) }
    }

    private func end(_ kind: RecordKind) async {
        do throws(StoreFailure) {
            _ = try await sink.endResync(of: kind, replica())
            _ = status.withLock { $0.synced.insert(kind) }
        } catch {
            note(error)
            ended.withLock { $0.append(kind) }
        }
    }

    /// Writes everything that waits; a batch that fails is tried again, with what changed since. Of one that holds a record
    /// which can never be kept, that record is looked for by halves and left out: no peer is to stop the mirror.
    private func writePending(untilDone: Bool = true) async {
        let changes = pending.take()
        var rest = changes[...]
        var size = batchLimit
        defer { inHand.withLock { $0 = 0 } }
        while !rest.isEmpty {
            inHand.withLock { $0 = rest.count }
            let batch = Array(rest.prefix(size))
            let began = ContinuousClock.now
            do throws(StoreFailure) {
                try await sink.write(batch)
                rest = rest.dropFirst(batch.count)
                size = min(batchLimit, size * 2)
                writtenCounter.increment(by: batch.count)
                batchTime.recordSeconds((ContinuousClock.now - began) / .seconds(1))
                status.withLock { status in
                    status.written += UInt64(batch.count)
                    status.failure = nil
                }
            } catch {
                note(error)
                if error.concernsRecord {
                    if batch.count == 1 {
                        rest = rest.dropFirst()
                        status.withLock { $0.refused += 1 }
                    }
                    size = max(1, batch.count / 2)
                    continue
                }
                guard untilDone, !Task.isCancelled else { return }
                try? await Task.sleep(for: .milliseconds(500))
            }
            if untilDone { await maintainIfDue() }
        }
    }

    private func note(_ failure: StoreFailure) {
        failures.increment()
        status.withLock { $0.failure = failure }
    }
}
