import ArgumentParser
import BINCluster
import BINMessages
import BINNode
import BINReplica
import BINText

/// `opensips-bin diff`: what two nodes disagree about.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare the contacts of two live nodes, and say what differs.",
        discussion: """
            opensips-bin diff --a 1=bin:127.0.0.1:5555 --b 2=bin:127.0.0.2:5555 --id 9 --listen bin:127.0.0.9:5599 --release 4.0

            Gets a full sync of each node, one after the other, so that a contact that changes in between can show as a \
            difference: run it again. Contacts are the same when AoR, contact URI and Call-ID are. Fields that nodes keep for \
            themselves are not compared: contactId before 2.4.3 and from 3.4.10, 3.5.3 and 3.6 on, sock, lastModified.

            Exit status: 0 no difference, 1 a node could not be asked, 2 wrong use, 3 differences were printed.
            """)

    @Option(help: "A node: ID=URL.")
    var a: String

    @Option(help: "The other node: ID=URL.")
    var b: String

    @OptionGroup var visit: VisitArguments

    @Flag(help: "Print one JSON object a difference.")
    var json = false

    @Option(help: "Do not compare this field; may be repeated.")
    var ignore: [String] = []

    func validate() throws {
        let ids = [try NodeArgument(parsing: a).node.node, try NodeArgument(parsing: b).node.node]
        if ids[0] == ids[1] { throw ValidationError("--a and --b are two nodes") }
    }

    func run() async throws {
        let differences = try await ending {
            var sides: [(name: String, records: [SyncedRecord])] = []
            for text in [a, b] {
                var visit = visit
                visit.nodes = [a, b]
                let id = try NodeArgument(parsing: text).node.node
                let records = try await SyncedRecords.fetch("usrloc-contact-repl", from: id, visit)
                sides.append(("node \(id)", records.filter { $0["contact"] != nil }))
            }
            var ignored = Set(ignore + ["sock", "lastModified"])
            if let release = Release(visit.release),
                release < Release(2, 4, 3) || ContactRules(release).contactIDs == .recomputed
            {
                ignored.insert("contactId")
            }
            let comparison = ContactComparison(sides[0].records, sides[1].records, ignoring: ignored)
            comparison.print(sides[0].name, sides[1].name, json: json)
            Terminal.complain(
                "\(sides[0].records.count) contacts on \(sides[0].name), \(sides[1].records.count) on \(sides[1].name), "
                    + "\(comparison.differences.count) differences")
            return comparison.differences.count
        }
        if differences > 0 { throw ExitCode(3) }
    }
}

/// The differences between the contacts of two nodes.
struct ContactComparison {
    /// One contact that is not the same on both.
    enum Difference {
        case onlyOnFirst(SyncedRecord)
        case onlyOnSecond(SyncedRecord)
        case fields(SyncedRecord, [(name: String, first: JSONValue, second: JSONValue)])

        var record: SyncedRecord {
            switch self {
            case .onlyOnFirst(let record), .onlyOnSecond(let record), .fields(let record, _): record
            }
        }
    }

    private(set) var differences: [Difference] = []

    /// Compares; contacts that one node holds twice are compared in their order.
    init(_ first: [SyncedRecord], _ second: [SyncedRecord], ignoring ignored: Set<String>) {
        func key(_ record: SyncedRecord) -> [String] { ["aor", "contact", "callid"].map { record.text($0) } }
        var others: [[String]: [SyncedRecord]] = [:]
        for record in second.reversed() { others[key(record), default: []].append(record) }
        for record in first {
            guard let other = others[key(record)]?.popLast() else {
                differences.append(.onlyOnFirst(record))
                continue
            }
            guard case .object(let members) = record.fields else { continue }
            let changed = members.compactMap { name, value -> (String, JSONValue, JSONValue)? in
                let otherValue = other[name] ?? .null
                return ignored.contains(name) || value == otherValue ? nil : (name, value, otherValue)
            }
            if !changed.isEmpty { differences.append(.fields(record, changed)) }
        }
        for record in second {
            guard let left = others[key(record)], !left.isEmpty else { continue }
            others[key(record)]?.removeLast()
            differences.append(.onlyOnSecond(record))
        }
    }

    func print(_ first: String, _ second: String, json: Bool) {
        let output = OutputBuffer()
        let writer = JSONWriter(output: output)
        for difference in differences {
            if json {
                object(difference, first, second).writeCompact(to: writer)
                output.append(UInt8(ascii: "\n"))
            } else {
                let record = difference.record
                var line = "\(record.text("aor"))  \(record.text("contact"))  \(record.text("callid"))  "
                switch difference {
                case .onlyOnFirst: line += "only on \(first)"
                case .onlyOnSecond: line += "only on \(second)"
                case .fields(_, let fields):
                    line += fields.map { "\($0.name): \($0.first.text) on \(first), \($0.second.text) on \(second)" }
                        .joined(separator: "; ")
                }
                FieldText(output: output).plain(Array(line.utf8).span.bytes)
                output.append(UInt8(ascii: "\n"))
            }
            output.flushIfFull()
        }
        output.flush()
    }

    private func object(_ difference: Difference, _ first: String, _ second: String) -> JSONValue {
        var members: [(name: String, value: JSONValue)] = ["aor", "contact", "callid"].map {
            ($0, .string(difference.record.text($0)))
        }
        switch difference {
        case .onlyOnFirst: members.append(("onlyOn", .string(first)))
        case .onlyOnSecond: members.append(("onlyOn", .string(second)))
        case .fields(_, let fields):
            members.append(
                ("fields", .object(fields.map { ($0.name, .object([(first, $0.first), (second, $0.second)])) })))
        }
        return .object(members)
    }
}
