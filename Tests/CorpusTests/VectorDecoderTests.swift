import BINMessages
import BINWire
import Foundation
import FuzzProperties
import TestSupport
import Testing

/// The test vectors hold for a decoder that has nothing but the exported layouts, which shares no code with the library
/// that made them.
@Suite struct VectorDecoderTests {
    struct File: Decodable {
        var testGroups: [Group]
    }

    struct Group: Decodable {
        struct Carrier: Decodable {
            var type: Int
            var version: Int
        }
        struct Test: Decodable {
            var tcId: Int
            var flags: [String]
            var packet: String
            var result: String
            var release: String?
        }
        var capability: String
        var message: String
        var type: Int?
        var version: Int?
        var layout: String
        var framing: String
        var releases: [[String]]
        var carrier: Carrier?
        var tests: [Test]
    }

    static let files: [String] = {
        let folder = directory.path
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
            $0.hasSuffix(".json") && !$0.hasSuffix(".schema.json") && $0 != "framing.json"
        }.sorted()
    }()

    private static let directory = Corpus.directory.deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Spec/vectors")

    /// Mistakes that lie in the fields, where the layout alone decides.
    private static let fieldMistakes: Set<String> = [
        "CutAtField", "CutInField", "WrongValueSize", "NegativeLength", "StringPastEnd", "CountOutOfRange",
        "TrailingBytes",
    ]

    private func entries(_ decoder: LayoutDecoder, _ group: Group) -> [LayoutDecoder.Entry] {
        let names = group.layout.split(separator: "|").map(String.init)
        return decoder.entries.filter {
            $0.capability == group.capability && $0.message == group.message && $0.type == group.type
                && $0.version == group.version && $0.framing == group.framing
                && $0.layoutNames.contains { names.contains($0) }
        }
    }

    @Test(arguments: files) func `a decoder of the exported layouts agrees with the vectors`(file: String) throws {
        let decoder = try #require(LayoutDecoderTests.decoder)
        let groups = try JSONDecoder().decode(
            File.self, from: Data(contentsOf: Self.directory.appendingPathComponent(file))
        ).testGroups
        for group in groups {
            let framing = try #require(Framing.allCases.first { "\($0)" == group.framing })
            // Sync packets without sizes cannot be walked without reading the chunks, and do not say their version.
            guard group.message != "SYNC", group.carrier?.version != 1 else { continue }
            let entries = entries(decoder, group)
            try #require(!entries.isEmpty, "\(group.capability) \(group.message) \(group.layout)")
            for test in group.tests {
                let isGood = test.result != "invalid"
                guard isGood || Self.fieldMistakes.isSuperset(of: test.flags) else { continue }
                let packet = bytes(test.packet)
                let header = try PacketHeader(datagram: packet.span.bytes, framing: framing)
                var end = header.length
                if group.carrier != nil || entries[0].routing == "trailer" {
                    end -= try Routing(trailerOf: packet.span.bytes, header: header).size
                }
                let body = Array(packet[header.bodyOffset..<end])
                if group.carrier != nil {
                    let chunks = chunks(body)
                    let areGood = chunks.allSatisfy { chunk in
                        entries.contains { (try? decoder.decode(chunk, $0)) != nil }
                    }
                    #expect(areGood == isGood, "\(file) \(test.tcId)")
                } else if isGood {
                    // No release sends an extension.
                    let name = test.release ?? group.releases.last?.last
                    let ours = try fields(packet, header, try name.map { try #require(Release($0)) })
                    #expect(entries.contains { (try? decoder.decode(body, $0)) == ours }, "\(file) \(test.tcId)")
                } else {
                    #expect(entries.allSatisfy { (try? decoder.decode(body, $0)) == nil }, "\(file) \(test.tcId)")
                }
            }
        }
    }

    private func fields(_ packet: [UInt8], _ header: PacketHeader, _ release: Release?) throws -> FieldValue {
        var interpreter = Interpreter(release: release)
        var description = PacketDescription()
        interpreter.interpret(packet.span.bytes, header, from: SenderAddress(high: 0, low: 0), into: &description)
        return FieldValue.fields(description.nodes, packet)
    }

    /// The contents of sized chunks, behind capability and data version.
    private func chunks(_ body: [UInt8]) -> [[UInt8]] {
        func number(_ offset: Int, _ size: Int) -> Int {
            (0..<size).reduce(0) { $0 | Int(body[offset + $1]) << (8 * $1) }
        }
        var contents: [[UInt8]] = []
        var position = 2 + number(0, 2) + 4
        while position + 8 <= body.count {
            let size = number(position, 4)
            guard size <= body.count - position - 8 else { break }
            contents.append(Array(body[(position + 8)..<(position + 8 + size)]))
            position += 8 + size
        }
        return contents
    }
}
