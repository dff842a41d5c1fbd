import BINMessages
import BINWire
import Testing

/// What real servers sent, read into values and written again.
@Suite struct ReplicationCorpusTests {
    /// Captures of one release, with that release.
    static let captures = Corpus.captures.filter { Corpus.release(of: $0) != nil }

    /// The packet without the header bytes that mean nothing in 2.2.
    private static func meaningful(_ packet: [UInt8], _ framing: Framing) -> [UInt8] {
        guard framing == .v2_2 else { return packet }
        var packet = packet
        for offset in [6, 7, 10, 11] { packet[offset] = 0 }
        return packet
    }

    /// The packets that say the same as an event, by the library; nil for an event that is not one packet.
    private static func packets(_ event: ReplicationEvent, _ release: Release) throws -> [[UInt8]]? {
        var routing = Routing(cluster: 1, source: event.origin.node ?? 1, destination: 2)
        var destinationCluster: Int32 = 0
        if case .routed(let trailer) = event.origin {
            destinationCluster = trailer.destinationCluster ?? 0
            if trailer.destinationCluster == nil {
                routing = trailer
            } else {
                routing.cluster = trailer.cluster
            }
        }
        var producer = try ReplicationProducer(for: release, routing: routing)
        // Servers close packets at the end of hash buckets.
        producer.pipeChunkSize = 65535
        producer.profileChunkSize = 65535
        switch event.change {
        case .aorInserted(let record): return [try producer.insert(record)]
        case .aorDeleted(let aor): return [try producer.delete(aor)]
        case .contactInserted(let contact): return [try producer.insert(contact)]
        case .contactUpdated(let contact): return [try producer.update(contact)]
        case .contactDeleted(let key): return [try producer.delete(key)]
        case .profileCounts(let counts): return try producer.profileCounts(counts)
        case .pipeCounts(let pipes): return try producer.pipeCounts(pipes)
        case .bridgeAggregate(let aggregate):
            return aggregate.hop == .edge
                ? try producer.bridgeAggregate(aggregate.pipes, to: destinationCluster)
                : try producer.passOn(aggregate)
        case .contactSyncBegan, .aorSynced, .contactSynced, .contactSyncEnded, .other: return nil
        }
    }

    @Test(arguments: captures)
    func `each packet of a server is read and written again as it was`(capture: String) throws {
        let release = try #require(Corpus.release(of: capture))
        var consumer = ReplicationConsumer(release: release)
        for packet in try Corpus.contents(of: capture).packets {
            for event in try consumer.events(of: packet.bytes.span.bytes, packet.header) {
                guard let packets = try Self.packets(event, release) else { continue }
                let framing = packet.header.framing
                #expect(
                    packets.map { Self.meaningful($0, framing) } == [Self.meaningful(packet.bytes, framing)],
                    "\(event)")
            }
        }
    }

    @Test func `packets of every kind were among them`() throws {
        var kinds: [String: Set<Release>] = [:]
        for capture in Self.captures {
            let release = try #require(Corpus.release(of: capture))
            var consumer = ReplicationConsumer(release: release)
            for packet in try Corpus.contents(of: capture).packets {
                for event in try consumer.events(of: packet.bytes.span.bytes, packet.header) {
                    let kind = "\(event.change)".prefix { $0 != "(" }
                    kinds[String(kind), default: []].insert(release)
                }
            }
        }
        for kind in ["aorInserted", "aorDeleted", "contactInserted", "contactUpdated", "contactDeleted"] {
            #expect(kinds[kind]?.count == 15, "\(kind) \(kinds[kind]?.count ?? 0)")
        }
        for kind in ["contactSyncBegan", "aorSynced", "contactSynced", "contactSyncEnded"] {
            #expect(kinds[kind]?.count == 12, "\(kind) \(kinds[kind]?.count ?? 0)")
        }
        #expect(kinds["profileCounts"]?.count == 14, "\(kinds["profileCounts"]?.count ?? 0)")
        #expect(kinds["pipeCounts"]?.count == 13, "\(kinds["pipeCounts"]?.count ?? 0)")
    }

    /// A sync as it was sent: its packets, and what they say.
    private struct Sync {
        var packets: [[UInt8]] = []
        var changes: [ReplicationChange] = []
        var summary: ContactSyncSummary?
    }

    private static func syncs(of capture: String, _ release: Release) throws -> [(Routing, Sync)] {
        var consumer = ReplicationConsumer(release: release)
        var open: [Routing: Sync] = [:]
        var ended: [(Routing, Sync)] = []
        for packet in try Corpus.contents(of: capture).packets {
            let events = try consumer.events(of: packet.bytes.span.bytes, packet.header)
            guard let first = events.first, case .routed(let routing) = first.origin else { continue }
            // In one capture a donor answers two requests of the same node at once.
            if open[routing]?.packets.contains(packet.bytes) == true { continue }
            var isSync = false
            for event in events {
                switch event.change {
                case .contactSyncBegan:
                    open[routing] = Sync()
                    isSync = true
                case .aorSynced, .contactSynced:
                    open[routing]?.changes.append(event.change)
                    isSync = true
                case .contactSyncEnded(let summary):
                    open[routing]?.summary = summary
                    isSync = true
                default: break
                }
            }
            guard isSync else { continue }
            open[routing]?.packets.append(packet.bytes)
            if open[routing]?.summary != nil, let sync = open.removeValue(forKey: routing) {
                ended.append((routing, sync))
            }
        }
        return ended
    }

    @Test(arguments: captures)
    func `each contact sync of a server is packed the same`(capture: String) throws {
        let release = try #require(Corpus.release(of: capture))
        for (routing, sync) in try Self.syncs(of: capture, release) {
            #expect(sync.summary?.isComplete == true, "\(String(describing: sync.summary))")
            var producer = try ContactSyncProducer(for: release, routing: routing)
            var packets: [[UInt8]] = []
            for change in sync.changes {
                switch change {
                case .aorSynced(let record):
                    try producer.add(record) { bytes in packets.append(bytes.withUnsafeBytes { Array($0) }) }
                case .contactSynced(let contact):
                    #expect(contact.matching == .uriAndCallID || release < Release(3, 1, 3))
                    try producer.add(contact) { bytes in packets.append(bytes.withUnsafeBytes { Array($0) }) }
                default: break
                }
            }
            try producer.end { bytes in packets.append(bytes.withUnsafeBytes { Array($0) }) }
            #expect(packets.map(\.count) == sync.packets.map(\.count))
            #expect(packets == sync.packets)
        }
    }

    @Test func `the big sync has several packets`() throws {
        let syncs = try Self.syncs(of: "4.0.1/usrloc-big", Release(4, 0, 1))
        #expect(syncs.contains { $0.1.packets.count == 4 })
    }

    @Test(
        arguments: Corpus.captures.filter { $0.contains("usrloc") || $0.contains("ratelimit") || $0.contains("mixed") })
    func `without a release the senders are narrowed down and nothing is refused`(capture: String) throws {
        var consumer = ReplicationConsumer()
        var known = Corpus.release(of: capture).map { ReplicationConsumer(release: $0) }
        for packet in try Corpus.contents(of: capture).packets {
            let events = try consumer.events(of: packet.bytes.span.bytes, packet.header, from: packet.sender)
            #expect(!events.isEmpty)
            // Layouts that look the same in a packet may differ in what is on the wire, not in what was found there.
            let expected = try known?.events(of: packet.bytes.span.bytes, packet.header)
            #expect(expected == nil || events == expected)
        }
    }
}
