import Foundation

/// A connection that says what no decent peer says.
final class PlainSocket {
    private let descriptor: Int32

    init?(port: UInt16, sendsDatagrams: Bool = false) {
        #if canImport(Darwin)
            let kind = sendsDatagrams ? SOCK_DGRAM : SOCK_STREAM
        #else
            let kind = Int32((sendsDatagrams ? SOCK_DGRAM : SOCK_STREAM).rawValue)
        #endif
        descriptor = socket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard result == 0 else { return nil }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) { _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) } }
}
