import BINCapture
import BINWire
import Foundation
import TestSupport
import Testing

@Suite struct TCPReassemblyPropertyTests {
    static let seed =
        ProcessInfo.processInfo.environment["BIN_TEST_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)

    private struct Piece {
        var offset: Int
        var bytes: [UInt8]
    }

    private func packets(_ generator: inout SeededRandom, is2_2: Bool) -> [[UInt8]] {
        (0..<Int.random(in: 1...40, using: &generator)).map { index in
            let size = Int.random(in: 0...(Bool.random(using: &generator) ? 3000 : 60), using: &generator)
            let body = generator.bytes(size)
            return is2_2 ? Sample.packet2_2(Int32(index), body: body) : Sample.packet(Int32(index), body: body)
        }
    }

    private func pieces(_ stream: [UInt8], _ generator: inout SeededRandom) -> [Piece] {
        var pieces: [Piece] = []
        var offset = 0
        while offset < stream.count {
            let length = Int.random(in: 1...(Bool.random(using: &generator) ? 1460 : 30), using: &generator)
            let end = min(offset + length, stream.count)
            pieces.append(Piece(offset: offset, bytes: Array(stream[offset..<end])))
            offset = end
        }
        return pieces
    }

    @Test(arguments: 0..<200)
    func `however a stream is cut, misordered, doubled and overlapped, the same packets come out`(round: Int) {
        var generator = SeededRandom(seed: Self.seed &+ UInt64(round))
        let sent = packets(&generator, is2_2: Bool.random(using: &generator))
        let stream = sent.flatMap { $0 }
        var segments: [Piece] = []
        for piece in pieces(stream, &generator) {
            // Some begin earlier than they need, some come twice.
            let back =
                Bool.random(using: &generator) ? Int.random(in: 0...min(piece.offset, 500), using: &generator) : 0
            let start = piece.offset - back
            let bytes = Array(stream[start..<(piece.offset + piece.bytes.count)])
            segments.append(Piece(offset: start, bytes: bytes))
            if Int.random(in: 0..<10, using: &generator) == 0 { segments.append(segments[segments.count - 1]) }
        }
        for index in segments.indices where segments.count > 1 {
            segments.swapAt(index, min(index + Int.random(in: 0...20, using: &generator), segments.count - 1))
        }
        var talk = Conversation()
        let start =
            Bool.random(using: &generator) ? UInt32.max - 2000 : UInt32.random(in: 0...UInt32.max, using: &generator)
        talk.send([], at: start &- 1, flags: 0x02)
        for segment in segments { talk.send(segment.bytes, at: start &+ UInt32(segment.offset)) }
        talk.send([], at: start &+ UInt32(stream.count), flags: 0x11)
        #expect(talk.sink.contents == sent, "seed \(Self.seed), round \(round)")
        talk.finish()
        #expect(talk.sink.notices.isEmpty && talk.sink.refusals.isEmpty, "seed \(Self.seed), round \(round)")
    }

    @Test(arguments: 0..<200)
    func `a lost segment costs the packets it touches, and no other`(round: Int) {
        var generator = SeededRandom(seed: Self.seed &+ 1_000_000 &+ UInt64(round))
        let sent = packets(&generator, is2_2: Bool.random(using: &generator))
        var segments = pieces(sent.flatMap { $0 }, &generator)
        guard segments.count > 2 else { return }
        // The last one is kept, so that there is something behind the gap.
        let lost = segments.remove(at: Int.random(in: 0..<(segments.count - 1), using: &generator))
        var expected: [[UInt8]] = []
        var offset = 0
        for packet in sent {
            let isTouched = offset < lost.offset + lost.bytes.count && offset + packet.count > lost.offset
            if !isTouched { expected.append(packet) }
            offset += packet.count
        }
        var talk = Conversation()
        talk.send([], at: 41, flags: 0x02)
        for segment in segments { talk.send(segment.bytes, at: 42 &+ UInt32(segment.offset)) }
        talk.finish()
        #expect(talk.sink.contents == expected, "seed \(Self.seed), round \(round)")
        #expect(talk.sink.refusals.isEmpty, "seed \(Self.seed), round \(round)")
        if !expected.isEmpty {
            #expect(
                talk.sink.notices.contains(.gap(bytes: UInt64(lost.bytes.count))), "seed \(Self.seed), round \(round)")
        }
    }
}
