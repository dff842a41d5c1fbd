import BINText

/// A JSON value that is written for people to read and for `diff` to compare: small objects in one line, members in the
/// order they were given.
indirect enum JSONText {
    case string(String)
    case number(Int64)
    case bool(Bool)
    case null
    /// JSON already, and to stay in one line.
    case raw(String)
    case array([JSONText])
    case object([(name: String, value: JSONText)])

    /// The longest value that is written in one line, in characters.
    private static let longestLine = 150

    /// The whole text, with a line feed at the end.
    var text: String {
        var text = ""
        write(to: &text, indent: 0)
        return text + "\n"
    }

    /// The value in one line, however long.
    var oneLine: String {
        switch self {
        case .string(let string): return JSONText.quoted(string)
        case .number(let number): return "\(number)"
        case .bool(let value): return value ? "true" : "false"
        case .null: return "null"
        case .raw(let text): return text
        case .array(let values): return "[" + values.map(\.oneLine).joined(separator: ", ") + "]"
        case .object(let members):
            let pairs = members.map { "\(JSONText.quoted($0.name)): \($0.value.oneLine)" }
            return pairs.isEmpty ? "{}" : "{" + pairs.joined(separator: ", ") + "}"
        }
    }

    /// Number of characters in one line, or more than the longest line when that is certain.
    private func fitsOneLine(_ left: inout Int) -> Bool {
        switch self {
        case .string(let string): left -= string.utf8.count + 2
        case .raw(let text): left -= text.utf8.count
        case .number, .bool, .null: left -= 6
        case .array(let values):
            left -= 2
            for value in values {
                left -= 2
                guard left >= 0, value.fitsOneLine(&left) else { return false }
            }
        case .object(let members):
            left -= 2
            for member in members {
                left -= member.name.utf8.count + 6
                guard left >= 0, member.value.fitsOneLine(&left) else { return false }
            }
        }
        return left >= 0
    }

    private func write(to text: inout String, indent: Int) {
        var left = JSONText.longestLine - indent
        if fitsOneLine(&left) {
            text += oneLine
            return
        }
        let inner = String(repeating: " ", count: indent + 2)
        let outer = String(repeating: " ", count: indent)
        switch self {
        case .array(let values):
            text += "[\n"
            for (index, value) in values.enumerated() {
                text += inner
                value.write(to: &text, indent: indent + 2)
                text += index + 1 < values.count ? ",\n" : "\n"
            }
            text += outer + "]"
        case .object(let members):
            text += "{\n"
            for (index, member) in members.enumerated() {
                text += inner + JSONText.quoted(member.name) + ": "
                member.value.write(to: &text, indent: indent + 2)
                text += index + 1 < members.count ? ",\n" : "\n"
            }
            text += outer + "}"
        default: text += oneLine
        }
    }

    private static func quoted(_ string: String) -> String {
        let output = OutputBuffer(descriptor: -1)
        JSONWriter(output: output).string(string)
        return output.string
    }
}
