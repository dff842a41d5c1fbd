import BINTransport
import BINWire
import NIOCore
import ServiceLifecycle

/// A socket that delivers packets: a TCP or TLS server, or a UDP socket.
protocol Listener: Service {
    var counters: TransportCounters { get }
    /// Where it listens, with the port that the system chose.
    var endpoint: BINEndpoint { get }
}

extension TCPServer: Listener {
    var endpoint: BINEndpoint { BINEndpoint(transport, localAddress) }
}

extension UDPTransport: Listener {
    var endpoint: BINEndpoint { BINEndpoint(.udp, localAddress) }
}

extension BINEndpoint {
    fileprivate init(_ transport: Transport, _ address: SocketAddress) {
        self.init(transport, host: address.ipAddress ?? "\(address)", port: address.port ?? 0)
    }
}
