#if TLS
    import BINTransport
    import BINWire
    import Logging
    import NIOCore
    import Testing

    @Suite(.timeLimit(.minutes(5))) struct TLSTests {
        private let anyPort = BINEndpoint(.bins, host: "127.0.0.1", port: 0)

        private func pin(_ text: String) throws -> TLSOptions.Verification {
            .pinned([try CertificateFingerprint(parsing: text)])
        }

        /// Runs a listener and a client with these options.
        private func withPair(
            _ server: TLSOptions, _ client: TLSOptions, logger: Logger = Logger(label: "test"),
            _ body: (TCPServer, TCPClient) async throws -> Void
        ) async throws {
            var serverConfiguration = TCPServer.Configuration()
            serverConfiguration.logger = logger
            serverConfiguration.tls = server
            let listener = try await TCPServer.bind(to: anyPort, configuration: serverConfiguration)
            var configuration = TCPClient.Configuration()
            configuration.tls = client
            configuration.backoff = Backoff(initial: .milliseconds(10), maximum: .milliseconds(50))
            configuration.drainTimeout = .milliseconds(200)
            let sender = try TCPClient(endpoint(listener.localAddress, .bins), configuration: configuration)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await listener.run() }
                group.addTask { try await sender.run() }
                try await body(listener, sender)
                sender.shutdown()
                listener.close()
                try await group.waitForAll()
            }
        }

        private let server = TLSOptions(
            certificateChain: Certificates.node, privateKey: Certificates.nodeKey, trustRoots: Certificates.authority)

        @Test func `mutual authentication`() async throws {
            let client = TLSOptions(
                certificateChain: Certificates.node, privateKey: Certificates.nodeKey,
                trustRoots: Certificates.authority, verification: .chainAndHost)
            try await withPair(server, client) { server, client in
                for sequence in Int32(0)..<2000 { try await client.send(packet(sequence: sequence)) }
                var batches = server.packets.makeAsyncIterator()
                let first = try #require(await batches.next())
                #expect(first.connection.transport == .bins)
                let rest = await receive(2000 - first.count, from: server.packets)
                #expect(rest.map(\.sequence) == Array(Int32(first.count)..<2000))
                try await first.connection.send(packet(sequence: 5))
                #expect(await receive(1, from: client.packets).map(\.sequence) == [5])
            }
        }

        @Test func `pinned certificates`() async throws {
            var serverOptions = server
            serverOptions.verification = try pin(Certificates.otherFingerprint)
            let client = TLSOptions(
                certificateChain: Certificates.other, privateKey: Certificates.otherKey,
                verification: try pin(Certificates.nodeFingerprint))
            try await withPair(serverOptions, client) { server, client in
                try await client.send(packet(sequence: 1))
                #expect(await receive(1, from: server.packets).map(\.sequence) == [1])
            }
        }

        @Test func `wrong and expired certificates are refused`() async throws {
            var expired = server
            expired.certificateChain = Certificates.expired
            expired.verification = .none
            var unknown = server
            unknown.certificateChain = Certificates.other
            unknown.privateKey = Certificates.otherKey
            unknown.verification = .none
            let client = TLSOptions(trustRoots: Certificates.authority)
            for options in [expired, unknown] {
                try await withPair(options, client) { server, client in
                    try await client.send(packet(sequence: 1))
                    #expect(await happens { client.counters.value(.connectionsClosed, reason: "tls") > 1 })
                    #expect(await happens { server.counters.value(.connectionsClosed, reason: "tls") > 1 })
                    #expect(server.counters.value(.packetsReceived) == 0)
                    #expect(client.writtenThrough == 0, "nothing was written to a stranger")
                }
            }
            var pinned = client
            pinned.verification = try pin(Certificates.otherFingerprint)
            var open = server
            open.verification = .none
            try await withPair(open, pinned) { server, client in
                try await client.send(packet(sequence: 1))
                #expect(await happens { client.counters.value(.connectionsClosed, reason: "tls") > 1 })
                #expect(server.counters.value(.packetsReceived) == 0)
            }
        }

        @Test(arguments: [(Certificates.expired, Certificates.nodeKey), (Certificates.other, Certificates.otherKey)])
        func `clients with a wrong or expired certificate are logged and counted, and others served`(
            certificate: TLSOptions.PEM, key: TLSOptions.PEM
        ) async throws {
            let lines = LogLines()
            let good = TLSOptions(
                certificateChain: Certificates.node, privateKey: Certificates.nodeKey,
                trustRoots: Certificates.authority)
            try await withPair(server, good, logger: lines.logger) { server, client in
                try await client.send(packet(sequence: 1))
                #expect(await receive(1, from: server.packets).map(\.sequence) == [1])
                var configuration = TCPClient.Configuration()
                configuration.tls = TLSOptions(
                    certificateChain: certificate, privateKey: key, trustRoots: Certificates.authority)
                configuration.backoff = Backoff(initial: .milliseconds(10), maximum: .milliseconds(50))
                let stranger = try TCPClient(endpoint(server.localAddress, .bins), configuration: configuration)
                let running = Task { try await stranger.run() }
                try await stranger.send(packet(sequence: 66))
                for round in Int32(2)..<5 {
                    #expect(await happens { server.counters.value(.connectionsClosed, reason: "tls") >= round })
                    try await client.send(packet(sequence: round))
                    #expect(await receive(1, from: server.packets).map(\.sequence) == [round])
                }
                #expect(lines.line(with: ["connection broke", "CERTIFICATE_VERIFY_FAILED", "peer=127.0.0.1"]) != nil)
                #expect(client.counters.value(.connectionsClosed) == 0)
                running.cancel()
                try await running.value
            }
        }

        @Test func `clients without a certificate are refused and others served`() async throws {
            let stranger = TLSOptions(trustRoots: Certificates.authority)
            try await withPair(server, stranger) { server, client in
                try await client.send(packet(sequence: 1))
                #expect(await happens { server.counters.value(.connectionsClosed, reason: "tls") > 0 })
                let plain = try await RawPeer(to: server.localAddress)
                try await plain.write(packet(sequence: 2))
                #expect(await plain.closed())
                #expect(server.counters.value(.packetsReceived) == 0)
                var options = stranger
                options.certificateChain = Certificates.node
                options.privateKey = Certificates.nodeKey
                var configuration = TCPClient.Configuration()
                configuration.tls = options
                let good = try TCPClient(endpoint(server.localAddress, .bins), configuration: configuration)
                let running = Task { try await good.run() }
                try await good.send(packet(sequence: 3))
                #expect(await receive(1, from: server.packets).map(\.sequence) == [3])
                running.cancel()
                try await running.value
            }
        }

        @Test func `unusable options are errors`() async throws {
            await #expect(throws: TransportError.self) { try await TCPServer.bind(to: anyPort) }
            #expect(throws: TransportError.self) { try TCPClient(anyPort) }
            #expect(throws: TransportError.self) { try CertificateFingerprint(parsing: "12:34") }
            var configuration = TCPServer.Configuration()
            configuration.tls = TLSOptions()
            await #expect(throws: TransportError.self) {
                try await TCPServer.bind(to: anyPort, configuration: configuration)
            }
        }

        @Test func `known digests`() throws {
            let empty = CertificateFingerprint(ofDER: [])
            #expect(empty.description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
            let million = CertificateFingerprint(ofDER: [UInt8](repeating: 0x61, count: 1_000_000))
            #expect(million.description == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        }
    }
#endif
