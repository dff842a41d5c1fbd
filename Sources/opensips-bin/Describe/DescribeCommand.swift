import ArgumentParser
import BINMessages
import BINText
import BINWire

/// `opensips-bin describe`: the layouts, as tables for people.
struct DescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Show what is declared: capabilities, messages, and the layout of each message.",
        discussion: """
            Without an argument: all messages. With a capability, or capability/message: the fields of each layout. \
            --release shows only what that release sends.
            """)

    @Argument(help: "CAPABILITY or CAPABILITY/MESSAGE, such as usrloc-contact-repl/contact-insert.")
    var name: String?

    @Option(help: "Only what this release sends, such as 3.4.18 or 3.4.")
    var release: String?

    func validate() throws {
        if let release { _ = try Release(argument: release) }
        if let name, found(name).isEmpty {
            let capability = name.split(separator: "/").first.map(String.init) ?? ""
            let known = Catalogue.declared.capabilities.map(\.name)
            guard known.contains(capability) else {
                throw ValidationError(
                    "there is no capability '\(capability)'; there are: \(known.joined(separator: ", "))")
            }
            let messages = Set(candidates.filter { $0.identity.capability == capability }.map(\.name.description))
                .sorted()
            throw ValidationError("'\(name)' is not declared; \(capability) has: \(messages.joined(separator: ", "))")
        }
    }

    private var candidates: [MessageCandidate] {
        Catalogue.declared.capabilities.flatMap { $0.families.flatMap(\.candidates) }
    }

    /// What a name stands for; case, `-` and `_` of the message do not matter.
    private func found(_ name: String) -> [MessageCandidate] {
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        return candidates.filter { candidate in
            candidate.identity.capability == parts.first
                && (parts.count < 2
                    || PacketFilter.normalised(candidate.name.description) == PacketFilter.normalised(parts[1]))
        }
    }

    private func isWanted(_ candidate: MessageCandidate) -> Bool {
        guard let release = release.flatMap({ Release($0) }) else { return true }
        return candidate.releases.contains(release)
    }

    func run() throws {
        Interruption.ignoreBrokenPipes()
        let output = OutputBuffer()
        defer { output.flush() }
        guard let name else { return list(candidates.filter(isWanted), to: output) }
        let wanted = found(name).filter(isWanted)
        if wanted.isEmpty, let release {
            Terminal.complain("\(release) does not send \(name)")
            throw ExitCode(3)
        }
        for (index, candidate) in wanted.enumerated() {
            if index > 0 { output.append("\n") }
            describe(candidate, to: output)
        }
    }

    private func list(_ candidates: [MessageCandidate], to output: OutputBuffer) {
        var table = TextTable(["capability", "type", "message", "version", "layout", "releases"])
        for candidate in candidates {
            table.append([
                candidate.identity.capability, type(candidate), candidate.name.description, version(candidate),
                layouts(candidate), candidate.isExtension ? "extension" : "\(candidate.releases)",
            ])
        }
        table.write(to: output)
    }

    private func type(_ candidate: MessageCandidate) -> String {
        candidate.identity.type.map { "\($0)" } ?? "chunk"
    }

    private func version(_ candidate: MessageCandidate) -> String {
        candidate.identity.version.map { "\($0)" } ?? "-"
    }

    private func layouts(_ candidate: MessageCandidate) -> String {
        var names: [String] = []
        for layout in candidate.layouts where !names.contains(layout.name) { names.append(layout.name) }
        // A message that hardly ever changed is the same in many layouts.
        return names.count > 3 ? "\(names[0]) … \(names[names.count - 1])" : names.joined(separator: "|")
    }

    private func describe(_ candidate: MessageCandidate, to output: OutputBuffer) {
        let kind = candidate.identity.type.map { "type \($0)" } ?? "a chunk of a sync packet"
        output.append("\(candidate.identity.capability)/\(candidate.name)  \(kind)")
        if let version = candidate.identity.version { output.append(", version \(version)") }
        output.append(", framing \(candidate.framing)\n")
        let releases = candidate.isExtension ? "an extension; no release of OpenSIPS sends it" : "\(candidate.releases)"
        output.append("  \(layouts(candidate)): \(releases)\n")
        switch candidate.identity.routing {
        case .trailer: output.append("  with the routing trailer behind its fields\n")
        case .leading: output.append("  beginning with cluster and source node\n")
        case .none: break
        }
        var table = TextTable(["field", "type", "what it is"])
        for field in candidate.fields { rows(field, depth: 0, condition: "", &table) }
        table.write(to: output, indent: "    ")
    }

    /// The rows of a field and of what is inside of it.
    private func rows(_ field: FieldDeclaration, depth: Int, condition: String, _ table: inout TextTable) {
        let name = String(repeating: "  ", count: depth) + field.name
        func row(_ type: String) { table.append([name, type + condition, field.note]) }
        func inside(_ fields: [FieldDeclaration], depth: Int, condition: String) {
            for field in fields { rows(field, depth: depth, condition: condition, &table) }
        }
        switch field.shape {
        case .integer: row("integer")
        case .text: row("text")
        case .fixedText(let size): row("text of \(size) bytes")
        case .value64: row("64-bit number in a text")
        case .value32: row("32-bit number in a text")
        case .count(let limit): row("integer 0…\(limit)")
        case .integers: row("that many integers")
        case .texts: row("that many texts")
        case .rest: row("the rest")
        case .records(let counted, let fields):
            row(counted ? "that many times" : "up to the end")
            inside(fields, depth: depth + 1, condition: "")
        case .condition(let test, let fields):
            let words =
                switch test {
                case .equals(let value): "\(field.name) = \(value)"
                case .differs(let value): "\(field.name) ≠ \(value)"
                }
            inside(fields, depth: depth, condition: joined(condition, "if \(words)"))
        case .textCondition(let test, let fields):
            let words =
                switch test {
                case .equals(let text): "\(field.name) is \"\(text)\""
                case .isNone(let texts): "\(field.name) is none of \(texts.joined(separator: ", "))"
                case .isNotEmpty: "\(field.name) is not empty"
                }
            inside(fields, depth: depth, condition: joined(condition, "if \(words)"))
        case .remainder(let fields): inside(fields, depth: depth, condition: joined(condition, "if there is more"))
        case .group(let fields):
            row("together")
            inside(fields, depth: depth + 1, condition: "")
        }
    }

    private func joined(_ outer: String, _ inner: String) -> String {
        outer.isEmpty ? ", \(inner)" : "\(outer) and \(inner.dropFirst(3))"
    }
}
