import BINMessages
import BINWire
import TestSupport
import Testing

@testable import BINCluster

@Suite struct GossipWireTests {
    private static let knowledge = Knowledge(
        node: 7, generation: 1_790_000_000, version: 12, standing: Standing(.suspected, incarnation: 3))

    private static let messages: [GossipMessage] = [
        .summary([.init(range: .all, sums: (0..<16).map { UInt64($0) << 40 | 5 })]),
        .summary([]),
        .digest(ranges: [.init(range: HashRange(prefix: 0xAB, bits: 8))], members: [.init(knowledge: knowledge)]),
        .delta(
            .init(
                hasMore: true,
                news: [
                    MemberNews(
                        knowledge: knowledge, base: 3, floor: 2,
                        entries: [
                            StateEntry(key: [1, 2], version: 4, value: [9]),
                            StateEntry(key: [3], version: 12, value: nil),
                        ])
                ], wants: [knowledge])),
        .heartbeatRequest(sequence: 5, believed: .init(knowledge: knowledge)),
        .heartbeat(sequence: 5, generation: 8, incarnation: 9),
        .probeRequest(sequence: 6, node: 7),
        .probeResult(sequence: 6, node: 7, isReached: true, generation: 8, incarnation: 9),
        .leaseRequest(sequence: 1, purpose: .acquire, flag: "vip", fence: .max),
        .leaseAnswer(sequence: 1, outcome: .notReady, flag: "vip", highestFence: 77),
    ]

    private static func packet(_ message: GossipMessage) throws -> [UInt8] {
        var writer = PacketWriter()
        try message.encode(Routing(cluster: 1, source: 2, destination: 3), into: &writer)
        return writer.copyBytes()
    }

    private static func read(_ bytes: [UInt8]) throws -> GossipMessage {
        let header = try PacketHeader(datagram: bytes.span.bytes, framing: .v2_3)
        let routing = try Routing(trailerOf: bytes.span.bytes, header: header)
        return try GossipMessage(
            type: header.type, bytes.span.bytes, body: header.bodyOffset..<(header.length - routing.size))
    }

    @Test func `a message is as long as it says, and reads as it was written`() throws {
        for message in Self.messages {
            let bytes = try Self.packet(message)
            #expect(bytes.count == message.size)
            #expect(try Self.packet(try Self.read(bytes)) == bytes)
        }
    }

