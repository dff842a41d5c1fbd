import ArgumentParser
import BINHTTP
import BINText

/// `opensips-bin simulate processes`.
struct SimulateProcessesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "processes",
        abstract:
            "Run members of the gossip as processes on this machine, part, kill and stop them, and check what is promised.",
        discussion: """
            Each member is this program once more, at an address of its own on the loopback interface (127.0.x.1, 127.0.x.2, …; Linux). A \
            proxy between them parts them and loses datagrams. The owner of a quorum flag is killed, members are parted; then, \
            for as long as --seconds, faults drawn from --seed. Observed from outside: all come to know the same, a quorum flag has never two \
            owners, each later one has a higher fencing number.

            With --json one object: nodes, seed, round, joinSeconds, detectionSeconds, takeoverSeconds and healSeconds (lists), acquisitions, \
            violations.

            Exit status: 0; 1 the processes cannot be started; 2 wrong use; 3 a rule was broken.
            """)

    @Option(help: "Number of members, 5 to 50.")
    var nodes = 9

    @Option(help: "Seconds between rounds; everything else scales with it.")
    var round = 0.2

    @Option(help: "For at least how long.")
    var seconds = 60.0

    @Option(help: "Where the random numbers begin.")
    var seed: UInt64 = 1

    @Flag(help: "Print one JSON object, and nothing of what is done.")
    var json = false

    func validate() throws {
        guard (5...50).contains(nodes) else { throw ValidationError("--nodes is 5 to 50") }
        guard (0.05...5).contains(round) else { throw ValidationError("--round is 0.05 to 5 seconds") }
        guard (0...86_400).contains(seconds) else { throw ValidationError("--seconds is 0 to 86400") }
    }

    func run() async throws {
        let result = try await ending {
            let trial = try ProcessTrial(count: nodes, round: round, seed: seed)
            if !json { trial.onStep = { Terminal.complain($0) } }
            do { return try await trial.run(seconds: seconds) } catch is CancellationError {
                throw MemberRefusal(description: "interrupted")
            }
        }
        let output = OutputBuffer()
        func list(_ values: [Double]) -> JSONValue { .array(values.map { .number("\(($0 * 100).rounded() / 100)") }) }
        if json {
            let object = JSONValue.object([
                ("nodes", .of(nodes)), ("seed", .of(seed)), ("round", .number("\(round)")),
                ("joinSeconds", .number("\((result.join * 100).rounded() / 100)")),
                ("detectionSeconds", list(result.detections)), ("takeoverSeconds", list(result.takeovers)),
                ("healSeconds", list(result.heals)), ("acquisitions", .of(result.acquisitions)),
                ("violations", .array(result.violations.map { .string($0) })),
            ])
            output.append(object.text + "\n")
        } else {
            output.append("all know all after          \(list([result.join]).text) s\n")
            output.append("a killed node is down after \(list(result.detections).text) s\n")
            output.append("its flag is taken after     \(list(result.takeovers).text) s\n")
            output.append("a partition heals after     \(list(result.heals).text) s\n")
            output.append("flags were taken            \(result.acquisitions) times\n")
            for violation in result.violations { output.append("broken: \(violation)\n") }
        }
        output.flush()
        if !result.violations.isEmpty { throw ExitCode(3) }
    }
}
