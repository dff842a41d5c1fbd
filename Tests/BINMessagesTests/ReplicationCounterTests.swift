import BINMessages
import BINWire
import TestSupport
import Testing

/// Profile counters, pipes and aggregates from values to packets and back.
@Suite struct ReplicationCounterTests {
    private static let routing = ReplicationContactTests.routing

    private static func producer(_ release: Release) throws -> ReplicationProducer {
        try ReplicationProducer(for: release, routing: routing)
    }

    private static func changes(_ packets: [[UInt8]], _ release: Release) throws -> [ReplicationEvent] {
        try packets.flatMap {
            try ReplicationContactTests.events($0, from: release, ReplicationContactTests.framing(release))
        }
    }

    private static func profiles(_ event: ReplicationEvent) -> [ProfileCount] {
        if case .profileCounts(let counts) = event.change { counts } else { [] }
    }

    private static func pipes(_ event: ReplicationEvent) -> [PipeCount] {
        switch event.change {
        case .pipeCounts(let pipes): pipes
        case .bridgeAggregate(let aggregate): aggregate.pipes
        default: []
        }
    }

    static let releases: [Release] = Release.known.filter { $0 >= Release(2, 2, 0) && $0.patch % 3 == 0 }

    @Test(arguments: releases)
    func `counts are consumed with the values they were produced from`(release: Release) throws {
        var random = SeededRandom.printed()
        var producer = try Self.producer(release)
        let origin = ReplicationContactTests.origin(release)
        let profiles = (0..<Int.random(in: 0...200, using: &random)).map { _ in
            ProfileCount(
                profile: RandomContact.text(1...20, &random),
                value: Bool.random(using: &random) ? RandomContact.text(0...20, &random) : nil,
                count: Int32(truncatingIfNeeded: random.next()))
        }
        let events = try Self.changes(try producer.profileCounts(profiles), release)
        #expect(events.allSatisfy { $0.origin == origin })
        #expect(
            events.flatMap(Self.profiles) == profiles)
        let pipes = (0..<Int.random(in: 0...200, using: &random)).map { index in
            PipeCount(
                name: "\(index)" + RandomContact.text(0...20, &random),
                algorithm: PipeAlgorithm.allCases.randomElement(using: &random) ?? .none,
                limit: Int32(truncatingIfNeeded: random.next()), count: Int32(truncatingIfNeeded: random.next() | 1))
        }
        let sent = try Self.changes(try producer.pipeCounts(pipes), release)
        #expect(sent.flatMap(Self.pipes) == pipes)
    }

    @Test func `the worked packets of the specification come out byte for byte`() throws {
        let routing = Routing(cluster: 1, source: 1, destination: 2)
        var producer = try ReplicationProducer(for: Release(4, 0, 1), routing: routing)
        let inv = PipeCount(name: "inv", algorithm: .tailDrop, limit: 20, count: 57)
        let sbt = PipeCount(name: "sbt", algorithm: .slidingWindow, limit: 10, count: 4)
        #expect(
            try producer.pipeCounts([inv, sbt])
                == [
                    bytes(
                        """
                        5034434b5900000001001300 726174656c696d69742d706970652d7265706c 00000000 0300696e76 01000000 01000000
                        14000000 39000000 0300736274 01000000 05000000 0a000000 04000000 01000000 01000000 02000000
                        """)
                ])
        let sum = PipeCount(name: "inv", algorithm: .tailDrop, limit: 20, count: 114)
        let edge = try producer.bridgeAggregate([sum, sbt], to: 9)
        #expect(
            edge
                == [
                    bytes(
                        """
                        5034434b4c00000001001300 726174656c696d69742d706970652d7265706c 0a000000 01000000 0300696e76 01000000
                        01000000 14000000 72000000 01000000 09000000 01000000 000000c0
                        """)
                ])
        let received = try Self.changes(edge, Release(4, 0, 1))
        let aggregate = BridgeAggregate(.edge, sourceCluster: 1, pipes: [sum])
        #expect(
            received
                == [
                    ReplicationEvent(
                        .bridgeAggregate(aggregate), from: .routed(Routing(bridgeFrom: 1, to: 9, source: 1)))
                ])
        var relay = try ReplicationProducer(
            for: Release(4, 0, 1), routing: Routing(cluster: 9, source: 4, destination: 5))
        #expect(
            try relay.passOn(aggregate)
                == [
                    bytes(
                        """
                        5034434b4800000001001300 726174656c696d69742d706970652d7265706c 0b000000 01000000 0300696e76 01000000
                        01000000 14000000 72000000 09000000 04000000 05000000
                        """)
                ])
        var old = try ReplicationProducer(for: Release(2, 2, 8), routing: Self.routing)
        let trunk = [
            ProfileCount(profile: "trunk", count: 12), ProfileCount(profile: "caller", value: "alice", count: 3),
        ]
        #expect(
            try old.profileCounts(trunk)
                == [
                    bytes(
                        """
                        5034434b4a00000001000000060000006469616c6f6704000000 03000000 050000007472756e6b 00000000 0c000000
                        0600000063616c6c6572 01000000 05000000616c696365 03000000
                        """)
                ])
    }

    @Test func `a packet is closed behind the record that makes it longer than the chunk size`() throws {
        // Header 12, capability 16, type 4; a record 2 + name, 4, 2 + value, 4; trailer 12.
        var producer = try Self.producer(Release(4, 0, 1))
        let head = 12 + 16 + 4
        func record(_ size: Int) -> ProfileCount {
            ProfileCount(profile: "p", value: String(repeating: "v", count: size - 13), count: 1)
        }
        func lengths(_ counts: [ProfileCount]) throws -> [Int] { try producer.profileCounts(counts).map(\.count) }
        let exact = record(1400 - head)
        #expect(try lengths([exact]) == [1412])
        // 1400 bytes are not longer than 1400: the next record goes into the same packet, and the third into another.
        #expect(try lengths([exact, record(20), record(20)]) == [1432, head + 20 + 12])
        #expect(try lengths([record(1401 - head), record(20)]) == [1413, head + 20 + 12])
        #expect(try lengths([record(60000)]) == [60044])
        // A record that fits alone, but not behind the one before.
        #expect(try lengths([record(1000), record(65000)]) == [head + 1000 + 12, head + 65000 + 12])
        producer.profileChunkSize = 40
        #expect(try lengths([record(20), record(20)]) == [head + 20 + 12, head + 20 + 12])
        #expect(throws: ProductionFailure.packetTooLong(maximum: 65515)) {
            try producer.profileCounts([record(20), record(65515 - head - 12 + 1)])
        }
        #expect(try lengths([record(65515 - head - 12)]) == [65515])
    }

    @Test(arguments: [
        (Release(2, 2, 8), 1400), (Release(3, 1, 2), 1400), (Release(3, 1, 3), 32767), (Release(4, 0, 1), 32767),
    ])
    func `pipes have the chunk size of the release`(release: Release, size: Int) throws {
        var producer = try Self.producer(release)
        #expect(producer.pipeChunkSize == size)
        let pipes = (0..<4000).map { PipeCount(name: "pipe\($0)", algorithm: .red, limit: 1, count: 1) }
        let packets = try producer.pipeCounts(pipes)
        #expect(packets.dropLast().allSatisfy { $0.count > size && $0.count < size + 64 })
        #expect(packets.count > 1)
    }

    @Test func `nothing is sent when there is nothing, but a sign of life of 2.2`() throws {
        var old = try Self.producer(Release(2, 2, 8))
        #expect(
            try Self.changes(try old.profileCounts([]), Release(2, 2, 8))
                == [ReplicationEvent(.profileCounts([]), from: .server(3))])
        // Spec/ratelimit.md, the last example.
        #expect(
            try old.pipeCounts([])
                == [bytes("5034434b2100000001000000 09000000 726174656c696d6974 00000000 03000000")])
        var new = try Self.producer(Release(2, 3, 6))
        #expect(try new.profileCounts([]).isEmpty && new.pipeCounts([]).isEmpty)
        var first = try Self.producer(Release(2, 1, 5))
        #expect(throws: ProductionFailure.self) { try first.profileCounts([]) }
        #expect(throws: ProductionFailure.self) { try first.pipeCounts([]) }
        var before = try Self.producer(Release(3, 6, 8))
        #expect(throws: ProductionFailure.self) { try before.bridgeAggregate([], to: 9) }
        #expect(throws: ProductionFailure.self) {
            try before.passOn(BridgeAggregate(.edge, sourceCluster: 1, pipes: []))
        }
    }

    @Test func `a delete notice is one record with 0`() throws {
        var producer = try Self.producer(Release(3, 4, 18))
        let notice = try producer.profileDeleteNotice(profile: "caller", value: "alice")
        #expect(
            try Self.changes([notice], Release(3, 4, 18)).map(\.change)
                == [.profileCounts([ProfileCount(profile: "caller", value: "alice", count: 0)])])
    }

    @Test func `a pipe at 0 is sent three times since it last counted`() throws {
        func sent(_ counts: [Int32], _ release: Release) throws -> [Bool] {
            var producer = try Self.producer(release)
            return try counts.map { count in
                try !producer.pipeCounts([PipeCount(name: "p", algorithm: .red, limit: 1, count: count)]).isEmpty
            }
        }
        #expect(
            try sent([1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0], Release(3, 6, 0))
                == [true, true, true, true, false, false, true, true, true, true, false])
        #expect(try sent([0, 0, 0, 0, 0], Release(3, 5, 9)) == [true, true, true, true, true])
        var bridge = try Self.producer(Release(4, 0, 1))
        let idle = PipeCount(name: "p", algorithm: .tailDrop, limit: 1, count: 0)
        let counts = try (0..<5).map { _ in try bridge.bridgeAggregate([idle], to: 9).count }
        #expect(counts == [1, 1, 1, 0, 0])
        bridge.aggregateReceived(BridgeAggregate(.edge, sourceCluster: 9, pipes: [idle]))
        #expect(try bridge.bridgeAggregate([idle], to: 9).count == 1)
    }

    @Test func `only pipes that are replicated over BIN are sent, over a bridge only TAILDROP`() throws {
        let pipes = [
            PipeCount(name: "a", algorithm: .tailDrop, limit: 1, count: 1),
            PipeCount(name: "b", algorithm: .red, limit: 1, count: 1, flags: [.bin, .cachedb]),
            PipeCount(name: "c", algorithm: .tailDrop, limit: 1, count: 1, flags: .cachedb),
            PipeCount(name: "d", algorithm: .tailDrop, limit: 1, count: 1, flags: []),
        ]
        func names(_ packets: [[UInt8]], _ release: Release) throws -> [String] {
            try Self.changes(packets, release).flatMap(Self.pipes).map(\.name)
        }
        var new = try Self.producer(Release(4, 0, 1))
        #expect(try names(try new.pipeCounts(pipes), Release(4, 0, 1)) == ["a", "b"])
        #expect(try names(try new.bridgeAggregate(pipes, to: 9), Release(4, 0, 1)) == ["a"])
        var old = try Self.producer(Release(3, 2, 19))
        #expect(try names(try old.pipeCounts(pipes), Release(3, 2, 19)) == ["a", "d"])
    }

    @Test func `every packet of an aggregate begins with the source cluster`() throws {
        var producer = try Self.producer(Release(4, 0, 1))
        producer.pipeChunkSize = 100
        let pipes = (0..<20).map { PipeCount(name: "pipe\($0)", algorithm: .tailDrop, limit: 1, count: 1) }
        let packets = try producer.bridgeAggregate(pipes, to: 9)
        #expect(packets.count > 5)
        let events = try Self.changes(packets, Release(4, 0, 1))
        for event in events {
            guard case .bridgeAggregate(let aggregate) = event.change else { continue }
            #expect(aggregate.sourceCluster == 1)
        }
        #expect(events.count == packets.count)
    }

    @Test func `values that no receiver may use are refused in both directions`() throws {
        var producer = try Self.producer(Release(4, 0, 1))
        let good = PipeCount(name: "p", algorithm: .red, limit: 1, count: 1)
        var bad = good
        bad.flags = PipeFlags(rawValue: 5)
        #expect(throws: ProductionFailure.outOfRange(field: "flags", value: 5)) { try producer.pipeCounts([bad]) }
        bad = good
        bad.name = ""
        #expect(throws: ProductionFailure.empty(field: "pipeName")) { try producer.pipeCounts([good, bad]) }
        #expect(throws: ProductionFailure.zeroByte(field: "value")) {
            try producer.profileCounts([ProfileCount(profile: "p", value: "\0", count: 1)])
        }
        #expect(throws: ProductionFailure.empty(field: "profileName")) {
            try producer.profileCounts([ProfileCount(profile: "", count: 1)])
        }
        // The algorithm of the second record.
        var packet = try producer.pipeCounts([good, good])[0]
        let offset = 12 + 19 + 4 + 19 + 3 + 4
        packet[offset] = 6
        do {
            _ = try Self.changes([packet], Release(4, 0, 1))
            Issue.record("algorithm 6 was taken")
        } catch let failure as DecodingFailure {
            #expect(failure.field == "algorithm" && failure.offset == offset && failure.message == "pipe-counters")
        }
    }
}
