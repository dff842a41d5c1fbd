import BINTransport
import BINWire
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct TCPClientTests {
    private var quick: TCPClient.Configuration {
        var configuration = TCPClient.Configuration()
        configuration.backoff = Backoff(initial: .milliseconds(10), maximum: .milliseconds(50))
        configuration.random = SeededRandom(seed: 1)
        return configuration
    }

    @Test func `sends in order from the given address`() async throws {
        var configuration = quick
        configuration.localAddress = try SocketAddress(ipAddress: "127.0.0.9", port: 0)
        try await withServer { server in
            try await withClient(to: endpoint(server.localAddress), configuration) { client in
                for sequence in Int32(0)..<1000 {
                    let number = try await client.send(packet(sequence: sequence))
                    #expect(number == UInt64(sequence) + 1)
                }
                var batches = server.packets.makeAsyncIterator()
                let first = try #require(await batches.next())
                #expect(first.connection.remoteAddress.ipAddress == "127.0.0.9")
                let rest = await receive(1000 - first.count, from: server.packets)
                #expect(rest.map(\.sequence) == Array(Int32(first.count)..<1000))
                #expect(await happens { client.writtenThrough == 1000 })
            }
        }
    }

    @Test func `refuses what is no packet`() async throws {
        var configuration = quick
        configuration.limits.maximumPacketLength = Framing.maximumLengthSince4_0
        let client = try TCPClient(anyPort, configuration: configuration)
        await #expect(throws: SendError.refused(WireError(.packetTooShort, at: 3))) {
            try await client.send([1, 2, 3])
        }
        await #expect(throws: SendError.refused(WireError(.lengthMismatch, at: 4))) {
            try await client.send(packet() + [0])
        }
        await #expect(throws: SendError.tooLong(length: 65516, maximum: 65515)) {
            try await client.send(packet(length: 65516))
        }
        try await client.send(packet(length: 65515))
        #expect(throws: TransportError.self) { try TCPClient(BINEndpoint(.udp, host: "h")) }
        configuration.framing = .v2_1
        #expect(throws: TransportError.wrongFraming) { try TCPClient(anyPort, configuration: configuration) }
    }

    @Test func `peer that never reads`() async throws {
        var configuration = quick
        configuration.queuedBytes = 100 << 10
        configuration.writeTimeout = nil
        let listener = try await deafListener()
        let address = try #require(listener.localAddress)
        try await withClient(to: endpoint(address), configuration) { client in
            // The buffers of the system take some megabytes; then the queue fills, and then callers are told.
            var roundsWithoutRoom = 0
            let filled = await happens(within: .seconds(30)) {
                roundsWithoutRoom += 1
                while (try? client.offer(packet(length: 1000).span.bytes)) != nil { roundsWithoutRoom = 0 }
                try? await Task.sleep(for: .milliseconds(50))
                return roundsWithoutRoom >= 8
            }
            #expect(filled)
            #expect(client.queued.bytes <= 100 << 10)
            #expect(throws: SendError.queueFull) {
                for _ in 0..<1000 { try client.offer(packet(length: 1000).span.bytes) }
            }
            let waiting = Task { try await client.send(packet(length: 60_000)) }
            try await Task.sleep(for: .milliseconds(50))
            waiting.cancel()
            await #expect(throws: SendError.cancelled) { try await waiting.value }
            let closed = Task { try await client.send(packet(length: 60_000)) }
            try await Task.sleep(for: .milliseconds(50))
            client.shutdown()
            await #expect(throws: SendError.closed) { try await closed.value }
        }
        try await listener.close()
    }

    @Test func `write timeout ends a connection that takes nothing`() async throws {
        var configuration = quick
        configuration.writeTimeout = .milliseconds(300)
        configuration.drainTimeout = .milliseconds(100)
        configuration.queuedBytes = 32 << 20
        let listener = try await deafListener()
        try await withClient(to: endpoint(try #require(listener.localAddress)), configuration) { client in
            for _ in 0..<20_000 { _ = try? client.offer(packet(length: 1000).span.bytes) }
            #expect(await happens { client.counters.value(.connectionsClosed, reason: "write_timeout") > 0 })
        }
        try await listener.close()
    }

    @Test func `drops the oldest and says so`() async throws {
        var configuration = quick
        configuration.overflow = .dropOldest
        configuration.queuedPackets = 10
        let client = try TCPClient(anyPort, configuration: configuration)
        for sequence in Int32(0)..<25 { try await client.send(packet(sequence: sequence)) }
        #expect(client.queued.packets == 10)
        #expect(client.counters.value(.packetsLost, reason: "dropped") == 15)
        var events = client.events.makeAsyncIterator()
        #expect(await events.next() == .lost(1...15, .dropped), "neighbours are one event")
        let running = Task { try await client.run() }
        running.cancel()
        try await running.value
        var last: ClientEvent?
        while let event = await events.next() { last = event }
        #expect(last == .lost(16...25, .shutdown))
    }

    @Test func `reconnects and sends what was queued`() async throws {
        var first: TCPServer? = try await TCPServer.bind(to: anyPort)
        let address = try #require(first).localAddress
        let serving = Task { [first] in try await first?.run() }
        try await withClient(to: endpoint(address), quick) { client in
            for sequence in Int32(0)..<10 { try await client.send(packet(sequence: sequence)) }
            #expect(await receive(10, from: try #require(first).packets).map(\.sequence) == Array(0..<10))
            first?.close()
            try await serving.value
            first = nil
            var events = client.events.makeAsyncIterator()
            var disconnected: ClientEvent?
            while let event = await events.next() {
                if case .disconnected = event {
                    disconnected = event
                    break
                }
            }
            guard case .disconnected(_, writtenThrough: 10, confirmedThrough: 0) = disconnected else {
                Issue.record("\(String(describing: disconnected))")
                return
            }
            for sequence in Int32(10)..<500 { try await client.send(packet(sequence: sequence)) }
            #expect(await happens { client.counters.value(.connectsFailed) > 0 })
            let second = try await TCPServer.bind(to: endpoint(address))
            let servingAgain = Task { try await second.run() }
            #expect(await receive(490, from: second.packets).map(\.sequence) == Array(10..<500))
            #expect(client.counters.value(.packetsLost) == 0)
            second.close()
            try await servingAgain.value
        }
    }

    @Test func `window paces the sender`() async throws {
        var configuration = quick
        configuration.overflow = .wait(window: 20)
        try await withServer { server in
            try await withClient(to: endpoint(server.localAddress), configuration) { client in
                let sending = Task { for number in Int32(0)..<200 { try await client.send(packet(sequence: number)) } }
                var received: [Int32] = []
                var events = client.events.makeAsyncIterator()
                var largest = 0
                while received.count < 200, let event = await events.next() {
                    guard case .confirmationWanted(let number) = event else { continue }
                    // The test's own view of the peer: everything up to the number has arrived.
                    while received.count < number {
                        received += await receive(1, from: server.packets).map(\.sequence)
                    }
                    largest = max(largest, received.count - Int(number))
                    client.confirm(through: number)
                }
                try await sending.value
                #expect(received == Array(0..<200))
                #expect(largest <= 20)
            }
            try await withClient(to: endpoint(server.localAddress), configuration) { client in
                for number in Int32(0)..<20 { try await client.send(packet(sequence: number)) }
                #expect(throws: SendError.queueFull) { try client.offer(packet().span.bytes) }
                #expect(try await client.send(packet(), unpaced: true) == 21)
                client.confirm(through: 21)
                #expect(try client.offer(packet().span.bytes) == 22)
            }
        }
    }

    @Test func `shutdown while sending loses nothing that was queued`() async throws {
        try await withServer { server in
            var configuration = quick
            configuration.drainTimeout = .seconds(60)
            let client = try TCPClient(endpoint(server.localAddress), configuration: configuration)
            let group = ServiceGroup(services: [client], logger: Logger(label: "test"))
            async let running: Void = group.run()
            let sending = Task {
                var sent: Int32 = 0
                while (try? await client.send(packet(sequence: sent))) != nil { sent += 1 }
                return sent
            }
            let reading = Task { await receive(.max, from: server.packets).map(\.sequence) }
            #expect(await happens { server.counters.value(.packetsReceived) > 2000 })
            await group.triggerGracefulShutdown()
            try await running
            let sent = await sending.value
            #expect(await happens { server.counters.value(.packetsReceived) == Int(sent) })
            #expect(client.counters.value(.packetsLost) == 0)
            server.close()
            #expect(await reading.value == Array(0..<sent))
        }
    }

    /// A listener whose connections are accepted and never read.
    private func deafListener() async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.socketOption(.so_rcvbuf), value: 8192)
            .bind(host: "127.0.0.1", port: 0).get()
    }
}
