import BINTransport
import BINWire
import Logging
import NIOCore
import Synchronization

/// Where packets go: one connection, or datagrams to one address. Opened with the framing of the first packet.
final class PacketOutlet: Sendable {
    /// How to connect.
    struct Options: Sendable {
        var target: BINEndpoint
        /// The address to send from; nil for any.
        var source: SocketAddress?
        /// How long the first connection may take.
        var connectTimeout: Duration = .seconds(10)
        /// How long the peer may take nothing at the end.
        var drainTimeout: Duration = .seconds(30)
        var logger: Logger
        /// Adds the certificates, for `bins:`.
        var configure: @Sendable (inout TCPClient.Configuration) throws -> Void
    }

    /// Why nothing can be sent.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What became of the packets.
    struct Outcome: Sendable {
        var sent = 0
        var lost = 0
        /// Why packets were lost, or nothing could be sent at all.
        var reason: String?
    }

    private enum Way {
        case stream(TCPClient)
        case datagrams(UDPTransport, to: SocketAddress)
    }

    let framing: Framing
    private let options: Options
    private let way: Way
    private let outcome = Mutex(Outcome())

    private init(framing: Framing, options: Options, way: Way) {
        self.framing = framing
        self.options = options
        self.way = way
    }

    /// Prepares the way for packets of one framing; a connection is made by ``run()``.
    static func open(_ options: Options, framing: Framing) async throws(Failure) -> PacketOutlet {
        do {
            if options.target.transport == .udp {
                let peer = try SocketAddress.makeAddressResolvingHost(options.target.host, port: options.target.port)
                var configuration = UDPTransport.Configuration()
                configuration.framing = framing
                configuration.logger = options.logger
                let host = options.source?.ipAddress ?? (peer.protocol == .inet6 ? "::" : "0.0.0.0")
                let socket = try await UDPTransport.bind(
                    to: BINEndpoint(.udp, host: host, port: options.source?.port ?? 0), configuration: configuration)
                return PacketOutlet(framing: framing, options: options, way: .datagrams(socket, to: peer))
            }
            var configuration = TCPClient.Configuration()
            configuration.framing = framing
            configuration.localAddress = options.source
            configuration.drainTimeout = options.drainTimeout
            configuration.logger = options.logger
            try options.configure(&configuration)
            let client = try TCPClient(options.target, configuration: configuration)
            return PacketOutlet(framing: framing, options: options, way: .stream(client))
        } catch {
            throw Failure(description: "cannot send to \(options.target): \(SocketFailure(error))")
        }
    }

    /// Sends what `body` hands over, and waits until the system has taken it.
    ///
    /// `body` may be cancelled when nothing can be sent any more.
    func run(_ body: @escaping @Sendable (PacketOutlet) async throws -> Void) async throws -> Outcome {
        switch way {
        case .stream(let client): try await run(client, body)
        case .datagrams(let socket, _):
            defer { socket.close() }
            try await body(self)
        }
        return outcome.withLock { $0 }
    }

    private func run(_ client: TCPClient, _ body: @escaping @Sendable (PacketOutlet) async throws -> Void) async throws
    {
        // A connection that was never made would be given up with all that waits for it.
        let (decided, decision) = AsyncStream.makeStream(of: Never.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            group.addTask {
                // What the peer sends is not looked at, but it must not fill up.
                for await _ in client.packets {}
            }
            group.addTask { [self] in await watch(client, decision) }
            group.addTask { [self] in
                do { try await body(self) } catch is SendError {
                    // The outcome tells why.
                } catch {
                    client.shutdown()
                    throw error
                }
                for await _ in decided {}
                client.shutdown()
            }
            try await group.waitForAll()
        }
        outcome.withLock { $0.sent = client.counters.value(.packetsSent) }
    }

    /// Notes losses, and gives up when no connection comes about in time; ends `decision` when one stands or none will.
    private func watch(_ client: TCPClient, _ decision: AsyncStream<Never>.Continuation) async {
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
                client.shutdown()
            case .lost(let range, let reason):
                outcome.withLock {
                    $0.lost += range.count
                    $0.reason =
                        $0.reason
                        ?? "the connection to \(options.target) ended before they were sent (\(reason.rawValue))"
                }
            case .disconnected(let reason, _, _):
                if reason != .shutdown {
                    options.logger.notice("the connection ended", metadata: ["reason": "\(reason.rawValue)"])
                }
            case .confirmationWanted: break
            }
        }
    }

    /// Sends one packet, waiting for room.
    /// - Throws: ``SendError``; the packet was not taken.
    nonisolated(nonsending) func send(_ packet: [UInt8]) async throws(SendError) {
        switch way {
        case .stream(let client): try await client.send(packet)
        case .datagrams(let socket, let peer):
            try await socket.send(packet, to: peer)
            outcome.withLock { $0.sent += 1 }
        }
    }
}
