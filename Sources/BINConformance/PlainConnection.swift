import BINWire
import NIOCore
import NIOPosix
import Synchronization

/// A connection to the target on which any bytes may be written, in any pieces.
///
/// `TCPClient` writes whole packets only and connects again by itself; what the runner tests is what happens otherwise.
final class PlainConnection: Sendable {
    private let channel: any Channel
    private let ended = Atomic(false)

    private init(channel: any Channel) { self.channel = channel }

    /// Connects.
    /// - Parameters:
    ///   - target: where to.
    ///   - host: the address to connect from.
    ///   - heard: what the target sends on this connection.
    static func open(
        to target: BINEndpoint, from host: String, heard: @escaping @Sendable ([UInt8], PacketHeader) -> Void
    ) async throws -> PlainConnection {
        let local = try SocketAddress(ipAddress: host, port: 0)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .bind(to: local)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PlainReader(heard: heard))
                }
            }
            .connect(host: target.host, port: target.port).get()
        let connection = PlainConnection(channel: channel)
        channel.closeFuture.whenComplete { _ in connection.ended.store(true, ordering: .relaxed) }
        return connection
    }

    /// Whether the target, or we, ended it.
    var isEnded: Bool { ended.load(ordering: .relaxed) }

    /// Writes bytes in one piece.
    func write(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(channel.allocator.buffer(bytes: bytes)).get()
    }

    /// Writes bytes in so many pieces, a little apart, so that each arrives by itself.
    func write(_ bytes: [UInt8], pieces: Int) async throws {
        let size = max(1, (bytes.count + pieces - 1) / pieces)
        for start in stride(from: 0, to: bytes.count, by: size) {
            try await write(Array(bytes[start..<min(bytes.count, start + size)]))
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Ends it.
    func close() async { try? await channel.close().get() }
}

/// Reads packets from a connection that we opened; whatever is none ends the reading, not the connection.
private final class PlainReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let heard: @Sendable ([UInt8], PacketHeader) -> Void
    private var splitter = StreamSplitter(framing: .v2_3)

    init(heard: @escaping @Sendable ([UInt8], PacketHeader) -> Void) { self.heard = heard }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        let bytes = buffer.readableBytesSpan
        var splitter = self.splitter
        defer { self.splitter = splitter }
        var position = 0
        do throws(WireError) {
            while let frame = try splitter.next(in: bytes, at: &position) {
                heard(splitter.bytes(of: frame, in: bytes).withUnsafeBytes { Array($0) }, frame.header)
            }
        } catch {}
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
