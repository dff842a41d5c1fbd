import BINText

/// Counters as rows of a table or lines of JSON, with what each node counts.
struct CounterTable {
    private let output = OutputBuffer()
    private let json: Bool
    private let names: [Int32: String]
    private var table: TextTable
    private var count = 0

    /// No rows.
    /// - Parameters:
    ///   - titles: of the columns in front of those for the counts.
    ///   - names: what nodes are called; others by their number.
    ///   - json: whether lines of JSON are printed instead of a table.
    init(_ titles: [String], names: [Int32: String], json: Bool) {
        self.json = json
        self.names = names
        table = TextTable(titles + ["count", "by node"])
    }

    /// Appends a row.
    /// - Parameters:
    ///   - row: the first columns.
    ///   - total: what all nodes count; nil where none said anything.
    ///   - counts: what each node counts.
    mutating func append(
        _ row: [(name: String, value: JSONValue)], _ total: Int?, _ counts: [Int32: Int]
    ) {
        count += 1
        let shares = counts.sorted { $0.key < $1.key }.map { (name: names[$0.key] ?? "\($0.key)", count: $0.value) }
        if json {
            let members =
                row + [
                    ("count", total.map { .number("\($0)") } ?? .null),
                    ("nodes", .object(shares.map { ($0.name, .number("\($0.count)")) })),
                ]
            JSONValue.object(members).writeCompact(to: JSONWriter(output: output))
            output.append(UInt8(ascii: "\n"))
            return
        }
        let cells = row.map { _, value in
            switch value {
            case .string(let text): text.isEmpty ? "-" : text
            case .number(let number): number
            case .array(let values): values.isEmpty ? "-" : values.compactMap(\.string).joined(separator: " ")
            default: "-"
            }
        }
        let shareText = shares.map { "\($0.name): \($0.count)" }.joined(separator: ", ")
        table.append(cells + [total.map { "\($0)" } ?? "-", shareText.isEmpty ? "-" : shareText])
    }

    func finish() {
        if !json, count > 0 { table.write(to: output) }
        output.flush()
        if count == 0 { Terminal.complain("there are none") }
    }
}
