import BINCapture
import BINWire
import Testing

/// A capture in the making: segments in, what was found out.
struct Conversation {
    var assembler: PacketAssembler
    var sink = Collector()
    var clock: Int64 = 0

    init(limits: CaptureLimits = CaptureLimits()) {
        assembler = PacketAssembler(limits: limits)
    }

    mutating func send(
        _ payload: [UInt8], at sequence: UInt32, flags: UInt8 = 0x18, from source: Endpoint = Sample.alice,
        to destination: Endpoint = Sample.bob, cut: Int = 0
    ) {
        clock += 1
        let frame = Sample.tcp(payload, sequence: sequence, flags: flags, from: source, to: destination)
        let captured = Array(frame.dropLast(cut))
        assembler.receive(
            frame: captured.span.bytes, linkType: .rawIP, originalLength: frame.count,
            at: CaptureTime(nanosecondsSinceEpoch: clock), into: &sink)
    }

    mutating func finish() { assembler.finish(into: &sink) }
}

@Suite struct TCPReassemblyTests {
    static let syn: UInt8 = 0x02
    static let fin: UInt8 = 0x11
    static let rst: UInt8 = 0x04

    let first = Sample.packet(1, body: Array(repeating: 1, count: 100))
    let second = Sample.packet(2, body: Array(repeating: 2, count: 50))
    let third = Sample.packet(3, body: Array(repeating: 3, count: 70))

    private func end(_ sequence: UInt32, _ packets: [UInt8]...) -> UInt32 {
        packets.reduce(sequence) { $0 &+ UInt32($1.count) }
    }

    @Test func `packets in order are found with the time of the segment that completes them`() {
        var talk = Conversation()
        talk.send([], at: 999, flags: Self.syn)
        talk.send(first + second.prefix(10), at: 1000)
        talk.send(second.dropFirst(10) + third, at: end(1010, first))
        #expect(talk.sink.contents == [first, second, third])
        #expect(talk.sink.packets.map(\.origin.time.nanosecondsSinceEpoch) == [2, 3, 3])
        talk.finish()
        #expect(talk.sink.notices.isEmpty)
        #expect(talk.assembler.counters.streams == 1)
        #expect(talk.assembler.followedStreams == 0)
    }

    @Test func `out of order, doubled and overlapping segments give each byte once`() {
        var talk = Conversation()
        talk.send([], at: 999, flags: Self.syn)
        talk.send(second, at: end(1000, first))
        talk.send(third, at: end(1000, first, second))
        talk.send(second, at: end(1000, first))
        #expect(talk.sink.packets.isEmpty)
        talk.send(first + second.prefix(20), at: 1000)
        talk.send(first, at: 1000)
        #expect(talk.sink.contents == [first, second, third])
        #expect(talk.sink.packets.map(\.origin.time.nanosecondsSinceEpoch) == [5, 5, 5])
        talk.finish()
        #expect(talk.sink.notices.isEmpty)
    }

    @Test func `bytes once delivered are not changed by a later segment`() {
        var talk = Conversation()
        talk.send([], at: 999, flags: Self.syn)
        talk.send(Array(first.prefix(60)), at: 1000)
        let other = Array(repeating: 0xEE as UInt8, count: 60) + first.dropFirst(60)
        talk.send(other, at: 1000)
        #expect(talk.sink.contents == [first])
    }

    @Test func `sequence numbers wrap`() {
        var talk = Conversation()
        let start = UInt32.max - 50
        talk.send([], at: start &- 1, flags: Self.syn)
        talk.send(second, at: end(start, first))
        talk.send(first, at: start)
        talk.send(third, at: end(start, first, second))
        #expect(talk.sink.contents == [first, second, third])
    }

    @Test func `both directions are streams of their own`() {
        var talk = Conversation()
        talk.send([], at: 1, flags: Self.syn)
        talk.send([], at: 7, flags: 0x12, from: Sample.bob, to: Sample.alice)
        talk.send(Array("hello".utf8), at: 2)
        talk.send(first, at: 8, from: Sample.bob, to: Sample.alice)
        #expect(talk.sink.contents == [first])
        #expect(talk.sink.packets.first?.origin.source == Sample.bob)
        talk.finish()
        #expect(talk.assembler.counters.ignoredStreams == 1)
    }

