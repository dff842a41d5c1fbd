import BINWire

/// Reads the chunks of one sync packet in the layout of the capability that is synced.
struct SyncReader {
    let framing: Framing
    let range: Range<Int>
    /// Whether chunks have a size in front (sync v2 and later).
    let sized: Bool
    /// How the content is read; nil when no declaration explains it.
    var candidate: MessageCandidate?
    /// Why no declaration explains it.
    var refusal: DecodingFailure.Reason?

    init(framing: Framing, range: Range<Int>, sized: Bool) {
        self.framing = framing
        self.range = range
        self.sized = sized
    }

    /// What was wrong, and what was left over.
    struct Failure {
        var reason: DecodingFailure.Reason
        var offset: Int
        var field: String?
        var trailing: Range<Int>?
    }

    /// How well all chunks fit a candidate.
    func check(_ candidate: MessageCandidate, _ bytes: RawSpan) -> MessageCandidate.Verdict {
        var verdict = MessageCandidate.Verdict.fits
        do throws(WireError) {
            try forEachContent(bytes, candidate) { (content: Range<Int>) in
                // A chunk may have been opened and left empty.
                guard !content.isEmpty else { return }
                switch candidate.check(bytes, content, framing) {
                case .fits: return
                case .fitsByLength: if verdict == .fits { verdict = .fitsByLength }
                case .fails: verdict = .fails
                }
            }
        } catch {
            return .fails
        }
        return verdict
    }

    /// Calls `body` with the place of each content. Unsized ones are as long as `candidate` needs.
    func forEachContent(
        _ bytes: RawSpan, _ candidate: MessageCandidate, _ body: (Range<Int>) -> Void
    ) throws(WireError) {
        if sized {
            var chunks = SyncChunks(bytes, range: range)
            while let chunk = try chunks.next() { body(chunk.content) }
            return
        }
        var position = range.lowerBound
        while position < range.upperBound {
            position = try skipMarker(bytes, position)
            // One that was left empty can only be the last.
            let isEmpty = position == range.upperBound
            let end = isEmpty ? position : try candidate.measure(bytes, position..<range.upperBound, framing)
            body(position..<end)
            position = end
        }
    }

    private func skipMarker(_ bytes: RawSpan, _ position: Int) throws(WireError) -> Int {
        var cursor = FieldCursor(bytes, range: position..<range.upperBound, framing: framing)
        guard try cursor.readInt32() == SyncChunks.marker else { throw WireError(.badChunkMarker, at: position) }
        return cursor.offset
    }

    /// Appends a list of all chunks; returns the first thing that was wrong.
    func describe(_ bytes: RawSpan, into nodes: inout [FieldNode]) -> Failure? {
        nodes.append(FieldNode(.beginRecords, "chunks"))
        defer { nodes.append(FieldNode(.endRecords, "chunks")) }
        return sized ? describeSized(bytes, &nodes) : describeUnsized(bytes, &nodes)
    }

    private func describeSized(_ bytes: RawSpan, _ nodes: inout [FieldNode]) -> Failure? {
        var chunks = SyncChunks(bytes, range: range)
        var failure: Failure?
        var end = range.lowerBound
        while true {
            let chunk: SyncChunks.Chunk?
            do throws(WireError) {
                chunk = try chunks.next()
            } catch {
                let broken = Failure(
                    reason: .wire(error.code), offset: Int(error.offset), trailing: end..<range.upperBound)
                return SyncReader.first(failure, broken)
            }
            guard let chunk else { return failure }
            nodes.append(FieldNode(.beginRecord, "chunks"))
            nodes.append(
                FieldNode(
                    .count, "size", offset: chunk.sizeOffset, end: chunk.markerOffset,
                    value: Int64(chunk.content.count)))
            appendMarker(at: chunk.markerOffset, &nodes)
            let inner = describeContent(bytes, chunk.content, exact: true, &nodes)
            failure = SyncReader.first(failure, inner.failure)
            nodes.append(FieldNode(.endRecord, "chunks"))
            end = chunk.content.upperBound
        }
    }

    /// The first failure, with what the first of the two leaves over: one chunk may only break off, and a later one go on.
    private static func first(_ earlier: Failure?, _ later: Failure?) -> Failure? {
        guard var failure = earlier else { return later }
        if failure.trailing?.isEmpty != false { failure.trailing = later?.trailing }
        return failure
    }

    private func describeUnsized(_ bytes: RawSpan, _ nodes: inout [FieldNode]) -> Failure? {
        var position = range.lowerBound
        while position < range.upperBound {
            let content: Int
            do throws(WireError) {
                content = try skipMarker(bytes, position)
            } catch {
                return Failure(
                    reason: .wire(error.code), offset: Int(error.offset), trailing: position..<range.upperBound)
            }
            nodes.append(FieldNode(.beginRecord, "chunks"))
            appendMarker(at: position, &nodes)
            let inner = describeContent(bytes, content..<range.upperBound, exact: false, &nodes)
            nodes.append(FieldNode(.endRecord, "chunks"))
            if var failure = inner.failure {
                if candidate != nil { failure.trailing = inner.end..<range.upperBound }
                return failure
            }
            position = inner.end
        }
        return nil
    }

    private func appendMarker(at offset: Int, _ nodes: inout [FieldNode]) {
        nodes.append(
            FieldNode(
                .integer, "marker", .chunkMarker, offset: offset, end: offset + 4, value: Int64(SyncChunks.marker)))
    }

    /// Describes one content; with `exact` it must be used up.
    private func describeContent(
        _ bytes: RawSpan, _ content: Range<Int>, exact: Bool, _ nodes: inout [FieldNode]
    ) -> (end: Int, failure: Failure?) {
        // A chunk may have been opened and left empty.
        guard !content.isEmpty else { return (content.upperBound, nil) }
        guard let candidate else {
            let text = Text(offset: UInt32(content.lowerBound), length: UInt32(content.count))
            nodes.append(
                FieldNode(.bytes, "body", .opaque, offset: content.lowerBound, end: content.upperBound, text: text))
            let reason = refusal ?? .undeclaredCapability
            return (content.upperBound, Failure(reason: reason, offset: content.lowerBound))
        }
        let part = candidate.describe(bytes, content, framing, &nodes)
        if let error = part.error {
            return (
                part.end,
                Failure(
                    reason: .wire(error.code), offset: Int(error.offset), field: part.failedField?.description,
                    trailing: part.end..<content.upperBound)
            )
        }
        if exact, part.end < content.upperBound {
            return (
                part.end,
                Failure(reason: .wire(.trailingBytes), offset: part.end, trailing: part.end..<content.upperBound)
            )
        }
        return (part.end, nil)
    }
}
