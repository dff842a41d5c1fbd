import BINCapture
import BINMessages
import BINText
import BINWire
import Foundation
import Testing

/// How envelopes of `ext-deflate` are shown.
@Suite struct EnvelopeTests {
    /// A capture with one envelope of forty packets about sharing tags, and a packet behind it; `damage` changes a byte.
    private static func capture(damagedAt offset: Int? = nil) throws -> Data {
        var packer = EnvelopePacker(routing: Routing(cluster: 1, source: 3, destination: 2))
        packer.peerAccepts = true
        var packets: [[UInt8]] = []
        var writer = PacketWriter()
        let capability = Array("clusterer-extra".utf8)
        for index in 0..<40 {
            try writer.begin(capability: capability.span.bytes, type: 13, version: 1, framing: .v2_3)
            try writer.write(Array("tag-\(index)".utf8).span.bytes)
            try writer.finish(routing: Routing(cluster: 1, source: 3, destination: 2))
            try packer.add(writer.bytes) { _ in }
        }
        packer.flush { bytes in packets.append(bytes.withUnsafeBytes { Array($0) }) }
        packets.append(writer.copyBytes())
        if let offset { packets[0][offset] ^= 0x10 }
        var file = CaptureFileWriter()
        let origin = PacketOrigin(
            time: CaptureTime(nanosecondsSinceEpoch: 1_800_000_000_000_000_000), transport: .tcp,
            source: Endpoint(IPAddress(127, 0, 0, 3), port: 40_000),
            destination: Endpoint(IPAddress(127, 0, 0, 2), port: 5555))
        for packet in packets { try file.append(packet.span.bytes, from: origin) }
        return Data(file.takeBytes())
    }

    private static func json(_ line: Substring?) throws -> [String: Any] {
        let parsed = try JSONSerialization.jsonObject(with: Data((line ?? "").utf8))
        return try #require(parsed as? [String: Any])
    }

    @Test func `the packets of an envelope are a list in its object`() throws {
        let result = try Tool.run(["inspect", "--json", "--verify", "-"], input: Self.capture())
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.lines.count == 2)
        let envelope = try Self.json(result.lines.first)
        #expect(envelope["capability"] as? String == "ext-deflate")
        #expect(envelope["message"] as? String == "ENVELOPE")
        let fields = try #require(envelope["fields"] as? [String: Any])
        #expect(fields["packetCount"] as? Int == 40)
        #expect((fields["payload"] as? [String: String])?["hex"] != nil)
        let packets = try #require(envelope["packets"] as? [[String: Any]])
        #expect(packets.count == 40)
        let keys: Set = ["version", "capability", "type", "message", "layout", "fields", "routing"]
        for (index, packet) in packets.enumerated() {
            #expect(Set(packet.keys) == keys)
            #expect(packet["message"] as? String == "SHTAG_ACTIVE")
            #expect((packet["fields"] as? [String: String])?["tagName"] == "tag-\(index)")
        }
        #expect(try Self.json(result.lines.last)["packets"] == nil)
    }

    @Test func `an envelope in JSON becomes the same packet again`() throws {
        let json = try Tool.run(["inspect", "--json", "-"], input: Self.capture())
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pcap")
        defer { try? FileManager.default.removeItem(at: file) }
        let converted = try Tool.run(["convert", "--pcap", file.path, "-"], input: Data(json.output.utf8))
        #expect(converted.status == 0, "\(converted.errors)")
        #expect(try Tool.run(["inspect", "--json", file.path]).output == json.output)
    }

    @Test func `text shows them too`() throws {
        let line = try Tool.run(["inspect", "-"], input: Self.capture())
        #expect(
            line.output.contains("packetCount=40"), "\(line.output)")
        #expect(line.output.contains("packets: SHTAG_ACTIVE, SHTAG_ACTIVE, SHTAG_ACTIVE … 40 in all"))
        let fields = try Tool.run(["inspect", "-v", "-"], input: Self.capture())
        #expect(fields.output.contains("packet 40: clusterer-extra SHTAG_ACTIVE"))
        #expect(fields.output.contains("tagName: \"tag-39\""))
        let bytes = try Tool.run(["inspect", "-x", "-"], input: Self.capture())
        #expect(bytes.output.contains("packet 40 inside, inflated"))
    }

    @Test(arguments: [
        ("tagName=tag-17", 1), ("tagName=tag-39", 2), ("tagName=tag-40", 0),
        ("capability=ext-deflate && tagName=tag-39", 1),
        ("capability!=ext-deflate", 1), ("message=SHTAG_ACTIVE", 2),
    ])
    func `filters look inside`(filter: String, count: Int) throws {
        let result = try Tool.run(["inspect", "--json", "--filter", filter, "-"], input: Self.capture())
        #expect(result.lines.count == count)
    }

    @Test(arguments: [([], 40), (["--filter", "tagName~tag-1"], 11)])
    func `statistics count what is inside by itself`(options: [String], count: Int) throws {
        let text = try Tool.run(["inspect", "--stats"] + options + ["-"], input: Self.capture())
        #expect(text.output.contains("inside of envelopes"))
        let json = try Tool.run(["inspect", "--stats", "--json"] + options + ["-"], input: Self.capture())
        let statistics = try Self.json(json.lines.first)
        let outside = try #require(statistics["packets"] as? [[String: Any]])
        #expect(outside.contains { $0["capability"] as? String == "ext-deflate" && $0["packets"] as? Int == 1 })
        let inside = try #require(statistics["packetsInside"] as? [[String: Any]])
        #expect(inside.count == 1)
        #expect(inside.first?["message"] as? String == "SHTAG_ACTIVE")
        #expect(inside.first?["packets"] as? Int == count)
        #expect(inside.first?["share"] as? Double == 1)
    }

    @Test func `a damaged envelope is shown with its reason and the status is 3`() throws {
        let result = try Tool.run(["inspect", "--json", "-"], input: Self.capture(damagedAt: 39))
        #expect(result.status == 3)
        #expect(result.lines.count == 2)
        let envelope = try Self.json(result.lines.first)
        #expect(envelope["packets"] == nil)
        let error = try #require(envelope["error"] as? [String: Any])
        #expect(error["offset"] as? Int == 39)
        #expect((error["reason"] as? String)?.contains("checksum at offset 39: the checksum is wrong") == true)
    }

    @Test func `the layout is described as an extension`() throws {
        let list = try Tool.run(["describe", "ext-deflate"])
        #expect(list.status == 0)
        #expect(list.output.contains("DX-A: an extension; no release of OpenSIPS sends it"))
    }
}
