import ArgumentParser
import BINNode
import BINTransport
import BINWire

/// Certificates for `bins:` (`tls:`).
struct TLSArguments: ParsableArguments {
    @Option(help: "PEM file with our certificate, and behind it those up to the root.")
    var certificate: String?

    @Option(help: "PEM file with the private key of our certificate.")
    var key: String?

    @Option(help: "PEM file with the roots that are trusted; without it those of the system.")
    var trust: String?

    @Option(help: "SHA-256 of a peer's certificate in hexadecimal: only such peers are accepted; may be repeated.")
    var pin: [String] = []

    @Flag(help: "Do not check the certificate of the peer.")
    var insecure = false

    func validate() throws {
        if (certificate == nil) != (key == nil) { throw ValidationError("--certificate and --key go together") }
        if insecure, !pin.isEmpty || trust != nil {
            throw ValidationError("--insecure checks nothing; --pin and --trust do not go with it")
        }
        #if TLS
            do { for pin in pin { _ = try CertificateFingerprint(parsing: pin) } } catch {
                throw ValidationError("\(error)")
            }
        #endif
    }

    /// Fails when TLS is wanted and this build has none, or when a listener has no certificate.
    func check(_ endpoints: [BINEndpoint], listening: Bool) throws {
        guard endpoints.contains(where: { $0.transport == .bins }) else { return }
        #if TLS
            if listening, certificate == nil { throw ValidationError("a TLS listener needs --certificate and --key") }
        #else
            throw ValidationError("this build has no TLS: build it with --traits TLS")
        #endif
    }

    /// Adds the certificates to what a client is told.
    func apply(to configuration: inout TCPClient.Configuration) throws {
        #if TLS
            configuration.tls = try options()
        #endif
    }

    /// Adds the certificates to what a node of a cluster is told.
    func apply(to configuration: inout ClusterNode.Configuration) throws {
        #if TLS
            if certificate != nil || trust != nil || insecure || !pin.isEmpty { configuration.tls = try options() }
        #endif
    }

    /// Adds the certificates to what a member of the gossip is told.
    func apply(to configuration: inout GossipNode.Configuration) throws {
        #if TLS
            if certificate != nil || trust != nil || insecure || !pin.isEmpty { configuration.tls = try options() }
        #endif
    }

    /// Adds the certificates to what a listener is told.
    func apply(to configuration: inout TCPServer.Configuration) throws {
        #if TLS
            if certificate != nil { configuration.tls = try options() }
        #endif
    }

    #if TLS
        private func options() throws -> TLSOptions {
            var verification = TLSOptions.Verification.chain
            if insecure { verification = .none }
            if !pin.isEmpty {
                verification = .pinned(Set(try pin.map { try CertificateFingerprint(parsing: $0) }))
            }
            return TLSOptions(
                certificateChain: certificate.map { .file($0) }, privateKey: key.map { .file($0) },
                trustRoots: trust.map { .file($0) }, verification: verification)
        }
    #endif
}
