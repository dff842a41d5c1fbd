import BINTransport
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(5)), .serialized) struct ManyConnectionsTests {
    /// Ten thousand, or as many as this process may have, both ends of each being open files.
    private static let count = Swift.min(10_000, (OpenFiles.allow(20_500) - 500) / 2)

    @Test(
        .enabled(if: count >= 1000, "this process may not have 2,500 files open"),
        arguments: [count + 100, count / 3])
    func `ten thousand connections that send one byte each do not stop the service`(limit: Int) async throws {
        let count = Self.count
        var configuration = TCPServer.Configuration()
        configuration.limits.connections = limit
        // Long enough for a busy machine to open more than the limit before the first are closed.
        configuration.limits.packetTimeout = .seconds(12)
        try await ServiceUnderFault.run(configuration) { service in
            let sockets = PlainSockets()
            let counters = service.server.counters
            for index in 0..<count {
                // Forty from each address.
                let source = try SocketAddress(ipAddress: "127.0.\(1 + index / 400).\(1 + index % 10)", port: 0)
                try sockets.open(from: source)
                try sockets.connect(index, to: service.server.localAddress, sending: 0x50)
                // Never more than wait in the queue of the listener.
                guard index % 500 == 499 || index == count - 1 else { continue }
                #expect(
                    await happens {
                        counters.value(.connectionsOpened) + counters.value(.connectionsRefused) >= index + 2
                    })
                #expect(await service.goesOn())
            }
            let refused = counters.value(.connectionsRefused, reason: "total_limit")
            #expect(limit > count ? refused == 0 : refused > 0)
            #expect(refused == 0 || service.lines.line(with: ["connection refused", "total_limit"]) != nil)
            #expect(
                await happens {
                    counters.value(.connectionsClosed, reason: "incomplete_packet") == count - refused
                })
            #expect(service.lines.line(with: ["a packet was not completed in time", "peer=127.0.1.1:"]) != nil)
            #expect(await happens { service.server.connectionCount == 1 })
        }
    }

    /// In a process of its own, as it changes how many files a process may have open. That process holds whatever
    /// sockets other tests have open when it begins, so it is run when there are none.
    @Test(.enabled(if: OpenFiles.mayBeRestricted, "runs by itself, with BIN_TESTS_ALONE=1"))
    func `a listener without room for more open files waits and goes on`() async throws {
        await #expect(processExitsWith: .success) {
            try await ServiceUnderFault.run { service in
                let sockets = PlainSockets()
                for _ in 0..<60 { try sockets.open(from: SocketAddress(ipAddress: "127.0.0.1", port: 0)) }
                #expect(OpenFiles.restrict(toFurther: 20))
                for index in 0..<60 { try sockets.connect(index, to: service.server.localAddress, sending: 0x50) }
                #expect(await happens { service.server.counters.value(.acceptsFailed) > 0 })
                #expect(service.lines.line(with: ["cannot accept a connection", "Too many open files"]) != nil)
                #expect(await service.goesOn())
                sockets.closeAll()
                let received = service.server.counters.value(.packetsReceived)
                let late = try await RawPeer(to: service.server.localAddress)
                try await late.write(packet(source: 5))
                #expect(await happens { service.server.counters.value(.packetsReceived) == received + 1 })
                late.close()
                #expect(await happens { service.server.connectionCount == 1 })
            }
        }
    }
}
