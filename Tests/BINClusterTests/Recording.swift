import BINCapture
import BINCluster
import BINMessages
import BINWire
import Foundation

/// What real servers told each other, from a capture of the corpus.
struct Recording {
    struct Packet {
        var bytes: [UInt8]
        var header: PacketHeader
        var at: Instant
        var source: PeerAddress
        var sourcePort: UInt16
        var destination: PeerAddress
        var destinationPort: UInt16

        var capability: String {
            String(decoding: bytes[Int(header.capability.offset)..<header.typeOffset], as: UTF8.self)
        }
        var isInternal: Bool { capability == "clusterer" || capability == "clusterer-internal" }

        /// The number at an offset of the body.
        func number(_ offset: Int) -> Int32 {
            let place = header.bodyOffset + offset
            guard place >= 0, place + 4 <= bytes.count else { return 0 }
            return (0..<4).reduce(Int32(0)) { $0 | Int32(bytes[place + $1]) << Int32(8 * $1) }
        }

        /// The body of an internal message.
        func message<Body: Message>(_ type: Body.Type, _ layout: ClustererLayout) -> Body?
        where Body.Layout == ClustererLayout {
            guard let identity = Body.identity(in: layout), identity.capability == capability,
                identity.type == header.type
            else { return nil }
            let trailer = identity.routing == .trailer ? 12 : 0
            return try? Body(
                decoding: bytes.span.bytes, range: header.bodyOffset..<(bytes.count - trailer), in: layout)
        }
    }

    let release: Release
    let layout: ClustererLayout
    private(set) var packets: [Packet] = []
    /// Where each node listens.
    private(set) var urls: [Int32: NodeURL] = [:]

    private struct Sink: PacketSink {
        var packets: [Packet] = []

        mutating func receive(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
            let nanoseconds = origin.time.nanosecondsSinceEpoch
            packets.append(
                Packet(
                    bytes: bytes.withUnsafeBytes { Array($0) }, header: header,
                    at: Instant(nanoseconds: nanoseconds, unixSeconds: nanoseconds / 1_000_000_000),
                    source: PeerAddress(ipv4: UInt32(truncatingIfNeeded: origin.source.address.low)),
                    sourcePort: origin.source.port,
                    destination: PeerAddress(ipv4: UInt32(truncatingIfNeeded: origin.destination.address.low)),
                    destinationPort: origin.destination.port))
        }

        mutating func refuse(
            _ bytes: RawSpan, _ framing: Framing?, _ error: WireError, streamOffset: UInt64, from origin: PacketOrigin
        ) {}

        mutating func notice(_ notice: CaptureNotice, from origin: PacketOrigin) {}
    }

    init?(_ capture: String) throws {
        guard let release = Release(capture.split(separator: "/")[0]), let layout = try Dialect(release).layout else {
            return nil
        }
        self.release = release
        self.layout = layout
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Corpus/captures/\(capture).pcap").path
        var sink = Sink()
        var assembler = PacketAssembler()
        var reader = try CaptureFileReader(ByteInput(path: path))
        try assembler.receive(contentsOf: &reader, into: &sink)
        packets = sink.packets
        // A PING comes from the address that its sender listens at; the port is that of the PINGs it gets.
        var addresses: [PeerAddress: UInt16] = [:]
        for packet in packets where packet.isInternal && packet.header.type == 0 {
            addresses[packet.destination] = packet.destinationPort
        }
        for packet in packets where packet.isInternal && packet.header.type == 0 {
            guard let port = addresses[packet.source] else { continue }
            urls[packet.number(4)] = NodeURL(host: packet.source.description, port: port)
        }
    }

    /// What a node sent.
    func sent(by node: Int32) -> [Packet] { packets.filter { $0.source == urls[node]?.address } }

    /// What a node got.
    func got(by node: Int32) -> [Packet] { packets.filter { $0.destination == urls[node]?.address } }

    func node(at address: PeerAddress) -> Int32? { urls.first { $0.value.address == address }?.key }
}
