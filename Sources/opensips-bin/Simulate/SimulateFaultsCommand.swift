import ArgumentParser
import BINSimulation
import BINText

/// `opensips-bin simulate faults`.
struct SimulateFaultsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults",
        abstract: "Run many small clusters with random faults, and check that nothing of what is promised breaks.",
        discussion: """
            Every run follows from its seed: nodes that join, leave, crash and lose their disks; packets that are lost, doubled and late; \
            partitions, also one way; clocks that are wrong. When the faults stop, all must become right again.

            A run that breaks a rule is printed with its seed; --from SEED --runs 1 repeats it step by step.

            Exit status: 0; 2 wrong use; 3 a rule was broken.
            """)

    @Option(help: "Number of runs.")
    var runs: UInt64 = 2000

    @Option(help: "The first seed; the others follow it.")
    var from: UInt64 = 1

    @Option(help: "Most nodes at the start of a run, 5 to 200.")
    var nodes = 50

    @Option(help: "For how long faults happen, in seconds.")
    var seconds: Int64 = 40

    @Option(help: "Runs at the same time.")
    var jobs = 2

    @Flag(help: "Print an object a run that broke a rule, and one that sums up.")
    var json = false

    func validate() throws {
        guard (5...200).contains(nodes) else { throw ValidationError("--nodes is 5 to 200") }
        guard (1...64).contains(jobs), runs > 0 else { throw ValidationError("--jobs is 1 to 64, --runs at least 1") }
    }

    /// What many runs came to.
    struct Totals: Sendable {
        var runs = 0
        var failures = 0
        var steps = 0
        var acquisitions = 0
        var worst = 0
        var worstSeed: UInt64 = 0
        var worstOwnership = 0
        var worstOwnershipSeed: UInt64 = 0
        var rounds: [Int] = []

        mutating func add(_ outcome: GossipScenario.Outcome) {
            runs += 1
            steps += outcome.steps
            acquisitions += outcome.acquisitions
            if !outcome.violations.isEmpty { failures += 1 }
            rounds.append(outcome.rounds)
            if outcome.rounds > worst { (worst, worstSeed) = (outcome.rounds, outcome.seed) }
            if outcome.ownershipRounds > worstOwnership {
                (worstOwnership, worstOwnershipSeed) = (outcome.ownershipRounds, outcome.seed)
            }
        }
    }

    func run() async throws {
        Interruption.ignoreBrokenPipes()
        var totals = Totals()
        let last = from &+ runs
        await withTaskGroup(of: GossipScenario.Outcome.self) { group in
            var next = from
            func add() {
                guard next != last else { return }
                var scenario = GossipScenario(seed: next)
                scenario.nodes = 5...nodes
                scenario.faultSeconds = seconds
                next &+= 1
                group.addTask { [scenario] in scenario.run() }
            }
            for _ in 0..<jobs { add() }
            while let outcome = await group.next() {
                totals.add(outcome)
                if !outcome.violations.isEmpty { print(outcome) }
                if totals.runs % 10_000 == 0 { Terminal.writeToStandardError("\(totals.runs) runs\n") }
                add()
            }
        }
        print(totals)
        if totals.failures > 0 { throw ExitCode(3) }
    }

    private func print(_ outcome: GossipScenario.Outcome) {
        let output = OutputBuffer()
        defer { output.flush() }
        if json {
            let writer = JSONWriter(output: output)
            output.append(
                "{\"seed\":\(outcome.seed),\"nodes\":\(outcome.nodes),\"steps\":\(outcome.steps),\"violations\":[")
            for (index, violation) in outcome.violations.enumerated() {
                if index > 0 { output.append(",") }
                writer.string(violation)
            }
            output.append("]}\n")
            return
        }
        output.append("seed \(outcome.seed): \(outcome.nodes) nodes, \(outcome.steps) steps, broken:\n")
        for violation in outcome.violations { output.append("  \(violation)\n") }
    }

    private func print(_ totals: Totals) {
        let output = OutputBuffer()
        defer { output.flush() }
        let sorted = totals.rounds.sorted()
        let median = sorted[sorted.count / 2]
        if json {
            output.append("{\"runs\":\(totals.runs),\"failures\":\(totals.failures),\"steps\":\(totals.steps)")
            output.append(",\"acquisitions\":\(totals.acquisitions),\"roundsMedian\":\(median)")
            output.append(",\"roundsMaximum\":\(totals.worst),\"roundsMaximumSeed\":\(totals.worstSeed)")
            output.append(",\"ownershipRoundsMaximum\":\(totals.worstOwnership)")
            output.append(",\"ownershipRoundsMaximumSeed\":\(totals.worstOwnershipSeed)}\n")
            return
        }
        output.append("\(totals.runs) runs, \(totals.failures) broke a rule; \(totals.steps) steps, ")
        output.append("\(totals.acquisitions) changes of owners\n")
        output.append("rounds until views were equal and right: median \(median), at most \(totals.worst) ")
        output.append("(seed \(totals.worstSeed))\n")
        output.append(
            "rounds until flags were owned: at most \(totals.worstOwnership) (seed \(totals.worstOwnershipSeed))\n")
    }
}
