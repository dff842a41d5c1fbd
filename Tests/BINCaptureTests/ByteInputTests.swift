import BINCapture
import Foundation
import Testing

@Suite struct ByteInputTests {
    private let file = Sample.pcap(
        (0..<2000).map { Sample.udp(Sample.packet2_1($0, body: Array(repeating: 1, count: 200))) })

    @Test func `a regular file states its size`() throws {
        let path = NSTemporaryDirectory() + "bin-capture-\(UInt64.random(in: 0...UInt64.max)).pcap"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(file).write(to: URL(fileURLWithPath: path))
        var reader = try CaptureFileReader(ByteInput(path: path))
        #expect(reader.totalBytes == UInt64(file.count))
        #expect(reader.format == .pcap)
        var count = 0
        while let frame = try reader.next() {
            #expect(reader.bytes(of: frame).byteCount == frame.capturedLength)
            count += 1
        }
        #expect(count == 2000)
        #expect(reader.offset == UInt64(file.count))
    }

    @Test func `a pipe is read to its end`() throws {
        let pipe = Pipe()
        let bytes = file
        let writing = Thread {
            // In odd pieces, so that reads are short.
            for start in stride(from: 0, to: bytes.count, by: 4099) {
                pipe.fileHandleForWriting.write(Data(bytes[start..<min(start + 4099, bytes.count)]))
            }
            pipe.fileHandleForWriting.closeFile()
        }
        writing.start()
        let input = ByteInput(descriptor: pipe.fileHandleForReading.fileDescriptor, name: "pipe")
        #expect(input.totalBytes == nil)
        var reader = try CaptureFileReader(input)
        var assembler = PacketAssembler()
        var sink = Collector()
        try assembler.receive(contentsOf: &reader, into: &sink)
        #expect(sink.packets.count == 2000)
    }

    @Test func `a file that is not there and one that is a directory are errors with the path`() {
        #expect(throws: CaptureError.cannotOpen(path: "/no/such/file", reason: "No such file or directory")) {
            _ = try ByteInput(path: "/no/such/file")
        }
        #expect(throws: CaptureError.cannotRead(path: "/", offset: 0, reason: "Is a directory")) {
            _ = try CaptureFileReader(ByteInput(path: "/"))
        }
    }
}
