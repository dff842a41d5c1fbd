import ArgumentParser
import BINMessages
import BINText

/// `opensips-bin compat`: what two releases understand of each other.
struct CompatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compat",
        abstract: "Say which messages of two releases understand each other, in both directions.",
        discussion: """
            works: read as it was meant. loses: read, but part of it is ignored. dropped: not read, no harm done. \
            corrupts: something else is read than was written.

            The answer follows from the layouts and the rules by which receivers accept versions.
            """)

    @Argument(help: "A release, such as 3.4.18; a series stands for its newest.")
    var first: String

    @Argument(help: "Another release.")
    var second: String

    @Flag(help: "Print one JSON array of objects.")
    var json = false

    func validate() throws {
        for text in [first, second] { _ = try Release(argument: text) }
    }

    func run() throws {
        Interruption.ignoreBrokenPipes()
        guard let first = Release(first), let second = Release(second) else { return }
        var entries = Compatibility(from: first, to: second).entries
        if first != second { entries += Compatibility(from: second, to: first).entries }
        let output = OutputBuffer()
        if json { printJSON(entries, to: output) } else { printTable(entries, to: output) }
        output.flush()
    }

    private func printTable(_ entries: [Compatibility.Entry], to output: OutputBuffer) {
        var from: Release?
        var table: TextTable?
        for entry in entries {
            if entry.from != from {
                table?.write(to: output, indent: "  ")
                if from != nil { output.append("\n") }
                output.append("\(entry.from) → \(entry.to)\n")
                table = TextTable(["capability", "message", "verdict", "detail"])
                from = entry.from
            }
            table?.append([entry.capability, entry.message, entry.verdict.rawValue, entry.detail])
        }
        table?.write(to: output, indent: "  ")
    }

    private func printJSON(_ entries: [Compatibility.Entry], to output: OutputBuffer) {
        let json = JSONWriter(output: output)
        output.append("[")
        for (index, entry) in entries.enumerated() {
            output.append(index == 0 ? "\n" : ",\n")
            let members = [
                ("capability", entry.capability), ("message", entry.message), ("from", "\(entry.from)"),
                ("to", "\(entry.to)"), ("verdict", entry.verdict.rawValue), ("detail", entry.detail),
            ]
            output.append("{")
            for (position, (name, value)) in members.enumerated() {
                if position > 0 { output.append(",") }
                json.string(name)
                output.append(":")
                json.string(value)
            }
            output.append("}")
        }
        output.append("\n]\n")
    }
}
