import BINCapture
import BINMessages
import BINWire
import Foundation

/// The captures in `Tests/Corpus`, and what is known of them.
enum Corpus {
    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Corpus")

    /// Every capture, as `release/scenario`.
    static let captures: [String] = {
        let root = directory.appendingPathComponent("captures")
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        var names: [String] = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "pcap" else { continue }
            let release = file.deletingLastPathComponent().lastPathComponent
            names.append("\(release)/\(file.deletingPathExtension().lastPathComponent)")
        }
        return names.sorted()
    }()

    static func file(_ capture: String, _ suffix: String) -> URL {
        directory.appendingPathComponent("captures/\(capture).\(suffix)")
    }

    /// The release a capture was recorded with; nil for one with several.
    static func release(of capture: String) -> Release? {
        capture.contains("mixed") ? nil : Release(capture.split(separator: "/")[0])
    }

    /// A packet of a capture.
    struct Packet: Sendable {
        var bytes: [UInt8]
        var header: PacketHeader
        var origin: PacketOrigin
        var capability: String {
            String(decoding: bytes[Int(header.capability.offset)..<header.typeOffset], as: UTF8.self)
        }
        var sender: SenderAddress { SenderAddress(high: origin.source.address.high, low: origin.source.address.low) }
    }

    /// What a capture holds.
    struct Contents: PacketSink {
        var packets: [Packet] = []
        var refused: [WireError] = []
        var notices: [CaptureNotice] = []

        mutating func receive(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
            packets.append(Packet(bytes: bytes.withUnsafeBytes { Array($0) }, header: header, origin: origin))
        }

        mutating func refuse(
            _ bytes: RawSpan, _ framing: Framing?, _ error: WireError, streamOffset: UInt64, from origin: PacketOrigin
        ) {
            refused.append(error)
        }

        mutating func notice(_ notice: CaptureNotice, from origin: PacketOrigin) { notices.append(notice) }
    }

    static func contents(of capture: String) throws -> Contents {
        var contents = Contents()
        var assembler = PacketAssembler()
        var reader = try CaptureFileReader(ByteInput(path: file(capture, "pcap").path))
        try assembler.receive(contentsOf: &reader, into: &contents)
        return contents
    }

    /// A packet of the corpus for every kind, layout and release in it: enough to try everything once.
    static let samples: [Packet] = {
        var seen: Set<String> = []
        var samples: [Packet] = []
        for capture in captures {
            guard let packets = try? contents(of: capture).packets else { continue }
            for packet in packets {
                let release = capture.split(separator: "/")[0]
                guard packet.bytes.count < 4000 else { continue }
                if seen.insert("\(release) \(packet.capability) \(packet.header.type)").inserted {
                    samples.append(packet)
                }
            }
        }
        return samples
    }()

    struct Truth: Decodable {
        struct Count: Decodable {
            var capability: String
            var type: Int32
            var version: Int16?
            var packets: Int
        }
        struct Contact: Decodable {
            var aor: String
            var contact: String
            var callid: String
            var cseq: Int32
            var userAgent: String?
            var methods: Int32?
            var q: Int32?
            var path: String?
            var received: String?
            var attr: String?
            var instance: String?
        }
        struct Pipe: Decodable, Hashable {
            var pipeName: String
            var algorithm: Int32
            var limit: Int32
        }
        struct Profile: Decodable {
            var time: Double
            var profileName: String
            var values: [String: Int32]
        }
        var counts: [Count]
        var contacts: [Contact]?
        var pipes: [Pipe]?
        var profiles: [Profile]?
    }

    static func truth(of capture: String) throws -> Truth {
        try JSONDecoder().decode(Truth.self, from: Data(contentsOf: file(capture, "truth.json")))
    }
}

/// The fields of a description as plain values, lists of groups as lists of dictionaries.
indirect enum FieldValue: Equatable {
    case number(Int64)
    case text(String)
    case list([FieldValue])
    case group([String: FieldValue])

    subscript(name: String) -> FieldValue? {
        if case .group(let fields) = self { fields[name] } else { nil }
    }
    var number: Int64? { if case .number(let value) = self { value } else { nil } }
    var text: String? { if case .text(let value) = self { value } else { nil } }
    var list: [FieldValue] { if case .list(let values) = self { values } else { [] } }
    var groups: [FieldValue] { list }

    static func fields(_ nodes: [FieldNode], _ bytes: [UInt8]) -> FieldValue {
        var position = 0
        return group(nodes, bytes, &position)
    }

    private static func group(_ nodes: [FieldNode], _ bytes: [UInt8], _ position: inout Int) -> FieldValue {
        var fields: [String: FieldValue] = [:]
        while position < nodes.count {
            let node = nodes[position]
            position += 1
            switch node.kind {
            case .endRecord, .endGroup: return .group(fields)
            case .beginGroup: fields[node.name.description] = group(nodes, bytes, &position)
            case .beginList, .beginRecords:
                var values: [FieldValue] = []
                while nodes[position].kind != .endList, nodes[position].kind != .endRecords {
                    if nodes[position].kind == .beginRecord {
                        position += 1
                        values.append(group(nodes, bytes, &position))
                    } else {
                        values.append(value(nodes[position], bytes))
                        position += 1
                    }
                }
                position += 1
                fields[node.name.description] = .list(values)
            default: fields[node.name.description] = value(node, bytes)
            }
        }
        return .group(fields)
    }

    private static func value(_ node: FieldNode, _ bytes: [UInt8]) -> FieldValue {
        switch node.kind {
        case .text, .bytes:
            let start = Int(node.text.offset)
            return .text(String(decoding: bytes[start..<(start + Int(node.text.length))], as: UTF8.self))
        default: return .number(node.value)
        }
    }
}
