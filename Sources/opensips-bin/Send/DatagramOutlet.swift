import BINText
import BINTransport
import BINWire
import NIOCore
import Synchronization

/// Sends each packet as a datagram.
final class DatagramOutlet: PacketOutlet {
    let framing: Framing
    private let socket: UDPTransport
    private let peer: SocketAddress
    private let sent = Atomic<Int>(0)

    init(_ options: DeliveryOptions, framing: Framing) async throws {
        self.framing = framing
        peer = try SocketAddress.makeAddressResolvingHost(options.target.host, port: options.target.port)
        var configuration = UDPTransport.Configuration()
        configuration.framing = framing
        configuration.logger = options.logger
        let host = options.source?.ipAddress ?? (peer.protocol == .inet6 ? "::" : "0.0.0.0")
        socket = try await UDPTransport.bind(
            to: BINEndpoint(.udp, host: host, port: options.source?.port ?? 0), configuration: configuration)
    }

    func run(_ body: @escaping @Sendable (any PacketOutlet) async throws -> Void) async throws -> DeliveryOutcome {
        defer { socket.close() }
        try await body(self)
        return DeliveryOutcome(sent: sent.load(ordering: .relaxed))
    }

    nonisolated(nonsending) func send(_ packet: [UInt8]) async throws(SendError) {
        try await socket.send(packet, to: peer)
        sent.wrappingAdd(1, ordering: .relaxed)
    }
}
