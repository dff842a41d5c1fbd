import BINCapture
import BINMessages
import BINText
import BINWire

/// Prints, counts and checks the packets of a capture.
struct InspectSink: PacketSink {
    /// What is printed of each packet.
    enum Style {
        case text(PacketText)
        case json(PacketJSON)
        case nothing
    }

    /// Says what packets mean; begins anew with each file.
    private(set) var interpreter: Interpreter
    /// Counts for `--stats`.
    private(set) var statistics: Statistics?
    /// Packets, or pieces of them, that could not be read to their last byte.
    private(set) var failures: UInt64 = 0
    /// Packets seen.
    private(set) var packets: UInt64 = 0

    private let output: OutputBuffer
    private let style: Style
    private let filter: PacketFilter
    private let verifier: Verifier?
    private let flushesEachPacket: Bool
    private var description = PacketDescription()
    private var misreadings = MisreadingWatch()

    /// Holds the buffer that packets are written anew in, which cannot be copied.
    final class Verifier {
        var writer = PacketWriter()
    }

    init(
        _ output: OutputBuffer, _ style: Style, filter: PacketFilter, release: Release?, verifies: Bool,
        statistics: Bool, flushesEachPacket: Bool
    ) {
        self.output = output
        self.style = style
        self.filter = filter
        self.interpreter = Interpreter(release: release)
        self.verifier = verifies ? Verifier() : nil
        self.statistics = statistics ? Statistics() : nil
        self.flushesEachPacket = flushesEachPacket
    }

    /// Forgets what was found out of nodes: their numbers mean nothing in another capture.
    mutating func beginNextCapture() {
        misreadings = MisreadingWatch()
        // The statistics name the releases of all nodes at the end.
        if statistics == nil { interpreter = Interpreter(release: interpreter.forcedRelease) }
    }

    mutating func receive(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
        packets += 1
        let address = SenderAddress(high: origin.source.address.high, low: origin.source.address.low)
        interpreter.interpret(bytes, header, from: address, into: &description)
        if let verifier { description.verify(bytes, header, using: &verifier.writer) }
        if description.failure != nil { failures += 1 }
        for misreading in misreadings.observe(description, capability: header.capability.string(in: bytes) ?? "") {
            warn(misreading)
        }
        guard filter.isEmpty || filter.matches(bytes, header, description) else { return }
        if statistics != nil { count(bytes, header, description, from: origin) }
        switch style {
        case .text(let text): text.packet(bytes, header, description, from: origin)
        case .json(let json): json.packet(bytes, header, description, from: origin)
        case .nothing: return
        }
        finishPacket()
    }

    private mutating func count(
        _ bytes: RawSpan, _ header: PacketHeader, _ description: PacketDescription, from origin: PacketOrigin
    ) {
        statistics?.count(bytes, header, description, from: origin)
        for packet in description.packets
        where filter.isEmpty || filter.matches(packet, inside: bytes, header, description) {
            statistics?.countInside(packet)
        }
    }

    mutating func refuse(
        _ bytes: RawSpan, _ framing: Framing?, _ error: WireError, streamOffset: UInt64, from origin: PacketOrigin
    ) {
        failures += 1
        statistics?.countRefused(bytes.byteCount)
        guard filter.isEmpty else { return }
        switch style {
        case .text(let text): text.refused(bytes, framing, error, from: origin)
        case .json(let json): json.refused(bytes, framing, error, from: origin)
        case .nothing: return
        }
        finishPacket()
    }

    mutating func notice(_ notice: CaptureNotice, from origin: PacketOrigin) {
        switch notice {
        case .incomplete, .cutDatagram: failures += 1
        case .gap, .skipped, .resynchronised, .unread, .evicted: break
        }
        Terminal.complain("\(origin.source) → \(origin.destination): \(notice.explanation)")
    }

    /// Says that two nodes misread each other.
    private func warn(_ misreading: MisreadingWatch.Misreading) {
        let verb = misreading.verdict == .dropped ? "drops" : "misreads"
        Terminal.complain(
            "warning: in cluster \(misreading.cluster) node \(misreading.receiver) (\(misreading.receiverReleases)) \(verb) "
                + "\(misreading.capability) \(misreading.message) of node \(misreading.sender) "
                + "(\(misreading.senderReleases)): \(misreading.detail)")
    }

    private func finishPacket() {
        if flushesEachPacket { output.flush() } else { output.flushIfFull() }
    }
}
