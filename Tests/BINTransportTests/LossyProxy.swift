import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// Passes datagrams on, and while it is told to: loses a fifth, sends a tenth twice, and holds a fifth back so that others
/// overtake them.
final class LossyProxy: Sendable {
    struct Damage: Sendable {
        var seen = 0
        var lost = 0
        var doubled = 0
        var overtaken = 0
    }

    private let channel: any Channel
    private let handler: NIOLoopBound<Handler>

    init(to address: SocketAddress, seed: UInt64) async throws {
        channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Handler(target: address, random: SeededRandom(seed: seed)))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        handler = try await channel.eventLoop.submit { [channel] in
            NIOLoopBound(
                try channel.pipeline.syncOperations.handler(type: Handler.self), eventLoop: channel.eventLoop)
        }.get()
    }

    /// Where to send.
    var address: SocketAddress? { channel.localAddress }

    /// Waits until so many datagrams have come by; the sockets of the system hold only a few hundred.
    func hasSeen(_ count: Int) async throws -> Bool {
        await happens {
            let damage = try? await channel.eventLoop.submit { [handler] in handler.value.damage }.get()
            return (damage ?? nil)?.seen ?? 0 >= count
        }
    }

    /// Lets everything through from now on, what is held back first.
    /// - Returns: what was done until then.
    func stopDamaging() async throws -> Damage {
        try await channel.eventLoop.submit { [handler] in handler.value.stop() }.get()
    }

    func close() async throws { try await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>

        private let target: SocketAddress
        private var random: SeededRandom
        private(set) var damage: Damage? = Damage()
        private var heldBack: [(bytes: ByteBuffer, overtakers: Int)] = []
        private var context: ChannelHandlerContext?

        init(target: SocketAddress, random: SeededRandom) {
            self.target = target
            self.random = random
        }

        func handlerAdded(context: ChannelHandlerContext) { self.context = context }
        func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data).data
            guard damage != nil else { return pass(bytes) }
            damage?.seen += 1
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1: damage?.lost += 1
            case 2:
                damage?.doubled += 1
                pass(bytes)
                pass(bytes)
            case 3, 4: heldBack.append((bytes, Int.random(in: 1...20, using: &random)))
            default: pass(bytes)
            }
            for index in heldBack.indices { heldBack[index].overtakers -= 1 }
            for late in heldBack where late.overtakers <= 0 {
                damage?.overtaken += 1
                pass(late.bytes)
            }
            heldBack.removeAll { $0.overtakers <= 0 }
        }

        private func pass(_ bytes: ByteBuffer) {
            context?.writeAndFlush(wrapOutboundOut(AddressedEnvelope(remoteAddress: target, data: bytes)), promise: nil)
        }

        func stop() -> Damage {
            for late in heldBack { pass(late.bytes) }
            heldBack = []
            defer { damage = nil }
            return damage ?? Damage()
        }
    }
}
