import BINCapture
import BINMessages
import BINText
import BINWire

extension FuzzProperty {
    /// What is printed for people is UTF-8 and cannot steer a terminal, in every detail.
    static let text = FuzzProperty("text", largestInput: 4096, inputs: PacketInputs(fixed: nil)) {
        input throws(Violation) in
        let output = OutputBuffer(descriptor: -1, flushThreshold: 1 << 12)
        let terminal = Terminal(hasColour: false)
        try forEachDescription(input) { packet, header, description throws(Violation) in
            for detail in [PacketText.Detail.line, .fields, .bytes] {
                output.truncate(to: 0)
                PacketText(output, terminal, detail).packet(packet, header, description, from: Printed.origin)
                let lines = output.string
                try require(lines.utf8.last == UInt8(ascii: "\n"), "a line without an end")
                if detail == .line {
                    try require(lines.utf8.count { $0 == UInt8(ascii: "\n") } == 1, "more than one line")
                }
                for scalar in lines.unicodeScalars where Printed.steers(scalar) {
                    throw Violation("U+\(String(scalar.value, radix: 16)) for a terminal")
                }
            }
        }
        output.truncate(to: 0)
        PacketText(output, terminal, .bytes).refused(input, nil, WireError(.badMagic, at: 0), from: Printed.origin)
    }

    /// What is printed for programs is JSON, and the packet is made of it again, with the same bytes.
    static let json = FuzzProperty("json", largestInput: 4096, inputs: PacketInputs(fixed: nil)) {
        input throws(Violation) in
        let output = OutputBuffer(descriptor: -1, flushThreshold: 1 << 12)
        try forEachDescription(input) { packet, header, description throws(Violation) in
            output.truncate(to: 0)
            PacketJSON(output).packet(packet, header, description, from: Printed.origin)
            let value: JSONValue
            do throws(JSONError) {
                value = try JSONParser.parse(Array(output.string.utf8))
            } catch {
                throw Violation("no JSON: \(error) in \(output.string.prefix(2000))")
            }
            try require((value["error"] != nil) == (description.failure != nil), "what was refused must say so")
            guard description.failure == nil else { return }
            let composed: PacketComposer.Composed
            do throws(PacketComposer.Failure) {
                composed = try PacketComposer().compose(value)
            } catch {
                throw Violation("\(error): \(output.string.prefix(2000))")
            }
            try require(
                Printed.isSame(composed.bytes, packet, header, description),
                "other bytes from \(output.string.prefix(2000))")
        }
    }

    /// JSON that is read is written and read the same; what looks like a packet becomes one or is refused. Key/values, which are
    /// JSON of a narrow kind, are read the same by both readers.
    static let jsonInput = FuzzProperty(
        "json-input", largestInput: 2048, inputs: PlainInputs(examples: Printed.examples)
    ) { input throws(Violation) in
        let values = KeyValues(input)
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONParser.parse(input.array)
        } catch {
            try require(error.offset <= input.byteCount, "refused at \(error.offset)")
            let hasTwins = values.map { Set($0.entries.map(\.key)).count < $0.entries.count } ?? false
            try require(
                values == nil || values?.entries.isEmpty == true || hasTwins, "key/values that are no JSON: \(error)")
            return
        }
        if let values, input.byteCount > 0 {
            guard case .object(let members) = value else { throw Violation("key/values that are no object") }
            try require(
                members.count == values.entries.count, "\(members.count) members, \(values.entries.count) values")
            for (member, entry) in zip(members, values.entries) {
                let isSame: Bool
                switch entry.value {
                case .string(let string): isSame = member.value == .string(string)
                case .integer(let number): isSame = member.value.integer == Int64(number)
                }
                try require(
                    isSame && member.name.utf8.elementsEqual(entry.key.utf8), "\(entry.key) is read differently")
            }
        }
        let output = OutputBuffer(descriptor: -1, flushThreshold: 1 << 12)
        value.writeCompact(to: JSONWriter(output: output))
        let again = try? JSONParser.parse(Array(output.string.utf8))
        try require(again == value, "written and read again it is something else: \(output.string.prefix(500))")
        if let composed = try? PacketComposer().compose(value) {
            let isPacket = (try? PacketHeader(datagram: composed.bytes.span.bytes, framing: composed.framing)) != nil
            try require(isPacket, "what was composed is no packet")
        }
    }

    /// Calls `body` with each packet of an input of ``PacketInputs``, and what it says.
    private static func forEachDescription(
        _ input: RawSpan, _ body: (RawSpan, PacketHeader, PacketDescription) throws(Violation) -> Void
    ) throws(Violation) {
        var interpreter = Interpreter()
        var description = PacketDescription()
        try forEachPacket(input) { packet, header throws(Violation) in
            interpreter.interpret(packet, header, from: SenderAddress(high: 0, low: 1), into: &description)
            try body(packet, header, description)
        }
    }
}

private enum Printed {
    static let origin = PacketOrigin(
        time: CaptureTime(nanosecondsSinceEpoch: 1_795_345_922_172_052_000), transport: .tcp,
        source: Endpoint(IPAddress(192, 0, 2, 1), port: 40_001),
        destination: Endpoint(IPAddress(192, 0, 2, 2), port: 5555))

    /// Control characters but line feeds, and those that turn the direction of writing around.
    static func steers(_ scalar: Unicode.Scalar) -> Bool {
        // Nearly all are printable ASCII, and properties are slow.
        if (0x20..<0x7F).contains(scalar.value) || scalar == "\n" { return false }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }

    /// Whether a composed packet is the one that was printed. Not said in JSON: the bytes that 2.2 leaves undefined, an empty string
    /// that it leaves out at the end, and how an envelope was deflated.
    static func isSame(
        _ composed: [UInt8], _ packet: RawSpan, _ header: PacketHeader, _ description: PacketDescription
    ) -> Bool {
        let original = packet.array
        guard header.framing == .v2_2 else { return composed == original }
        guard composed.count == original.count || composed.count == original.count + 4 else { return false }
        return composed[header.bodyOffset..<original.count] == original[header.bodyOffset...]
    }

    static let examples: [[UInt8]] =
        (FillValues.examples(.keyValues) + [
            "{\"a\":\"\\u00e4\\ud83d\\ude00\\n\",\"b\":-2147483648}", "[1,2.5e3,true,false,null,{\"hex\":\"00ff\"}]",
            """
            {"capability":"usrloc-contact-repl","type":5,"version":5,"layout":"U-K","framing":"2.3","fields":{"domain":"location",\
            "aor":"bob"},"routing":{"cluster":1,"source":1,"destination":2},"time":1.5,"source":"[::1]:5555"}
            """,
            """
            {"capability":"clusterer-internal","type":1,"version":1,"framing":"2.3","fields":{"clusterId":1,"sourceNodeId":2,\
            "timestamp":5},"destination":"127.0.0.1:5555"}
            """,
        ]).map { Array($0.utf8) }
}
