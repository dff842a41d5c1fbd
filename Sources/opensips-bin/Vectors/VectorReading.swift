import BINMessages
import BINText
import BINWire

/// What the library says of the packet of a vector.
enum VectorReading: Equatable {
    /// It was read to its last byte, and gives the same bytes when it is written anew.
    case read(message: String, layout: String, fields: String, routing: Routing?)
    /// It was refused.
    case refused(reason: String, offset: Int)

    /// Reads a packet that nothing is known of but its framing and, if given, the release of its sender.
    init(_ packet: [UInt8], framing: Framing, release: Release? = nil) {
        let bytes = packet.span.bytes
        let header: PacketHeader
        do {
            header = try PacketHeader(datagram: bytes, framing: framing)
        } catch {
            self = .refused(reason: error.code.name, offset: Int(error.offset))
            return
        }
        var interpreter = Interpreter(release: release)
        var description = PacketDescription()
        interpreter.interpret(bytes, header, from: SenderAddress(high: 0, low: 0), into: &description)
        var writer = PacketWriter()
        description.verify(bytes, header, using: &writer)
        if let failure = description.failure {
            self = .refused(reason: failure.reason.name, offset: failure.offset)
            return
        }
        let output = OutputBuffer(descriptor: -1, flushThreshold: 2048)
        var fields = FieldJSON(output)
        fields.releases = description.releases
        fields.object(description.nodes, bytes)
        self = .read(
            message: description.message?.description ?? "", layout: description.layout ?? "", fields: output.string,
            routing: description.routing)
    }

    /// The packets inside of an envelope; nil when it is none, or refused.
    static func packets(inside envelope: [UInt8]) -> [[UInt8]]? {
        var opener = EnvelopeOpener()
        var packets: [[UInt8]] = []
        do throws(WireError) {
            let header = try PacketHeader(datagram: envelope.span.bytes, framing: .v2_3)
            guard Envelope.isEnvelope(header, envelope.span.bytes) else { return nil }
            try opener.open(envelope.span.bytes, header) { bytes, _ in
                packets.append(bytes.withUnsafeBytes { Array($0) })
            }
        } catch {
            return nil
        }
        return packets
    }

    var isRefused: Bool { if case .refused = self { true } else { false } }
}

/// What the splitter finds in a stream that comes in fragments.
struct StreamReading: Equatable {
    /// The packets, in order.
    var packets: [[UInt8]] = []
    /// What broke the stream.
    var error: WireError?

    /// Hands the stream over in fragments of these sizes; what they leave over comes last.
    init(_ stream: [UInt8], framing: Framing, fragments: [Int]) {
        guard framing != .v2_1 else { return }
        var splitter = StreamSplitter(framing: framing)
        var start = 0
        var sizes = fragments.makeIterator()
        while start < stream.count {
            let end = start + min(max(1, sizes.next() ?? stream.count), stream.count - start)
            let fragment = Array(stream[start..<end])
            let bytes = fragment.span.bytes
            var position = 0
            do {
                while let frame = try splitter.next(in: bytes, at: &position) {
                    packets.append(splitter.bytes(of: frame, in: bytes).withUnsafeBytes { Array($0) })
                }
            } catch {
                self.error = error
                return
            }
            start = end
        }
    }
}
