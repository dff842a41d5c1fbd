import ArgumentParser
import BINText
import Foundation

/// `opensips-bin vectors run`: the vectors against a program in any language.
struct VectorsRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run test vectors through another program, by JSON lines on its standard input and output.",
        discussion: """
            opensips-bin vectors run -- python3 Spec/vectors/decode.py

            The program gets a line for each vector and answers with one; Spec/vectors/README.md says what stands in them. It \
            is started once, and its standard input is closed at the end.

            Exit status: 0 all that was answered is right; 1 a file cannot be read, or the program cannot be started, ends \
            early, is too slow or answers something else; 2 wrong use; 3 an answer is wrong.
            """)

    @Option(help: "The folder with the vectors.")
    var vectors = "Spec/vectors"

    @Option(help: "Run only this file, such as pua.json; may be repeated.")
    var only: [String] = []

    @Option(help: "Seconds that one answer may take.")
    var timeout = 10

    @Flag(help: "Also compare the reasons and offsets of refusals.")
    var reasons = false

    @Flag(help: "Print an object a wrong answer, and one that sums up.")
    var json = false

    @Argument(parsing: .postTerminator, help: "The program and its arguments, behind --.")
    var program: [String] = []

    func validate() throws {
        guard !program.isEmpty else { throw ValidationError("a program is needed, behind --") }
        guard timeout > 0 else { throw ValidationError("--timeout is a number of seconds above 0") }
    }

    func run() throws {
        Interruption.ignoreBrokenPipes()
        do {
            try exchange()
        } catch let failure as VectorProgram.Failure {
            Terminal.complain(failure.description)
            throw ExitCode(1)
        }
    }

    private func exchange() throws {
        let files = try files()
        let program = try VectorProgram(program, timeout: timeout)
        defer { program.end() }
        let output = OutputBuffer()
        defer { output.flush() }
        var table = TextTable(["file", "tests", "passed", "failed", "skipped", "partial"], numbersFrom: 1)
        var sums = VectorTally()
        for (name, file) in files {
            var tally = VectorTally()
            for group in file["testGroups"]?.array ?? [] {
                for test in group["tests"]?.array ?? [] {
                    let question = VectorQuestion(file: name, group: group, test: test)
                    let answer = try program.ask(question.line)
                    let verdict = try question.judge(answer, comparingReasons: reasons)
                    tally.note(verdict)
                    if case .failed(let expected, let seen) = verdict {
                        print(question, expected, seen, to: output)
                    }
                }
            }
            table.append([name] + tally.columns)
            sums.add(tally)
        }
        if json {
            JSONValue.object(sums.members).writeCompact(to: JSONWriter(output: output))
            output.append("\n")
        } else {
            table.append(["all"] + sums.columns)
            table.write(to: output)
        }
        output.flush()
        if sums.failed > 0 { throw ExitCode(3) }
    }

    private func files() throws -> [(String, JSONValue)] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: vectors).filter {
                $0.hasSuffix(".json") && !$0.hasSuffix(".schema.json") && (only.isEmpty || only.contains($0))
            }.sorted()
        } catch {
            throw VectorProgram.Failure(description: "\(vectors) cannot be read: \(error.localizedDescription)")
        }
        guard !names.isEmpty else { throw VectorProgram.Failure(description: "\(vectors) holds no such vectors") }
        return try names.map { name in
            let url = URL(fileURLWithPath: vectors).appendingPathComponent(name)
            do {
                return (name, try JSONParser.parse(Array(try Data(contentsOf: url))))
            } catch {
                throw VectorProgram.Failure(description: "\(vectors)/\(name) cannot be read: \(error)")
            }
        }
    }

    private func print(
        _ question: VectorQuestion, _ expected: String, _ seen: String, to output: OutputBuffer
    ) {
        guard json else {
            output.append(
                "\(question.file): \(question.number) (\(question.comment)): expected \(expected), seen \(seen)\n")
            return
        }
        JSONValue.object([
            ("file", .string(question.file)), ("tcId", .number("\(question.number)")),
            ("comment", .string(question.comment)), ("expected", .string(expected)), ("seen", .string(seen)),
        ]).writeCompact(to: JSONWriter(output: output))
        output.append("\n")
    }
}

/// How many answers were right.
struct VectorTally {
    private(set) var passed = 0
    private(set) var failed = 0
    private(set) var skipped = 0
    /// Of those that passed: how many left fields out.
    private(set) var partial = 0

    mutating func note(_ verdict: VectorQuestion.Verdict) {
        switch verdict {
        case .passed(let isPartial):
            passed += 1
            if isPartial { partial += 1 }
        case .failed: failed += 1
        case .skipped: skipped += 1
        }
    }

    mutating func add(_ other: VectorTally) {
        passed += other.passed
        failed += other.failed
        skipped += other.skipped
        partial += other.partial
    }

    private var numbers: [(name: String, value: Int)] {
        [
            ("tests", passed + failed + skipped), ("passed", passed), ("failed", failed), ("skipped", skipped),
            ("partial", partial),
        ]
    }

    var columns: [String] { numbers.map { "\($0.value)" } }
    var members: [(name: String, value: JSONValue)] { numbers.map { ($0.name, .number("\($0.value)")) } }
}
