import BINTransport
import BINWire
import Logging
import Synchronization

/// Sends packets over one TCP or TLS connection.
final class StreamOutlet: PacketOutlet {
    let framing: Framing
    private let options: DeliveryOptions
    private let client: TCPClient
    private let outcome = Mutex(DeliveryOutcome())
    private let hasGivenUp = Atomic<Bool>(false)

    init(_ options: DeliveryOptions, framing: Framing) throws {
        self.framing = framing
        self.options = options
        var configuration = TCPClient.Configuration()
        configuration.framing = framing
        configuration.localAddress = options.source
        configuration.drainTimeout = options.drainTimeout
        configuration.logger = options.logger
        try options.certificates.apply(to: &configuration)
        client = try TCPClient(options.target, configuration: configuration)
    }

    func run(_ body: @escaping @Sendable (any PacketOutlet) async throws -> Void) async throws -> DeliveryOutcome {
        // A connection that was never made would be given up with all that waits for it.
        let (decided, decision) = AsyncStream.makeStream(of: Never.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.client.run() }
            group.addTask {
                // What the peer sends is not looked at, but it must not fill up.
                for await _ in self.client.packets {}
            }
            group.addTask { await self.watch(decision) }
            group.addTask {
                do { try await body(self) } catch is SendError {
                    // The outcome tells why.
                } catch {
                    self.client.shutdown()
                    throw error
                }
                for await _ in decided {}
                await self.settle()
                self.client.shutdown()
            }
            while try await group.next() != nil {}
        }
        return outcome.withLock { outcome in
            outcome.sent = client.counters.value(.packetsSent)
            return outcome
        }
    }

    /// Notes losses, and gives up when no connection comes about in time; ends `decision` when one stands or none will.
    private func watch(_ decision: AsyncStream<Never>.Continuation) async {
        defer { decision.finish() }
        let deadline = ContinuousClock.now + options.connectTimeout
        var wasConnected = false
        for await event in client.events {
            switch event {
            case .connected:
                wasConnected = true
                decision.finish()
            case .connectFailed(let reason, let retryIn):
                guard !wasConnected, ContinuousClock.now + retryIn >= deadline || Interruption.isRequested else {
                    continue
                }
                outcome.withLock { $0.reason = $0.reason ?? "cannot connect to \(options.target): \(reason)" }
                hasGivenUp.store(true, ordering: .relaxed)
                client.shutdown()
            case .lost(let range, let reason):
                outcome.withLock {
                    $0.lost += range.count
                    $0.reason =
                        $0.reason
                        ?? "the connection to \(options.target) ended before they were sent (\(reason.rawValue))"
                }
            case .disconnected(let reason, _, _):
                switch reason {
                case .shutdown: break
                case .tls, .broken, .framing, .writeTimeout:
                    outcome.withLock {
                        $0.reason =
                            $0.reason
                            ?? "the connection to \(options.target) broke (\(reason.rawValue)): packets may be lost"
                    }
                    // A certificate that is refused once is refused again; any other connection is made anew.
                    if reason == .tls {
                        hasGivenUp.store(true, ordering: .relaxed)
                        client.shutdown()
                    }
                case .peer, .idle, .incompletePacket:
                    options.logger.notice("the connection ended", metadata: ["reason": "\(reason.rawValue)"])
                }
            case .confirmationWanted: break
            }
        }
    }

    /// Waits until the system has taken everything, and a moment longer: a peer that refuses us says so only then, as with TLS
    /// when it does not like our certificate.
    private func settle() async {
        let limit = ContinuousClock.now + options.drainTimeout
        while client.queued.packets > 0, ContinuousClock.now < limit, !hasGivenUp.load(ordering: .relaxed) {
            try? await Task.sleep(for: .milliseconds(5))
        }
        for _ in 0..<20 where !hasGivenUp.load(ordering: .relaxed) { try? await Task.sleep(for: .milliseconds(10)) }
    }

    nonisolated(nonsending) func send(_ packet: [UInt8]) async throws(SendError) { try await client.send(packet) }
}
