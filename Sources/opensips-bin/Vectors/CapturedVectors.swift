import BINCapture
import BINMessages
import BINWire
import Foundation

/// Small packets of recorded traffic, a few for each message and layout.
struct CapturedVectors {
    /// Packets of each subject, in the order of ``VectorSubject/all``.
    private(set) var vectors: [[Vector]]

    /// The longest packet taken, in bytes.
    private static let longest = 1300
    /// The most packets of one subject.
    private static let mostPerSubject = 2

    /// The captures in `directory/RELEASE/SCENARIO.pcap`, those of several releases left out.
    init(directory: String) throws {
        vectors = Array(repeating: [], count: VectorSubject.all.count)
        let manager = FileManager.default
        for folder in try manager.contentsOfDirectory(atPath: directory).sorted() {
            guard let release = Release(folder) else { continue }
            let files = try manager.contentsOfDirectory(atPath: "\(directory)/\(folder)").sorted()
            for file in files where file.hasSuffix(".pcap") && !file.contains("mixed") {
                let collector = try Collector.packets(of: "\(directory)/\(folder)/\(file)")
                for packet in collector.packets { take(packet, release, "\(folder)/\(file.dropLast(5))") }
            }
        }
    }

    private mutating func take(_ packet: Collector.Packet, _ release: Release, _ scenario: String) {
        guard packet.bytes.count <= Self.longest else { return }
        var interpreter = Interpreter(release: release)
        var description = PacketDescription()
        interpreter.interpret(
            packet.bytes.span.bytes, packet.header, from: SenderAddress(high: 0, low: 0), into: &description)
        guard description.failure == nil, let candidate = description.candidate else { return }
        let chunk = description.chunkCandidate
        let place = VectorSubject.all.firstIndex { $0.isAbout(chunk ?? candidate, chunk == nil ? nil : candidate) }
        guard let place, vectors[place].count < Self.mostPerSubject else { return }
        let subject = VectorSubject.all[place]
        guard subject.releases.contains(release), !vectors[place].contains(where: { $0.release == release }) else {
            return
        }
        let vector = subject.reading(
            "captured/\(scenario)", "recorded between servers of \(release), scenario \(scenario)", [.realTraffic],
            packet.bytes, release: release)
        if let vector { vectors[place].append(vector) }
    }

    /// Keeps the packets of a capture.
    private struct Collector: PacketSink {
        struct Packet {
            var bytes: [UInt8]
            var header: PacketHeader
        }

        var packets: [Packet] = []

        static func packets(of path: String) throws -> Collector {
            var collector = Collector()
            var assembler = PacketAssembler()
            var reader = try CaptureFileReader(ByteInput(path: path))
            try assembler.receive(contentsOf: &reader, into: &collector)
            return collector
        }

        mutating func receive(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
            packets.append(Packet(bytes: bytes.withUnsafeBytes { Array($0) }, header: header))
        }

        mutating func refuse(
            _ bytes: RawSpan, _ framing: Framing?, _ error: WireError, streamOffset: UInt64, from origin: PacketOrigin
        ) {}

        mutating func notice(_ notice: CaptureNotice, from origin: PacketOrigin) {}
    }
}
