import BINMessages
import BINWire

/// `Spec/kaitai/opensips_bin.ksy`: framing, contacts, profile counters and pipes for Kaitai Struct.
///
/// The framing is written here; bodies, layouts, names of values and the table of what a header tells come from the
/// declarations.
struct KaitaiExport {
    /// A message whose bodies are described.
    private struct Entry {
        var name: String
        var type: Int32
        var doc: String
        var section: String
    }

    /// Messages that share their layouts.
    private struct Codec {
        /// Enum of the layouts.
        var layoutEnum: String
        var doc: String
        var capabilities: [String]
        var document: String
        var messages: [Entry]
        /// What the repeated groups are, by the name of the list.
        var records: [String: String]
    }

    private static let codecs = [
        Codec(
            layoutEnum: "contact_layout", doc: "contacts", capabilities: ["ul", "usrloc-contact-repl"],
            document: "usrloc.md",
            messages: [
                Entry(
                    name: "aor-insert", type: 1, doc: "An address of record came into being.",
                    section: "type-1-aor-insert"),
                Entry(
                    name: "aor-delete", type: 2, doc: "An address of record and all its contacts went away.",
                    section: "type-2-aor-delete"),
                Entry(
                    name: "contact-insert", type: 3, doc: "A contact was registered.", section: "type-3-contact-insert"),
                Entry(
                    name: "contact-update", type: 4, doc: "A contact was registered again or changed.",
                    section: "type-4-contact-update"),
                Entry(
                    name: "contact-delete", type: 5, doc: "A contact was unregistered.",
                    section: "type-5-contact-delete"),
            ], records: [:]),
        Codec(
            layoutEnum: "profile_layout", doc: "dialog profile counters", capabilities: ["dialog", "dialog-prof-repl"],
            document: "dialog.md",
            messages: [
                Entry(
                    name: "profile-counters", type: 4, doc: "How many dialogs the sender has in each profile.",
                    section: "profile-counters")
            ], records: ["profiles": "The counter of a profile, or of one value of it."]),
        Codec(
            layoutEnum: "pipe_layout", doc: "rate-limit pipes", capabilities: ["ratelimit", "ratelimit-pipe-repl"],
            document: "ratelimit.md",
            messages: [
                Entry(
                    name: "pipe-counters", type: 0, doc: "How much each pipe of the sender counted.",
                    section: "type-0-pipe-counters"),
                Entry(
                    name: "aggregate-edge", type: 10,
                    doc: "Sums over a cluster, from a bridge node to another cluster.",
                    section: "types-10-and-11-aggregates"),
                Entry(
                    name: "aggregate-core", type: 11,
                    doc: "Sums over another cluster, passed on inside of the own one.",
                    section: "types-10-and-11-aggregates"),
            ], records: ["pipes": "The counter of one pipe."]),
    ]

    /// The whole file.
    static var text: String {
        var text = KaitaiText()
        text.block(KaitaiFraming.beginning)
        text.nested("types") { text in
            let leading = Catalogue.declared.capabilities.filter { capability in
                capability.families.contains { $0.candidates.contains { $0.identity.routing == .leading } }
            }
            text.block(KaitaiFraming.packet2_3(withoutTrailer: leading.map(\.name)))
            writeMessage(
                "len_capability + 8", "size: len_body", key: ["capability", "packet_type", "version"], .v2_3, to: &text)
            text.block(KaitaiFraming.packet2_2)
            writeMessage(
                "len_capability + 12", "size-eos: true", key: ["capability", "packet_type", "version"], .v2_2, to: &text
            )
            text.block(KaitaiFraming.datagram2_1)
            writeMessage("len_capability + 16", "size-eos: true", key: ["capability", "packet_type"], .v2_1, to: &text)
            text.block(KaitaiFraming.values)
            for codec in codecs {
                for group in groups(of: codec) { group.write(to: &text, layoutEnum: codec.layoutEnum) }
            }
        }
        text.nested("enums") { text in
            for codec in codecs { writeLayouts(codec, to: &text) }
            let meanings = codecs.flatMap(groups).reduce(into: Set<Meaning>()) { $0.formUnion($1.meanings) }
            for meaning in Meaning.allCases where meanings.contains(meaning) {
                let values = KaitaiEnum.values(of: meaning)
                guard !values.isEmpty else { continue }
                text.nested(KaitaiEnum.id(of: meaning)) { text in
                    for (value, name) in values {
                        text.nested("\(value)") { text in
                            text.pair("id", KaitaiText.identifier(name))
                            text.pair("-orig-id", name)
                        }
                    }
                }
            }
        }
        return text.text
    }

