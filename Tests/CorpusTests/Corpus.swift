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
