import BINMessages
import BINWire

extension FuzzProperty {
    /// A description is balanced, lies inside of the body, and accounts for each byte; checking and describing agree.
    static let messages = FuzzProperty("messages", largestInput: 2048, inputs: MessageInputs()) {
        input throws(Violation) in
        let body = MessageBody(input)
        let reading = body.reading(input)
        try requireOrder(reading.nodes, in: body.range, complete: reading.isWhole)
        let fits = body.candidate.check(input, body.range, body.candidate.framing) != .fails
        try require(fits == reading.isWhole, "checked: \(fits), described to the end: \(reading.isWhole)")
    }

    /// What was decoded is encoded, and decoded from that it is the same.
    static let roundTrip = FuzzProperty("round-trip", largestInput: 2048, inputs: MessageInputs()) {
        input throws(Violation) in
        let body = MessageBody(input)
        guard let first = try body.written(input, body.range) else { return }
        let start = first.count - Int(first.bodyLength)
        guard let second = try body.written(first.bytes.span.bytes, start..<first.count) else {
            throw Violation("what was encoded cannot be decoded")
        }
        try require(second.bytes == first.bytes, "encoded a second time it has other bytes")
        let before = body.reading(input).nodes.filter { $0.isField }
        let after = MessageBody.reading(body.candidate, first.bytes.span.bytes, start..<first.count).nodes.filter {
            $0.isField
        }
        try require(before.count == after.count, "\(before.count) fields became \(after.count)")
        for (old, new) in zip(before, after) {
            try require(
                old.kind == new.kind && old.value == new.value && old.text.length == new.text.length,
                "\(old.name) changed")
        }
        // 2.2 may leave its last empty string out, which is then written; all else is the same byte for byte.
        let isSame = Array(first.bytes[start...]) == input.extracting(body.range).array
        try require(
            isSame || body.candidate.framing == .v2_2 && first.bodyLength == body.range.count + 4, "other bytes")
    }

    /// Fields stand one behind the other in `range`, and lists and groups that begin also end.
    static func requireOrder(_ nodes: [FieldNode], in range: Range<Int>, complete: Bool) throws(Violation) {
        var open: [FieldNode.Kind] = []
        var position = range.lowerBound
        for node in nodes {
            switch node.kind {
            case .beginList: open.append(.endList)
            case .beginRecords: open.append(.endRecords)
            case .beginRecord: open.append(.endRecord)
            case .beginGroup: open.append(.endGroup)
            case .endList, .endRecords, .endRecord, .endGroup:
                try require(open.popLast() == node.kind, "\(node.name) ends what was not begun")
            default:
                try require(Int(node.offset) == position, "\(node.name) stands at \(node.offset), not at \(position)")
                position += Int(node.length)
                try require(
                    Int(node.text.offset) + Int(node.text.length) <= range.upperBound, "\(node.name) lies outside")
            }
        }
        try require(open.isEmpty, "something was begun and not ended")
        try require(position <= range.upperBound, "the fields go on behind the end")
        if complete {
            try require(position == range.upperBound, "\(range.upperBound - position) bytes belong to no field")
        }
    }
}

/// The body of an input of ``MessageInputs``, and the layout to read it in.
struct MessageBody {
    let candidate: MessageCandidate
    let range: Range<Int>

    init(_ input: RawSpan) {
        var reader = InputReader(input)
        candidate = MessageInputs.candidates[MessageInputs.place(of: reader.number32())]
        range = min(4, input.byteCount)..<input.byteCount
    }

    /// What a description says.
    struct Reading {
        var nodes: [FieldNode] = []
        var isWhole = false
    }

    func reading(_ input: RawSpan) -> Reading { Self.reading(candidate, input, range) }

    static func reading(_ candidate: MessageCandidate, _ bytes: RawSpan, _ range: Range<Int>) -> Reading {
        var reading = Reading()
        let part = candidate.describe(bytes, range, candidate.framing, &reading.nodes)
        reading.isWhole = part.error == nil && part.end == range.upperBound
        return reading
    }

    /// A packet that holds nothing but the message.
    struct Written {
        var bytes: [UInt8]
        var bodyLength: Int
        var count: Int { bytes.count }
    }

    /// The message decoded from `range` and encoded; nil when it cannot be decoded.
    func written(_ bytes: RawSpan, _ range: Range<Int>) throws(Violation) -> Written? {
        guard candidate.check(bytes, range, candidate.framing) != .fails else { return nil }
        var writer = PacketWriter()
        do throws(WireError) {
            try writer.begin(capability: Array("x".utf8).span.bytes, type: 0, version: 0, framing: candidate.framing)
            let start = writer.offset
            try candidate.reencode(bytes, range, candidate.framing, &writer)
            let length = writer.offset - start
            try writer.finish()
            return Written(bytes: writer.copyBytes(), bodyLength: length)
        } catch {
            throw Violation("cannot be encoded: \(error)")
        }
    }
}
