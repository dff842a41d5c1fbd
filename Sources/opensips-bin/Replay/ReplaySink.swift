import BINCapture
import BINMessages
import BINText
import BINWire

/// Gathers the packets of a capture that are to be sent, with new ids where that is asked for.
struct ReplaySink: PacketSink {
    /// A packet that is to be sent.
    struct Packet: Sendable {
        var bytes: [UInt8]
        var header: PacketHeader
        var time: CaptureTime
    }

    private let filter: PacketFilter
    private let rewrite: NodeRewrite
    private var interpreter = Interpreter()
    private var description = PacketDescription()
    private var waiting: [Packet] = []
    private var position = 0

    init(filter: PacketFilter, rewrite: NodeRewrite) {
        self.filter = filter
        self.rewrite = rewrite
    }

    /// Takes the oldest packet out.
    mutating func take() -> Packet? {
        guard position < waiting.count else {
            waiting.removeAll(keepingCapacity: true)
            position = 0
            return nil
        }
        defer { position += 1 }
        return waiting[position]
    }

    mutating func receive(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
        if !filter.isEmpty {
            let address = SenderAddress(high: origin.source.address.high, low: origin.source.address.low)
            interpreter.interpret(bytes, header, from: address, into: &description)
            guard filter.matches(bytes, header, description) else { return }
        }
        if !rewrite.isIdentity, Envelope.isEnvelope(header, bytes) {
            var opener = EnvelopeOpener()
            var inner: [Packet] = []
            do throws(WireError) {
                try opener.open(bytes, header) { bytes, header in
                    inner.append(Packet(bytes: bytes.withUnsafeBytes { Array($0) }, header: header, time: origin.time))
                }
            } catch {
                Terminal.complain("\(origin.source) → \(origin.destination): an envelope cannot be opened: \(error)")
            }
            for packet in inner { append(packet) }
            return
        }
        append(Packet(bytes: bytes.withUnsafeBytes { Array($0) }, header: header, time: origin.time))
    }

    private mutating func append(_ packet: Packet) {
        var packet = packet
        packet.bytes = rewrite.applied(to: packet.bytes, packet.header)
        waiting.append(packet)
    }

    mutating func refuse(
        _ bytes: RawSpan, _ framing: Framing?, _ error: WireError, streamOffset: UInt64, from origin: PacketOrigin
    ) {
        Terminal.complain("\(origin.source) → \(origin.destination): left out, no packet: \(error)")
    }

    mutating func notice(_ notice: CaptureNotice, from origin: PacketOrigin) {}
}
