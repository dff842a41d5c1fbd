import BINMessages
import BINWire
import TestSupport
import Testing

@Suite struct DeflateEnvelopeTests {
    private static func sharingTag(_ name: String, node: Int32) throws -> [UInt8] {
        var arena = Arena()
        var message = SharingTagActive()
        message.tag = arena.text(name)
        let layout = try #require(ClustererLayout.allCases.last { SharingTagActive.identity(in: $0) != nil })
        return try packet(
            message, in: layout, from: arena.bytes, routing: Routing(cluster: 1, source: node, destination: 2))
    }

    private static func envelope(_ packets: [[UInt8]]) throws -> [UInt8] {
        var policy = EnvelopePacker.Policy()
        policy.smallestBatch = 0
        var packer = EnvelopePacker(routing: Routing(cluster: 1, source: 3, destination: 2), policy: policy)
        packer.peerAccepts = true
        var sent: [[UInt8]] = []
        for packet in packets { try packer.add(packet.span.bytes) { _ in } }
        packer.flush { bytes in sent.append(bytes.withUnsafeBytes { Array($0) }) }
        return try #require(sent.count == 1 ? sent.first : nil)
    }

    @Test func `an envelope reads as it is declared, to its last byte, and encodes to the same bytes`() throws {
        let packets = try (0..<40).map { try Self.sharingTag("tag-\($0 % 7)", node: 3) }
        let envelope = try Self.envelope(packets)
        var description = try describe(envelope, .v2_3)
        let header = try PacketHeader(datagram: envelope.span.bytes, framing: .v2_3)
        let wire = try EnvelopeOpener.fields(envelope.span.bytes, header)
        #expect(description.failure == nil)
        #expect(description.message?.description == "ENVELOPE")
        #expect(description.layout == "DX-A")
        #expect(
            description.nodes.map(\.name.description)
                == ["dictionary", "packetCount", "inflatedSize", "checksum", "payload"])
        #expect(
            description.nodes.prefix(4).map(\.value)
                == [
                    Int64(wire.dictionary), Int64(wire.packetCount), Int64(wire.inflatedSize),
                    Int64(Int32(bitPattern: wire.checksum)),
                ])
        let payload = try #require(description.nodes.last).text
        #expect(Int(payload.offset)..<Int(payload.offset + payload.length) == wire.payload)
        var writer = PacketWriter()
        description.verify(envelope.span.bytes, header, using: &writer)
        #expect(description.failure == nil)
    }

    @Test func `the packets inside are read like others`() throws {
        let packets = try (0..<40).map { try Self.sharingTag("tag-\($0)", node: 3) }
        let description = try describe(try Self.envelope(packets), .v2_3)
        #expect(description.packets.map(\.bytes) == packets)
        for (index, packet) in description.packets.enumerated() {
            #expect(packet.description.message?.description == "SHTAG_ACTIVE")
            #expect(fields(packet.description, packet.bytes).contains("tagName=\"tag-\(index)\""))
            #expect(packet.description.routing == Routing(cluster: 1, source: 3, destination: 2))
        }
    }

    @Test func `an envelope says nothing of its sender's release, the packets inside do`() throws {
        let old = try (0..<20).map { _ in try Self.sharingTag("tag", node: 3) }
        let envelope = try Self.envelope(old)
        let alone = try describe(old[0], .v2_3)
        #expect(alone.releases != .all)
        #expect(try describe(envelope, .v2_3).releases == alone.releases)
        // Beside servers of any release.
        for release in [Release(2, 4, 0), Release(3, 4, 18)] {
            #expect(try describe(envelope, .v2_3, release: release).packets.count == 20)
        }
        for pair in [(Release(3, 4, 18), Release(4, 0, 1))] {
            #expect(!Compatibility(from: pair.0, to: pair.1).entries.contains { $0.capability == Envelope.capability })
        }
    }

    @Test func `what is wrong with an envelope is said with its field`() throws {
        var envelope = try Self.envelope(try (0..<40).map { _ in try Self.sharingTag("tag", node: 3) })
        envelope[39] ^= 1
        let damaged = try describe(envelope, .v2_3)
        #expect(damaged.failure?.reason == .wire(.badChecksum))
        #expect(damaged.failure?.field == "checksum")
        #expect(damaged.failure?.offset == 39)
        #expect(damaged.packets.isEmpty)
        envelope[39] ^= 1
        envelope[27] ^= 1
        #expect(try describe(envelope, .v2_3).failure?.field == "dictionary")
    }

    @Test func `a packet inside that cannot be read is a fault of the whole`() throws {
        var broken = try Self.sharingTag("a tag with a length that is wrong", node: 3)
        let header = try PacketHeader(datagram: broken.span.bytes, framing: .v2_3)
        broken[header.bodyOffset] = 0xFF
        let good = try (0..<20).map { _ in try Self.sharingTag("a tag with a length", node: 3) }
        let description = try describe(try Self.envelope(good + [broken]), .v2_3)
        #expect(description.packets.count == 21)
        #expect(description.packets.dropLast().allSatisfy { $0.description.failure == nil })
        #expect(description.failure?.message == "SHTAG_ACTIVE")
        #expect(description.failure?.reason == description.packets.last?.description.failure?.reason)
    }
}
