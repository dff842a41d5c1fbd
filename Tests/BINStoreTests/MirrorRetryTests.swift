import BINMessages
import BINReplica
import Testing

@testable import BINStore

/// A sink that cannot be used at first.
private actor LateSink: RecordSink {
    private var failuresLeft: Int
    private var status: (@Sendable () -> Mirror.Status)?
    /// What the mirror said of itself at each attempt to begin.
    private(set) var told: [StoreFailure?] = []
    private(set) var written = 0

    init(failures: Int) { failuresLeft = failures }

    func watch(_ mirror: Mirror) { status = { mirror.currentStatus } }

    func beginResync() async throws(StoreFailure) {
        told.append(status?().failure)
        guard failuresLeft == 0 else {
            failuresLeft -= 1
            throw StoreFailure("it takes nothing")
        }
    }

    func write(_ changes: [RecordChange]) async throws(StoreFailure) { written += changes.count }

    func endResync(of kind: RecordKind, _ replica: Replica) async throws(StoreFailure) -> Int { 0 }
}

@Suite(.timeLimit(.minutes(10))) struct MirrorRetryTests {
    @Test func `a mirror whose store takes nothing at first says so and begins when it does`() async throws {
        let sink = LateSink(failures: 2)
        let empty = Replica(ReplicaConfiguration(release: Release(4, 0, 1), seed: 1))
        let mirror = Mirror(to: sink, interval: .milliseconds(1)) { empty }
        await sink.watch(mirror)
        mirror.pending.append([
            .contact(serial: 1, Contact(AddressOfRecord("alice"), uri: "sip:a@10.0.0.1", expires: 0))
        ])
        let running = Task { await mirror.run() }
        // Beside tests that only compute it may take long until it is this one's turn.
        while mirror.currentStatus.written == 0 { try await Task.sleep(for: .milliseconds(5)) }
        let failure = StoreFailure("it takes nothing")
        #expect(await sink.told == [nil, failure, failure])
        #expect(mirror.currentStatus.failure == nil)
        #expect(await sink.written == 1)
        running.cancel()
        await running.value
    }
}
