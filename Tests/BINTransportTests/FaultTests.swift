import BINTransport
import BINWire
import NIOCore
import TestSupport
import Testing

/// What a peer does wrong, and what is to be counted and logged of it.
struct Fault: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var limits = TransportLimits()
    let metric: TransportMetric
    let reason: String
    /// Words of one log line.
    let logged: [String]
    let commit: @Sendable (ServiceUnderFault) async throws -> RawPeer

    static let all: [Fault] = [
        Fault(
            testDescription: "a peer ends inside of a packet", metric: .connectionsClosed, reason: "peer",
            logged: ["connection ended inside of a packet", "pending=33"]
        ) { service in
            let peer = try await RawPeer(to: service.server.localAddress)
            try await peer.write(packet(sequence: 1) + packet(sequence: 2).prefix(33))
            #expect(await happens { service.server.connectionCount == 2 })
            peer.close()
            return peer
        },
        Fault(
            testDescription: "a peer is killed inside of a packet", metric: .connectionsClosed, reason: "broken",
            logged: ["connection broke", "reset"]
        ) { service in
            let peer = try await RawPeer(to: service.server.localAddress)
            try await peer.write(packet(sequence: 1) + packet(sequence: 2).prefix(33))
            #expect(await happens { service.server.connectionCount == 2 })
            try await peer.reset()
            return peer
        },
        Fault(
            testDescription: "a peer is gone without a word", limits: limits { $0.idleTimeout = .seconds(5) },
            metric: .connectionsClosed, reason: "idle", logged: ["closing a silent connection"]
        ) { try await RawPeer(to: $0.server.localAddress) },
        Fault(
            testDescription: "a peer is gone inside of a packet",
            limits: limits { $0.packetTimeout = .seconds(1) },
            metric: .connectionsClosed, reason: "incomplete_packet",
            logged: ["a packet was not completed in time", "pending=12"]
        ) { service in
            let peer = try await RawPeer(to: service.server.localAddress)
            try await peer.write(packet().prefix(12))
            return peer
        },
        Fault(
            testDescription: "a peer sends a byte now and then and never a packet",
            limits: limits { $0.packetTimeout = .seconds(1) }, metric: .connectionsClosed,
            reason: "incomplete_packet", logged: ["a packet was not completed in time"]
        ) { service in
            let peer = try await RawPeer(to: service.server.localAddress)
            for byte in packet().prefix(20) {
                try? await peer.write([byte])
                try await Task.sleep(for: .milliseconds(20))
            }
            return peer
        },
        Fault(
            testDescription: "a peer sends garbage", metric: .packetsRefused, reason: "bad_magic",
            logged: ["framing error", "offset=290"]
        ) { service in
            var random = SeededRandom(seed: 7)
            let peer = try await RawPeer(to: service.server.localAddress)
            try await peer.write(packet() + [0] + (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) })
            return peer
        },
        Fault(
            testDescription: "a peer announces 4 GB", metric: .packetsRefused, reason: "packet_too_long",
            logged: ["framing error", "offset=4"]
        ) { service in
            let peer = try await RawPeer(to: service.server.localAddress)
            try await peer.write([0x50, 0x34, 0x43, 0x4b, 0xff, 0xff, 0xff, 0xff])
            return peer
        },
    ]

    private static func limits(_ change: (inout TransportLimits) -> Void) -> TransportLimits {
        var limits = TransportLimits()
        change(&limits)
        return limits
    }
}

@Suite(.timeLimit(.minutes(5))) struct FaultTests {
    @Test(arguments: Fault.all)
    func `one peer's fault is counted and logged, and the others are served`(fault: Fault) async throws {
        var configuration = TCPServer.Configuration()
        configuration.limits = fault.limits
        // The decent peer is silent while the test waits.
        let isAboutSilence = fault.limits.idleTimeout != .seconds(120)
        try await ServiceUnderFault.run(configuration) { service in
            let peer = try await fault.commit(service)
            #expect(
                await happens {
                    // Keeps the decent peer from being silent.
                    if isAboutSilence { _ = await service.goesOn() }
                    return service.server.counters.value(fault.metric, reason: fault.reason) > 0
                })
            #expect(await peer.closed())
            #expect(service.lines.line(with: fault.logged + ["peer=127.0.0.1"]) != nil)
            #expect(await happens { service.server.connectionCount == 1 })
            #expect(await service.goesOn())
        }
    }

    @Test func `a peer that never reads its answers is closed, and the others are answered`() async throws {
        var configuration = TCPServer.Configuration()
        configuration.limits.writeTimeout = .milliseconds(500)
        try await ServiceUnderFault.run(configuration, answers: true) { service in
            let deaf = try await RawPeer(to: service.server.localAddress, reads: false)
            let bulk = (0..<100).flatMap { packet(source: 1, sequence: $0, length: 60_000) }
            let writing = Task { while (try? await deaf.write(bulk)) != nil {} }
            #expect(
                await happens(within: .seconds(60)) {
                    _ = await service.goesOn()
                    return service.server.counters.value(.connectionsClosed, reason: "write_timeout") > 0
                })
            #expect(service.lines.line(with: ["the peer takes nothing", "peer=127.0.0.1"]) != nil)
            #expect(await happens { service.server.connectionCount == 1 })
            deaf.close()
            await writing.value
        }
    }
}
