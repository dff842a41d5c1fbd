import BINCluster
import BINTransport
import BINWire
import NIOCore
import Synchronization

/// The listener of a node, and its streams to others: opened when something is too large for a datagram, and closed when nothing was
/// sent for a while, so that a cluster of thousands keeps few connections.
final class GossipStreams: Sendable {
    private struct Stream {
        var client: TCPClient
        var lastUse: ContinuousClock.Instant
    }

    private struct State {
        var streams: [NodeURL: Stream] = [:]
        var local: SocketAddress?
        var closed = false
    }

    /// A stream on which nothing was sent for so long is closed.
    private static let idleTime: Duration = .seconds(10)
    private let configuration: GossipNode.Configuration
    private let inbox: PacketInbox
    private let state = Mutex(State())

    init(_ configuration: GossipNode.Configuration, inbox: PacketInbox) {
        self.configuration = configuration
        self.inbox = inbox
    }

    /// Opens the listener.
    func listen(on host: String) async throws -> TCPServer {
        let url = configuration.member.url
        var server = TCPServer.Configuration()
        server.limits = configuration.limits
        server.logger = configuration.logger
        #if TLS
            server.tls = configuration.tls
        #endif
        let endpoint = BINEndpoint(url.scheme == .bins ? .bins : .bin, host: host, port: Int(url.port))
        let listening = try await TCPServer.bind(to: endpoint, configuration: server, inbox: inbox)
        send(from: listening.localAddress.ipAddress ?? "")
        return listening
    }

    /// Sends from an address: peers check where a packet comes from. From a wildcard or a name the system chooses.
    func send(from address: String) {
        state.withLock { state in
            state.local = ["0.0.0.0", "::"].contains(address) ? nil : try? SocketAddress(ipAddress: address, port: 0)
        }
    }

    /// Queues a packet for a node. One that finds no room is given up, as if it had been lost.
    func offer(_ packet: [UInt8], to url: NodeURL, owner: GossipNode) {
        guard let client = client(to: url, owner) else { return }
        _ = try? client.offer(packet.span.bytes)
    }

    private func client(to url: NodeURL, _ owner: GossipNode) -> TCPClient? {
        state.withLock { state in
            if state.closed { return nil }
            if state.streams[url] != nil {
                state.streams[url]?.lastUse = .now
                return state.streams[url]?.client
            }
            guard state.streams.count < configuration.streams, let client = try? makeClient(url, from: state.local)
            else { return nil }
            state.streams[url] = Stream(client: client, lastUse: .now)
            owner.start { try? await client.run() }
            return client
        }
    }

    private func makeClient(_ url: NodeURL, from local: SocketAddress?) throws -> TCPClient {
        var client = TCPClient.Configuration()
        client.localAddress = local
        client.queuedBytes = 2 << 20
        // What waits for a node that is not there is old when it comes back.
        client.resendsUncertain = false
        client.keepsQueue = false
        client.backoff = Backoff(initial: .milliseconds(500), maximum: .seconds(5))
        client.connectTimeout = .seconds(3)
        client.writeTimeout = .seconds(10)
        client.drainTimeout = .milliseconds(500)
        client.limits = configuration.limits
        client.limits.idleTimeout = nil
        client.logger = configuration.logger
        #if TLS
            client.tls = configuration.tls
        #endif
        return try TCPClient(BINEndpoint(url), configuration: client, inbox: inbox)
    }

    /// Closes what was not used for a while.
    func closeIdle() {
        let idle = state.withLock { state in
            let now = ContinuousClock.now
            let idle = state.streams.filter { now - $0.value.lastUse > Self.idleTime }
            for url in idle.keys { state.streams[url] = nil }
            return idle.values.map(\.client)
        }
        for client in idle { client.shutdown() }
    }

    /// Closes all, once what waits was sent.
    func close() {
        let clients = state.withLock { state in
            state.closed = true
            defer { state.streams = [:] }
            return state.streams.values.map(\.client)
        }
        for client in clients { client.shutdown() }
    }
}
