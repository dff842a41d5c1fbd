import BINCapture
import BINMessages
import BINWire
import Foundation
import FuzzProperties
import Testing

/// The exported layouts say all that is needed to decode: a decoder that has only them reads the same.
@Suite struct LayoutDecoderTests {
    static let decoder: LayoutDecoder? = try? LayoutDecoder(
        contentsOf: Corpus.directory.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Spec/layouts.json"))

    /// The entries that a packet may be read with, those of the layout that the library chose.
    private func entries(
        _ decoder: LayoutDecoder, capability: String, type: Int?, version: Int?, framing: Framing, layout: String
    ) -> [LayoutDecoder.Entry] {
        let names = layout.split(separator: "|").map(String.init)
        return decoder.entries.filter {
            $0.capability == capability && $0.type == type && $0.framing == framing.description
                && (version == nil || $0.version == version) && $0.layoutNames.contains { names.contains($0) }
        }
    }

    @Test(arguments: Corpus.captures)
    func `both decoders read the same from every packet`(capture: String) throws {
        let decoder = try #require(Self.decoder)
        var interpreter = Interpreter()
        var description = PacketDescription()
        for packet in try Corpus.contents(of: capture).packets {
            interpreter.interpret(packet.bytes.span.bytes, packet.header, from: packet.sender, into: &description)
            guard description.failure == nil else { continue }
            let layouts = (description.layout ?? "").split(separator: "/", maxSplits: 1).map(String.init)
            let body = Array(
                packet.bytes[packet.header.bodyOffset..<(packet.header.length - (description.routing?.size ?? 0))])
            let candidates = entries(
                decoder, capability: packet.capability, type: Int(packet.header.type),
                version: packet.header.hasVersion ? Int(packet.header.version) : nil, framing: packet.header.framing,
                layout: layouts.first ?? "")
            var ours = FieldValue.fields(description.nodes, packet.bytes)
            let theirs = candidates.compactMap { try? decoder.decode(body, $0) }
            if ours["chunks"] != nil {
                try compareChunks(decoder, ours, theirs, packet, layouts.last ?? "")
                ours = ours.without("chunks")
                #expect(theirs.contains { $0.without("chunks") == ours }, "\(capture) \(description.layout ?? "")")
            } else {
                #expect(
                    theirs.contains(ours),
                    "\(capture) \(packet.capability) \(packet.header.type): \(ours) against \(theirs)")
            }
        }
    }

    /// Walks over the chunks as the specification says and decodes each with the layouts of the inner capability.
    private func compareChunks(
        _ decoder: LayoutDecoder, _ ours: FieldValue, _ theirs: [FieldValue], _ packet: Corpus.Packet, _ layout: String
    ) throws {
        let capability = ours["capability"]?.text ?? ""
        let version = ours["dataVersion"]?.number.map { Int($0) }
        let candidates = entries(
            decoder, capability: capability, type: nil, version: version, framing: .v2_3, layout: layout)
        let trailer = 12
        let chunks = ours["chunks"]?.list ?? []
        guard !chunks.isEmpty else { return }
        // Behind the capability, and the data version where there is one.
        var position = packet.header.bodyOffset + 2 + capability.utf8.count + (version == nil ? 0 : 4)
        for chunk in chunks {
            let sizeField = version == nil ? 0 : 4
            let start = position + sizeField + 4
            let expected = chunk.without("size").without("marker")
            if let size = chunk["size"]?.number {
                let content = Array(packet.bytes[start..<(start + Int(size))])
                #expect(candidates.contains { (try? decoder.decode(content, $0)) == expected }, "\(expected)")
                position = start + Int(size)
            } else {
                let rest = Array(packet.bytes[start..<(packet.header.length - trailer)])
                let read = candidates.compactMap { try? decoder.decodePrefix(rest, $0) }.first { $0.value == expected }
                position = start + (try #require(read, "\(expected)").length)
            }
        }
        #expect(position == packet.header.length - trailer)
    }
}

extension FieldValue {
    /// The group without one of its fields.
    func without(_ name: String) -> FieldValue {
        guard case .group(var fields) = self else { return self }
        fields[name] = nil
        return .group(fields)
    }
}
