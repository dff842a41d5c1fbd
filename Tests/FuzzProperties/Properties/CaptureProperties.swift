import BINCapture
import BINMessages
import BINWire
import TestSupport

extension FuzzProperty {
    /// A capture gives the same packets and the same error however few bytes come with a read, and memory stays bounded.
    static let captureFile = FuzzProperty("capture", largestInput: 8192, inputs: CaptureInputs()) {
        input throws(Violation) in
        let bytes = input.array
        let whole = CaptureReading(bytes, largestRead: bytes.count)
        let pieces = CaptureReading(bytes, largestRead: 1 + bytes.count % 61)
        try require(whole.sink.packets == pieces.sink.packets, "other packets when read in pieces")
        try require(whole.sink.refusals == pieces.sink.refusals, "other refusals when read in pieces")
        try require(whole.sink.notices == pieces.sink.notices, "other notices when read in pieces")
        try require(whole.error == pieces.error, "another error when read in pieces")
        try require(whole.counters.packets == UInt64(whole.sink.packets.count), "packets are miscounted")
        try require(whole.counters.refused == UInt64(whole.sink.refusals), "refusals are miscounted")
        try require(whole.left == 0, "\(whole.left) streams are followed after the end")
        for packet in whole.sink.packets {
            try require(packet.count <= Framing.maximumLength, "a packet of \(packet.count) bytes")
        }
    }

    /// However the segments of a stream are cut, misordered, doubled and overlapped: when all of it came, all packets come out.
    static let reassembly = FuzzProperty(
        "reassembly", largestInput: 512, inputs: PlainInputs(examples: [[3, 9, 40, 0, 1]])
    ) {
        input throws(Violation) in
        var plan = InputReader(input)
        let first = plan.number32()
        var packets: [[UInt8]] = []
        for index in 0..<(1 + Int(plan.byte() & 7)) {
            let body = [UInt8](repeating: UInt8(index), count: Int(plan.byte()))
            packets.append(
                PacketInputs.packet(.packet("dialog", type: Int32(index), version: 1, routing: .none), .v2_3, body))
        }
        let stream = Array(packets.joined())
        var connection = Connection()
        connection.send([], at: first &- 1, flags: IPFrameFlags.syn)
        while !plan.isAtEnd {
            let start = plan.number16() % stream.count
            let length = min(1 + Int(plan.byte()), stream.count - start)
            connection.send(Array(stream[start..<(start + length)]), at: first &+ UInt32(start))
        }
        // Whatever came before: now everything comes, in order.
        for start in stride(from: 0, to: stream.count, by: 100) {
            connection.send(Array(stream[start..<min(start + 100, stream.count)]), at: first &+ UInt32(start))
        }
        connection.assembler.finish(into: &connection.sink)
        try require(connection.sink.packets == packets, "\(connection.sink.packets.count) of \(packets.count) packets")
        try require(connection.sink.refusals == 0, "\(connection.sink.refusals) refusals")
    }
}

private enum IPFrameFlags {
    static let syn = IPFrame.TCPFields.syn
    static let data = IPFrame.TCPFields.push | IPFrame.TCPFields.acknowledge
}

/// What an assembler hands on.
private struct FoundPackets: PacketSink {
    var packets: [[UInt8]] = []
    var refusals = 0
    var notices: [CaptureNotice] = []

    mutating func receive(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
        packets.append(bytes.array)
    }

    mutating func refuse(
        _ bytes: RawSpan, _ framing: Framing?, _ error: WireError, streamOffset: UInt64, from origin: PacketOrigin
    ) { refusals += 1 }

    mutating func notice(_ notice: CaptureNotice, from origin: PacketOrigin) { notices.append(notice) }
}

/// What is read from a file.
private struct CaptureReading {
    var sink = FoundPackets()
    var error: CaptureError?
    var counters = CaptureCounters()
    var left = 0

    init(_ bytes: [UInt8], largestRead: Int) {
        var limits = CaptureLimits()
        limits.flows = 8
        limits.bufferedBytes = 4096
        limits.heldSegments = 8
        limits.fragmentedPackets = 4
        var assembler = PacketAssembler(limits: limits)
        do throws(CaptureError) {
            var reader = try CaptureFileReader(ByteInput(bytes: bytes, largestRead: largestRead))
            try assembler.receive(contentsOf: &reader, into: &sink)
        } catch {
            self.error = error
        }
        counters = assembler.counters
        left = assembler.followedStreams
    }
}

