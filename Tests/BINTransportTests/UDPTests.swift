import BINTransport
import BINWire
import NIOCore
import NIOPosix
import Testing

@Suite(.timeLimit(.minutes(5))) struct UDPTests {
    private let anywhere = BINEndpoint(.udp, host: "127.0.0.1", port: 0)

    private func withSockets(
        _ configuration: UDPTransport.Configuration = .init(),
        _ body: (_ from: UDPTransport, _ to: UDPTransport) async throws -> Void
    ) async throws {
        let from = try await UDPTransport.bind(to: anywhere, configuration: configuration)
        let to = try await UDPTransport.bind(to: anywhere, configuration: configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await from.run() }
            group.addTask { try await to.run() }
            try await body(from, to)
            from.close()
            to.close()
            try await group.waitForAll()
        }
    }

    /// Sends a datagram as it is.
    private func sendRaw(_ bytes: [UInt8], to address: SocketAddress) async throws {
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let data = channel.allocator.buffer(bytes: bytes)
        try await channel.writeAndFlush(AddressedEnvelope(remoteAddress: address, data: data)).get()
        try await channel.close()
    }

    @Test(arguments: [Framing.v2_1, .v2_3])
    func `packets and answers`(framing: Framing) async throws {
        var configuration = UDPTransport.Configuration()
        configuration.framing = framing
        try await withSockets(configuration) { from, to in
            let first = packet(sequence: 1, framing: framing)
            try await from.send(first, to: to.localAddress)
            var batches = to.packets.makeAsyncIterator()
            let batch = try #require(await batches.next())
            #expect(batch.bytes(at: 0) == first)
            #expect(batch.connection.remoteAddress == from.localAddress)
            try await batch.connection.send(packet(sequence: 2, framing: framing))
            #expect(await receive(1, from: from.packets).map(\.sequence) == [2])
        }
    }

    @Test func `a datagram that the system refuses to send is lost alone, and the socket goes on`() async throws {
        try await withSockets { from, to in
            // No way leads from the loopback there.
            let nowhere = try SocketAddress(ipAddress: "192.0.2.1", port: 9)
            for round in 1...3 as ClosedRange<Int32> {
                await #expect(throws: SendError.self) { try await from.send(packet(sequence: 77), to: nowhere) }
                var isSent = false
                for _ in 0..<200 where !isSent {
                    isSent = (try? await from.send(packet(sequence: round), to: to.localAddress)) != nil
                    if !isSent { try await Task.sleep(for: .milliseconds(5)) }
                }
                try #require(isSent)
                var batches = to.packets.makeAsyncIterator()
                let batch = try #require(await batches.next())
                #expect(batch.connection.remoteAddress == from.localAddress)
                try await batch.connection.send(packet(sequence: 10 + round))
                #expect(await receive(1, from: from.packets).map(\.sequence) == [10 + round])
            }
        }
    }

    @Test func `what is not one packet is dropped and counted`() async throws {
        var configuration = UDPTransport.Configuration()
        configuration.framing = .v2_1
        try await withSockets(configuration) { from, to in
            var damaged = packet(framing: .v2_1)
            damaged[50] ^= 1
            try await sendRaw(damaged, to: to.localAddress)
            try await sendRaw(Array("hello, world, this is not BIN".utf8), to: to.localAddress)
            try await sendRaw([], to: to.localAddress)
            try await from.send(packet(sequence: 5, framing: .v2_1), to: to.localAddress)
            #expect(await receive(1, from: to.packets).map(\.sequence) == [5])
            #expect(await happens { to.counters.value(.packetsRefused) == 3 })
            #expect(to.counters.value(.packetsRefused, reason: "bad_checksum") == 1)
            #expect(to.counters.value(.packetsRefused, reason: "bad_magic") == 1)
            #expect(to.counters.value(.packetsRefused, reason: "packet_too_short") == 1)
        }
        try await withSockets { _, to in
            try await sendRaw(packet() + [0], to: to.localAddress)
            try await sendRaw(packet().dropLast(), to: to.localAddress)
            #expect(await happens { to.counters.value(.packetsRefused, reason: "length_mismatch") == 2 })
        }
    }

    @Test func `too long is refused before sending`() async throws {
        try await withSockets { from, to in
            await #expect(throws: SendError.tooLong(length: 65508, maximum: 65507)) {
                try await from.send(packet(length: 65508), to: to.localAddress)
            }
            try await from.send(packet(sequence: 3, length: 65507), to: to.localAddress)
            #expect(await receive(1, from: to.packets).map(\.sequence) == [3])
            await #expect(throws: SendError.refused(WireError(.packetTooShort, at: 2))) {
                try await from.send([1, 2], to: to.localAddress)
            }
        }
    }

    @Test func `bulk arrives whole`() async throws {
        try await withSockets { from, to in
            let count: Int32 = 40_000
            async let received = receive(Int(count), from: to.packets)
            for start in stride(from: Int32(0), to: count, by: 100) {
                try await from.send((start..<(start + 100)).map { packet(sequence: $0) }, to: to.localAddress)
                // Never further ahead than the smallest usual receive buffer holds.
                _ = await happens { to.counters.value(.packetsReceived) >= Int(start) - 100 }
            }
            #expect(await received.map(\.sequence) == Array(0..<count))
        }
    }

    @Test func `rate limit drops`() async throws {
        var configuration = UDPTransport.Configuration()
        configuration.limits.packetsPerSecond = 50
        try await withSockets(configuration) { from, to in
            try await from.send((0..<120).map { packet(sequence: $0) }, to: to.localAddress)
            #expect(
                await happens {
                    to.counters.value(.packetsReceived) + to.counters.value(.packetsRefused, reason: "rate_limit")
                        == 120
                })
            #expect((50...60).contains(to.counters.value(.packetsReceived)))
        }
    }

    @Test func `closed socket says so`() async throws {
        let socket = try await UDPTransport.bind(to: anywhere)
        let running = Task { try await socket.run() }
        running.cancel()
        try await running.value
        await #expect(throws: SendError.closed) { try await socket.send(packet(), to: socket.localAddress) }
        await #expect(throws: TransportError.self) { try await UDPTransport.bind(to: anyPort) }
    }
}
