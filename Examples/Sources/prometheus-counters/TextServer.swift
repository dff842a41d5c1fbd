import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers `GET /metrics` on the loopback interface with what `text` gives, until the task is cancelled.
func serveText(on port: Int, _ text: @escaping @Sendable () -> String) async throws {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                try channel.pipeline.syncOperations.addHandler(TextHandler(text: text))
            }
        }
        .bind(host: "127.0.0.1", port: port).get()
    try await withTaskCancellationHandler {
        try await channel.closeFuture.get()
    } onCancel: {
        channel.close(promise: nil)
    }
}

private final class TextHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let text: @Sendable () -> String
    private var head: HTTPRequestHead?

    init(text: @escaping @Sendable () -> String) { self.text = text }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head else { return }
            let isFound = head.uri == "/metrics" && head.method == .GET
            let body = context.channel.allocator.buffer(string: isFound ? text() : "only GET /metrics\n")
            var headers = HTTPHeaders([("content-type", "text/plain; version=0.0.4; charset=utf-8")])
            headers.add(name: "content-length", value: "\(body.readableBytes)")
            let response = HTTPResponseHead(version: head.version, status: isFound ? .ok : .notFound, headers: headers)
            context.write(wrapOutboundOut(.head(response)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
