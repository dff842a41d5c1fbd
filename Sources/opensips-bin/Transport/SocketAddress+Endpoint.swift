import BINCapture
import BINText
import NIOCore

extension Endpoint {
    /// The address of a socket; 0.0.0.0:0 for one that is neither IPv4 nor IPv6.
    init(_ address: SocketAddress) {
        let port = UInt16(clamping: address.port ?? 0)
        guard let text = address.ipAddress else {
            self.init(IPAddress(ipv4: 0), port: port)
            return
        }
        let bracketed = text.contains(":") ? "[\(text.prefix { $0 != "%" })]:\(port)" : "\(text):\(port)"
        self = Endpoint(bracketed) ?? Endpoint(IPAddress(ipv4: 0), port: port)
    }
}
