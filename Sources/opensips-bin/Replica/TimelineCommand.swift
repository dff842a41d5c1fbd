import ArgumentParser
import BINCapture
import BINMessages
import BINReplica
import BINText
import BINWire

/// `opensips-bin timeline`: what became of one user or call.
struct TimelineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline",
        abstract:
            "Follow one user or call through a capture: every packet about it, on all nodes, and what it changed.",
        discussion: """
            opensips-bin timeline x.pcap --aor alice
            opensips-bin timeline x.pcap --call-id 1234@10.0.0.1

            Answers why a contact is missing on a node: it was never sent there, or came and was ignored, and why; it was \
            deleted, by whom; its time was up. At the end stands what each node holds.

            Each packet is applied by the rules of the release of the node that it is for, and on the node that made it. \
            What nodes knew before the capture began is not known. A node that closes all its TCP connections at once and is heard \
            again later was restarted: it knows nothing then.

            Exit status: 0 something was found, 1 a file could not be read, 2 wrong use, 3 no packet is about it.
            """)

    @Argument(help: "Capture files, one following the other.")
    var files: [String]

    @Option(help: "The address of record to follow.")
    var aor: String?

    @Option(help: "The Call-ID to follow, of a registration or of a dialog.")
    var callID: String?

    @Option(name: .shortAndLong, help: "The release of all nodes, instead of finding out.")
    var release: String?

    @Flag(
        help:
            "Print one JSON object a line: packets with 'message' and 'changes', 'restarted' with a node, and at the end each node with 'holds'."
    )
    var json = false

    func validate() throws {
        if aor == nil, callID == nil { throw ValidationError("--aor or --call-id is needed: whom to follow") }
        if aor != nil, callID != nil { throw ValidationError("--aor and --call-id: follow one of them") }
        if files.contains("-") { throw ValidationError("a capture is read twice, so '-' cannot be one") }
        if let release { _ = try Release(argument: release) }
    }

    func run() throws {
        Interruption.ignoreBrokenPipes()
        do {
            try follow()
        } catch let failure as CommandFailure {
            Terminal.complain("\(failure)")
            throw ExitCode(1)
        }
    }

    private func follow() throws {
        let nodes = try CaptureArguments.survey(files, release.flatMap { Release($0) })
        let printer = TimelinePrinter(json: json)
        var timeline = Timeline(nodes, aor: aor, callID: callID) { printer.print($0) }
        try CaptureArguments.read(files, &timeline)
        guard timeline.count > 0, let end = nodes.lastTime else {
            Terminal.complain("no packet is about \(aor ?? callID ?? "it")")
            throw ExitCode(3)
        }
        timeline.pass(to: end)
        for node in nodes.nodes {
            printer.print(node, timeline.held(by: node, at: end), received: timeline.received[node] ?? 0, at: end)
        }
        printer.finish()
    }
}

/// Prints what happened, as lines for people or as JSON.
struct TimelinePrinter {
    private let output = OutputBuffer()
    private let json: Bool

    init(json: Bool) { self.json = json }

    func print(_ entry: Timeline.Entry) {
        if json { printJSON(entry) } else { printText(entry) }
        output.flushIfFull()
    }

    func finish() { output.flush() }

    // MARK: Text

    private func printText(_ entry: Timeline.Entry) {
        output.append(calendar: entry.time)
        var line = ""
        if let hop = entry.hop {
            line += "  \(hop.source) → \(hop.destination)"
            if let route = entry.route {
                if let target = route.target, target.name != hop.destination { line += " for \(target.name)" }
                if route.maker.name != hop.source { line += " from \(route.maker.name)" }
            }
            line += "  \(entry.message)"
            for (title, name) in [
                ("", "contact"), ("", "fromUri"), ("CSeq ", "cseq"), ("expires ", "expires"), ("", "state"),
            ] {
                let cell = entry.record.cell(name)
                if cell != "-" { line += "  \(title)\(cell)" }
            }
        }
        if let node = entry.restarted { line += "  node \(node.name) ends; when it comes back it knows nothing" }
        FieldText(output: output).plain(Array(line.utf8).span.bytes)
        output.append(UInt8(ascii: "\n"))
        for effect in entry.effects {
            var line = "    on \(effect.node.name): \(effect.change.subject.word) \(effect.change.action.word)"
            if let explanation = effect.change.action.explanation { line += ", as \(explanation)" }
            if entry.hop == nil, let subject = effect.subject { line += ": \(subject)" }
            FieldText(output: output).plain(Array(line.utf8).span.bytes)
            output.append(UInt8(ascii: "\n"))
        }
    }

    /// What a node holds at the end.
    func print(_ node: CapturedNode, _ records: [ListedRecord], received: Int, at time: CaptureTime) {
        if json {
            output.append("{\"time\":" as StaticString)
            output.append(seconds: time)
            output.append(",\"node\":" as StaticString)
            JSONWriter(output: output).string(node.name)
            output.append(",\"received\":\(received),\"holds\":[")
            for (index, record) in records.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                record.writeObject(to: output)
            }
            output.append("]}\n")
            return
        }
        var line = "node \(node.name) holds "
        line += records.isEmpty ? "nothing of it" : records.count == 1 ? "this:" : "these:"
        if records.isEmpty { line += received == 0 ? ", and was sent no packet about it" : "" }
        output.append(line + "\n")
        for record in records {
            var line = "   "
            for name in ["contact", "fromUri", "toUri", "callid", "cseq", "expires", "state", "timeout"] {
                let cell = record.cell(name)
                if cell != "-" { line += " \(name) \(cell)" }
            }
            FieldText(output: output).plain(Array(line.utf8).span.bytes)
            output.append(UInt8(ascii: "\n"))
        }
    }

    // MARK: JSON

    private func printJSON(_ entry: Timeline.Entry) {
        let writer = JSONWriter(output: output)
        func member(_ name: StaticString, _ text: String?) {
            output.append(",\"" as StaticString)
            output.append(name)
            output.append("\":" as StaticString)
            if let text { writer.string(text) } else { output.append("null" as StaticString) }
        }
        output.append("{\"time\":" as StaticString)
        output.append(seconds: entry.time)
        if let hop = entry.hop {
            member("source", hop.source)
            member("destination", hop.destination)
            if let route = entry.route {
                member("from", route.maker.name)
                member("to", route.target?.name)
            }
            member("capability", entry.capability)
            member("message", entry.message)
            output.append(",\"fields\":" as StaticString)
            entry.record.writeObject(to: output)
        }
        if let node = entry.restarted { member("restarted", node.name) }
        output.append(",\"changes\":[" as StaticString)
        for (index, effect) in entry.effects.enumerated() {
            output.append(index > 0 ? ",{\"node\":" : "{\"node\":" as StaticString)
            writer.string(effect.node.name)
            member("subject", effect.change.subject.word)
            if let subject = effect.subject { member("name", subject) }
            member("action", effect.change.action.word)
            if let explanation = effect.change.action.explanation { member("reason", explanation) }
            output.append(UInt8(ascii: "}"))
        }
        output.append("]}\n" as StaticString)
    }
}
