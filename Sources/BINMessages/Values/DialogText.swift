import BINWire

/// The text form of dialog variables and of the profiles of a dialog (Spec/dialog.md, vars and profiles).
///
/// A sequence of records, each ended by `|`. `|`, `#` and `\` inside of a name or value are preceded by `\`.
/// 2.1–3.3 write `name#value|`, 3.4 and later `name#T#value|` with T 1 for a string and 2 for a decimal integer.
public enum DialogText {
    /// Which of the two forms.
    public enum Form: Hashable, Sendable {
        /// `name#value|`.
        case untyped
        /// `name#T#value|`.
        case typed
    }

    /// A name and its value, escapes resolved.
    public struct Record: Hashable, Sendable {
        /// The name; that of a profile ends in `/b` or `/s` when it is replicated.
        public var name: [UInt8]
        /// 1 string, 2 integer; always 1 in the untyped form.
        public var type: UInt8
        /// The value; of an integer its decimal digits.
        public var value: [UInt8]

        /// A record.
        public init(name: [UInt8], type: UInt8 = 1, value: [UInt8]) {
            self.name = name
            self.type = type
            self.value = value
        }
    }

    /// Reads all records of `text`, or nil when it is not of this form.
    ///
    /// What it accepts it can also write: ``write(_:_:)`` gives back the same bytes.
    public static func records(_ text: RawSpan, _ form: Form) -> [Record]? {
        var records: [Record] = []
        var position = 0
        while position < text.byteCount {
            guard let name = part(text, &position, until: UInt8(ascii: "#")) else { return nil }
            var type = UInt8(1)
            if form == .typed {
                guard position + 1 < text.byteCount, text.uint8(uncheckedAt: position + 1) == UInt8(ascii: "#") else {
                    return nil
                }
                type = text.uint8(uncheckedAt: position) &- UInt8(ascii: "0")
                guard type == 1 || type == 2 else { return nil }
                position += 2
            }
            guard let value = part(text, &position, until: UInt8(ascii: "|")) else { return nil }
            if type == 2 {
                guard let number = Int32(String(decoding: value, as: UTF8.self)), Array("\(number)".utf8) == value
                else {
                    return nil
                }
            }
            records.append(Record(name: name, type: type, value: value))
        }
        return records
    }

    /// Writes records.
    public static func write(_ records: [Record], _ form: Form) -> [UInt8] {
        var text: [UInt8] = []
        for record in records {
            escape(record.name, into: &text)
            text.append(UInt8(ascii: "#"))
            if form == .typed {
                text.append(UInt8(ascii: "0") + record.type)
                text.append(UInt8(ascii: "#"))
            }
            escape(record.value, into: &text)
            text.append(UInt8(ascii: "|"))
        }
        return text
    }

    /// Whether `text` is of this form; makes no copies.
    static func isWellFormed(_ text: Text, _ form: Form, in source: RawSpan) -> Bool {
        guard let bytes = try? text.bytes(in: source) else { return false }
        var position = 0
        while position < bytes.byteCount {
            guard skipPart(bytes, &position, until: UInt8(ascii: "#")) else { return false }
            if form == .typed {
                guard position + 1 < bytes.byteCount, bytes.uint8(uncheckedAt: position + 1) == UInt8(ascii: "#") else {
                    return false
                }
                let type = bytes.uint8(uncheckedAt: position)
                guard type == UInt8(ascii: "1") || type == UInt8(ascii: "2") else { return false }
                position += 2
            }
            guard skipPart(bytes, &position, until: UInt8(ascii: "|")) else { return false }
        }
        return true
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "|") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "\\")
    }

    /// Reads up to `end`, which is skipped; nil when another special byte stands there unescaped, or none comes.
    private static func part(_ text: RawSpan, _ position: inout Int, until end: UInt8) -> [UInt8]? {
        let start = position
        guard skipPart(text, &position, until: end) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(position - start)
        var index = start
        while index < position - 1 {
            if text.uint8(uncheckedAt: index) == UInt8(ascii: "\\") { index += 1 }
            bytes.append(text.uint8(uncheckedAt: index))
            index += 1
        }
        return bytes
    }

    private static func skipPart(_ text: RawSpan, _ position: inout Int, until end: UInt8) -> Bool {
        while position < text.byteCount {
            let byte = text.uint8(uncheckedAt: position)
            position += 1
            if byte == end { return true }
            guard isSpecial(byte) else { continue }
            guard byte == UInt8(ascii: "\\"), position < text.byteCount, isSpecial(text.uint8(uncheckedAt: position))
            else { return false }
            position += 1
        }
        return false
    }

    private static func escape(_ bytes: [UInt8], into text: inout [UInt8]) {
        for byte in bytes {
            if isSpecial(byte) { text.append(UInt8(ascii: "\\")) }
            text.append(byte)
        }
    }
}

/// The name of a profile in the text form.
public enum DialogProfile {
    /// Takes the suffix off that says how a profile is shared: `/b` over BIN, `/s` over a cachedb, empty not at all.
    public static func split(_ name: [UInt8]) -> (name: [UInt8], suffix: String) {
        guard name.count >= 2, name[name.count - 2] == UInt8(ascii: "/") else { return (name, "") }
        switch name[name.count - 1] {
        case UInt8(ascii: "b"): return (Array(name.dropLast(2)), "/b")
        case UInt8(ascii: "s"): return (Array(name.dropLast(2)), "/s")
        default: return (name, "")
        }
    }
}
