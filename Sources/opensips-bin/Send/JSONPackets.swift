import BINText
import BINWire
import Foundation

/// The packets of JSON lines, read line by line; a line that becomes no packet is named on standard error.
struct JSONPackets: PacketSource {
    private let file: FileHandle
    private let rewrite: NodeRewrite
    private let composer = PacketComposer()
    private var buffer = Data()
    private var isAtEnd = false
    private var line = 0
    private(set) var failures = 0

    /// Opens the file; `-` is standard input.
    init(path: String, rewrite: NodeRewrite) throws {
        self.rewrite = rewrite
        file = path == "-" ? .standardInput : try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    }

    mutating func next() -> OutgoingPacket? {
        while let text = nextLine() {
            line += 1
            guard text.contains(where: { $0 > 0x20 }) else { continue }
            do {
                let composed = try composer.compose(try JSONParser.parse(text))
                let header = try PacketHeader(datagram: composed.bytes.span.bytes, framing: composed.framing)
                return OutgoingPacket(bytes: rewrite.applied(to: composed.bytes, header), framing: composed.framing)
            } catch {
                failures += 1
                Terminal.complain("line \(line): \(error)")
            }
        }
        return nil
    }

    private mutating func nextLine() -> [UInt8]? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let text = [UInt8](buffer[buffer.startIndex..<end])
                buffer.removeSubrange(...end)
                return text
            }
            if isAtEnd {
                guard !buffer.isEmpty else { return nil }
                defer { buffer.removeAll() }
                return [UInt8](buffer)
            }
            let more = (try? file.read(upToCount: 1 << 16)) ?? nil
            if let more, !more.isEmpty { buffer.append(more) } else { isAtEnd = true }
        }
    }
}
