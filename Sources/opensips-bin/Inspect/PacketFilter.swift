import BINMessages
import BINWire

/// Which packets are shown: terms that must all hold.
///
/// A term is `key operator value`: `aor=alice`, `message=contact-insert|contact-update`, `cseq>=10`, `contact~10.0.0.`.
/// Keys are `capability`, `message`, `type`, `version`, `node` (any node the packet names), `cluster` and every field
/// name; case, `-` and `_` do not matter in them. `=` takes `*` for any text and `|` between alternatives.
struct PacketFilter {
    /// Why an expression was refused.
    struct SyntaxError: Error, CustomStringConvertible {
        let description: String
    }

    private enum Comparison: String, CaseIterable {
        case notEqual = "!="
        case atLeast = ">="
        case atMost = "<="
        case same = "=="
        case equal = "="
        case contains = "~"
        case less = "<"
        case greater = ">"
    }

    private struct Term {
        let key: String
        let comparison: Comparison
        let alternatives: [[UInt8]]
        let number: Int64?

        /// The same term with values as indifferent to case, `-` and `_` as names are.
        var normalised: Term {
            let values = alternatives.map { Array(PacketFilter.normalised(String(decoding: $0, as: UTF8.self)).utf8) }
            return Term(key: key, comparison: comparison, alternatives: values, number: number)
        }
    }

    private var terms: [Term] = []

    /// Whether everything passes.
    var isEmpty: Bool { terms.isEmpty }

    /// - Parameter expressions: each one or more terms joined by `&&` or ` and `.
    init(_ expressions: [String]) throws(SyntaxError) {
        for expression in expressions {
            for part in PacketFilter.split(expression) { terms.append(try PacketFilter.term(part)) }
        }
    }

    private static func split(_ expression: String) -> [String] {
        var parts: [String] = [""]
        var isQuoted = false
        var rest = Substring(expression)
        while let character = rest.first {
            if character == "\"" { isQuoted.toggle() }
            if !isQuoted, let word = ["&&", " and "].first(where: { rest.hasPrefix($0) }) {
                parts.append("")
                rest = rest.dropFirst(word.count)
                continue
            }
            parts[parts.count - 1].append(character)
            rest = rest.dropFirst()
        }
        return parts
    }

    private static func term(_ text: String) throws(SyntaxError) -> Term {
        let characters = Array(text)
        for index in characters.indices {
            let rest = String(characters[index...])
            guard let comparison = Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else { continue }
            let key = normalised(trimmed(String(characters[..<index])))
            guard !key.isEmpty else { break }
            var value = trimmed(String(rest.dropFirst(comparison.rawValue.count)))
            var alternatives = [value]
            if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
                value = String(value.dropFirst().dropLast())
                alternatives = [value]
            } else if comparison == .equal || comparison == .same || comparison == .notEqual {
                alternatives = value.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            }
            let isOrder = [.less, .greater, .atLeast, .atMost].contains(comparison)
            let number = Int64(value)
            if isOrder, number == nil {
                throw SyntaxError(description: "in the filter '\(text)', '\(value)' is not a number")
            }
            return Term(
                key: key, comparison: comparison, alternatives: alternatives.map { Array($0.utf8) }, number: number)
        }
        throw SyntaxError(
            description: "the filter '\(text)' is not of the form key=value (also != ~ < > <= >=), such as aor=alice")
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    static func normalised(_ name: String) -> String {
        String(name.lowercased().filter { $0 != "-" && $0 != "_" })
    }

    // MARK: Matching

    /// Whether the packet passes: by itself, or together with a packet inside of it.
    func matches(_ bytes: RawSpan, _ header: PacketHeader, _ description: PacketDescription) -> Bool {
        if description.packets.isEmpty { return matchesAlone(bytes, header, description) }
        return description.packets.contains { matches($0, inside: bytes, header, description) }
    }

    /// Whether a packet passes together with the envelope that it came in.
    func matches(
        _ packet: EnvelopedPacket, inside bytes: RawSpan, _ header: PacketHeader, _ description: PacketDescription
    ) -> Bool {
        terms.allSatisfy { term in
            let holds =
                holds(term, bytes, header, description)
                || holds(term, packet.bytes.span.bytes, packet.header, packet.description)
            return term.comparison == .notEqual ? !holds : holds
        }
    }

    private func matchesAlone(_ bytes: RawSpan, _ header: PacketHeader, _ description: PacketDescription) -> Bool {
        terms.allSatisfy { term in
            let holds = holds(term, bytes, header, description)
            return term.comparison == .notEqual ? !holds : holds
        }
    }