    @Test func `a packet that is cut anywhere or has a bit turned never does harm`() throws {
        var random = SeededRandom.printed()
        let now = Instant(nanoseconds: 5, unixSeconds: 1_790_000_000)
        var configuration = GossipConfiguration(cluster: 1, node: 3, url: NodeURL(host: "10.0.0.3", port: 5555))
        configuration.flags = [FlagConfiguration("vip", preferred: [2, 3], policy: .quorum)]
        var member = GossipMember(configuration, seed: 1, at: now)
        let source = PacketSource(address: PeerAddress(ipv4: 0x0A00_0002), connection: 1)
        for message in Self.messages {
            let bytes = try Self.packet(message)
            for length in 0..<bytes.count {
                _ = member.receive(Array(bytes[..<length]).span.bytes, from: source, overStream: false, at: now)
            }
            for _ in 0..<500 {
                var changed = bytes
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let place = Int.random(in: 8..<changed.count, using: &random)
                    changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                }
                _ = member.receive(changed.span.bytes, from: source, overStream: true, at: now)
            }
            #expect(member.memberCount <= member.configuration.limits.members)
        }
    }

    @Test func `inspect reads every message to its last byte`() throws {
        for message in Self.messages {
            var interpreter = Interpreter()
            let bytes = try Self.packet(message)
            let header = try PacketHeader(datagram: bytes.span.bytes, framing: .v2_3)
            var description = PacketDescription()
            interpreter.interpret(bytes.span.bytes, header, from: SenderAddress(high: 0, low: 0), into: &description)
            #expect(description.failure == nil)
            #expect(description.layout == "GS-A")
        }
    }

    @Test func `what cannot be is refused`() throws {
        let now = Instant(nanoseconds: 5, unixSeconds: 1000)
        var member = GossipMember(
            GossipConfiguration(cluster: 1, node: 3, url: NodeURL(host: "10.0.0.3", port: 5555)), seed: 1, at: now)
        func merge(_ news: MemberNews) -> Bool {
            var actions: [GossipAction] = []
            return member.merge(news, now, &actions)
        }
        var far = Self.knowledge
        far.generation = .max
        #expect(!merge(MemberNews(knowledge: far, base: 0, floor: 0, entries: [])))
        var known = Self.knowledge
        known.generation = 900
        #expect(
            !merge(MemberNews(knowledge: known, base: 3, floor: 0, entries: [])), "entries after 3 of a node not known")
        let keys = (1...200).map { StateEntry(key: [UInt8($0)], version: Int32($0), value: []) }
        known.version = 200
        #expect(!merge(MemberNews(knowledge: known, base: 0, floor: 0, entries: keys)), "too many keys")
        #expect(merge(MemberNews(knowledge: known, base: 0, floor: 0, entries: Array(keys.prefix(3)))))
    }

    @Test func `a packet of another cluster, for another node, or from another address is refused`() throws {
        let now = Instant(nanoseconds: 5, unixSeconds: 1000)
        var member = GossipMember(
            GossipConfiguration(cluster: 1, node: 3, url: NodeURL(host: "10.0.0.3", port: 5555)), seed: 1, at: now)
        let right = PacketSource(address: PeerAddress(ipv4: 0x0A00_0002), connection: 1)
        func refusal(_ routing: Routing, _ source: PacketSource) throws -> GossipRefusal? {
            var writer = PacketWriter()
            try GossipMessage.heartbeat(sequence: 1, generation: 1, incarnation: 0).encode(routing, into: &writer)
            for case .event(.refused(let refusal)) in member.receive(
                writer.bytes, from: source, overStream: false, at: now)
            { return refusal }
            return nil
        }
        #expect(try refusal(Routing(cluster: 2, source: 2, destination: 3), right) == .misrouted)
        #expect(try refusal(Routing(cluster: 1, source: 2, destination: 4), right) == .misrouted)
        #expect(try refusal(Routing(cluster: 1, source: 2, destination: 3), right) == nil)
        let url = StateEntry(key: GossipKey.url, version: 1, value: Array("bin:10.0.0.2:5555".utf8))
        member.table.insert(
            MemberRecord(
                node: 2, generation: 1, version: 1, floor: 0, standing: Standing(.alive, incarnation: 0), since: 0,
                entries: [url]))
        let wrong = PacketSource(address: PeerAddress(ipv4: 0x0A00_0009), connection: 1)
        #expect(try refusal(Routing(cluster: 1, source: 2, destination: 3), wrong) == .wrongAddress)
        #expect(try refusal(Routing(cluster: 1, source: 2, destination: 3), right) == nil)
    }

    @Test func `the examples of the specification are what this library says`() throws {
        let first = Knowledge(node: 7, generation: 1790000000, version: 3, standing: Standing(.alive, incarnation: 0))
        let second = Knowledge(
            node: 9, generation: 1790000060, version: 12, standing: Standing(.suspected, incarnation: 2))
        #expect(ringPosition(7) == 0x63CBE1E4 && ringPosition(9) == 0xAEAF52FE)
        #expect(first.share == 0xDD6E01EA8D65DE8D && second.share == 0x1BC6A03E1625E924)
        var table = MemberTable()
        for known in [first, second] {
            table.insert(
                MemberRecord(
                    node: known.node, generation: known.generation, version: known.version, floor: 0,
                    standing: known.standing, since: 0, entries: []))
        }
        #expect(table.total == 0xF934A228A38BC7B1)
        #expect(table.sum(HashRange.all.part(6)) == first.share)
        let believed = Knowledge(
            node: 2, generation: 1790000000, version: 0, standing: Standing(.suspected, incarnation: 0))
        var writer = PacketWriter()
        try GossipMessage.heartbeatRequest(sequence: 5, believed: .init(knowledge: believed)).encode(
            Routing(cluster: 1, source: 3, destination: 2), into: &writer)
        #expect(
            writer.copyBytes()
                == bytes(
                    """
                    5034434b3600000001000a006578742d676f737369700400000005000000803bb16a0000000001000000010000000300000002000000
                    """))
    }
}
