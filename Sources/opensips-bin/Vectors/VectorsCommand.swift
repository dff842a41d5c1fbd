import ArgumentParser
import BINText
import Foundation

/// `opensips-bin vectors`: test vectors for implementers.
struct VectorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vectors", abstract: "Run or write the test vectors of the specification.",
        subcommands: [VectorsCheckCommand.self, VectorsRunCommand.self, VectorsGenerateCommand.self])
}

/// `opensips-bin vectors check`.
struct VectorsCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Run test vectors through this library.",
        discussion: """
            Reads every .json of the folder but schemas, and prints a line for each file and each failure.

            Exit status: 0 all pass; 1 a file cannot be read or is not one of vectors; 2 wrong use; 3 a vector fails.
            """)

    @Argument(help: "The folder.")
    var directory = "Spec/vectors"

    @Flag(help: "Print an object a failure, and one that sums up.")
    var json = false

    func run() throws {
        Interruption.ignoreBrokenPipes()
        let output = OutputBuffer()
        defer { output.flush() }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory).filter {
                $0.hasSuffix(".json") && !$0.hasSuffix(".schema.json")
            }.sorted()
        } catch {
            Terminal.complain("\(directory) cannot be read: \(error.localizedDescription)")
            throw ExitCode(1)
        }
        guard !names.isEmpty else {
            Terminal.complain("\(directory) holds no vectors")
            throw ExitCode(1)
        }
        var tests = 0
        var failures = 0
        var unreadable = 0
        var table = TextTable(["file", "tests", "valid", "acceptable", "invalid", "failed"], numbersFrom: 1)
        for name in names {
            do {
                let data = try Data(contentsOf: URL(fileURLWithPath: directory).appendingPathComponent(name))
                let check = try VectorCheck(Array(data))
                tests += check.tests
                failures += check.failures.count
                for failure in check.failures { print(failure, name, to: output) }
                let results = ["valid", "acceptable", "invalid"].map { "\(check.counts[$0] ?? 0)" }
                table.append([name, "\(check.tests)"] + results + ["\(check.failures.count)"])
            } catch {
                let reason = (error as? VectorCheck.FormatError)?.description ?? error.localizedDescription
                Terminal.complain("\(directory)/\(name): \(reason)")
                unreadable += 1
            }
        }
        if json {
            let summary = JSONText.object([
                ("files", .number(Int64(names.count - unreadable))), ("tests", .number(Int64(tests))),
                ("failed", .number(Int64(failures))), ("unreadable", .number(Int64(unreadable))),
            ])
            output.append(summary.text)
        } else {
            table.write(to: output)
        }
        output.flush()
        if unreadable > 0 { throw ExitCode(1) }
        if failures > 0 { throw ExitCode(3) }
    }

    private func print(_ failure: VectorCheck.Failure, _ file: String, to output: OutputBuffer) {
        guard json else {
            output.append(
                "\(file): \(failure.number) (\(failure.comment)): expected \(failure.expected), seen \(failure.seen)\n")
            return
        }
        let writer = JSONWriter(output: output)
        output.append("{\"file\":")
        writer.string(file)
        output.append(",\"tcId\":")
        output.append(failure.number)
        for (name, value) in [
            ("comment", failure.comment), ("expected", failure.expected), ("seen", failure.seen),
        ] {
            output.append(",\"\(name)\":")
            writer.string(value)
        }
        output.append("}\n")
    }
}

/// `opensips-bin vectors generate`.
struct VectorsGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write the test vectors from the declarations and the captures.",
        discussion: """
            Exit status: 0 written, or with --check all files are as they should be; 1 a file cannot be read or written; \
            2 wrong use; 3 a file is stale, or a message has too few vectors.
            """)

    @Argument(help: "The folder to write to.")
    var directory = "Spec/vectors"

    @Flag(help: "Write nothing; say which files are stale.")
    var check = false

    @Option(help: "The folder with captures, RELEASE/SCENARIO.pcap.")
    var corpus = "Tests/Corpus/captures"

    func run() throws {
        let generator: VectorGenerator
        do {
            generator = try VectorGenerator(corpus: corpus)
        } catch {
            Terminal.complain("\(corpus) cannot be read: \(error)")
            throw ExitCode(1)
        }
        for key in generator.poor { Terminal.complain("too few vectors: \(key)") }
        let isStale = check ? isStale(generator.files) : false
        if !check { try write(generator.files) }
        if isStale || !generator.poor.isEmpty { throw ExitCode(3) }
    }

    private func isStale(_ files: [(name: String, text: String)]) -> Bool {
        let folder = URL(fileURLWithPath: directory)
        var isStale = false
        for (name, text) in files {
            let current = try? Data(contentsOf: folder.appendingPathComponent(name))
            if current != Data(text.utf8) {
                Terminal.complain("\(directory)/\(name) is stale; run 'opensips-bin vectors generate \(directory)'")
                isStale = true
            }
        }
        for name in surplus(files) {
            Terminal.complain("\(directory)/\(name) is stale: nothing is said of that capability any more")
            isStale = true
        }
        return isStale
    }

    /// Files of the folder that would not be written.
    private func surplus(_ files: [(name: String, text: String)]) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { name in name.hasSuffix(".json") && !files.contains { $0.name == name } }.sorted()
    }

    private func write(_ files: [(name: String, text: String)]) throws {
        let folder = URL(fileURLWithPath: directory)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (name, text) in files {
                try Data(text.utf8).write(to: folder.appendingPathComponent(name), options: .atomic)
            }
        } catch {
            Terminal.complain("\(directory) cannot be written: \(error.localizedDescription)")
            throw ExitCode(1)
        }
    }
}
