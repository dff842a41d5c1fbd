import BINCapture
import BINWire

/// Reads the packets of capture files, one after the other.
struct CaptureReading: ~Copyable {
    private var files: ArraySlice<String>
    private var reader: CaptureFileReader?
    private var isOpen = false
    private var assembler = PacketAssembler()
    private var progress = Progress(name: "", total: nil)

    init(files: [String]) { self.files = files[...] }

    /// The next packet that the sink keeps; nil when all files were read.
    mutating func next(_ sink: inout ReplaySink) throws(CaptureError) -> ReplaySink.Packet? {
        while true {
            if let packet = sink.take() { return packet }
            if !isOpen {
                guard let file = files.popFirst() else { return nil }
                let input = file == "-" ? ByteInput(descriptor: 0, name: "standard input") : try ByteInput(path: file)
                let opened = try CaptureFileReader(input)
                progress = Progress(name: file, total: opened.totalBytes, smallest: 1 << 16, besideOutput: true)
                reader = consume opened
                isOpen = true
                assembler = PacketAssembler()
            }
            guard let frame = try reader?.next() ?? nil else {
                assembler.finish(into: &sink)
                progress.finish()
                reader = nil
                isOpen = false
                continue
            }
            receive(frame, &sink)
        }
    }

    private mutating func receive(_ frame: CapturedFrame, _ sink: inout ReplaySink) {
        guard let opened = reader.take() else { return }
        assembler.receive(
            frame: opened.bytes(of: frame), linkType: frame.linkType, originalLength: frame.originalLength,
            at: frame.time, into: &sink)
        progress.update(opened.offset)
        reader = consume opened
    }
}
