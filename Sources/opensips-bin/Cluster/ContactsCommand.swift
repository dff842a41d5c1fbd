import ArgumentParser
import BINMessages
import BINText

/// `opensips-bin contacts`: the registrations of a node.
struct ContactsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contacts",
        abstract: "Fetch the contacts of a live node over the wire, and print them.",
        discussion: """
            opensips-bin contacts --from 1=bin:127.0.0.1:5555 --id 9 --listen bin:127.0.0.2:5599 --release 4.0

            Joins the cluster, gets a full sync, and leaves. The other nodes list this one as down from then on, as the protocol \
            has no word for leaving. The contacts are printed in the order in which the node sent them.

            Exit status: 0 all contacts were printed, 1 they could not be had, 2 wrong use.
            """)

    @OptionGroup var visit: VisitArguments

    @Flag(help: "Print one JSON object a line: the fields of a contact as inspect --json names them.")
    var json = false

    @Option(help: "Only contacts of this address of record.")
    var aor: String?

    func validate() throws {
        guard try visit.ids.first != nil else { throw ValidationError("--from is needed: the node to ask") }
    }

    func run() async throws {
        try await ending {
            let donor = try visit.ids[0]
            let records = try await SyncedRecords.fetch("usrloc-contact-repl", from: donor, visit).filter {
                $0["contact"] != nil && (aor == nil || $0.text("aor") == aor)
            }
            if json { SyncedRecords.printJSON(records) } else { SyncedRecords.printTable(records, Self.columns) }
            Terminal.complain("\(records.count) contacts")
        }
    }

    private static let columns = [
        ("AoR", "aor"), ("contact", "contact"), ("Call-ID", "callid"), ("CSeq", "cseq"), ("expires", "expires"),
        ("user agent", "userAgent"), ("socket", "sock"),
    ]
}

/// `opensips-bin dialogs`: the calls of a node.
struct DialogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dialogs",
        abstract: "Fetch the dialogs of a live node over the wire, and print them.",
        discussion: """
            opensips-bin dialogs --from 1=bin:127.0.0.1:5555 --id 9 --listen bin:127.0.0.2:5599 --release 4.0

            Joins the cluster, gets a full sync, and leaves. See contacts --help.

            Exit status: 0 all dialogs were printed, 1 they could not be had, 2 wrong use.
            """)

    @OptionGroup var visit: VisitArguments

    @Flag(help: "Print one JSON object a line: the fields of a dialog as inspect --json names them.")
    var json = false

    func validate() throws {
        guard try visit.ids.first != nil else { throw ValidationError("--from is needed: the node to ask") }
    }

    func run() async throws {
        try await ending {
            let records = try await SyncedRecords.fetch("dialog-dlg-repl", from: try visit.ids[0], visit)
            if json { SyncedRecords.printJSON(records) } else { SyncedRecords.printTable(records, Self.columns) }
            Terminal.complain("\(records.count) dialogs")
        }
    }

    private static let columns = [
        ("Call-ID", "callid"), ("from", "fromUri"), ("to", "toUri"), ("state", "state"), ("started", "startTs"),
        ("time-out", "timeout"),
    ]
}

extension SyncedRecords {
    /// One object a line.
    static func printJSON(_ records: [SyncedRecord]) {
        let output = OutputBuffer()
        for record in records {
            output.append(record.json.span.bytes)
            output.append(UInt8(ascii: "\n"))
            output.flushIfFull()
            if output.isClosed { return }
        }
        output.flush()
    }

    /// A row a record; moments are written out.
    static func printTable(_ records: [SyncedRecord], _ columns: [(title: String, name: String)]) {
        let moments: Set = ["expires", "startTs"]
        var table = TextTable(columns.map(\.title))
        for record in records {
            table.append(
                columns.map { column in
                    let text = record.text(column.name)
                    guard moments.contains(column.name), let seconds = Int64(text), seconds > 10 else {
                        return text.isEmpty ? "-" : text
                    }
                    return CalendarTime(secondsSinceEpoch: seconds).description
                })
        }
        let output = OutputBuffer()
        table.write(to: output)
        output.flush()
    }
}
