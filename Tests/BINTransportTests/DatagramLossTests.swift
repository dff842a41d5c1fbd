import BINMessages
import BINTransport
import BINWire
import NIOCore
import Synchronization
import TestSupport
import Testing

/// Counters of dialog profiles, node by node, as the real protocol repeats them: last value wins (Spec/dialog.md, DL-29).
private struct ProfileTable: Hashable, Sendable {
    struct Key: Hashable, Sendable {
        var node: Int32
        var profile: String
        var value: String
    }

    var counters: [Key: Int32] = [:]

    /// The counters of one node as packets of at most ten records.
    func packets(of node: Int32) throws -> [[UInt8]] {
        let records = counters.filter { $0.key.node == node }.sorted { ($0.key.value) < ($1.key.value) }
        return try stride(from: 0, to: records.count, by: 10).map { start in
            var message = ProfileCounters()
            var texts: [UInt8] = []
            func text(_ string: String) -> Text {
                texts += string.utf8
                return Text(offset: UInt32(texts.count - string.utf8.count), length: UInt32(string.utf8.count))
            }
            for (key, counter) in records[start..<min(start + 10, records.count)] {
                var record = ProfileCounter()
                record.profile = text(key.profile)
                record.hasValue = 1
                record.value = text(key.value)
                record.counter = counter
                message.profiles.append(record)
            }
            var writer = PacketWriter()
            try writer.begin(
                capability: Array("dialog-prof-repl".utf8).span.bytes, type: 4, version: 4, framing: .v2_3)
            try message.encode(from: texts.span.bytes, in: .l, into: &writer)
            try writer.finish(routing: Routing(cluster: 1, source: node, destination: 9))
            return writer.copyBytes()
        }
    }

    mutating func receive(_ bytes: RawSpan, _ header: PacketHeader) throws(WireError) {
        let routing = try Routing(trailerOf: bytes, header: header)
        let body = header.bodyOffset..<(header.length - routing.size)
        for record in try ProfileCounters(decoding: bytes, range: body, in: .l).profiles {
            let key = Key(
                node: routing.source, profile: record.profile.string(in: bytes) ?? "",
                value: record.value.string(in: bytes) ?? "")
            counters[key] = record.counter
        }
    }
}

/// What a receiver knows.
private final class KnownProfiles: Sendable {
    private let table = Mutex(ProfileTable())

    var value: ProfileTable { table.withLock { $0 } }

    func receive(_ batch: InboundPackets) throws {
        try batch.forEach { bytes, header throws(WireError) in
            try table.withLock { table throws(WireError) in try table.receive(bytes, header) }
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct DatagramLossTests {
    private let anywhere = BINEndpoint(.udp, host: "127.0.0.1", port: 0)

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `profile counters are the sender's again one round after the losses stopped`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        var truth = ProfileTable()
        for node in Int32(1)...3 {
            for number in 0..<60 {
                let profile = number % 2 == 0 ? "caller" : "trunk"
                truth.counters[.init(node: node, profile: profile, value: "value\(number)")] = 0
            }
        }
        let receiver = try await UDPTransport.bind(to: anywhere)
        let proxy = try await LossyProxy(to: receiver.localAddress, seed: seed)
        let target = try #require(proxy.address)
        let sender = try await UDPTransport.bind(to: anywhere)
        let known = KnownProfiles()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await receiver.run() }
            group.addTask {
                for await batch in receiver.packets { try known.receive(batch) }
            }
            var sent = 0
            func broadcast() async throws {
                for node in Int32(1)...3 {
                    let packets = try truth.packets(of: node)
                    try await sender.send(packets, to: target)
                    sent += packets.count
                }
            }
            var roundsAstray = 0
            for round in 0..<40 {
                for key in truth.counters.keys.sorted(by: { ($0.node, $0.value) < ($1.node, $1.value) })
                where Int.random(in: 0..<4, using: &random) == 0 {
                    truth.counters[key] = Int32.random(in: 0...500, using: &random)
                }
                try await broadcast()
                #expect(try await proxy.hasSeen(sent))
                try await Task.sleep(for: .milliseconds(round % 5 == 0 ? 10 : 0))
                if known.value != truth { roundsAstray += 1 }
            }
            let damage = try await proxy.stopDamaging()
            #expect(damage.lost > 100 && damage.doubled > 50 && damage.overtaken > 100)
            #expect(roundsAstray > 30, "the losses were felt")
            try await broadcast()
            #expect(await happens(within: .seconds(10)) { known.value == truth })
            #expect(receiver.counters.value(.packetsRefused) == 0)
            receiver.close()
            sender.close()
            try await proxy.close()
            try await group.waitForAll()
        }
    }
}
