import ArgumentParser
import BINMessages
import BINReplica
import BINStore
import BINText

/// `opensips-bin contacts`: the registrations of a node.
struct ContactsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contacts",
        abstract: "Print the contacts of a live node, of a node of a capture, or of a file that mirror wrote.",
        discussion: """
            opensips-bin contacts --from 1=bin:127.0.0.1:5555 --id 9 --listen bin:127.0.0.2:5599 --release 4.0
            opensips-bin contacts --capture x.pcap --node 3 --at '2026-11-22 12:01:56'
            opensips-bin contacts --store mirror.db

            Live: joins the cluster, gets a full sync, and leaves. The other nodes list this one as down from then on, as the \
            protocol has no word for leaving.

            Of a capture: what the node holds at that moment by the rules of its release, from what it was sent and what it \
            sent. What it knew before the capture began is not known.

            Contacts are printed in the order in which they came.

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
            let records: any Sequence<ListedRecord>
            if let store = source.store {
                records = try StoredRecords.contacts(store).filter(isWanted)
            } else {
                let reading = try await source.read("usrloc-contact-repl")
                records = reading.contacts.lazy.compactMap { reading.record(of: $0) }.filter(isWanted)
            }
            let count = ListedRecord.print(records, json: json, Self.columns)
            Terminal.complain(count == 1 ? "1 contact" : "\(count) contacts")
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
        abstract: "Print the dialogs of a live node, of a node of a capture, or of a file that mirror wrote.",
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
            let records: any Sequence<ListedRecord>
            if let store = source.store {
                records = try StoredRecords.dialogs(store).filter { callID == nil || $0.cell("callid") == callID }
            } else {
                let reading = try await source.read("dialog-dlg-repl")
                let dialogs = reading.replica.dialogs
                records = dialogs.handles.lazy.compactMap { dialogs.dialog($0) }.filter {
                    callID == nil || $0.callID == callID
                }.map { ListedRecord($0, node: reading.name($0.sender)) }
            }
            let count = ListedRecord.print(records, json: json, Self.columns)
            Terminal.complain(count == 1 ? "1 dialog" : "\(count) dialogs")
        }
    }

    static let columns = [
        ("Call-ID", "callid"), ("from", "fromUri"), ("to", "toUri"), ("state", "state"), ("started", "startTs"),
        ("time-out", "timeout"), ("from node", "node"),
    ]
}