    private func holds(
        _ term: Term, _ bytes: RawSpan, _ header: PacketHeader, _ description: PacketDescription
    ) -> Bool {
        switch term.key {
        case "capability":
            if matches(term, bytes.extracting(Int(header.capability.offset)..<header.typeOffset)) { return true }
        case "message":
            if let message = description.message?.description {
                if matches(term, text: message) || matches(term.normalised, text: PacketFilter.normalised(message)) {
                    return true
                }
            }
        case "type": if matches(term, number: Int64(header.type)) { return true }
        case "version": return header.hasVersion && matches(term, number: Int64(header.version))
        case "layout": return description.layout.map { matches(term, text: $0) } ?? false
        case "length": return matches(term, number: Int64(header.length))
        case "node": return matchesNode(term, description)
        case "cluster":
            if let cluster = description.routing?.cluster, matches(term, number: Int64(cluster)) { return true }
        case "source": return description.routing.map { matches(term, number: Int64($0.source)) } ?? false
        case "destination": return description.routing.map { matches(term, number: Int64($0.destination)) } ?? false
        default: break
        }
        return description.nodes.contains { node in
            guard node.isField, isNamed(node, term.key) else { return false }
            return matches(term, node, bytes)
        }
    }

    private func isNamed(_ node: FieldNode, _ key: String) -> Bool {
        let name = PacketFilter.normalised(node.name.description)
        return name == key || (key == "cluster" && name == "clusterid")
    }

    private func matchesNode(_ term: Term, _ description: PacketDescription) -> Bool {
        if let routing = description.routing {
            if matches(term, number: Int64(routing.source)) { return true }
            if routing.destinationCluster == nil, matches(term, number: Int64(routing.destination)) { return true }
        }
        return description.nodes.contains {
            ($0.kind == .integer && $0.meaning == .node) && matches(term, number: $0.value)
        }
    }

    private func matches(_ term: Term, _ node: FieldNode, _ bytes: RawSpan) -> Bool {
        switch node.kind {
        case .text, .bytes:
            guard let text = try? node.text.bytes(in: bytes) else { return false }
            return matches(term, text)
        default:
            if let names = node.meaning.flagNames?.names(in: Int32(truncatingIfNeeded: node.value)),
                names.contains(where: { matches(term, text: $0) })
            {
                return true
            }
            let value = node.meaning == .contactID ? Int64(clamping: UInt64(bitPattern: node.value)) : node.value
            return matches(term, number: value)
        }
    }

    private func matches(_ term: Term, number: Int64) -> Bool {
        switch term.comparison {
        case .less: term.number.map { number < $0 } ?? false
        case .greater: term.number.map { number > $0 } ?? false
        case .atLeast: term.number.map { number >= $0 } ?? false
        case .atMost: term.number.map { number <= $0 } ?? false
        default: matches(term, text: "\(number)")
        }
    }

    private func matches(_ term: Term, text: String) -> Bool { matches(term, Array(text.utf8).span.bytes) }

    private func matches(_ term: Term, _ text: RawSpan) -> Bool {
        switch term.comparison {
        case .equal, .same, .notEqual: return term.alternatives.contains { PacketFilter.glob($0, text) }
        case .contains: return term.alternatives.contains { PacketFilter.isContained($0, text) }
        default:
            guard let number = text.validatedString().flatMap({ Int64($0) }) else { return false }
            return matches(term, number: number)
        }
    }

    /// Whether `text` is `pattern`, in which `*` stands for any bytes.
    static func glob(_ pattern: [UInt8], _ text: RawSpan) -> Bool {
        text.withUnsafeBytes { text in
            var position = 0
            var index = 0
            var star: (pattern: Int, text: Int)?
            while position < text.count {
                if index < pattern.count, pattern[index] == UInt8(ascii: "*") {
                    star = (index, position)
                    index += 1
                } else if index < pattern.count, pattern[index] == text[position] {
                    index += 1
                    position += 1
                } else if let last = star {
                    star = (last.pattern, last.text + 1)
                    index = last.pattern + 1
                    position = last.text + 1
                } else {
                    return false
                }
            }
            return pattern[index...].allSatisfy { $0 == UInt8(ascii: "*") }
        }
    }

    private static func isContained(_ part: [UInt8], _ text: RawSpan) -> Bool {
        guard !part.isEmpty else { return true }
        guard part.count <= text.byteCount else { return false }
        return text.withUnsafeBytes { text in
            (0...(text.count - part.count)).contains { start in
                part.indices.allSatisfy { text[start + $0] == part[$0] }
            }
        }
    }
}
