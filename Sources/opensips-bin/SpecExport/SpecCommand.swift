import ArgumentParser
import BINMessages
import BINText
import Foundation

/// `opensips-bin spec`: what is exported from the declarations.
struct SpecCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spec", abstract: "Write the machine-readable parts of the specification.",
        subcommands: [SpecExportCommand.self])
}

/// `opensips-bin spec export`.
struct SpecExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write layouts, dissector and Kaitai Struct from the declarations.",
        discussion:
            "Exit status: 0 written, or with --check all files are as they should be; 1 a file cannot be written; 3 a file is stale."
    )

    @Argument(help: "The folder to write to.")
    var directory = "Spec"

    @Flag(help: "Write nothing; say which files are stale.")
    var check = false

    /// The files and their contents.
    static var files: [(path: String, text: String)] {
        [
            ("layouts.json", LayoutExport.text), ("layouts.schema.json", LayoutSchema.text),
            ("kaitai/opensips_bin.ksy", KaitaiExport.text),
            ("wireshark/opensips-bin.lua", WiresharkExport.text), ("conformance/cases.md", ConformanceExport.text),
        ]
    }

    func run() throws {
        var isStale = false
        for (path, text) in Self.files {
            let url = URL(fileURLWithPath: directory).appendingPathComponent(path)
            if check {
                let current = try? String(contentsOf: url, encoding: .utf8)
                if current != text {
                    Terminal.complain("\(url.path) is stale; run 'opensips-bin spec export \(directory)'")
                    isStale = true
                }
                continue
            }
            do {
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: url, options: .atomic)
            } catch {
                Terminal.complain("\(url.path) cannot be written: \(error.localizedDescription)")
                throw ExitCode(1)
            }
        }
        if isStale { throw ExitCode(3) }
    }
}