    @Test func `a keep-alive probe is harmless`() {
        var talk = Conversation()
        talk.send([], at: 999, flags: Self.syn)
        talk.send(first, at: 1000)
        talk.send([0], at: end(999, first), flags: 0x10)
        talk.send([], at: end(999, first), flags: 0x10)
        talk.send(second, at: end(1000, first))
        talk.finish()
        #expect(talk.sink.contents == [first, second])
        #expect(talk.sink.notices.isEmpty)
    }

    @Test func `a stream begun in the middle is taken up at its first packet`() {
        var talk = Conversation()
        talk.send(Array(first.dropFirst(30)) + second + third.prefix(5), at: 5000)
        talk.send(Array(third.dropFirst(5)), at: UInt32(5005 + first.count - 30 + second.count))
        talk.finish()
        #expect(talk.sink.contents == [second, third])
        #expect(talk.sink.notices == [.skipped(bytes: UInt64(first.count - 30))])
    }

    @Test func `a header spread over segments is found, wherever it is cut`() {
        let stream = Array(first.dropFirst(30)) + second + third
        for cut in 1..<stream.count {
            var talk = Conversation()
            talk.send(Array(stream.prefix(cut)), at: 0)
            talk.send(Array(stream.dropFirst(cut)), at: UInt32(cut))
            #expect(talk.sink.contents == [second, third], "cut at \(cut)")
        }
        for size in 1...5 {
            var talk = Conversation()
            for offset in stride(from: 0, to: stream.count, by: size) {
                talk.send(Array(stream[offset..<min(offset + size, stream.count)]), at: UInt32(offset))
            }
            #expect(talk.sink.contents == [second, third], "in pieces of \(size)")
        }
    }

