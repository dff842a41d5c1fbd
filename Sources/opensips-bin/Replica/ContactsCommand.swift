import ArgumentParser
import BINMessages
import BINReplica
import BINStore
import BINText

/// `opensips-bin contacts`: the registrations of a node.
struct ContactsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contacts",
        abstract: "Print the contacts of a live node, of a node of a capture, or of what mirror wrote.",
        discussion: """
            opensips-bin contacts --from 1=bin:127.0.0.1:5555 --id 9 --listen bin:127.0.0.2:5599 --release 4.0
            opensips-bin contacts --capture x.pcap --node 3 --at '2026-11-22 12:01:56'
            opensips-bin contacts --store redis://127.0.0.1:6379
            opensips-bin contacts --store mirror.db

            Live: joins the cluster, gets a full sync, and leaves. The other nodes list this one as down from then on, as the \
            protocol has no word for leaving.

            Of a capture: what the node holds at that moment by the rules of its release, from what it was sent and what it \
            sent. What it knew before the capture began is not known.

            Contacts are printed in the order in which they came, those of Redis in no order.

            Exit status: 0 all contacts were printed, 1 they could not be had, 2 wrong use.
            """)

    @OptionGroup var source: ReplicaSource

    @Flag(help: "Print one JSON object a line: the fields of a contact as inspect --json names them.")
    var json = false

    @Option(help: "Only contacts of this address of record.")
    var aor: String?

    @Option(help: "Only contacts that were registered with this Call-ID.")
    var callID: String?

    @Option(help: "Only the contact with this id.")
    var contactID: UInt64?

    func run() async throws {
        try await ending {
            let isWanted: (ListedRecord) -> Bool = { record in
                (aor == nil || record.cell("aor") == aor) && (callID == nil || record.cell("callid") == callID)
                    && (contactID.map { record.number("contactId") == Int64(bitPattern: $0) } ?? true)
            }
            var printer = RecordPrinter(json: json, Self.columns)
            if let store = source.store {
                try StoredRecords.forEachContact(of: store) { !isWanted($0) || printer.print($0) }
            } else {
                let reading = try await source.read("usrloc-contact-repl")
                for handle in reading.contacts {
                    guard let record = reading.record(of: handle), isWanted(record) else { continue }
                    guard printer.print(record) else { break }
                }
            }
            printer.finish()
            Terminal.complain(printer.count == 1 ? "1 contact" : "\(printer.count) contacts")
        }
    }

    static let columns = [
        ("AoR", "aor"), ("contact", "contact"), ("Call-ID", "callid"), ("CSeq", "cseq"), ("expires", "expires"),
        ("user agent", "userAgent"), ("socket", "sock"), ("from node", "node"),
    ]
}

/// `opensips-bin dialogs`: the calls of a node.
struct DialogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dialogs",
        abstract: "Print the dialogs of a live node, of a node of a capture, or of what mirror wrote.",
        discussion: """
            opensips-bin dialogs --from 1=bin:127.0.0.1:5555 --id 9 --listen bin:127.0.0.2:5599 --release 4.0
            opensips-bin dialogs --capture x.pcap --node 3

            See contacts --help. Dialogs are replicated once they are confirmed.

            Exit status: 0 all dialogs were printed, 1 they could not be had, 2 wrong use.
            """)

    @OptionGroup var source: ReplicaSource

    @Flag(help: "Print one JSON object a line: the fields of a dialog as inspect --json names them, and its id.")
    var json = false

    @Option(help: "Only the dialog with this Call-ID.")
    var callID: String?

    func run() async throws {
        try await ending {
            var printer = RecordPrinter(json: json, Self.columns)
            if let store = source.store {
                try StoredRecords.forEachDialog(of: store) { record in
                    (callID != nil && record.cell("callid") != callID) || printer.print(record)
                }
            } else {
                let reading = try await source.read("dialog-dlg-repl")
                for handle in reading.replica.dialogs.handles {
                    guard let dialog = reading.replica.dialogs.dialog(handle), callID == nil || dialog.callID == callID
                    else { continue }
                    guard printer.print(ListedRecord(dialog, node: reading.name(dialog.sender))) else { break }
                }
            }
            printer.finish()
            Terminal.complain(printer.count == 1 ? "1 dialog" : "\(printer.count) dialogs")
        }
    }

    static let columns = [
        ("Call-ID", "callid"), ("from", "fromUri"), ("to", "toUri"), ("state", "state"), ("started", "startTs"),
        ("time-out", "timeout"), ("from node", "node"),
    ]
}
