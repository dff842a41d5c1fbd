import NIOCore
import NIOPosix

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Why an attempt to connect or to listen failed, in the words of the system.
public struct SocketFailure: Hashable, Sendable, CustomStringConvertible {
    /// The reason, such as `connection refused`.
    public let description: String

    /// Finds the system's error in what the socket library threw.
    public init(_ error: any Error) {
        switch error {
        case let failure as NIOConnectionError:
            if let inner = failure.connectionErrors.first {
                description = SocketFailure(inner.error).description
            } else if failure.dnsAError != nil || failure.dnsAAAAError != nil {
                description = "the name '\(failure.host)' cannot be resolved"
            } else {
                description = "there is no address to connect to"
            }
        case let failure as IOError:
            // The C library returns text that is valid until its next call; it is copied at once.
            description = strerror(failure.errnoCode).map { String(cString: $0).lowercased() } ?? "\(failure)"
        case ChannelError.connectTimeout: description = "it took too long"
        default: description = "\(error)"
        }
    }
}
