import BINMessages
import BINWire

extension FuzzProperty {
    /// Packets read one after the other, with what is remembered of their senders: descriptions are in order, and what was read
    /// to its last byte is written with the same bytes.
    static let interpreter = FuzzProperty("interpreter", largestInput: 4096, inputs: PacketInputs(fixed: nil)) {
        input throws(Violation) in
        var interpreter = Interpreter()
        var description = PacketDescription()
        var writer = PacketWriter()
        try forEachPacket(input) { packet, header throws(Violation) in
            interpreter.interpret(packet, header, from: SenderAddress(high: 0, low: 1), into: &description)
            if description.failure == nil || description.trailing == nil {
                let whole = description.failure == nil
                try requireOrder(description.nodes, in: description.body, complete: whole)
            }
            if let trailing = description.trailing {
                try require(!trailing.isEmpty && trailing.upperBound <= header.length, "the rest is at \(trailing)")
            }
            if let failure = description.failure {
                try require(failure.offset <= header.length, "refused at \(failure.offset) of \(header.length)")
                return
            }
            description.verify(packet, header, using: &writer)
            if let failure = description.failure { throw Violation("\(failure)") }
        }
        try require(interpreter.senders.count <= 64, "more senders than packets")
    }

    /// Calls `body` with each packet of an input of ``PacketInputs``.
    static func forEachPacket(
        _ input: RawSpan, _ body: (RawSpan, PacketHeader) throws(Violation) -> Void
    ) throws(Violation) {
        var reader = InputReader(input)
        let framing = PacketInputs.framing(reader.byte())
        let stream = reader.rest
        guard framing != .v2_1 else {
            if let header = try? PacketHeader(datagram: stream, framing: .v2_1) { try body(stream, header) }
            return
        }
        var splitter = StreamSplitter(framing: framing)
        var position = 0
        while true {
            let frame: StreamSplitter.Frame?
            do throws(WireError) { frame = try splitter.next(in: stream, at: &position) } catch { return }
            guard let frame else { return }
            try body(splitter.bytes(of: frame, in: stream), frame.header)
        }
    }
}
