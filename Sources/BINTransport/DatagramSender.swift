import BINWire
import NIOCore
import Synchronization

/// Writes datagrams, bounded by what the system has not taken yet.
final class DatagramSender: Sendable {
    private let framing: Framing
    private let maximum: Int
    private let unsentBytes: Int
    private let counters: TransportCounters
    private let channel = Mutex<(any Channel)?>(nil)
    private let pending = Atomic<Int>(0)

    init(_ configuration: UDPTransport.Configuration, counters: TransportCounters) {
        framing = configuration.framing
        maximum = Swift.min(configuration.maximumDatagram, Framing.maximumDatagram)
        unsentBytes = configuration.unsentBytes
        self.counters = counters
    }

    func attach(_ channel: any Channel) { self.channel.withLock { $0 = channel } }

    func send(_ packets: [[UInt8]], to peer: SocketAddress) async throws(SendError) {
        var count = 0
        for packet in packets {
            try PacketCheck.datagram(packet, framing: framing, maximum: maximum)
            count += packet.count
        }
        guard let last = packets.last else { return }
        guard let channel = channel.withLock({ $0 }) else { throw .closed }
        guard pending.wrappingAdd(count, ordering: .relaxed).newValue <= unsentBytes else {
            pending.wrappingSubtract(count, ordering: .relaxed)
            throw .queueFull
        }
        defer { pending.wrappingSubtract(count, ordering: .relaxed) }
        do {
            let writing = channel.eventLoop.submit {
                var results: [EventLoopFuture<Void>] = []
                for packet in packets.dropLast() {
                    results.append(channel.write(Self.envelope(packet, peer, channel)))
                }
                results.append(channel.writeAndFlush(Self.envelope(last, peer, channel)))
                return EventLoopFuture.andAllSucceed(results, on: channel.eventLoop)
            }
            try await writing.flatMap { $0 }.get()
        } catch ChannelError.ioOnClosedChannel {
            throw .closed
        } catch ChannelError.alreadyClosed {
            throw .closed
        } catch {
            throw .failed("\(error)")
        }
        counters.add(.packetsSent, packets.count)
        counters.add(.bytesSent, count)
    }

    private static func envelope(
        _ packet: [UInt8], _ peer: SocketAddress, _ channel: any Channel
    ) -> AddressedEnvelope<ByteBuffer> {
        AddressedEnvelope(remoteAddress: peer, data: channel.allocator.buffer(bytes: packet))
    }
}
