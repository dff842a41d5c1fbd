public import BINWire
public import NIOCore
import Synchronization

/// The connection, or for UDP the peer, that packets came from: its addresses, and the way to answer on it.
public final class PacketConnection: Sendable {
    /// Unique in this process.
    public let id: UInt64
    /// The transport.
    public let transport: BINEndpoint.Transport
    /// The peer's address; its port is not that of the peer's listener unless we opened the connection.
    public let remoteAddress: SocketAddress
    /// Our own address on this connection.
    public let localAddress: SocketAddress
    /// Under which id the inbox counts its unread bytes: all peers of a UDP socket share one.
    let accountID: UInt64
    private let answer: @Sendable ([UInt8]) async throws(SendError) -> Void
    private let shut: @Sendable () -> Void

    private static let lastID = Atomic<UInt64>(0)

    init(
        transport: BINEndpoint.Transport, remote: SocketAddress, local: SocketAddress, accountID: UInt64? = nil,
        answer: @escaping @Sendable ([UInt8]) async throws(SendError) -> Void,
        close: @escaping @Sendable () -> Void = {}
    ) {
        self.id = Self.lastID.wrappingAdd(1, ordering: .relaxed).newValue
        self.accountID = accountID ?? id
        self.transport = transport
        self.remoteAddress = remote
        self.localAddress = local
        self.answer = answer
        self.shut = close
    }

    /// The peer as log lines name it.
    public var peer: String { remoteAddress.logName }

    /// Answers on this connection with one packet.
    ///
    /// On a connection that a peer opened it returns at once: the packet waits until the peer takes it, and a peer that
    /// takes nothing holds nobody up. On one that we opened it returns when the packet stands in the queue of its
    /// ``TCPClient``; for UDP, when the operating system took it.
    /// - Throws: ``SendError``; on a connection that a peer opened ``SendError/queueFull`` when more than
    ///   ``TransportLimits/unsentBytes`` would wait.
    public func send(_ packet: [UInt8]) async throws(SendError) {
        try await answer(packet)
    }

    /// Closes the connection; of a client, until it reconnects. Does nothing for UDP.
    public func close() { shut() }
}

/// Why a packet was not taken or not sent.
public enum SendError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is longer than the transport or the receiver takes.
    case tooLong(length: Int, maximum: Int)
    /// It is not exactly one packet of the framing of this connection.
    case refused(WireError)
    /// The queue is full, and the caller did not want to wait.
    case queueFull
    /// The connection was shut down.
    case closed
    /// The task of the caller was cancelled while it waited; the packet was not queued.
    case cancelled
    /// The operating system refused it.
    case failed(String)

    public var description: String {
        switch self {
        case .tooLong(let length, let maximum): "the packet has \(length) bytes, \(maximum) are possible"
        case .refused(let error): "not one whole packet: \(error)"
        case .queueFull: "the queue is full"
        case .closed: "the connection is shut down"
        case .cancelled: "cancelled while waiting for room"
        case .failed(let reason): "sending failed: \(reason)"
        }
    }
}

extension SocketAddress {
    /// `address:port`, with brackets around IPv6.
    package var logName: String {
        guard let address = ipAddress else { return description }
        return address.contains(":") ? "[\(address)]:\(port ?? 0)" : "\(address):\(port ?? 0)"
    }

    /// The address without its port, as limits count it.
    var limitKey: String { ipAddress ?? description }
}
