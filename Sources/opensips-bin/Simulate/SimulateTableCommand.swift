import ArgumentParser
import BINSimulation
import BINText
import Foundation

/// `opensips-bin simulate table`: the table and the plot of Spec/extensions/gossip.md.
struct SimulateTableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table",
        abstract: "Measure clusters of several sizes, and print a table of them.",
        discussion: """
            Prints Markdown; with --json one object a row, that of `simulate gossip --json`, with mesh beside it: the same of full-mesh \
            pinging. With the default sizes it takes some minutes and some gigabytes.

            Exit status: 0; 1 the plot cannot be written, 2 wrong use, 3 a rule was broken.
            """)

    @Option(parsing: .upToNextOption, help: "Sizes.")
    var nodes = [10, 30, 100, 300, 1000, 3000, 10_000]

    @Option(parsing: .upToNextOption, help: "Parts of datagrams that are lost.")
    var loss = [0.0, 0.05, 0.2]

    @Option(help: "Where the random numbers begin.")
    var seed: UInt64 = 1

    @Option(help: "A file for the plot, in SVG.")
    var plot: String?

    @Flag(help: "Print one JSON object a row.")
    var json = false

    struct Row {
        let gossip: GossipScale.Result
        let mesh: MeshPinging.Result
    }

    func run() throws {
        Interruption.ignoreBrokenPipes()
        let output = OutputBuffer()
        if !json {
            output.append(
                "| nodes | loss | rounds | bytes a node and second | detection, s | false | bytes, mesh | detection, mesh | false, mesh |\n"
            )
            output.append("|---|---|---|---|---|---|---|---|---|\n")
        }
        var rows: [Row] = []
        for loss in loss {
            for nodes in nodes {
                let row = measure(nodes, loss)
                rows.append(row)
                if json { row.printJSON(to: output) } else { print(row, to: output) }
                output.flush()
            }
        }
        if let plot {
            do {
                try GossipPlot(rows: rows.map(\.gossip)).svg.write(toFile: plot, atomically: true, encoding: .utf8)
            } catch {
                Terminal.complain("\(plot) cannot be written: \(error.localizedDescription)")
                throw ExitCode(1)
            }
        }
        if rows.contains(where: { !$0.gossip.violations.isEmpty }) { throw ExitCode(3) }
    }

    private func measure(_ nodes: Int, _ loss: Double) -> Row {
        var scale = GossipScale()
        (scale.nodes, scale.seed, scale.loss) = (nodes, seed, loss)
        scale.crashes = max(1, min(10, nodes / 10))
        var mesh = MeshPinging()
        (mesh.nodes, mesh.seed, mesh.loss) = (nodes, seed, loss)
        return Row(gossip: scale.run(), mesh: mesh.run())
    }

    private func print(_ row: Row, to output: OutputBuffer) {
        let gossip = row.gossip
        let detection = gossip.detection.map { "\(number($0.median)), \(number($0.maximum))" } ?? "–"
        let mesh = row.mesh.detection
        output.append("| \(gossip.nodes) | \(number(gossip.loss * 100)) % | \(number(gossip.spreadRounds)) ")
        output.append("| \(Int64(gossip.bytesPerNodeSecond)) | \(detection) | \(gossip.falsePositives) ")
        output.append("| \(Int64(row.mesh.bytesPerNodeSecond)) | \(number(mesh.median)), \(number(mesh.maximum)) ")
        output.append("| \(Int64(row.mesh.falsePositives)) |\n")
        for violation in gossip.violations { Terminal.complain("\(gossip.nodes) nodes: \(violation)") }
    }
}

extension SimulateTableCommand.Row {
    fileprivate func printJSON(to output: OutputBuffer) {
        gossip.printJSON(to: output, mesh: mesh)
    }
}

/// Rounds and bytes against the number of nodes, each loss a line.
struct GossipPlot {
    let rows: [GossipScale.Result]

    private static let width = 340.0
    private static let height = 220.0
    private static let colours = ["#1b6ca8", "#c8553d", "#4f772d", "#6a4c93"]

    var svg: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="820" height="300" font-family="sans-serif" font-size="11">
        <rect width="820" height="300" fill="white"/>
        \(panel("rounds until a change is known everywhere", left: 50, value: { $0.spreadRounds ?? 0 }))
        \(panel("bytes a node and second", left: 460, value: { $0.bytesPerNodeSecond }))
        </svg>

        """
    }

    private func panel(_ title: String, left: Double, value: (GossipScale.Result) -> Double) -> String {
        let losses = rows.map(\.loss).reduce(into: [Double]()) { if !$0.contains($1) { $0.append($1) } }
        let top = 1.1 * max(1, rows.map(value).max() ?? 1)
        let sizes = rows.map(\.nodes).reduce(into: [Int]()) { if !$0.contains($1) { $0.append($1) } }
        let (low, high) = (log10(Double(sizes.min() ?? 1)), log10(Double(sizes.max() ?? 10)))
        func x(_ nodes: Int) -> Double { left + Self.width * (log10(Double(nodes)) - low) / max(0.1, high - low) }
        func y(_ value: Double) -> Double { 40 + Self.height * (1 - value / top) }
        var parts = ["<text x=\"\(left)\" y=\"24\" font-weight=\"bold\">\(title)</text>"]
        parts.append("<path d=\"M\(left) 40V\(40 + Self.height)H\(left + Self.width)\" fill=\"none\" stroke=\"#888\"/>")
        for nodes in sizes {
            parts.append(
                "<text x=\"\(point(x(nodes)))\" y=\"\(58 + Self.height)\" text-anchor=\"middle\">\(nodes)</text>")
        }
        for part in 0...4 {
            let tick = top / 1.1 * Double(part) / 4
            parts.append(
                "<text x=\"\(left - 6)\" y=\"\(point(y(tick) + 4))\" text-anchor=\"end\">\(Int(tick.rounded()))</text>")
        }
        for (index, loss) in losses.enumerated() {
            let colour = Self.colours[index % Self.colours.count]
            let points = rows.filter { $0.loss == loss }.map { "\(point(x($0.nodes))),\(point(y(value($0))))" }
            parts.append(
                "<polyline points=\"\(points.joined(separator: " "))\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\"/>"
            )
            parts.append(
                "<text x=\"\(left + 12 + Double(index) * 90)\" y=\"\(80 + Self.height - 4)\" fill=\"\(colour)\">"
                    + "loss \(number(loss * 100)) %</text>")
        }
        return parts.joined(separator: "\n")
    }

    private func point(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