    @Test func `a lost segment is a gap, and the next packet is found`() {
        var talk = Conversation()
        talk.send([], at: 999, flags: Self.syn)
        talk.send(first + second.prefix(10), at: 1000)
        talk.send(second.dropFirst(30) + third, at: end(1030, first))
        #expect(talk.sink.contents == [first])
        talk.send([], at: end(1000, first, second, third), flags: Self.fin)
        talk.finish()
        #expect(talk.sink.contents == [first, third])
        #expect(
            talk.sink.notices == [
                .incomplete(bytes: 10), .gap(bytes: 20), .resynchronised(skippedBytes: UInt64(second.count - 30)),
            ])
    }

    @Test func `too many segments out of order end the wait`() {
        var limits = CaptureLimits()
        limits.heldSegments = 3
        var talk = Conversation(limits: limits)
        talk.send([], at: 999, flags: Self.syn)
        talk.send(first, at: 1000)
        var sequence = end(1000, first, second)
        for _ in 0..<4 {
            #expect(talk.sink.contents == [first])
            talk.send(third, at: sequence)
            sequence = end(sequence, third)
        }
        #expect(talk.sink.contents == [first, third, third, third, third])
        #expect(talk.sink.notices == [.gap(bytes: UInt64(second.count))])
        limits = CaptureLimits()
        limits.heldBytes = 150
        talk = Conversation(limits: limits)
        talk.send([], at: 999, flags: Self.syn)
        talk.send(second, at: end(1000, first))
        talk.send(third, at: end(1000, first, second))
        #expect(talk.sink.contents == [second, third])
        #expect(talk.sink.notices == [.gap(bytes: UInt64(first.count))])
    }

    @Test func `bytes cut off by the snap length are lost`() {
        var talk = Conversation()
        talk.send([], at: 999, flags: Self.syn)
        talk.send(first + second, at: 1000, cut: 20)
        talk.send(third, at: end(1000, first, second))
        talk.finish()
        #expect(talk.sink.contents == [first, third])
        #expect(talk.sink.notices == [.incomplete(bytes: second.count - 20), .gap(bytes: 20)])
    }

    @Test func `a new connection between the same ports is a new stream`() {
        var talk = Conversation()
        talk.send([], at: 999, flags: Self.syn)
        talk.send(first + second.prefix(10), at: 1000)
        talk.send([], at: 70_000, flags: Self.syn)
        talk.send(third, at: 70_001)
        talk.finish()
        #expect(talk.sink.contents == [first, third])
        #expect(talk.sink.notices == [.incomplete(bytes: 10)])
        #expect(talk.assembler.counters.streams == 2)
    }

    @Test func `a new connection without its SYN is told by the distance of its numbers`() {
        var talk = Conversation()
        talk.send([], at: 999, flags: Self.syn)
        talk.send(first, at: 1000)
        talk.send(third, at: 2_000_000_000)
        talk.send(Array("stray".utf8), at: 3_500_000_000)
        talk.finish()
        #expect(talk.sink.contents == [first, third])
    }

    @Test func `a repeated SYN changes nothing`() {
        var talk = Conversation()
        talk.send([], at: 999, flags: Self.syn)
        talk.send(Array(first.prefix(10)), at: 1000)
        talk.send([], at: 999, flags: Self.syn)
        talk.send(Array(first.dropFirst(10)), at: 1010)
        #expect(talk.sink.contents == [first])
        #expect(talk.sink.notices.isEmpty)
    }

    @Test func `data with the SYN counts`() {
        var talk = Conversation()
        talk.send(first, at: 999, flags: Self.syn)
        talk.send(second, at: end(1000, first))
        #expect(talk.sink.contents == [first, second])
    }

    @Test func `a reset ends both directions, and what was sent twice is not found twice`() {
        var talk = Conversation()
        talk.send([], at: 999, flags: Self.syn)
        talk.send([], at: 7, flags: 0x12, from: Sample.bob, to: Sample.alice)
        talk.send(Array(second.prefix(40)), at: 8, from: Sample.bob, to: Sample.alice)
        talk.send(first + third.prefix(5), at: 1000)
        talk.send([], at: end(1005, first), flags: Self.rst)
        #expect(talk.sink.notices == [.incomplete(bytes: 5), .incomplete(bytes: 40)])
        talk.send(first, at: 1000)
        talk.finish()
        #expect(talk.sink.contents == [first])
        #expect(talk.sink.notices.count == 2)
    }

    @Test func `the end of the stream waits for segments that are still missing`() {
        var talk = Conversation()
        talk.send([], at: 999, flags: Self.syn)
        talk.send(second, at: end(1000, first), flags: Self.fin)
        talk.send(first, at: 1000)
        #expect(talk.sink.contents == [first, second])
        talk.send([], at: 999, flags: Self.syn)
        talk.send(third, at: 1000)
        #expect(talk.sink.contents == [first, second, third])
        talk.finish()
        #expect(talk.sink.notices.isEmpty)
    }

    @Test func `a broken packet is refused with its place, and the next one is found`() {
        var broken = second
        broken[10] = 0xFF
        broken[11] = 0xFF
        for cut in 0...(first.count + broken.count) {
            var talk = Conversation()
            let stream = first + broken + third
            talk.send([], at: 999, flags: Self.syn)
            talk.send(Array(stream.prefix(cut)), at: 1000)
            talk.send(Array(stream.dropFirst(cut)), at: 1000 + UInt32(cut))
            #expect(talk.sink.contents == [first, third], "cut at \(cut)")
            #expect(talk.sink.refusals.map(\.error) == [WireError(.capabilityPastEnd, at: 10)], "cut at \(cut)")
            #expect(talk.sink.refusals.map(\.streamOffset) == [UInt64(first.count)])
            #expect(talk.sink.refusals.first?.bytes.starts(with: broken) == true)
            #expect(talk.sink.notices == [.resynchronised(skippedBytes: UInt64(broken.count))])
        }
    }

    @Test func `garbage between packets is refused and passed over`() {
        var talk = Conversation()
        let garbage = Array("this is no packet, P4CK or not".utf8)
        talk.send([], at: 999, flags: Self.syn)
        talk.send(first + garbage + second + garbage, at: 1000)
        talk.finish()
        #expect(talk.sink.contents == [first, second])
        #expect(talk.sink.refusals.map(\.error) == [WireError(.badMagic, at: 0), WireError(.badMagic, at: 0)])
        #expect(
            talk.sink.refusals.map(\.streamOffset)
                == [UInt64(first.count), UInt64(first.count + garbage.count + second.count)])
        #expect(
            talk.sink.notices == [
                .resynchronised(skippedBytes: UInt64(garbage.count)), .unread(bytes: UInt64(garbage.count)),
            ])
    }

    @Test func `a stream opened with something else is not BIN, even if it carries a packet`() {
        var talk = Conversation()
        talk.send([], at: 999, flags: Self.syn)
        talk.send(Array("GET / HTTP/1.1\r\n\r\n".utf8) + first, at: 1000)
        talk.send(second, at: end(1018, first))
        talk.finish()
        #expect(talk.sink == Collector())
        #expect(talk.assembler.counters.ignoredStreams == 1)
    }

    @Test(
        arguments: [
            (0, WireError.Code.packetTooShort), (16, .packetTooShort), (65_536, .packetTooLong),
            (0xFFFF_FFFF, .packetTooLong),
        ] as [(UInt32, WireError.Code)])
    func `a stream that opens with the magic and a hostile length is refused, not ignored`(
        length: UInt32, code: WireError.Code
    ) {
        var talk = Conversation()
        var broken = first
        for index in 0..<4 { broken[4 + index] = UInt8(truncatingIfNeeded: length >> UInt32(8 * index)) }
        talk.send([], at: 999, flags: Self.syn)
        talk.send(Array(broken.prefix(50)), at: 1000)
        talk.send(broken.dropFirst(50) + second, at: 1050)
        #expect(talk.sink.refusals.map(\.error) == [WireError(code, at: 4)])
        #expect(talk.sink.contents == [second])
    }

    @Test func `a stream begun in the middle that shows no packet is given up`() {
        var limits = CaptureLimits()
        limits.searchedBytes = 1000
        var talk = Conversation(limits: limits)
        talk.send(Array(repeating: 0x50, count: 900), at: 0)
        talk.send(Array(repeating: 0x50, count: 200), at: 900)
        talk.send(first, at: 1100)
        talk.finish()
        #expect(talk.sink == Collector())
        #expect(talk.assembler.counters.ignoredStreams == 1)
    }

    @Test func `bytes that 2.2 sends without counting them are passed over`() {
        let packets = [Sample.packet2_2(1, uncounted: 4), Sample.packet2_2(2), Sample.packet2_2(3, uncounted: 4)]
        let stream = packets.flatMap { $0 }
        for cut in 0...stream.count {
            var talk = Conversation()
            talk.send([], at: 999, flags: Self.syn)
            talk.send(Array(stream.prefix(cut)), at: 1000)
            talk.send(Array(stream.dropFirst(cut)), at: 1000 + UInt32(cut))
            talk.finish()
            #expect(talk.sink.packets.map(\.header.type) == [1, 2, 3], "cut at \(cut)")
            #expect(talk.sink.refusals.isEmpty && talk.sink.notices.isEmpty, "cut at \(cut)")
        }
    }

    @Test func `the direction unused longest is given up when there are too many`() {
        var limits = CaptureLimits()
        limits.flows = 4
        var talk = Conversation(limits: limits)
        for port in 1...6 as ClosedRange<UInt16> {
            let peer = Endpoint(IPAddress(192, 0, 2, 9), port: port)
            talk.send([], at: 999, flags: Self.syn, from: peer)
            talk.send(first + second.prefix(10), at: 1000, from: peer)
        }
        #expect(talk.assembler.followedStreams == 4)
        #expect(talk.assembler.counters.evictedStreams == 2)
        #expect(talk.sink.notices == [.incomplete(bytes: 10), .evicted, .incomplete(bytes: 10), .evicted])
        let back = Endpoint(IPAddress(192, 0, 2, 9), port: 1)
        talk.send(Array(second.dropFirst(10)) + third, at: end(1010, first), from: back)
        #expect(talk.sink.contents.last == third)
    }

    @Test func `the bytes held by all directions together are bounded`() {
        var limits = CaptureLimits()
        limits.bufferedBytes = 5000
        var talk = Conversation(limits: limits)
        let large = Sample.packet(1, body: Array(repeating: 7, count: 2000))
        for port in 1...10 as ClosedRange<UInt16> {
            let peer = Endpoint(IPAddress(192, 0, 2, 9), port: port)
            talk.send([], at: 999, flags: Self.syn, from: peer)
            talk.send(Array(large.dropLast()), at: 1000, from: peer)
        }
        #expect(talk.assembler.followedStreams == 2)
        #expect(talk.assembler.counters.evictedStreams == 8)
        // Tiny segments count with what the list around them costs.
        talk = Conversation(limits: limits)
        for port in 1...10 as ClosedRange<UInt16> {
            let peer = Endpoint(IPAddress(192, 0, 2, 9), port: port)
            talk.send(Array(first.prefix(30)), at: 0, from: peer)
            for sequence in stride(from: 100, to: 200, by: 2) as StrideTo<UInt32> {
                talk.send([7], at: sequence, from: peer)
            }
        }
        #expect(talk.assembler.followedStreams == 1)
    }
}
