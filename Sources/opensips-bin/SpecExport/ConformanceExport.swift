import BINConformance

/// The table of conformance cases, from their declarations.
enum ConformanceExport {
    /// `Spec/conformance/cases.md`.
    static var text: String {
        var text = """
            # Conformance cases

            Made from the declarations by `opensips-bin spec export`; do not edit. How they are run and judged is in
            [README.md](README.md).

            """
        for group in ConformanceGroup.allCases {
            let cases = ConformanceCase.all.filter { $0.group == group }
            text += "\n## \(group.title)\n\n| case | rules | sent | expected |\n|---|---|---|---|\n"
            for test in cases {
                let rules = test.rules.map { "[\($0)](../\(file(of: $0)).md#\($0))" }.joined(separator: ", ")
                text += "| \(test.id) | \(rules) | \(test.sent) | \(test.expected) |\n"
            }
        }
        return text + byRule
    }

    /// The requirements on receivers, and the cases that check them.
    private static var byRule: String {
        var text = "\n## By requirement\n\n| requirement | cases |\n|---|---|\n"
        let rules = Set(ConformanceCase.all.flatMap(\.rules)).filter { file(of: $0) == "receiver" }
        for rule in rules.sorted(by: { number($0) < number($1) }) {
            let cases = ConformanceCase.all.filter { $0.rules.contains(rule) }.map(\.id).joined(separator: ", ")
            text += "| [\(rule)](../receiver.md#\(rule)) | \(cases) |\n"
        }
        return text
    }

    private static func number(_ rule: String) -> Int { Int(rule.drop { !$0.isNumber }) ?? 0 }

    /// The document that a rule stands in (Spec/README.md, conventions).
    static func file(of rule: String) -> String {
        switch rule.prefix(2) {
        case "FR", "TR": "framing"
        case "CL": "clusterer"
        case "UL": "usrloc"
        case "DL": "dialog"
        case "RE": "releases"
        case "CD": "cachedb_local"
        case "DR": "drouting"
        case "DS": "dispatcher"
        case "LB": "load_balancer"
        case "PR": "presence"
        case "RL": "ratelimit"
        case "GS": "extensions/gossip"
        default: "receiver"
        }
    }
}
