/// A JSON value that was read. Numbers stay as they were written, so that no digit of a 64-bit one is lost.
package indirect enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([(name: String, value: JSONValue)])

    /// Values are equal when they are of the same kind and say the same, byte by byte; members may be in any order.
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): return true
        case (.bool(let left), .bool(let right)): return left == right
        // A string compares equal to another one that only looks the same; here each byte counts.
        case (.number(let left), .number(let right)), (.string(let left), .string(let right)):
            return left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)): return left == right
        case (.object(let left), .object(let right)):
            return left.count == right.count
                && left.allSatisfy { member in
                    right.contains { $0.name.utf8.elementsEqual(member.name.utf8) && $0.value == member.value }
                }
        default: return false
        }
    }

    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The same object without the first member of that name.
    package func withoutFirst(_ name: String) -> JSONValue {
        guard case .object(var members) = self,
            let index = members.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) })
        else { return self }
        members.remove(at: index)
        return .object(members)
    }

    package var string: String? { if case .string(let string) = self { string } else { nil } }
    package var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
    package var integer: Int64? { if case .number(let digits) = self { Int64(digits) } else { nil } }

    /// The 64 bits of an integer that may be above the signed range, such as some contact ids.
    package var bits64: Int64? {
        if case .number(let digits) = self {
            Int64(digits) ?? UInt64(digits).map { Int64(bitPattern: $0) }
        } else {
            nil
        }
    }

    /// The bytes of a string, or of `{"hex": …}`.
    package var bytes: [UInt8]? {
        if case .string(let string) = self { return Array(string.utf8) }
        guard case .object(let members) = self, members.count == 1, let hex = self["hex"]?.string else { return nil }
        return JSONValue.bytes(hex: hex)
    }

    /// Bytes from hexadecimal digits.
    package static func bytes(hex: String) -> [UInt8]? {
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

    /// The value in compact JSON.
    package var text: String {
        let output = OutputBuffer(descriptor: -1, flushThreshold: 2048)
        writeCompact(to: JSONWriter(output: output))
        return output.string
    }

    /// The value in compact JSON, as servers write key/values.
    package func writeCompact(to writer: JSONWriter) {
        let output = writer.output
        switch self {
        case .null: output.append("null" as StaticString)
        case .bool(let value): output.append(value ? "true" as StaticString : "false" as StaticString)
        case .number(let digits): output.append(digits)
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
