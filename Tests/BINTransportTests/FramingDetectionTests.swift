import BINTransport
import BINWire
import NIOCore
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct FramingDetectionTests {
    private var detecting: TCPServer.Configuration {
        var configuration = TCPServer.Configuration()
        configuration.detectsFraming = true
        // A byte at a time takes as long as the machine is busy.
        configuration.limits.packetTimeout = .seconds(60)
        return configuration
    }

    @Test(arguments: [Framing.v2_2, .v2_3], [1, 7, 5000])
    func `a server finds the framing of each connection, however it is fragmented`(
        framing: Framing, pieceSize: Int
    ) async throws {
        let stream = (0..<20).flatMap { packet(sequence: $0, length: 60 + Int($0), framing: framing) }
        try await withServer(detecting) { server in
            let peer = try await RawPeer(to: server.localAddress)
            async let received = receive(20, from: server.packets)
            var position = 0
            while position < stream.count {
                let end = min(stream.count, position + pieceSize)
                try await peer.write(stream[position..<end])
                position = end
            }
            #expect(await received.map(\.sequence) == Array(0..<20))
            peer.close()
        }
    }

    @Test func `connections of two generations are served at once`() async throws {
        try await withServer(detecting) { server in
            for (number, framing) in [Framing.v2_2, .v2_3, .v2_2].enumerated() {
                let peer = try await RawPeer(to: server.localAddress)
                try await peer.write(packet(sequence: Int32(number), framing: framing))
                var batches = server.packets.makeAsyncIterator()
                let batch = try #require(await batches.next())
                #expect(batch.header(at: 0).framing == framing)
                peer.close()
            }
        }
    }

    @Test(arguments: [
        (Array("GET / HTTP/1.1\r\n".utf8), "bad_magic"), (Array("P4".utf8) + [0], "bad_magic"),
        (Array("P4CK".utf8) + [UInt8](repeating: 0xFF, count: 24), "packet_too_long"),
    ])
    func `what is no BIN is refused as it would be in a known framing`(bytes: [UInt8], reason: String) async throws {
        try await withServer(detecting) { server in
            let bad = try await RawPeer(to: server.localAddress)
            try await bad.write(bytes)
            #expect(await bad.closed())
            #expect(server.counters.value(.packetsRefused, reason: reason) == 1)
        }
    }

    @Test func `a beginning that tells nothing ends with the packet time-out`() async throws {
        var configuration = detecting
        configuration.limits.packetTimeout = .milliseconds(50)
        try await withServer(configuration) { server in
            let bad = try await RawPeer(to: server.localAddress)
            try await bad.write(Array("P4CK".utf8))
            #expect(await bad.closed())
            #expect(await happens { server.counters.value(.connectionsClosed, reason: "incomplete_packet") == 1 })
        }
    }

    @Test func `a socket finds the framing of each datagram`() async throws {
        let anywhere = BINEndpoint(.udp, host: "127.0.0.1", port: 0)
        var configuration = UDPTransport.Configuration()
        configuration.detectsFraming = true
        let receiver = try await UDPTransport.bind(to: anywhere, configuration: configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await receiver.run() }
            for framing in [Framing.v2_1, .v2_3, .v2_1] {
                var sending = UDPTransport.Configuration()
                sending.framing = framing
                let sender = try await UDPTransport.bind(to: anywhere, configuration: sending)
                try await sender.send(packet(sequence: 5, framing: framing), to: receiver.localAddress)
                var batches = receiver.packets.makeAsyncIterator()
                let batch = try #require(await batches.next())
                #expect(batch.header(at: 0).framing == framing)
                sender.close()
            }
            receiver.close()
            try await group.waitForAll()
        }
    }
}
