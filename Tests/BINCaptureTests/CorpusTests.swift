import BINCapture
import Testing

@Suite struct CorpusTests {
    @Test(.enabled(if: !Corpus.captures.isEmpty), arguments: Corpus.captures)
    func `every capture of a real server holds as many packets as its summary says`(capture: String) throws {
        let expected = try Corpus.packetCounts(capture)
        var reader = try CaptureFileReader(ByteInput(path: capture + ".pcap"))
        var assembler = PacketAssembler()
        var sink = Collector()
        try assembler.receive(contentsOf: &reader, into: &sink)
        #expect(sink.packets.count == expected.sum)
        #expect(expected.total == expected.sum)
        #expect(sink.refusals.isEmpty)
        #expect(sink.notices.isEmpty)
        #expect(assembler.counters.packets == UInt64(sink.packets.count))
        #expect(assembler.followedStreams == 0)
        #expect(reader.offset == reader.totalBytes)
    }
}
