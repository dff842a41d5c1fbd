import BINCluster
import BINText

/// Who sees whom in a cluster, as a member knows it or as packets of a capture told it.
struct ClusterTopology {
    /// A node.
    struct Node {
        var url: String?
        /// The nodes it says it has a link to.
        var neighbours: Set<Int32> = []
        /// Its capabilities, and whether their data are complete.
        var capabilities: [String: Bool] = [:]
        /// The sharing tags it was the last to say it has.
        var tags: Set<String> = []
    }

    var cluster: Int32
    /// By id.
    var nodes: [Int32: Node] = [:]

    init(cluster: Int32) { self.cluster = cluster }

    /// As a member knows it.
    init(_ snapshot: ClusterSnapshot, url: NodeURL) {
        cluster = snapshot.cluster
        var own = Node(url: url.description)
        for node in snapshot.nodes {
            nodes[node.node] = Node(
                url: node.url.description, neighbours: Set(node.neighbours),
                capabilities: Dictionary(node.capabilities.map { ($0.name.description, $0.isSynced) }) { $1 })
            if node.link == .up { own.neighbours.insert(node.node) }
        }
        for capability in snapshot.capabilities { own.capabilities[capability.name.description] = capability.isSynced }
        nodes[snapshot.node] = own
        for tag in snapshot.tags {
            if let holder = tag.isActive ? snapshot.node : tag.holder {
                nodes[holder]?.tags.insert(tag.name.description)
            }
        }
    }

    /// Whether both ends say that they have the link.
    func isMutual(_ one: Int32, _ other: Int32) -> Bool {
        nodes[one]?.neighbours.contains(other) == true && nodes[other]?.neighbours.contains(one) == true
    }

    // MARK: From packets

    /// Takes in what one packet says: the message, its fields and its routing as JSON shows them.
    mutating func learn(_ message: String, _ fields: JSONValue, routing: JSONValue?) {
        func number(_ value: JSONValue?) -> Int32? { value?.integer.flatMap { Int32(exactly: $0) } }
        let source = number(fields["sourceNodeId"]) ?? number(routing?["source"])
        guard let source else { return }
        var node = nodes[source] ?? Node()
        switch message {
        case "LS_UPDATE":
            guard let neighbour = number(fields["neighbourId"]) else { return }
            if number(fields["state"]) == 0 {
                node.neighbours.insert(neighbour)
            } else {
                node.neighbours.remove(neighbour)
            }
        case "FULL_TOP_UPDATE":
            for record in fields["nodes"]?.array ?? [] {
                guard let id = number(record["nodeId"]) else { continue }
                let neighbours = Set((record["neigh"]?.array ?? []).compactMap { number($0) })
                if id == source {
                    node.neighbours = neighbours
                } else {
                    var other = nodes[id] ?? Node()
                    other.neighbours.formUnion(neighbours)
                    if let url = record["url"]?.string { other.url = url }
                    nodes[id] = other
                }
            }
        case "NODE_DESCRIPTION":
            if let url = fields["url"]?.string { node.url = url }
        case "CAP_UPDATE":
            for record in fields["nodes"]?.array ?? [] {
                guard let id = number(record["nodeId"]) else { continue }
                var told = id == source ? node : nodes[id] ?? Node()
                for capability in record["caps"]?.array ?? [] {
                    guard let name = capability["capabilityName"]?.string else { continue }
                    told.capabilities[name] = number(capability["state"]) == 1
                }
                if id == source { node = told } else { nodes[id] = told }
            }
        case "SHTAG_ACTIVE":
            guard let tag = fields["tagName"]?.string else { return }
            for id in nodes.keys { nodes[id]?.tags.remove(tag) }
            node.tags.insert(tag)
        case "PING", "PONG", "JOIN_REQUEST": break
        default: return
        }
        nodes[source] = node
    }

    // MARK: Forms

    /// For people: a node a paragraph, and what looks wrong.
    func printText(_ output: OutputBuffer) {
        output.append("cluster \(cluster): \(nodes.count) nodes\n")
        for (id, node) in nodes.sorted(by: { $0.key < $1.key }) {
            output.append("node \(id)\(node.url.map { "  \($0)" } ?? "")\n")
            let links = node.neighbours.sorted().map { isMutual(id, $0) ? "\($0)" : "\($0) (one way)" }
            output.append("  links: \(links.isEmpty ? "none" : links.joined(separator: ", "))\n")
            if !node.capabilities.isEmpty {
                let names = node.capabilities.sorted { $0.key < $1.key }.map {
                    $0.value ? $0.key : "\($0.key) (not synced)"
                }
                output.append("  capabilities: \(names.joined(separator: ", "))\n")
            }
            if !node.tags.isEmpty { output.append("  sharing tags: \(node.tags.sorted().joined(separator: ", "))\n") }
        }
    }

    /// For Graphviz.
    func printDot(_ output: OutputBuffer) {
        output.append("graph cluster_\(cluster) {\n  node [shape=box];\n")
        for (id, node) in nodes.sorted(by: { $0.key < $1.key }) {
            let lines = ["node \(id)"] + [node.url].compactMap { $0 } + node.tags.sorted().map { "tag \($0)" }
            let label = lines.joined(separator: "\\n").filter { $0 != "\"" }
            output.append("  n\(id) [label=\"\(label)\"];\n")
        }
        for (id, node) in nodes.sorted(by: { $0.key < $1.key }) {
            for other in node.neighbours.sorted() {
                if isMutual(id, other) {
                    if id < other { output.append("  n\(id) -- n\(other);\n") }
                } else {
                    output.append("  n\(id) -- n\(other) [style=dashed, dir=forward, label=\"one way\"];\n")
                }
            }
        }
        output.append("}\n")
    }

    /// One object: `cluster`, and `nodes` with `node`, `url`, `neighbours`, `capabilities`, `tags`.
    var json: JSONValue {
        let list = nodes.sorted { $0.key < $1.key }.map { id, node in
            JSONValue.object([
                ("node", .integer(id)), ("url", node.url.map { .string($0) } ?? .null),
                ("neighbours", .array(node.neighbours.sorted().map { .integer($0) })),
                (
                    "capabilities",
                    .array(
                        node.capabilities.sorted { $0.key < $1.key }.map {
                            .object([("capability", .string($0.key)), ("synced", .bool($0.value))])
                        })
                ),
                ("tags", .array(node.tags.sorted().map { .string($0) })),
            ])
        }
        return .object([("cluster", .integer(cluster)), ("nodes", .array(list))])
    }
}
