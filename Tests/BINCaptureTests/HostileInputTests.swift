import BINCapture
import BINWire
import TestSupport
import Testing

@Suite struct HostileInputTests {
    private static let frames: [[UInt8]] = [
        Sample.udp(Sample.packet2_1()),
        Sample.tcp([], sequence: 999, flags: 0x02),
        Sample.tcp(Sample.packet() + Sample.packet(body: [1, 2, 3]).prefix(20), sequence: 1000),
        Sample.tcp(Sample.packet2_2(), sequence: 5, from: Sample.alice6, to: Sample.bob6),
        Sample.tcp(Sample.packet(4), sequence: 4000),
        Sample.tcp([], sequence: 4100, flags: 0x11),
    ]

    private static var files: [[UInt8]] {
        let pcapng =
            Sample.sectionHeader(bigEndian: true) + Sample.interface(resolution: 9, offset: 5, bigEndian: true)
            + frames.flatMap { Sample.enhancedPacket($0, stamp: 1, bigEndian: true) }
            + Sample.sectionHeader(bigEndian: false) + Sample.interface(bigEndian: false)
            + frames.flatMap { Sample.enhancedPacket($0, bigEndian: false) }
        return [Sample.pcap(frames), Sample.pcap(frames, bigEndian: true, nanoseconds: true), pcapng]
    }

    @Test(arguments: files)
    func `a file cut at any byte is read as far as it goes`(file: [UInt8]) {
        let whole = read(file).sink.packets.count
        #expect(whole >= 4)
        for length in 0..<file.count {
            let result = read(Array(file.prefix(length)))
            #expect(result.sink.packets.count <= whole)
            switch result.error {
            case nil, .empty, .truncated: break
            default: Issue.record("\(String(describing: result.error)) when cut at \(length)")
            }
        }
    }

    @Test func `damaged files give errors and packets, and nothing worse`() {
        let seed = TCPReassemblyPropertyTests.seed
        var generator = SeededRandom(seed: seed)
        for round in 0..<3000 {
            var file = Self.files[round % 3]
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                // Mostly behind the file header, so that the deeper layers see it.
                let place = Int.random(in: (round % 5 == 0 ? 0 : 24)..<file.count, using: &generator)
                let edges: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF]
                file[place] =
                    Bool.random(using: &generator)
                    ? edges[Int.random(in: 0..<5, using: &generator)] : UInt8.random(in: 0...255, using: &generator)
            }
            _ = read(file, largestRead: Int.random(in: 1...500, using: &generator))
        }
    }

    @Test(arguments: [0, 1, 12, 101, 108, 113, 228, 229, 276] as [UInt32])
    func `random frames of every link type are survived`(linkType: UInt32) {
        var generator = SeededRandom(seed: TCPReassemblyPropertyTests.seed &+ UInt64(linkType))
        var assembler = PacketAssembler()
        var sink = Collector()
        let starts: [[UInt8]] = [
            [], [0x45], [0x60], [0x4F], [2, 0, 0, 0, 0x45], [0, 0, 0, 30, 0x60],
            [UInt8](repeating: 0, count: 12) + [8, 0, 0x45], [UInt8](repeating: 0, count: 12) + [0x81, 0],
            [UInt8](repeating: 0, count: 14) + [0x86, 0xDD, 0x60],
            [0x86, 0xDD] + [UInt8](repeating: 0, count: 18) + [0x60],
        ]
        for _ in 0..<5000 {
            var frame = starts[Int.random(in: 0..<starts.count, using: &generator)]
            frame += generator.bytes(Int.random(in: 0...120, using: &generator))
            let limit = frame.count
            for index in frame.indices where index >= 20 && Int.random(in: 0..<8, using: &generator) == 0 {
                frame[index] = [0, 6, 17, 44, 43, 51, 60][index % 7]
            }
            assembler.receive(
                frame: frame.span.bytes, linkType: LinkType(rawValue: linkType), originalLength: limit,
                at: CaptureTime(nanosecondsSinceEpoch: Int64.random(in: Int64.min...Int64.max, using: &generator)),
                into: &sink)
        }
        assembler.finish(into: &sink)
        #expect(assembler.counters.frames == 5000)
    }

    @Test func `a stream of nothing but broken headers is survived in one pass`() {
        // Every other header is plausible and breaks the framing at once: the worst case for recovering.
        var stream: [UInt8] = []
        for index in 0..<4000 {
            var packet = Sample.packet(Int32(index), capability: "ab")
            if index % 2 == 1 { packet[10] = 0xFF }
            stream += packet
        }
        var talk = Conversation()
        talk.send([], at: 999, flags: 0x02)
        for offset in stride(from: 0, to: stream.count, by: 777) {
            talk.send(Array(stream[offset..<min(offset + 777, stream.count)]), at: 1000 + UInt32(offset))
        }
        talk.finish()
        #expect(talk.sink.packets.count == 2000)
        #expect(talk.sink.refusals.count == 2000)
    }
}
