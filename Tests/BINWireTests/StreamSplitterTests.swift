import BINWire
import TestSupport
import Testing

@Suite struct StreamSplitterTests {
    /// Feeds a stream in pieces; returns the packets, the error if one ended it, and the most bytes ever held back.
    private func split(
        _ stream: [UInt8], pieces: [Int], framing: Framing = .v2_3, maximumLength: Int = Framing.maximumLength
    ) -> (packets: [[UInt8]], error: WireError?, offset: UInt64, held: Int) {
        var splitter = StreamSplitter(framing: framing, maximumLength: maximumLength)
        var packets: [[UInt8]] = []
        var start = 0
        var held = 0
        for piece in pieces + [stream.count] where start < stream.count {
            let end = min(start + piece, stream.count)
            let chunk = Array(stream[start..<end])
            var position = 0
            do throws(WireError) {
                while let frame = try splitter.next(in: chunk, at: &position) {
                    let bytes = splitter.bytes(of: frame, in: chunk.span.bytes)
                    packets.append(bytes.withUnsafeBytes { Array($0) })
                }
            } catch {
                return (packets, error, splitter.packetOffset, held)
            }
            held = max(held, splitter.pendingBytes)
            start = end
        }
        return (packets, nil, splitter.packetOffset, held)
    }

    @Test func `whatever the fragmentation, the same packets come out`() {
        var random = SeededRandom.printed()
        let packets = (0..<40).map {
            Sample.packet(length: 17 + Int.random(in: 0...300, using: &random), type: Int32($0))
        }
        let stream = packets.flatMap { $0 }
        for _ in 0..<300 {
            let largest = Int.random(in: 1...700, using: &random)
            let pieces = (0..<stream.count).map { _ in Int.random(in: 1...largest, using: &random) }
            let result = split(stream, pieces: pieces)
            #expect(result.packets == packets)
            #expect(result.error == nil)
            #expect(result.held < 317)
        }
        #expect(split(stream, pieces: [stream.count]).packets == packets)
        #expect(split(stream, pieces: Array(repeating: 1, count: stream.count)).packets == packets)
    }

    @Test func `a packet inside of one read is not copied`() throws {
        let chunk = Sample.of2_3 + Sample.of2_3 + Sample.of2_3.prefix(20)
        var splitter = StreamSplitter()
        var position = 0
        #expect(try splitter.next(in: chunk, at: &position)?.chunkOffset == 0)
        #expect(try splitter.next(in: chunk, at: &position)?.chunkOffset == 37)
        #expect(try splitter.next(in: chunk, at: &position) == nil)
        #expect(splitter.pendingBytes == 20)
        let rest = Array(Sample.of2_3.dropFirst(20))
        position = 0
        let frame = try splitter.next(in: rest, at: &position)
        #expect(frame?.chunkOffset == nil)
        #expect(frame?.header.type == -2)
        #expect(splitter.packetOffset == 74)
    }

    @Test(
        arguments: [
            ("5034434c", .badMagic, 0), ("51", .badMagic, 0), ("50ff", .badMagic, 0),
            ("5034434b 00000000", .packetTooShort, 4),
            ("5034434b 10000000", .packetTooShort, 4), ("5034434b 00000100", .packetTooLong, 4),
            ("5034434b ffffffff", .packetTooLong, 4),
            ("5034434b 11000000 0100 0000 63 01000000", .badCapabilityLength, 10),
            ("5034434b 11000000 0100 0500 63 01000000", .capabilityPastEnd, 10),
        ] as [(String, WireError.Code, Int)])
    func `a broken rule ends the stream with its reason, however it arrives`(
        hex: String, code: WireError.Code, offset: Int
    ) {
        let stream = Sample.of2_3 + bytes(hex) + Sample.of2_3
        for piece in [1, 3, 7, 1000] {
            let result = split(stream, pieces: Array(repeating: piece, count: stream.count))
            #expect(result.packets == [Sample.of2_3])
            #expect(result.error == WireError(code, at: offset))
            #expect(result.offset == 37)
        }
    }

    @Test func `a broken stream stays broken`() {
        var splitter = StreamSplitter()
        let garbage = bytes("00000000")
        var position = 0
        #expect(throws: WireError(.badMagic, at: 0)) { try splitter.next(in: garbage, at: &position) }
        position = 0
        #expect(throws: WireError(.badMagic, at: 0)) {
            try splitter.next(in: Sample.of2_3, at: &position)
        }
    }

    @Test func `the largest packet of a series passes and one byte more does not`() {
        for limit in [Framing.maximumLength, Framing.maximumLengthSince4_0] {
            let largest = Sample.packet(length: limit)
            let pieces = Array(repeating: 1000, count: 70)
            #expect(split(largest, pieces: pieces, maximumLength: limit).packets == [largest])
            #expect(split(largest, pieces: pieces, maximumLength: limit - 1).error == WireError(.packetTooLong, at: 4))
        }
    }

    @Test func `the uncounted null string of 2.2 is skipped where it stands`() {
        // The first packet ends with a null string that its length does not count.
        let ending = bytes("5034434b 1a00 0000 0100 0000 02000000 756c 02000000 03000000 00000000")
        let stream = Sample.of2_2 + ending + Sample.of2_2 + ending
        for piece in 1...60 {
            let result = split(stream, pieces: Array(repeating: piece, count: stream.count), framing: .v2_2)
            #expect(result.error == nil)
            #expect(
                result.packets == [Sample.of2_2, Array(ending.dropLast(4)), Sample.of2_2, Array(ending.dropLast(4))])
        }
        let zeros = Sample.of2_2 + bytes("00000000 00000000")
        #expect(split(zeros, pieces: [], framing: .v2_2).error == WireError(.badMagic, at: 0))
    }

    @Test func `zeros between packets are refused where 2.2 is not spoken`() {
        #expect(split(Sample.of2_3 + bytes("00000000") + Sample.of2_3, pieces: []).error == WireError(.badMagic, at: 0))
    }

    @Test func `random bytes end the stream or wait, and never hold more than a packet`() {
        var random = SeededRandom.printed()
        for _ in 0..<3000 {
            var stream = Sample.of2_3
            for _ in 0..<Int.random(in: 1...80, using: &random) { stream.append(.random(in: 0...255, using: &random)) }
            if Bool.random(using: &random) {
                stream.replaceSubrange(37..<min(41, stream.count), with: Array("P4CK".utf8))
            }
            let pieces = (0..<stream.count).map { _ in Int.random(in: 1...20, using: &random) }
            for framing in [Framing.v2_2, .v2_3] {
                let result = split(stream, pieces: pieces, framing: framing)
                #expect(result.held <= Framing.maximumLength)
            }
        }
    }
}
