import BINMessages

/// Writes lists of declared fields as Lua tables; equal lists are written once.
struct WiresharkLayouts {
    private let fields: WiresharkFields
    private var numbers: [String: Int] = [:]
    /// The statements that fill the lists, inner ones first.
    private(set) var text = ""

    init(_ fields: WiresharkFields) {
        self.fields = fields
    }

    /// The number of the list of `declarations`. A count belongs to the next list that needs one.
    mutating func number(of declarations: [FieldDeclaration], count outer: String? = nil) -> Int {
        var count = outer
        let expressions = declarations.map { field -> String in
            if case .count = field.shape { count = field.name }
            return expression(field, count)
        }
        let list = expressions.joined(separator: ", ")
        if let number = numbers[list] { return number }
        let number = numbers.count + 1
        numbers[list] = number
        text += "L[\(number)] = {" + WiresharkLayouts.wrapped(expressions) + "}\n"
        return number
    }

    private mutating func expression(_ field: FieldDeclaration, _ count: String?) -> String {
        let name = LuaText.quoted(field.name)
        func leaf(_ shape: String, _ more: String...) -> String {
            let key = WiresharkFields.kind(field).flatMap { fields.key(field.name, $0) } ?? field.name
            var arguments = [name] + more
            if field.meaning != .plain || key != field.name { arguments.append(LuaText.quoted("\(field.meaning)")) }
            if key != field.name { arguments.append(LuaText.quoted(key)) }
            return "\(shape)(\(arguments.joined(separator: ", ")))"
        }
        let counted = count.map { LuaText.quoted($0) } ?? "nil"
        switch field.shape {
        case .integer: return leaf("integer")
        case .text: return leaf("text")
        case .fixedText(let size): return leaf("fixed", "\(size)")
        case .value64: return leaf("value64")
        case .value32: return leaf("value32")
        case .count(let limit): return leaf("count", "\(limit)")
        case .integers: return leaf("integers", counted)
        case .texts: return leaf("texts", counted)
        case .rest: return leaf("rest")
        case .records(let isCounted, let inner):
            return leaf("records", isCounted ? counted : "nil", "L[\(number(of: inner))]")
        case .condition(.equals(let value), let inner):
            return "when(\(name), \(value), L[\(number(of: inner, count: count))])"
        case .condition(.differs(let value), let inner):
            return "unless(\(name), {\(value)}, L[\(number(of: inner, count: count))])"
        case .textCondition(.equals(let text), let inner):
            return "when(\(name), \(LuaText.quoted(text)), L[\(number(of: inner, count: count))])"
        case .textCondition(.isNone(let texts), let inner):
            let list = texts.map { LuaText.quoted($0) }.joined(separator: ", ")
            return "unless(\(name), {\(list)}, L[\(number(of: inner, count: count))])"
        case .textCondition(.isNotEmpty, let inner):
            return "unless(\(name), {\"\"}, L[\(number(of: inner, count: count))])"
        case .remainder(let inner): return "remainder(L[\(number(of: inner, count: count))])"
        case .group(let inner): return leaf("group", "L[\(number(of: inner, count: count))]")
        }
    }

    /// The expressions, several a line.
    private static func wrapped(_ expressions: [String]) -> String {
        var text = ""
        var column = 9
        for (index, expression) in expressions.enumerated() {
            let isLast = index + 1 == expressions.count
            if index > 0, column + expression.utf8.count > 116 {
                text += "\n  "
                column = 2
            } else if index > 0 {
                text += " "
                column += 1
            }
            text += isLast ? expression : expression + ","
            column += expression.utf8.count + 1
        }
        return text
    }
}

/// Text as Lua source.
enum LuaText {
    /// A string literal.
    static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// A table of strings.
    static func list(_ strings: [String]) -> String { "{" + strings.map(quoted).joined(separator: ", ") + "}" }

    /// A table whose keys are the strings, in the order of the alphabet.
    static func set(_ strings: Set<String>) -> String {
        var text = "{"
        var column = 0
        for string in strings.sorted() {
            let entry = "\(string) = true, "
            column += entry.utf8.count
            if column > 104 {
                text += "\n  "
                column = entry.utf8.count
            }
            text += entry
        }
        return text + "}"
    }
}
