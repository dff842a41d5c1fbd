import BINMessages
import BINText
import BINWire

extension ListedRecord {
    /// The fields that are shown in a table, or looked for, and what they mean.
    private static let known: [(name: StaticString, kind: FieldNode.Kind, meaning: Meaning)] = [
        ("aor", .text, .plain), ("contact", .text, .uri), ("contactId", .value64, .contactID),
        ("callid", .text, .plain),
        ("cseq", .integer, .plain), ("expires", .integer, .unixTime), ("userAgent", .text, .plain),
        ("sock", .text, .plain), ("fromUri", .text, .uri), ("toUri", .text, .uri), ("state", .integer, .dialogState),
        ("startTs", .integer, .unixTime), ("timeout", .integer, .unixTime),
    ]

    /// A record that is a JSON object already, as ``writeObject(to:)`` made it; nil when it is none.
    init?(json text: String) {
        let bytes = Array(text.utf8)
        guard let object = try? JSONParser.parse(bytes), case .object = object else { return nil }
        self.init()
        json = bytes
        for (name, kind, meaning) in ListedRecord.known {
            switch object[name.description] {
            case .string(let text)? where kind == .text:
                let start = UInt32(clamping: self.bytes.count)
                self.bytes.append(contentsOf: text.utf8)
                let place = Text(offset: start, length: UInt32(clamping: self.bytes.count) - start)
                fields.append(FieldNode(.text, name, meaning, text: place))
            case .number(let digits)? where kind != .text:
                guard let value = JSONValue.number(digits).bits64 else { continue }
                fields.append(FieldNode(kind, name, meaning, value: value))
            default: continue
            }
        }
    }
}
