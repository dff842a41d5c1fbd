public import BINWire

/// Walks over the chunks of a sync packet (Spec/clusterer.md, SYNC).
///
/// From sync v2 on each chunk is `size`, the marker 101010101, and `size` bytes of content. The walk always moves forward
/// and never leaves the range it was made for, whatever the sizes say.
public struct SyncChunks: ~Escapable {
    /// The integer in front of the content of every chunk.
    public static let marker: Int32 = 101_010_101

    /// A chunk with its size in front.
    public struct Chunk: Hashable, Sendable {
        /// Offset of the size.
        public let sizeOffset: Int
        /// Offset of the marker.
        public let markerOffset: Int
        /// Where the content stands.
        public let content: Range<Int>
    }

    private var cursor: FieldCursor

    /// A walk over the sized chunks in `range`.
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan, range: Range<Int>) {
        self.cursor = FieldCursor(bytes, range: range, framing: .v2_3)
    }

    /// The next chunk, or nil behind the last one.
    /// - Throws: ``BINWire/WireError/Code/badChunkSize``, ``BINWire/WireError/Code/badChunkMarker``, or that the packet ends.
    @_lifetime(self: copy self)
    public mutating func next() throws(WireError) -> Chunk? {
        guard !cursor.isAtEnd else { return nil }
        let sizeOffset = cursor.offset
        let size = try cursor.readInt32()
        let markerOffset = cursor.offset
        guard try cursor.readInt32() == SyncChunks.marker else { throw WireError(.badChunkMarker, at: markerOffset) }
        guard size >= 0, Int(size) <= cursor.remaining else { throw WireError(.badChunkSize, at: sizeOffset) }
        let start = cursor.offset
        _ = try cursor.readBytes(Int(size))
        return Chunk(sizeOffset: sizeOffset, markerOffset: markerOffset, content: start..<cursor.offset)
    }

    /// Whether `range` holds nothing but well-formed chunks; without sizes only the first marker can be looked at.
    static func areWellFormed(_ bytes: RawSpan, range: Range<Int>, sized: Bool) -> Bool {
        guard !range.isEmpty else { return true }
        guard sized else {
            var cursor = FieldCursor(bytes, range: range, framing: .v2_3)
            return (try? cursor.readInt32()) == marker
        }
        var chunks = SyncChunks(bytes, range: range)
        do throws(WireError) {
            while try chunks.next() != nil {}
            return true
        } catch {
            return false
        }
    }
}
