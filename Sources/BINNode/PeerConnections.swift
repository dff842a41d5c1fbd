public import BINCluster
import BINTransport
public import BINWire
import Logging
import NIOCore
import Synchronization

/// The listener of a node, and its connections to the others, each opened when something is first sent there.
///
/// As servers do, packets for a node go over a connection that was opened from here, from the address of the own listener;
/// the one that the peer opened is only read, except for answers (TR-3, TR-4 in Spec/framing.md).
final class PeerConnections: Sendable {
    private struct State {
        var clients: [NodeURL: TCPClient] = [:]
        var local: SocketAddress?
        var server: TCPServer?
        var closed = false
    }

    private let configuration: ClusterNode.Configuration
    private let framing: Framing
    private let inbox: PacketInbox
    private let state = Mutex(State())

    init(_ configuration: ClusterNode.Configuration, framing: Framing, inbox: PacketInbox) {
        self.configuration = configuration
        self.framing = framing
        self.inbox = inbox
    }

    /// Opens the listener.
    func listen() async throws -> TCPServer {
        let endpoint = configuration.listen ?? BINEndpoint(configuration.member.url)
        var server = TCPServer.Configuration()
        server.framing = framing
        server.limits = configuration.limits
        server.logger = configuration.logger
        #if TLS
            server.tls = configuration.tls
        #endif
        let listening = try await TCPServer.bind(to: endpoint, configuration: server, inbox: inbox)
        state.withLock { state in
            state.server = listening
            let isWildcard = ["0.0.0.0", "::"].contains(listening.localAddress.ipAddress)
            state.local =
                isWildcard
                ? nil
                : try? SocketAddress(
                    ipAddress: listening.localAddress.ipAddress ?? "", port: 0)
        }
        return listening
    }

    /// Queues a packet.
    /// - Returns: whether there was room.
    func offer(_ packet: [UInt8], to url: NodeURL, of node: Int32?, owner: ClusterNode) -> Bool {
        guard let client = client(to: url, of: node, owner) else { return false }
        return (try? client.offer(packet.span.bytes)) != nil
    }

    private func client(to url: NodeURL, of node: Int32?, _ owner: ClusterNode) -> TCPClient? {
        state.withLock { state in
            if state.closed { return nil }
            if let client = state.clients[url] { return client }
            guard let client = try? makeClient(url, from: state.local) else { return nil }
            state.clients[url] = client
            owner.start { [logger = configuration.logger] in
                await withDiscardingTaskGroup { group in
                    group.addTask { try? await client.run() }
                    group.addTask { await Self.watch(client, of: node, owner, logger) }
                }
            }
            return client
        }
    }

    private func makeClient(_ url: NodeURL, from local: SocketAddress?) throws -> TCPClient {
        var client = TCPClient.Configuration()
        client.framing = framing
        client.localAddress = local
        client.queuedBytes = configuration.queuedBytes
        // What the clusterer says is of the moment; when the connection is gone it has to be said anew.
        client.resendsUncertain = false
        client.keepsQueue = false
        client.backoff = Backoff(initial: .milliseconds(100), maximum: configuration.longestReconnect)
        client.drainTimeout = .milliseconds(200)
        client.limits = configuration.limits
        client.limits.idleTimeout = nil
        client.logger = configuration.logger
        #if TLS
            client.tls = configuration.tls
        #endif
        return try TCPClient(BINEndpoint(url), configuration: client, inbox: inbox)
    }

    private static func watch(_ client: TCPClient, of node: Int32?, _ owner: ClusterNode, _ logger: Logger) async {
        for await event in client.events {
            guard let node else { continue }
            switch event {
            case .connectFailed: await owner.connectionFailed(to: node)
            case .disconnected(let reason, _, _) where reason != .shutdown: await owner.connectionClosed(to: node)
            default: break
            }
        }
    }

    /// Ends all connections.
    func close() {
        let (clients, server) = state.withLock { state in
            state.closed = true
            return (Array(state.clients.values), state.server)
        }
        for client in clients { client.shutdown() }
        server?.close()
    }
}

extension BINEndpoint {
    /// The endpoint of a node.
    public init(_ url: NodeURL) {
        self.init(url.scheme == .bins ? .bins : .bin, host: url.host, port: Int(url.port))
    }
}
