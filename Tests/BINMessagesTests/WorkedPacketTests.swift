import BINMessages
import BINWire
import Foundation
import TestSupport
import Testing

/// The packets that the specification works through, byte by byte.
@Suite struct WorkedPacketTests {
    struct Worked: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var hex: String
        var testDescription: String { name }
    }

    static let all: [Worked] = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        guard let data = try? Data(contentsOf: tests.appendingPathComponent("Corpus/worked-packets.json")) else {
            return []
        }
        return (try? JSONDecoder().decode([Worked].self, from: data)) ?? []
    }()

    /// Three show a trailer or chunks around a body that means nothing.
    static let real = all.filter {
        !$0.name.hasPrefix("SYNC: ") && !$0.name.hasPrefix("MODULE") && !$0.name.hasPrefix("BRIDGE")
    }

    @Test func `there are as many as were worked out`() {
        #expect(Self.all.count == 53)
        #expect(Self.real.count == 50)
    }

    @Test(arguments: real)
    func `each is decoded to its last byte and encodes to the same bytes`(worked: Worked) throws {
        let packet = bytes(worked.hex)
        let framing = try #require(generation(of: packet))
        var description = try describe(packet, framing)
        let header = try PacketHeader(datagram: packet.span.bytes, framing: framing)
        var writer = PacketWriter()
        description.verify(packet.span.bytes, header, using: &writer)
        #expect(description.failure == nil, "\(String(describing: description.failure))")
    }

    private func generation(of packet: [UInt8]) -> Framing? {
        // A 2.2 packet looks like a damaged 2.1 datagram; only the checksum tells.
        if (try? PacketHeader(datagram: packet.span.bytes, framing: .v2_1)) != nil { return .v2_1 }
        if case .packet(let framing) = Framing.detect(stream: packet.span.bytes) { return framing }
        return nil
    }

    @Test func `a contact insert of 3_6 has these fields`() throws {
        let worked = try #require(Self.all.first { $0.name.hasPrefix("usrloc contact-insert, V5") })
        let packet = bytes(worked.hex)
        let description = try describe(packet, .v2_3)
        #expect(description.layout == "U-K")
        #expect(description.releases.description == "3.6–4.1")
        #expect(description.routing == Routing(cluster: 1, source: 1, destination: 2))
        #expect(
            fields(description, packet) == [
                "domain=\"location\"", "aor=\"alice\"", "contact=\"sip:a@10.0.0.9:5062\"",
                "contactId=4465107924305395812",
                "callid=\"c1@10.0.0.9\"", "userAgent=\"UA/1\"", "path=\"\"", "attr=\"\"", "received=\"\"",
                "instance=\"\"", "expires=1700003600", "q=700", "sock=\"udp:10.0.0.1:5060\"", "cseq=7", "flags=0",
                "cflags=\"NAT\"", "methods=16383", "lastModified=1700000000", "kv=\"{\"_st\":\"vip1\"}\"",
                "matchMode=1",
            ])
        let id = ContactID(4_465_107_924_305_395_812)
        #expect((id.contactLabel, id.recordLabel) == (100, 5))
        #expect(UInt32(id.aorHash) == KeyHash.hash(Array("alice".utf8).span.bytes) & 0xFFFF)
    }

    @Test func `the contact id of an update stands behind the key_values`() throws {
        let worked = try #require(Self.all.first { $0.name.hasPrefix("usrloc contact-update, V5") })
        let packet = bytes(worked.hex)
        let names = fields(try describe(packet, .v2_3), packet)
        #expect(
            names.suffix(5) == [
                "contactId=4465107924305395812", "matchMode=2", "matchCount=2", "matchParams=\"pn-prid\"",
                "matchParams=\"pn-provider\"",
            ])
    }

    @Test func `a bridge aggregate names both clusters`() throws {
        let worked = try #require(Self.all.first { $0.name.contains("aggregate EDGE") })
        let packet = bytes(worked.hex)
        let description = try describe(packet, .v2_3)
        #expect(description.message?.description == "aggregate-edge")
        #expect(description.routing == Routing(bridgeFrom: 1, to: 9, source: 1))
        #expect(fields(description, packet).contains("counter=114"))
    }

    @Test func `chunks of an unknown capability are shown and counted as not understood`() throws {
        let worked = try #require(Self.all.first { $0.name.hasPrefix("SYNC: ") })
        let packet = bytes(worked.hex)
        let description = try describe(packet, .v2_3)
        #expect(description.failure?.reason == .undeclaredCapability)
        #expect(description.nodes.filter { $0.kind == .beginRecord }.count == 2)
        #expect(fields(description, packet).contains("size=6"))
    }
}
