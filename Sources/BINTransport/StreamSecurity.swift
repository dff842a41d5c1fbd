import NIOCore

#if TLS
    import NIOSSL
#endif

/// What stands between the socket and the packets: nothing for `bin:`, TLS for `bins:`.
struct StreamSecurity: Sendable {
    #if TLS
        private let make: (@Sendable (any Channel) throws -> [any ChannelHandler & SendableMetatype])?
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
                for handler in try make(channel) { try channel.pipeline.syncOperations.addHandler(handler) }
            }
        #endif
    }
}
