import ArgumentParser
import BINSimulation
import BINText

/// `opensips-bin simulate`: clusters that exist only in this process, or as processes on this machine.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Run clusters in memory or on this machine, with faults, and measure them.",
        subcommands: [
            SimulateGossipCommand.self, SimulateFaultsCommand.self, SimulateTableCommand.self,
            SimulateProcessesCommand.self,
        ])
}

/// `opensips-bin simulate gossip`.
struct SimulateGossipCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gossip",
        abstract: "Measure the gossip of one large cluster.",
        discussion: """
            A quiet cluster is measured for 20 seconds; then one node tells something, nodes crash, and a part of the cluster is cut \
            off for a minute. Everything follows from the seed.

            rounds: until all know the same after what was done last. detectionSeconds: from a crash until a node takes the \
            crashed one as down, over all pairs. falsePositives: how often a node that was there was taken as down.

            Exit status: 0; 2 wrong use; 3 a rule was broken (violations).
            """)

    @Option(help: "Number of nodes, 2 to 20000.")
    var nodes = 1000

    @Option(help: "Where the random numbers begin.")
    var seed: UInt64 = 1

    @Option(help: "The part of datagrams that is lost, 0 to 0.9.")
    var loss = 0.0

    @Option(help: "How many nodes crash.")
    var crash = 0

    @Option(help: "The part of the nodes that is cut off for a minute, 0 to 1.")
    var partition = 0.0

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (2...20_000).contains(nodes) else { throw ValidationError("--nodes is 2 to 20000") }
        guard (0...0.9).contains(loss) else { throw ValidationError("--loss is 0 to 0.9") }
        guard (0..<nodes).contains(crash) else { throw ValidationError("--crash is less than --nodes") }
        guard (0...1).contains(partition) else { throw ValidationError("--partition is 0 to 1") }
    }

    func run() throws {
        Interruption.ignoreBrokenPipes()
        var scale = GossipScale()
        (scale.nodes, scale.seed, scale.loss) = (nodes, seed, loss)
        (scale.crashes, scale.partition) = (crash, partition)
        let result = scale.run()
        let output = OutputBuffer()
        if json { result.printJSON(to: output) } else { result.printText(to: output) }
        output.flush()
        if !result.violations.isEmpty { throw ExitCode(3) }
    }
}

extension GossipScale.Result {
    /// - Parameter mesh: figures of full-mesh pinging, printed beside these.
    func printJSON(to output: OutputBuffer, mesh: MeshPinging.Result? = nil) {
        let writer = JSONWriter(output: output)
        output.append("{\"rounds\":\(number(rounds)),\"spreadRounds\":\(number(spreadRounds))")
        output.append(",\"healRounds\":\(number(healRounds)),\"bytesPerNodeSecond\":\(number(bytesPerNodeSecond))")
        output.append(",\"bytesOfBusiestNodeSecond\":\(number(bytesOfBusiestNodeSecond)),\"detectionSeconds\":")
        if let detection {
            output.append("{\"median\":\(number(detection.median)),\"maximum\":\(number(detection.maximum))}")
        } else {
            output.append("null")
        }
        output.append(",\"falsePositives\":\(falsePositives),\"violations\":[")
        for (index, violation) in violations.enumerated() {
            if index > 0 { output.append(",") }
            writer.string(violation)
        }
        output.append("],\"nodes\":\(nodes),\"loss\":\(number(loss)),\"seed\":\(seed)")
        if let mesh {
            output.append(",\"mesh\":{\"bytesPerNodeSecond\":\(number(mesh.bytesPerNodeSecond)),\"detectionSeconds\":")
            output.append("{\"median\":\(number(mesh.detection.median)),\"maximum\":\(number(mesh.detection.maximum))}")
            output.append(",\"falsePositives\":\(number(mesh.falsePositives))}")
        }
        output.append("}\n")
    }

    func printText(to output: OutputBuffer) {
        output.append("\(nodes) nodes, loss \(number(loss)), seed \(seed)\n")
        output.append("  rounds until all knew a change   \(number(spreadRounds))\n")
        if let healRounds { output.append("  rounds until a partition healed  \(number(healRounds))\n") }
        output.append("  bytes a node and second          \(number(bytesPerNodeSecond))")
        output.append(" (busiest \(number(bytesOfBusiestNodeSecond)))\n")
        if let detection {
            output.append("  seconds until a crash was known  median \(number(detection.median))")
            output.append(", maximum \(number(detection.maximum))\n")
        }
        output.append("  taken as down though there       \(falsePositives)\n")
        for violation in violations { output.append("  broken: \(violation)\n") }
    }
}

/// A number with at most two decimals; `null` for none.
func number(_ value: Double?) -> String {
    guard let value else { return "null" }
    let hundredths = (value * 100).rounded()
    return hundredths == (hundredths / 100).rounded() * 100
        ? "\(Int64(hundredths / 100))" : "\(hundredths / 100)"
}
