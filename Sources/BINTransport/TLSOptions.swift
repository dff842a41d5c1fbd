#if TLS
    import NIOCore
    import NIOSSL

    /// Certificates for `bins:`. TLS 1.2 and later; no SNI unless the host's name is checked, and no ALPN, as OpenSIPS
    /// uses neither.
    public struct TLSOptions: Sendable {
        /// PEM text, or the path of a file that holds it.
        public enum PEM: Hashable, Sendable {
            case file(String)
            case text(String)
        }

        /// How the peer's certificate is checked. A listener that checks also demands one.
        public enum Verification: Hashable, Sendable {
            /// Not at all: a listener takes any client, a client any server.
            case none
            /// It must lead to a root that is trusted, and be valid now.
            case chain
            /// As ``chain``; a client also demands that it names the host of the endpoint.
            case chainAndHost
            /// It must be one of these certificates, by the SHA-256 of their DER form, whoever signed it and whatever its
            /// dates: what is pinned is trusted by itself.
            case pinned(Set<CertificateFingerprint>)
        }

        /// Our certificate, and behind it those up to the root. A listener needs one.
        public var certificateChain: PEM?
        /// Its private key.
        public var privateKey: PEM?
        /// The roots that are trusted; nil for those of the system.
        public var trustRoots: PEM?
        /// How the peer is checked.
        public var verification: Verification

        /// Options with a certificate of our own or, for a client, without.
        public init(
            certificateChain: PEM? = nil, privateKey: PEM? = nil, trustRoots: PEM? = nil,
            verification: Verification = .chain
        ) {
            self.certificateChain = certificateChain
            self.privateKey = privateKey
            self.trustRoots = trustRoots
            self.verification = verification
        }
    }

    /// The SHA-256 of a certificate in DER form.
    public struct CertificateFingerprint: Hashable, Sendable, CustomStringConvertible {
        /// 32 bytes.
        public let bytes: [UInt8]

        /// Reads 64 hexadecimal digits, with or without colons, as `openssl x509 -fingerprint -sha256` prints them.
        /// - Throws: ``TransportError/badCertificate(_:)``.
        public init(parsing text: String) throws {
            let digits = text.filter { $0 != ":" }.map(\.hexDigitValue)
            guard digits.count == 64, !digits.contains(nil) else {
                throw TransportError.badCertificate("'\(text)' is no SHA-256 fingerprint: write 64 hexadecimal digits")
            }
            let values = digits.compactMap { $0 }
            bytes = stride(from: 0, to: 64, by: 2).map { UInt8(values[$0] * 16 + values[$0 + 1]) }
        }

        /// The fingerprint of a certificate.
        public init(ofDER certificate: [UInt8]) { bytes = SHA256.digest(certificate) }

        /// Hexadecimal digits in lower case.
        public var description: String {
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    extension TLSOptions {
        func serverHandlers() throws -> @Sendable (any Channel) throws -> any ChannelHandler {
            guard certificateChain != nil, privateKey != nil else {
                throw TransportError.badCertificate("a listener needs a certificate and its private key")
            }
            let context = try makeContext()
            guard let check = pinCheck() else { return { _ in NIOSSLServerHandler(context: context) } }
            return { _ in NIOSSLServerHandler(context: context, customVerificationCallback: check) }
        }

        func clientHandlers(host: String) throws -> @Sendable (any Channel) throws -> any ChannelHandler {
            let context = try makeContext()
            let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
            let name = verification == .chainAndHost && !isAddress ? host : nil
            guard let check = pinCheck() else {
                return { _ in try NIOSSLClientHandler(context: context, serverHostname: name) }
            }
            return { _ in
                try NIOSSLClientHandler(context: context, serverHostname: name, customVerificationCallback: check)
            }
        }

        private func pinCheck() -> (
            @Sendable ([NIOSSLCertificate], EventLoopPromise<NIOSSLVerificationResult>) -> Void
        )? {
            guard case .pinned(let pins) = verification else { return nil }
            return { certificates, promise in
                let der = try? certificates.first?.toDERBytes()
                let isPinned = der.map { pins.contains(CertificateFingerprint(ofDER: $0)) } ?? false
                promise.succeed(isPinned ? .certificateVerified : .failed)
            }
        }

        private func makeContext() throws -> NIOSSLContext {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.shutdownTimeout = .seconds(1)
            do {
                if let certificateChain {
                    configuration.certificateChain = try certificateChain.certificates().map { .certificate($0) }
                }
                if let privateKey { configuration.privateKey = .privateKey(try privateKey.key()) }
                if let trustRoots { configuration.trustRoots = .certificates(try trustRoots.certificates()) }
                switch verification {
                case .none: configuration.certificateVerification = .none
                case .chainAndHost: configuration.certificateVerification = .fullVerification
                // With pins the check of the chain is replaced, but a certificate is still demanded.
                case .chain, .pinned: configuration.certificateVerification = .noHostnameVerification
                }
                return try NIOSSLContext(configuration: configuration)
            } catch {
                throw TransportError.badCertificate("the certificates cannot be used: \(error)")
            }
        }
    }

    extension TLSOptions.PEM {
        fileprivate func certificates() throws -> [NIOSSLCertificate] {
            switch self {
            case .file(let path): try NIOSSLCertificate.fromPEMFile(path)
            case .text(let text): try NIOSSLCertificate.fromPEMBytes(Array(text.utf8))
            }
        }

        fileprivate func key() throws -> NIOSSLPrivateKey {
            switch self {
            case .file(let path): try NIOSSLPrivateKey(file: path, format: .pem)
            case .text(let text): try NIOSSLPrivateKey(bytes: Array(text.utf8), format: .pem)
            }
        }
    }
#endif
