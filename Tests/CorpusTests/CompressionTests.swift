import BINMessages
import BINWire
import Testing

/// What envelopes of `ext-deflate` make of recorded traffic.
@Suite struct CompressionTests {
    private static func packets(of capture: String) throws -> [Corpus.Packet] {
        try Corpus.contents(of: capture).packets.filter { $0.header.framing == .v2_3 }
    }

    /// Packs packets as a sender would, and checks that a receiver has them back.
    private static func packed(
        _ packets: [[UInt8]], policy: EnvelopePacker.Policy = .init()
    ) throws -> (sent: [[UInt8]], counters: EnvelopePacker.Counters) {
        var packer = EnvelopePacker(routing: Routing(cluster: 1, source: 1, destination: 2), policy: policy)
        packer.peerAccepts = true
        var sent: [[UInt8]] = []
        for packet in packets {
            try packer.add(packet.span.bytes) { bytes in sent.append(bytes.withUnsafeBytes { Array($0) }) }
        }
        packer.flush { bytes in sent.append(bytes.withUnsafeBytes { Array($0) }) }
        var opener = EnvelopeOpener()
        var received: [[UInt8]] = []
        for packet in sent {
            let header = try PacketHeader(datagram: packet.span.bytes, framing: .v2_3)
            try opener.open(packet.span.bytes, header) { bytes, _ in
                received.append(bytes.withUnsafeBytes { Array($0) })
            }
        }
        #expect(received == packets)
        return (sent, packer.counters)
    }

    private static func ratio(_ packets: [[UInt8]], _ sent: [[UInt8]]) -> Double {
        Double(packets.reduce(0) { $0 + $1.count }) / Double(sent.reduce(0) { $0 + $1.count })
    }

    @Test func `a contact sync is at least five times smaller in envelopes`() throws {
        let sync = try Self.packets(of: "4.0.1/usrloc-big").filter { $0.capability == "clusterer-extra" }.map(\.bytes)
        #expect(sync.reduce(0) { $0 + $1.count } > 90_000)
        for level in [1, 6, 9] {
            var policy = EnvelopePacker.Policy()
            policy.level = level
            let (sent, counters) = try Self.packed(sync, policy: policy)
            let ratio = Self.ratio(sync, sent)
            print("contact sync, level \(level): \(ratio) times smaller in \(counters.envelopes) envelopes")
            #expect(ratio >= 5)
        }
    }

    @Test(arguments: ["2.4/usrloc", "3.1/usrloc", "3.4.18/usrloc", "3.6.8/usrloc", "4.0.1/usrloc", "master/usrloc"])
    func `a single contact packet deflates to half with the dictionary`(capture: String) throws {
        let contacts = try Self.packets(of: capture).filter {
            $0.capability == "usrloc-contact-repl" && (3...5).contains($0.header.type)
        }.map(\.bytes)
        #expect(contacts.count >= 10)
        var deflater = Deflater()
        var sizes: [Int] = []
        var sizesWithout: [Int] = []
        for contact in contacts {
            let fits = deflater.deflate(contact.span.bytes, dictionary: .bin1)
            #expect(fits)
            sizes.append(deflater.bytes.byteCount)
            _ = deflater.deflate(contact.span.bytes)
            sizesWithout.append(deflater.bytes.byteCount)
            // And, each in an envelope of its own, as far as that saves anything.
            let (sent, _) = try Self.packed([contact])
            #expect(sent.count == 1 && sent[0].count <= contact.count)
        }
        let total = Double(contacts.reduce(0) { $0 + $1.count })
        let ratio = total / Double(sizes.reduce(0, +))
        let without = total / Double(sizesWithout.reduce(0, +))
        let whole = total / Double(sizes.reduce(0) { $0 + $1 + Envelope.overhead })
        let (together, _) = try Self.packed(contacts)
        print(
            """
            \(capture): \(contacts.count) single contact packets: payloads \(ratio) times smaller, without dictionary \(without)
                each in an envelope of its own \(whole), all in one envelope \(Self.ratio(contacts, together))
            """)
        #expect(ratio >= 2)
        #expect(whole > 1.3)
        // With its frame, half the size takes two packets.
        let pairs = try stride(from: 0, to: contacts.count - 1, by: 2).map { Array(contacts[$0...($0 + 1)]) }.map {
            (pair: $0, sent: try Self.packed($0).sent)
        }
        #expect(Self.ratio(pairs.flatMap(\.pair), pairs.flatMap(\.sent)) >= 2)
    }

    @Test(arguments: Corpus.captures)
    func `every capture comes out of envelopes as it went in`(capture: String) throws {
        let packets = try Self.packets(of: capture).map(\.bytes)
        guard !packets.isEmpty else { return }
        let (sent, _) = try Self.packed(packets)
        #expect(sent.reduce(0) { $0 + $1.count } <= packets.reduce(0) { $0 + $1.count })
    }
}
