import BINCluster
import BINMessages
import Yams

/// A part of a YAML document, with the line it stands in.
struct YAMLValue {
    let node: Node

    func error(_ sentence: String) -> ProvisioningError {
        ProvisioningError((node.mark.map { "line \($0.line): " } ?? "") + sentence)
    }

    func unknownKey(_ key: String) -> ProvisioningError { error("the key '\(key)' is not known here") }

    /// A scalar as it is written. Numbers and flags are read from it, so that a release such as 4.0 stays what it is.
    private var word: String? { node.scalar?.string }

    func text() throws(ProvisioningError) -> String {
        guard let word else { throw error("a text is expected") }
        return word
    }

    func flag() throws(ProvisioningError) -> Bool {
        switch word {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw error("true or false is expected")
        }
    }

    func number(_ range: ClosedRange<Int32>) throws(ProvisioningError) -> Int32 {
        guard let word, let number = Int32(word), range.contains(number) else {
            throw error("a number from \(range.lowerBound) to \(range.upperBound) is expected")
        }
        return number
    }

    func id() throws(ProvisioningError) -> Int32 { try number(1...Int32.max) }

    func url() throws(ProvisioningError) -> NodeURL {
        guard let word, let url = NodeURL(word) else {
            throw error("a place where a node listens is expected, such as bin:10.0.0.1:5555")
        }
        return url
    }

    func release() throws(ProvisioningError) -> Release {
        guard let word, let release = Release(word) else {
            throw error("a release of OpenSIPS from 2.1 on is expected, such as 3.4.18 or 3.4")
        }
        return release
    }

    func name() throws(ProvisioningError) -> WireName {
        let text = try text()
        guard !text.isEmpty, text.utf8.count <= WireName.maximumLength else {
            throw error("a name of 1 to \(WireName.maximumLength) bytes is expected")
        }
        return WireName(text)
    }

    func address() throws(ProvisioningError) -> PeerAddress {
        guard let word, let address = PeerAddress(word) else { throw error("an IP address is expected") }
        return address
    }

    func list<Item>(
        _ item: (YAMLValue) throws(ProvisioningError) -> Item
    ) throws(ProvisioningError) -> [Item] {
        guard let sequence = node.sequence else { throw error("a list is expected") }
        guard sequence.count <= 1024 else { throw error("a list of more than 1024 is too long") }
        var items: [Item] = []
        for node in sequence { items.append(try item(YAMLValue(node: node))) }
        return items
    }
}

/// A mapping whose keys are texts.
struct YAMLMapping {
    private let mapping: Node.Mapping

    init(_ node: Node, _ what: String) throws(ProvisioningError) {
        guard let mapping = node.mapping else {
            throw YAMLValue(node: node).error("\(what) consists of lines with key: value")
        }
        self.mapping = mapping
    }

    func forEach(_ body: (String, YAMLValue) throws(ProvisioningError) -> Void) throws(ProvisioningError) {
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { throw YAMLValue(node: key).error("a key is expected") }
            try body(name, YAMLValue(node: value))
        }
    }
}

extension YamlError {
    /// One line, with the place.
    var sentence: String {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line): \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            "line \(context.mark.line): twice the key \(duplicates.map { "\($0)" }.joined(separator: ", "))"
        default: "\(self)".split(separator: "\n").first.map(String.init) ?? "no YAML"
        }
    }
}
