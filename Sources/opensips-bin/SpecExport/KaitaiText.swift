/// Lines of a Kaitai Struct file, with the indentation of YAML.
struct KaitaiText {
    /// What was written so far.
    private(set) var text = ""
    private var indent = 0

    init(indent: Int = 0) { self.indent = indent }

    /// A line as it is.
    mutating func line(_ line: String) {
        text += String(repeating: " ", count: indent) + line + "\n"
    }

    /// `key: value`, quoted where YAML would understand something else.
    mutating func pair(_ key: String, _ value: String) { line("\(key): \(KaitaiText.scalar(value))") }

    /// `key:` and what belongs to it.
    mutating func nested(_ key: String, _ body: (inout KaitaiText) -> Void) {
        line("\(key):")
        indent += 2
        body(&self)
        indent -= 2
    }

    /// An element of a list, known by its id.
    mutating func element(id: String, _ body: (inout KaitaiText) -> Void) {
        line("- id: \(id)")
        indent += 2
        body(&self)
        indent -= 2
    }

    /// Lines that are indented already, as they are.
    mutating func block(_ lines: String) {
        for line in lines.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty { text += "\n" } else { self.line(String(line)) }
        }
    }

    /// Lines that were written elsewhere.
    mutating func append(_ other: KaitaiText) { text += other.text }

    /// A plain scalar, or one in single quotes.
    static func scalar(_ text: String) -> String {
        let isNumber = !text.isEmpty && text.allSatisfy { $0.isNumber || $0 == "." || $0 == "-" }
        let begins = text.first.map { "'\"-?:,[]{}#&*!|>%@` ".contains($0) } ?? true
        let splits = text.contains(": ") || text.contains(" #") || text.hasSuffix(":")
        let isWord = ["true", "false", "null", "yes", "no", "on", "off", "~"].contains(text.lowercased())
        guard isNumber || begins || splits || isWord else { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    /// `lower_snake_case` of a name in camelCase or of words.
    static func identifier(_ name: String) -> String {
        var result = ""
        var previous: Character = "A"
        for character in name {
            defer { previous = character }
            guard character.isASCII, character.isLetter || character.isNumber else {
                if result.last != "_" { result += "_" }
                continue
            }
            if character.isUppercase, previous.isLowercase { result += "_" }
            result += character.lowercased()
        }
        return result
    }
}
