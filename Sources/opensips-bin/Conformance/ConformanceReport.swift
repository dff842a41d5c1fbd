import BINConformance
import BINText
import Synchronization

/// What was found of a target: for people as it comes, as JSON lines, and as JUnit at the end.
final class ConformanceReport: Sendable {
    enum Style {
        case text
        case json
    }

    private let style: Style
    /// The runner reports from its own task.
    private let results = Mutex<[ConformanceResult]>([])

    init(style: Style) { self.style = style }

    /// How many ended like this.
    func count(_ verdict: String) -> Int { results.withLock { $0.count { $0.verdict.name == verdict } } }

    func add(_ result: ConformanceResult) {
        let isNewGroup = results.withLock { results in
            defer { results.append(result) }
            return results.last?.test.group != result.test.group
        }
        let output = OutputBuffer()
        if style == .json {
            var members = Self.members(result.test)
            members += [
                ("verdict", .string(result.verdict.name)), ("seen", .string(result.verdict.detail)),
                ("seconds", .number(Self.seconds(result.duration))),
            ]
            JSONValue.object(members).writeCompact(to: JSONWriter(output: output))
            output.append("\n")
        } else {
            if isNewGroup { output.append("\(result.test.group.title)\n") }
            output.append(Self.line(result, Terminal()))
        }
        output.flush()
    }

    /// Prints the sums.
    func end() {
        let output = OutputBuffer()
        let counts = ["passed", "failed", "skipped"].map { ($0, count($0)) }
        if style == .json {
            let members = counts.map { ($0.0, JSONValue.number("\($0.1)")) }
            JSONValue.object(members).writeCompact(to: JSONWriter(output: output))
            output.append("\n")
        } else {
            output.append("\n\(counts.map { "\($0.1) \($0.0)" }.joined(separator: ", "))\n")
        }
        output.flush()
    }

    private static func line(_ result: ConformanceResult, _ terminal: Terminal) -> String {
        let rules = result.test.rules.joined(separator: ", ")
        let head = "  \(result.verdict.name.padded(to: 8))\(result.test.id.padded(to: 15))"
        switch result.verdict {
        case .passed(let seen): return "\(head)\(result.test.sent): \(seen) [\(rules)]\n"
        case .skipped(let reason): return "\(head)\(result.test.sent): \(reason)\n"
        case .failed(let seen):
            let indent = String(repeating: " ", count: 25)
            return """
                \(head)\(result.test.sent) [\(rules)]
                \(indent)expected: \(result.test.expected)
                \(indent)seen:     \(seen)\n
                """
        }
    }

    private static func members(_ test: ConformanceCase) -> [(name: String, value: JSONValue)] {
        [
            ("case", .string(test.id)), ("rules", .array(test.rules.map { .string($0) })), ("sent", .string(test.sent)),
            ("expected", .string(test.expected)),
        ]
    }

    private static func seconds(_ duration: Duration) -> String {
        let milliseconds = Int((duration / .milliseconds(1)).rounded())
        return "\(milliseconds / 1000).\(String(milliseconds % 1000 + 1000).dropFirst())"
    }

    /// Prints what there is to run.
    static func list(_ cases: [ConformanceCase], json: Bool) {
        let output = OutputBuffer()
        defer { output.flush() }
        if json {
            for test in cases {
                JSONValue.object(members(test) + [("hostile", .bool(test.isHostile))]).writeCompact(
                    to: JSONWriter(output: output))
                output.append("\n")
            }
            return
        }
        var group: ConformanceGroup?
        for test in cases {
            if test.group != group { output.append("\(test.group.title)\n") }
            group = test.group
            output.append(
                "  \(test.id.padded(to: 15))\(test.sent): \(test.expected) [\(test.rules.joined(separator: ", "))]\n")
        }
    }

    // MARK: JUnit

    /// The report as JUnit XML, a suite a group.
    func junit(target: String) -> String {
        let results = results.withLock { $0 }
        var text =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"conformance of \(target.escaped)\">\n"
        for group in ConformanceGroup.allCases {
            let own = results.filter { $0.test.group == group }
            guard !own.isEmpty else { continue }
            let time = Self.seconds(own.reduce(.zero) { $0 + $1.duration })
            text += "  <testsuite name=\"\(group.rawValue)\" tests=\"\(own.count)\""
            text += " failures=\"\(own.count { $0.verdict.name == "failed" })\""
            text += " skipped=\"\(own.count { $0.verdict.name == "skipped" })\" time=\"\(time)\">\n"
            for result in own {
                text +=
                    "    <testcase classname=\"\(group.rawValue)\" name=\"\(result.test.id) \(result.test.sent.escaped)\""
                text += " time=\"\(Self.seconds(result.duration))\""
                switch result.verdict {
                case .passed: text += "/>\n"
                case .skipped(let reason):
                    text += ">\n      <skipped message=\"\(reason.escaped)\"/>\n    </testcase>\n"
                case .failed(let seen):
                    let rules = result.test.rules.joined(separator: ", ")
                    text += ">\n      <failure message=\"\(seen.escaped)\">"
                    text += "\(rules). Expected: \(result.test.expected.escaped). Seen: \(seen.escaped)."
                    text += "</failure>\n    </testcase>\n"
                }
            }
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }
}

extension String {
    /// With spaces behind it, up to a width.
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }

    /// As XML has it; control characters, which XML has not, as spaces.
    fileprivate var escaped: String {
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\u{0}"..<" ": result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
