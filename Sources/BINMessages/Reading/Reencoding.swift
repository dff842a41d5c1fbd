public import BINWire

extension PacketDescription {
    /// Writes the packet anew from its decoded fields: header, body, chunks and trailer.
    /// - Parameters:
    ///   - bytes: the packet that was described.
    ///   - header: its header.
    ///   - writer: where to; ``BINWire/PacketWriter/bytes`` is the packet afterwards.
    /// - Returns: false when the packet was not read to its last byte, so that there is nothing to write.
    /// - Throws: ``BINWire/WireError`` when it cannot be written.
    public func reencode(
        _ bytes: RawSpan, _ header: PacketHeader, into writer: inout PacketWriter
    ) throws(WireError) -> Bool {
        guard failure == nil, let candidate else { return false }
        try writer.begin(
            capability: try header.capability.bytes(in: bytes), type: header.type, version: header.version,
            framing: header.framing, undefinedBytes: header.undefinedBytes)
        let chunks = nodes.first { $0.kind == .beginRecord && $0.name.description == "chunks" }
        if chunks != nil, let chunkCandidate {
            try reencodeSync(bytes, header, candidate, chunkCandidate, &writer)
        } else {
            try candidate.reencode(bytes, body, header.framing, &writer)
        }
        try writer.finish(routing: routing)
        return true
    }

    /// Writes the packet anew and, when that gives other bytes, makes the difference the description's failure.
    ///
    /// A 2.2 packet whose last string was null and not counted is written with that string, so four bytes longer; that
    /// is the same packet.
    public mutating func verify(_ bytes: RawSpan, _ header: PacketHeader, using writer: inout PacketWriter) {
        guard failure == nil else { return }
        guard let offset = firstDifference(bytes, header, using: &writer) else { return }
        failure = DecodingFailure(
            .reencodesDifferently, offset: offset, capability: header.capability.string(in: bytes) ?? "",
            message: message?.description, layout: layout)
    }

    /// Offset of the first byte that is another one when the packet is written anew.
    private func firstDifference(
        _ bytes: RawSpan, _ header: PacketHeader, using writer: inout PacketWriter
    ) -> Int? {
        guard (try? reencode(bytes, header, into: &writer)) == true else { return header.bodyOffset }
        let written = writer.bytes
        let length = header.length
        if header.framing == .v2_2, written.byteCount == length + 4, written.uint32(uncheckedAt: length) == 0 {
            return written.firstDifference(from: bytes, in: 6..<length)
        }
        let common = Swift.min(length, written.byteCount)
        return written.firstDifference(from: bytes, in: 0..<common) ?? (written.byteCount == length ? nil : common)
    }

    /// Writes what stands before the chunks, then each chunk from its own message, with the size that results.
    private func reencodeSync(
        _ bytes: RawSpan, _ header: PacketHeader, _ candidate: MessageCandidate, _ chunkCandidate: MessageCandidate,
        _ writer: inout PacketWriter
    ) throws(WireError) {
        let sized = candidate.fields.last?.meaning == .chunks
        let chunksOffset = nodes.first {
            $0.kind == .count && $0.name.description == "size" || $0.meaning == .chunkMarker
        }
        let start = chunksOffset.map { Int($0.offset) } ?? body.upperBound
        try candidate.reencode(bytes, body.lowerBound..<start, header.framing, &writer)
        let reader = SyncReader(framing: header.framing, range: start..<body.upperBound, sized: sized)
        var contents: [Range<Int>] = []
        try reader.forEachContent(bytes, chunkCandidate) { contents.append($0) }
        for content in contents {
            let sizeOffset = writer.offset
            if sized { try writer.write(Int32(0)) }
            try writer.write(SyncChunks.marker)
            let contentOffset = writer.offset
            if !content.isEmpty { try chunkCandidate.reencode(bytes, content, header.framing, &writer) }
            if sized { writer.patch(Int32(truncatingIfNeeded: writer.offset - contentOffset), at: sizeOffset) }
        }
    }
}

extension RawSpan {
    /// The first offset in `range`, which lies in both, at which they have different bytes.
    fileprivate func firstDifference(from other: RawSpan, in range: Range<Int>) -> Int? {
        var index = range.lowerBound
        while index + 8 <= range.upperBound, uint64(uncheckedAt: index) == other.uint64(uncheckedAt: index) {
            index += 8
        }
        while index < range.upperBound {
            if uint8(uncheckedAt: index) != other.uint8(uncheckedAt: index) { return index }
            index += 1
        }
        return nil
    }
}
