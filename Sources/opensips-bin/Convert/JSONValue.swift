/// A JSON value as it was read: members in order, integers exact to 64 bits.
indirect enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// An integer above the signed range, such as some contact ids.
    case unsigned(UInt64)
    /// Any other number, as it was written.
    case decimal(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    struct Member: Equatable {
        var name: String
        var value: JSONValue
    }

    /// The value of a member; nil for anything but an object that has it.
    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .unsigned(let value): Int64(bitPattern: value)
        default: nil
        }
    }

    var string: String? { if case .string(let value) = self { value } else { nil } }

    var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

    /// The bytes of a string, or of `{"hex": …}`.
    var bytes: [UInt8]? {
        if case .string(let string) = self { return Array(string.utf8) }
        guard case .object(let members) = self, members.count == 1, let hex = self["hex"]?.string else { return nil }
        return JSONValue.bytes(hex: hex)
    }

    /// Bytes from hexadecimal digits.
    static func bytes(hex: String) -> [UInt8]? {
        let digits = Array(hex.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Character(Unicode.Scalar(digits[index])).hexDigitValue,
                let low = Character(Unicode.Scalar(digits[index + 1])).hexDigitValue
            else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }

    /// The value in compact JSON, as servers write key/values.
    func writeCompact(to writer: JSONWriter) {
        let output = writer.output
        switch self {
        case .null: output.append("null" as StaticString)
        case .bool(let value): output.append(value ? "true" as StaticString : "false" as StaticString)
        case .integer(let value): output.append(value)
        case .unsigned(let value): output.append(value)
        case .decimal(let text): output.append(text)
        case .string(let string): writer.string(string)
        case .array(let values):
            output.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                value.writeCompact(to: writer)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                writer.string(member.name)
                output.append(UInt8(ascii: ":"))
                member.value.writeCompact(to: writer)
            }
            output.append(UInt8(ascii: "}"))
        }
    }
}
