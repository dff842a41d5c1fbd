import ArgumentParser
import BINMessages
import BINReplica
import BINStore
import BINText

/// Where a command gets its records from: a live node, or a node of a capture.
struct ReplicaSource: ParsableArguments {
    @OptionGroup(title: "From a capture") var capture: CaptureArguments

    @Option(help: "What mirror wrote: a file, or redis://HOST:PORT[,HOST:PORT…]; or the SQLite database of a server.")
    var store: String?

    @Option(
        name: .customLong("from"),
        help: "A live node to ask: ID=URL, such as 1=bin:127.0.0.1:5555; may be repeated, the first is the one asked.")
    var nodes: [String] = []

    @Option(help: "Live: the id of the cluster.")
    var cluster: Int32 = 1

    @Option(help: "Live: our node id, which no other node has.")
    var id: Int32?

    @Option(help: "Live: where we listen for the time, such as bin:127.0.0.1:5599.")
    var listen: String?

    @Option(
        name: .shortAndLong,
        help: "The release of the nodes, such as 4.0 or 3.4.18: packets do not tell it. Found out in captures.")
    var release: String?

    @Option(help: "Live: seconds after which it is given up.")
    var timeout = 20

    @OptionGroup(title: "TLS") var certificates: TLSArguments

    @OptionGroup var log: LogArguments

    func validate() throws {
        if let release { _ = try Release(argument: release) }
        let given = [!capture.capture.isEmpty, !nodes.isEmpty, store != nil].count { $0 }
        guard given == 1 else {
            throw ValidationError(
                given == 0
                    ? "name a live node with --from, a capture with --capture, or a file with --store"
                    : "--from, --capture and --store are three sources: choose one")
        }
        if let store { _ = try StoredPlace(parsing: store) }
        if isLive {
            guard id != nil, listen != nil, release != nil else {
                throw ValidationError("--from needs --id, --listen and --release too")
            }
            _ = try visit()
        } else if id != nil || listen != nil {
            throw ValidationError("--id and --listen go with --from")
        }
    }

    /// Whether it is a live node.
    var isLive: Bool { !nodes.isEmpty }

    /// The visit to a live node.
    func visit() throws -> VisitArguments {
        var arguments = ["--cluster", "\(cluster)", "--id", "\(id ?? 0)", "--timeout", "\(timeout)"]
        arguments += ["--listen", listen ?? "", "--release", release ?? ""]
        for node in nodes { arguments += ["--from", node] }
        var visit: VisitArguments
        do { visit = try VisitArguments.parse(arguments) } catch {
            // What is wrong with the arguments of the visit is wrong with those of the command.
            throw ValidationError(VisitArguments.message(for: error))
        }
        visit.certificates = certificates
        visit.log = log
        return visit
    }

    /// What the source holds.
    /// - Parameter capability: what is fetched of a live node.
    func read(_ capability: String) async throws -> ReplicaReading {
        if isLive {
            let visit = try visit()
            let replica = try await SyncedReplica.fetch(capability, from: try visit.ids[0], visit)
            return ReplicaReading(replica: replica, time: ReplicaTime(milliseconds: 0)) { _ in nil }
        }
        let (replica, nodes, time) = try capture.state(release: release.flatMap { Release($0) })
        let names = nodes.names
        return ReplicaReading(replica: replica, time: ReplicaTime(time)) { names[$0] ?? "\($0)" }
    }
}

/// What a source holds.
struct ReplicaReading {
    let replica: Replica
    /// The moment that is looked at; 0 to take everything as it came.
    let time: ReplicaTime
    /// What a node is called; nil where that says nothing.
    let name: (Int32) -> String?

    /// The contacts that count, in the order in which they came.
    var contacts: [ContactHandle] { replica.listedContacts(at: time.seconds) }

    func record(of contact: ContactHandle) -> ListedRecord? {
        guard let copy = replica.contacts.copy(of: contact), let sender = replica.contacts.contact(contact)?.sender
        else { return nil }
        return ListedRecord(copy, node: name(sender))
    }
}