    /// The ways to read a type of one of the codec's capabilities.
    private static func candidates(_ codec: Codec, _ type: Int32) -> [MessageCandidate] {
        Catalogue.declared.capabilities.filter { codec.capabilities.contains($0.name) }.flatMap { capability in
            capability.families.filter { $0.type == type }.flatMap(\.candidates)
        }
    }

    /// The types of a codec: its messages, and the groups that are repeated in them.
    private static func groups(of codec: Codec) -> [KaitaiGroup] {
        var messages: [KaitaiGroup] = []
        var records: [KaitaiGroup] = []
        for message in codec.messages {
            let reference = "Spec/\(codec.document)#\(message.section)"
            var group = KaitaiGroup(id: KaitaiText.identifier(message.name), doc: message.doc, reference: reference)
            for candidate in candidates(codec, message.type) where candidate.name.description == message.name {
                for layout in candidate.layouts {
                    group.add(.init(layout: layout.name, framing: candidate.framing, fields: candidate.fields))
                    for field in candidate.fields {
                        guard case .records(_, let inner) = field.shape else { continue }
                        let id = KaitaiGroup.recordType(field.name)
                        let known = records.firstIndex { $0.id == id }
                        if known == nil {
                            let doc = codec.records[field.name] ?? field.note
                            records.append(KaitaiGroup(id: id, doc: doc, reference: reference))
                        }
                        records[known ?? records.count - 1].add(
                            .init(layout: layout.name, framing: candidate.framing, fields: inner))
                    }
                }
            }
            messages.append(group)
        }
        return messages + records
    }

    /// The layouts of a codec, with who sends them.
    private static func writeLayouts(_ codec: Codec, to text: inout KaitaiText) {
        var layouts: [String: ReleaseSet] = [:]
        for message in codec.messages {
            for candidate in candidates(codec, message.type) where candidate.name.description == message.name {
                for layout in candidate.layouts {
                    layouts[layout.name] = (layouts[layout.name] ?? ReleaseSet()).union(layout.releases)
                }
            }
        }
        text.nested(codec.layoutEnum) { text in
            for (index, layout) in layouts.sorted(by: { $0.key < $1.key }).enumerated() {
                text.nested("\(index + 1)") { text in
                    text.pair("id", KaitaiText.identifier(layout.key))
                    text.pair("-orig-id", layout.key)
                    text.pair("doc", "\(codec.doc) as sent by \(layout.value)")
                    text.pair("doc-ref", "Spec/\(codec.document)")
                }
            }
        }
    }

    /// The instance `message` of a packet: its body, where the header alone tells the layout.
    ///
    /// It does when a single layout, or several that look the same, fit capability, type and version.
    private static func writeMessage(
        _ position: String, _ size: String, key: [String], _ framing: Framing, to text: inout KaitaiText
    ) {
        var inner = KaitaiText(indent: 6)
        inner.nested("header_key") { text in
            let parts = key.map { $0 == "capability" ? $0 : "\($0).to_s" }
            text.pair("value", parts.joined(separator: " + \"/\" + "))
        }
        inner.nested("message") { text in
            text.line("pos: \(position)")
            text.line(size)
            text.nested("type") { text in
                text.line("switch-on: header_key")
                text.nested("cases") { text in
                    for codec in codecs {
                        for message in codec.messages {
                            writeCases(
                                candidates(codec, message.type).filter { $0.framing == framing }, message, codec, &text)
                        }
                    }
                }
            }
            text.line("doc: the fields; bytes where the header does not tell the layout")
        }
        text.append(inner)
    }

    private static func writeCases(
        _ candidates: [MessageCandidate], _ message: Entry, _ codec: Codec, _ text: inout KaitaiText
    ) {
        for candidate in candidates where candidate.name.description == message.name {
            let same = candidates.filter { $0.identity == candidate.identity }
            guard same.count == 1, let layout = candidate.layouts.last?.name else { continue }
            let version = candidate.identity.version.map { "/\($0)" } ?? ""
            let type = KaitaiText.identifier(message.name)
            text.line(
                "'\"\(candidate.identity.capability)/\(message.type)\(version)\"': "
                    + "\(type)(\(codec.layoutEnum)::\(KaitaiText.identifier(layout)))")
        }
    }
}