/// One direction of a connection whose segments are handed to an assembler.
private struct Connection {
    var assembler = PacketAssembler()
    var sink = FoundPackets()

    mutating func send(_ data: [UInt8], at sequence: UInt32, flags: UInt8 = IPFrameFlags.data) {
        var frame: [UInt8] = []
        IPFrame.appendTCP(
            data.span.bytes, IPFrame.TCPFields(sequence: sequence, flags: flags),
            from: Endpoint(IPAddress(192, 0, 2, 1), port: 40_001), to: Endpoint(IPAddress(192, 0, 2, 2), port: 5555),
            to: &frame)
        assembler.receive(
            frame: frame.span.bytes, linkType: .rawIP, originalLength: frame.count,
            at: CaptureTime(nanosecondsSinceEpoch: 0), into: &sink)
    }
}

/// Capture files with a few packets, as datagrams or streams.
struct CaptureInputs: FuzzInputs {
    private static let datagrams = PacketInputs(fixed: .v2_1)
    private static let streams = PacketInputs(fixed: .v2_3)

    func generate(_ random: inout SeededRandom) -> [UInt8] {
        var packets: [([UInt8], CapturedTransport)] = []
        for _ in 0..<(1 + random.below(4)) {
            let isDatagram = random.oneIn(3)
            packets.append(((isDatagram ? Self.datagrams : Self.streams).generate(&random), isDatagram ? .udp : .tcp))
        }
        return Self.file(packets, &random)
    }

    func mutate(_ input: [UInt8], _ random: inout SeededRandom, plain: ([UInt8]) -> [UInt8]) -> [UInt8] {
        switch random.below(12) {
        case 0: return generate(&random)
        case 1...3: return Self.withRecordsMoved(input, &random)
        default: return plain(input)
        }
    }

    func seeds(of packet: [UInt8], _ origin: SeedOrigin) -> [[UInt8]] {
        guard packet.count < 2000 else { return [] }
        var random = SeededRandom(seed: UInt64(packet.count))
        return [Self.file([(packet, origin.header.framing == .v2_1 ? .udp : .tcp)], &random)]
    }

    private static func file(_ packets: [([UInt8], CapturedTransport)], _ random: inout SeededRandom) -> [UInt8] {
        var options = CaptureFileWriter.Options()
        options.linkType = random.oneIn(2) ? .ethernet : .rawIP
        options.keepsNanoseconds = random.oneIn(2)
        options.largestSegment = random.oneIn(2) ? 100 : 1460
        options.opensConnections = !random.oneIn(3)
        var writer = CaptureFileWriter(options)
        let isIPv6 = random.oneIn(3)
        for (index, (packet, transport)) in packets.enumerated() {
            let source = isIPv6 ? IPAddress(ipv6High: 0x2001_0DB8_0000_0000, low: 1) : IPAddress(192, 0, 2, 1)
            let destination = isIPv6 ? IPAddress(ipv6High: 0x2001_0DB8_0000_0000, low: 2) : IPAddress(192, 0, 2, 2)
            let origin = PacketOrigin(
                time: CaptureTime(nanosecondsSinceEpoch: Int64(index) * 1_000_000_000), transport: transport,
                source: Endpoint(source, port: 40_001), destination: Endpoint(destination, port: 5555))
            try? writer.append(packet.span.bytes, from: origin)
        }
        return writer.takeBytes()
    }

    /// Doubles, drops or swaps whole records of a pcap file.
    private static func withRecordsMoved(_ file: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        guard file.count > 40 else { return file }
        var records: [[UInt8]] = []
        var position = 24
        while position + 16 <= file.count {
            let length = Int(file[position + 8]) | Int(file[position + 9]) << 8
            guard position + 16 + length <= file.count else { break }
            records.append(Array(file[position..<(position + 16 + length)]))
            position += 16 + length
        }
        guard !records.isEmpty else { return file }
        let place = random.below(records.count)
        switch random.below(3) {
        case 0: records.append(records[place])
        case 1: records.swapAt(place, random.below(records.count))
        default: records.remove(at: place)
        }
        return Array(file[..<24]) + Array(records.joined()) + Array(file[position...])
    }
}
