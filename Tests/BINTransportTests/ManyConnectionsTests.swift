import BINTransport
import NIOCore
import Testing

/// What needs many open files, or few: parts of it run in a process of their own.
@Suite(.timeLimit(.minutes(5)), .serialized) struct ManyConnectionsTests {
    @Test(
        .enabled(if: OpenFiles.allow(10_500), "this process may not have 10,500 files open"), arguments: [10_100, 4096])
    func `ten thousand connections that send one byte each do not stop the service`(limit: Int) async throws {
        let count = 10_000
        var configuration = TCPServer.Configuration()
        configuration.limits.connections = limit
        configuration.limits.packetTimeout = .seconds(4)
        try await ServiceUnderFault.run(configuration) { service in
            let counters = service.server.counters
            let port = try #require(service.server.localAddress.port)
            let flooding = Task { await flood(port) }
            var most = 0
            while counters.value(.connectionsOpened) + counters.value(.connectionsRefused) < count + 1 {
                try #require(await service.goesOn())
                most = max(most, service.server.connectionCount)
            }
            await flooding.value
            let refused = counters.value(.connectionsRefused, reason: "total_limit")
            #expect(limit > count ? refused == 0 : refused > 0)
            #expect(most <= limit)
            #expect(refused == 0 || service.lines.line(with: ["connection refused", "total_limit"]) != nil)
            #expect(
                await happens {
                    counters.value(.connectionsClosed, reason: "incomplete_packet") == count - refused
                })
            #expect(service.lines.line(with: ["a packet was not completed in time", "peer=127.0.1.1:"]) != nil)
            #expect(service.server.connectionCount == 1)
        }
    }

    /// The peers, whose ends of the connections are open files as well.
    private func flood(_ port: Int) async {
        await #expect(processExitsWith: .success) { [port] in
            try #require(OpenFiles.allow(10_500))
            let server = try SocketAddress(ipAddress: "127.0.0.1", port: port)
            let sockets = PlainSockets()
            for index in 0..<10_000 {
                // Forty from each address.
                try sockets.open(from: SocketAddress(ipAddress: "127.0.\(1 + index / 400).\(1 + index % 10)", port: 0))
                try sockets.connect(index, to: server, sending: 0x50)
            }
            sockets.waitUntilClosed()
        }
    }

    @Test func `a listener without room for more open files waits and goes on`() async throws {
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
