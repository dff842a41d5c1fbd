import BINTransport
import BINWire
import NIOCore
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct TCPServerTests {
    @Test func `any fragmentation`() async throws {
        let stream = (0..<200).flatMap { packet(sequence: $0, length: 40 + Int($0) * 7) }
        try await withServer { server in
            for seed in 1...4 {
                var random = SeededRandom(seed: UInt64(seed))
                let peer = try await RawPeer(to: server.localAddress)
                async let received = receive(200, from: server.packets)
                var position = 0
                while position < stream.count {
                    let end = min(stream.count, position + Int.random(in: 1...(seed == 1 ? 400 : 9000), using: &random))
                    try await peer.write(stream[position..<end])
                    position = end
                }
                #expect(await received.map(\.sequence) == Array(0..<200))
                peer.close()
            }
        }
    }

    @Test func `answers on the connection`() async throws {
        try await withServer { server in
            try await withClient(to: endpoint(server.localAddress)) { client in
                try await client.send(packet(sequence: 7))
                var batches = server.packets.makeAsyncIterator()
                let batch = try #require(await batches.next())
                #expect(batch.connection.remoteAddress.ipAddress == "127.0.0.1")
                #expect(batch.header(at: 0).type == 3)
                try await batch.connection.send(batch.bytes(at: 0))
                #expect(await receive(1, from: client.packets).first?.sequence == 7)
                await #expect(throws: SendError.refused(WireError(.badMagic, at: 0))) {
                    try await batch.connection.send([UInt8](repeating: 0, count: 20))
                }
            }
        }
    }

    @Test(arguments: [
        (Array("GET / HTTP/1.1\r\n\r\n".utf8), "bad_magic"),
        ([0x50, 0x34, 0x43, 0x4b, 0, 0, 0, 0], "packet_too_short"),
        ([0x50, 0x34, 0x43, 0x4b, 0xff, 0xff, 0xff, 0xff], "packet_too_long"),
        ([0x50, 0x34, 0x43, 0x4b, 0, 0, 1, 0], "packet_too_long"),
    ])
    func framingErrorClosesThatConnectionOnly(bytes: [UInt8], reason: String) async throws {
        try await withServer { server in
            let bad = try await RawPeer(to: server.localAddress)
            let good = try await RawPeer(to: server.localAddress)
            try await bad.write(packet(sequence: 1) + bytes)
            #expect(await bad.closed())
            #expect(await receive(1, from: server.packets).map(\.sequence) == [1], "what came before it counts")
            #expect(server.counters.value(.packetsRefused, reason: reason) == 1)
            #expect(await happens { server.counters.value(.connectionsClosed, reason: "framing") == 1 })
            try await good.write(packet(sequence: 2))
            #expect(await receive(1, from: server.packets).map(\.sequence) == [2])
        }
    }

    @Test func `limits of connections`() async throws {
        var configuration = TCPServer.Configuration()
        configuration.limits.connections = 5
        configuration.limits.connectionsPerAddress = 3
        try await withServer(configuration) { server in
            var peers: [RawPeer] = []
            for _ in 0..<3 { peers.append(try await RawPeer(to: server.localAddress)) }
            #expect(await happens { server.connectionCount == 3 })
            let fourth = try await RawPeer(to: server.localAddress)
            #expect(await fourth.closed())
            #expect(server.counters.value(.connectionsRefused, reason: "address_limit") == 1)
            peers.removeLast().close()
            #expect(await happens { server.connectionCount == 2 })
            let fifth = try await RawPeer(to: server.localAddress)
            try await fifth.write(packet(sequence: 5))
            #expect(await receive(1, from: server.packets).map(\.sequence) == [5])
        }
        configuration.limits.connections = 2
        try await withServer(configuration) { server in
            for _ in 0..<2 { _ = try await RawPeer(to: server.localAddress) }
            #expect(await happens { server.connectionCount == 2 })
            let third = try await RawPeer(to: server.localAddress)
            #expect(await third.closed())
            #expect(server.counters.value(.connectionsRefused, reason: "total_limit") == 1)
        }
    }

    @Test func `silent peers are closed`() async throws {
        var configuration = TCPServer.Configuration()
        configuration.limits.idleTimeout = .milliseconds(100)
        configuration.limits.packetTimeout = .seconds(600)
        try await withServer(configuration) { server in
            let silent = try await RawPeer(to: server.localAddress)
            #expect(await silent.closed())
            #expect(await happens { server.counters.value(.connectionsClosed, reason: "idle") == 1 })
        }
    }

    @Test func `peers that do not end a packet are closed`() async throws {
        var configuration = TCPServer.Configuration()
        configuration.limits.idleTimeout = .seconds(600)
        configuration.limits.packetTimeout = .milliseconds(100)
        try await withServer(configuration) { server in
            let half = try await RawPeer(to: server.localAddress)
            try await half.write(packet().prefix(100))
            #expect(await half.closed())
            #expect(await happens { server.counters.value(.connectionsClosed, reason: "incomplete_packet") == 1 })
        }
    }

    @Test func `peer killed inside of a packet`() async throws {
        try await withServer { server in
            let peer = try await RawPeer(to: server.localAddress)
            try await peer.write(packet(sequence: 1) + packet(sequence: 2).prefix(33))
            #expect(await receive(1, from: server.packets).map(\.sequence) == [1])
            peer.close()
            #expect(await happens { server.connectionCount == 0 })
            #expect(server.counters.value(.packetsReceived) == 1)
        }
    }

    @Test func `many connections of one byte each`() async throws {
        var configuration = TCPServer.Configuration()
        configuration.limits.connectionsPerAddress = 400
        configuration.limits.packetTimeout = .seconds(1)
        try await withServer(configuration) { server in
            var peers: [RawPeer] = []
            for _ in 0..<300 {
                let peer = try await RawPeer(to: server.localAddress)
                try await peer.write([0x50])
                peers.append(peer)
            }
            let good = try await RawPeer(to: server.localAddress)
            try await good.write(packet(sequence: 9))
            #expect(await receive(1, from: server.packets).map(\.sequence) == [9])
            #expect(await happens { server.counters.value(.connectionsClosed, reason: "incomplete_packet") == 300 })
            #expect(server.connectionCount == 1)
        }
    }

    @Test func `unread packets stop the sender and nobody else`() async throws {
        var configuration = TCPServer.Configuration()
        configuration.limits.unreadBytes = 64 << 10
        try await withServer(configuration) { server in
            let flood = try await RawPeer(to: server.localAddress)
            let bulk = (0..<30_000).flatMap { packet(source: 1, sequence: $0) }
            let writing = Task { try await flood.write(bulk) }
            #expect(await happens { server.counters.value(.readsPaused, reason: "unread") > 0 })
            try await Task.sleep(for: .milliseconds(200))
            #expect(server.packets.unreadBytes < 400 << 10, "bounded, however much the peer sends")
            let unread = server.counters.value(.packetsReceived)
            let other = try await RawPeer(to: server.localAddress)
            try await other.write(packet(source: 2, sequence: 0))
            #expect(await happens { server.counters.value(.packetsReceived) == unread + 1 })
            let received = await receive(30_001, from: server.packets)
            let place = try #require(received.firstIndex { $0.source == 2 })
            #expect(place <= unread, "it waited behind what was unread, not behind the whole flood")
            #expect(received.filter { $0.source == 1 }.map(\.sequence) == Array(0..<30_000))
            try await writing.value
        }
    }

    @Test func `rate limit slows down`() async throws {
        var configuration = TCPServer.Configuration()
        configuration.limits.packetsPerSecond = 12
        try await withServer(configuration) { server in
            let peer = try await RawPeer(to: server.localAddress)
            let began = ContinuousClock.now
            // Twelve more than a second has, and less than a first read takes: one read, however busy the machine is.
            try await peer.write((0..<24).flatMap { packet(sequence: $0) })
            #expect(await receive(24, from: server.packets).map(\.sequence) == Array(0..<24))
            #expect(await happens { server.counters.value(.readsPaused, reason: "rate_limit") > 0 })
            try await peer.write(packet(sequence: 24))
            #expect(await receive(1, from: server.packets).map(\.sequence) == [24])
            #expect(ContinuousClock.now - began >= .seconds(1), "the second that the twelve took")
        }
    }
}
