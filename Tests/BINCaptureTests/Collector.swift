import BINCapture
import BINWire
import TestSupport

/// A sink that keeps everything.
struct Collector: PacketSink, Equatable {
    struct Received: Equatable {
        var bytes: [UInt8]
        var header: PacketHeader
        var origin: PacketOrigin
    }

    struct Refused: Equatable {
        var bytes: [UInt8]
        var framing: Framing?
        var error: WireError
        var streamOffset: UInt64
    }

    var packets: [Received] = []
    var refusals: [Refused] = []
    var notices: [CaptureNotice] = []

    mutating func receive(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
        packets.append(Received(bytes: copy(bytes), header: header, origin: origin))
    }

    mutating func refuse(
        _ bytes: RawSpan, _ framing: Framing?, _ error: WireError, streamOffset: UInt64, from origin: PacketOrigin
    ) {
        refusals.append(Refused(bytes: copy(bytes), framing: framing, error: error, streamOffset: streamOffset))
    }

    mutating func notice(_ notice: CaptureNotice, from origin: PacketOrigin) {
        notices.append(notice)
    }

    /// The bytes of all packets, in order.
    var contents: [[UInt8]] { packets.map(\.bytes) }

    private func copy(_ bytes: RawSpan) -> [UInt8] { bytes.withUnsafeBytes { [UInt8]($0) } }
}

/// Reads a capture file held in memory.
func read(
    _ file: [UInt8], limits: CaptureLimits = CaptureLimits(), ports: Set<UInt16>? = nil, largestRead: Int = 262_144
) -> (sink: Collector, counters: CaptureCounters, error: CaptureError?) {
    var sink = Collector()
    var assembler = PacketAssembler(limits: limits, ports: ports)
    do throws(CaptureError) {
        var reader = try CaptureFileReader(ByteInput(bytes: file, largestRead: largestRead))
        try assembler.receive(contentsOf: &reader, into: &sink)
        return (sink, assembler.counters, nil)
    } catch {
        return (sink, assembler.counters, error)
    }
}

extension SeededRandom {
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) } }
}
