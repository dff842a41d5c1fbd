import BINCluster
import BINTransport
import BINWire
import Logging
import NIOCore

/// Where packets go: a connection, datagrams to one address, or as a member of a cluster to one of its nodes.
protocol PacketOutlet: Sendable {
    /// The framing of the packets that it takes.
    var framing: Framing { get }

    /// Sends what `body` hands over, waits until it was taken, and says what became of it.
    func run(_ body: @escaping @Sendable (any PacketOutlet) async throws -> Void) async throws -> DeliveryOutcome

    /// Sends one packet, waiting for room.
    /// - Throws: `SendError`; the packet was not taken.
    nonisolated(nonsending) func send(_ packet: [UInt8]) async throws(SendError)
}

/// What became of packets.
struct DeliveryOutcome: Sendable {
    var sent = 0
    var lost = 0
    /// Why packets were lost, or nothing could be sent at all.
    var reason: String?
}

/// How packets are to be sent.
struct DeliveryOptions: Sendable {
    var target: BINEndpoint
    /// The address to send from; nil for any.
    var source: SocketAddress?
    /// Who we are in the cluster of the target; nil to connect without being a member.
    var member: MemberConfiguration?
    /// As a member: packets beyond the last one that was confirmed.
    var window = 200
    /// How long the first connection may take.
    var connectTimeout: Duration
    /// How long the peer may take nothing at the end.
    var drainTimeout: Duration = .seconds(30)
    var logger: Logger
    var certificates: TLSArguments

    /// The way for packets of one framing.
    func outlet(framing: Framing) async throws(DeliveryFailure) -> any PacketOutlet {
        do {
            if let member { return try MemberOutlet(self, member, framing: framing) }
            if target.transport == .udp { return try await DatagramOutlet(self, framing: framing) }
            return try StreamOutlet(self, framing: framing)
        } catch let failure as DeliveryFailure {
            throw failure
        } catch {
            throw DeliveryFailure(description: "cannot send to \(target): \(SocketFailure(error))")
        }
    }
}

/// Why nothing can be sent.
struct DeliveryFailure: Error, CustomStringConvertible {
    let description: String
}
