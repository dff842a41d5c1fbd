import NIOCore
import NIOPosix
import Synchronization

/// A network between processes on this machine that can be parted and that loses packets.
///
/// Node i listens at `real`.i and says that it listens at `shown`.i, where this proxy does. What comes from `real`.i for `shown`.j goes from
/// `shown`.i to `real`.j, so that every node sees the others where they say they are.
final class LoopbackProxy: Sendable {
    /// What the network does to packets.
    struct Rules {
        /// The side of each node, by its number less 1; nodes of different sides do not reach each other. Empty: all do.
        var sides: [Int] = []
        /// The part of the datagrams that is lost.
        var loss = 0.0

        func isOpen(_ source: Int, _ destination: Int) -> Bool {
            sides.isEmpty || sides[source - 1] == sides[destination - 1]
        }
    }

    private struct State {
        var rules = Rules()
        var sockets: [Int: any Channel] = [:]
        var servers: [any Channel] = []
        var streams: [ObjectIdentifier: (channel: any Channel, source: Int, destination: Int)] = [:]
    }

    let real: String
    let shown: String
    let port: Int
    let count: Int
    private let state = Mutex(State())

    init(count: Int, real: String, shown: String, port: Int) {
        (self.count, self.real, self.shown, self.port) = (count, real, shown, port)
    }

    /// The number of the node at an address.
    private static func number(_ address: SocketAddress?) -> Int? {
        address?.ipAddress?.split(separator: ".").last.flatMap { Int($0) }
    }

    func start() async throws {
        for node in 1...count {
            let socket = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(DatagramRelay(proxy: self, node: node))
                    }
                }
                .bind(host: "\(shown).\(node)", port: port).get()
            let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.autoRead, value: false)
                .childChannelInitializer { [self] channel in accept(channel, for: node) }
                .bind(host: "\(shown).\(node)", port: port).get()
            state.withLock { state in
                state.sockets[node] = socket
                state.servers.append(server)
            }
        }
    }

    /// Changes what the network does. Streams that it parts break.
    func setRules(_ rules: Rules) {
        let broken = state.withLock { state in
            state.rules = rules
            return state.streams.values.filter { !rules.isOpen($0.source, $0.destination) }.map(\.channel)
        }
        for channel in broken { channel.close(promise: nil) }
    }

    func close() {
        let channels = state.withLock { $0.servers + Array($0.sockets.values) + $0.streams.values.map(\.channel) }
        for channel in channels { channel.close(promise: nil) }
    }

    /// Hands a datagram on, or loses it.
    fileprivate func relay(_ data: ByteBuffer, from source: SocketAddress, to destination: Int) {
        guard let source = Self.number(source), (1...count).contains(source) else { return }
        let (rules, socket) = state.withLock { ($0.rules, $0.sockets[source]) }
        guard let socket, rules.isOpen(source, destination), rules.loss == 0 || Double.random(in: 0..<1) >= rules.loss,
            let address = try? SocketAddress(ipAddress: "\(real).\(destination)", port: port)
        else { return }
        socket.writeAndFlush(AddressedEnvelope(remoteAddress: address, data: data), promise: nil)
    }

    /// Connects an accepted stream with the node that it is for.
    private func accept(_ channel: any Channel, for destination: Int) -> EventLoopFuture<Void> {
        guard let source = Self.number(channel.remoteAddress), (1...count).contains(source),
            state.withLock({ $0.rules.isOpen(source, destination) }),
            let local = try? SocketAddress(ipAddress: "\(shown).\(source)", port: 0)
        else { return channel.close() }
        let (near, far) = (StreamRelay(), StreamRelay())
        near.peer = far
        far.peer = near
        let bound = NIOLoopBound((near, far), eventLoop: channel.eventLoop)
        return ClientBootstrap(group: channel.eventLoop)
            .channelOption(.autoRead, value: false)
            .bind(to: local)
            .channelInitializer { out in
                out.eventLoop.makeCompletedFuture { try out.pipeline.syncOperations.addHandler(bound.value.1) }
            }
            .connect(host: "\(real).\(destination)", port: port)
            .flatMapThrowing { _ in
                try channel.pipeline.syncOperations.addHandler(bound.value.0)
                self.enter(channel, source, destination)
            }
            .flatMapError { _ in channel.close() }
    }

    private func enter(_ channel: any Channel, _ source: Int, _ destination: Int) {
        let id = ObjectIdentifier(channel)
        state.withLock { $0.streams[id] = (channel, source, destination) }
        channel.closeFuture.whenComplete { _ in self.state.withLock { $0.streams[id] = nil } }
    }
}

/// Takes the datagrams for one node.
private final class DatagramRelay: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    private let proxy: LoopbackProxy
    private let node: Int

    init(proxy: LoopbackProxy, node: Int) {
        self.proxy = proxy
        self.node = node
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        proxy.relay(envelope.data, from: envelope.remoteAddress, to: node)
    }

    // A node that was killed refuses; the socket serves the others on.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

/// One end of a stream whose bytes go to the other end. Both are on one event loop.
private final class StreamRelay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    var peer: StreamRelay?
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    // An accepted stream is registered once both ends stand; before that nothing would be read.
    func channelActive(context: ChannelHandlerContext) { context.read() }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        peer = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        peer?.context?.writeAndFlush(data, promise: nil)
        context.read()
    }

    func channelInactive(context: ChannelHandlerContext) { peer?.context?.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
