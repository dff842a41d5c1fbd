import BINWire
import NIOCore

#if TLS
    import NIOSSL
#endif

/// What stands between the socket and the packets: nothing for `bin:`, TLS for `bins:`.
struct StreamSecurity: Sendable {
    #if TLS
        private let make: (@Sendable (any Channel) throws -> any ChannelHandler)?
    #endif

    init(server endpoint: BINEndpoint, _ configuration: TCPServer.Configuration) throws {
        #if TLS
            guard endpoint.transport == .bins else {
                make = nil
                return
            }
            guard let options = configuration.tls else { throw TransportError.tlsNotConfigured(endpoint) }
            make = try options.serverHandlers()
        #else
            if endpoint.transport == .bins { throw TransportError.tlsNotConfigured(endpoint) }
        #endif
    }

    init(client endpoint: BINEndpoint, _ configuration: TCPClient.Configuration) throws {
        #if TLS
            guard endpoint.transport == .bins else {
                make = nil
                return
            }
            guard let options = configuration.tls else { throw TransportError.tlsNotConfigured(endpoint) }
            make = try options.clientHandlers(host: endpoint.host)
        #else
            if endpoint.transport == .bins { throw TransportError.tlsNotConfigured(endpoint) }
        #endif
    }

    func addHandlers(to channel: any Channel, closing: CloseReasonBox) throws {
        #if TLS
            if let make {
                try channel.pipeline.syncOperations.addHandler(make(channel))
            }
        #endif
    }
}

extension CloseReason {
    /// What an error on a connection says about its end.
    init(error: any Error) {
        #if TLS
            switch error {
            case NIOSSLError.uncleanShutdown:
                // OpenSIPS says no goodbye; packets have lengths, so nothing can be cut off unnoticed.
                self = .peer
                return
            case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
                self = .tls
                return
            default: break
            }
        #endif
        self = .broken
    }
}
