import BINWire
import NIOCore

/// Finds the framing of a connection from its first bytes, and keeps them until they tell.
///
/// Bytes that look like no generation are read as 2.3, whose rules then say what is wrong with them.
struct FramingProbe {
    private var held = ByteBuffer()

    /// The longest beginning that may be needed: a header of 2.2 and the longest plausible name.
    private static let longestBeginning = 128

    /// Takes one read.
    /// - Returns: the framing and everything that was read so far, or nil when more bytes are needed.
    mutating func take(_ bytes: ByteBuffer) -> (framing: Framing, bytes: ByteBuffer)? {
        held.writeImmutableBuffer(bytes)
        switch Framing.detect(stream: held.readableBytesSpan) {
        case .packet(let framing): return (framing, held)
        case .notBIN: return (.v2_3, held)
        case .needsMoreBytes:
            // A beginning that cannot be BIN any more is refused by its first bytes, as in a known framing.
            let isPossible = "P4CK".utf8.starts(with: held.readableBytesView.prefix(4))
            return isPossible && held.readableBytes < Self.longestBeginning ? nil : (.v2_3, held)
        }
    }

    /// Bytes that wait.
    var pendingBytes: Int { held.readableBytes }
}
