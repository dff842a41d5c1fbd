import ArgumentParser
import BINCluster
import BINNode
import BINText

/// `opensips-bin ping`: whether a node answers, and how fast.
struct PingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping",
        abstract: "Ping a node as a member of its cluster.",
        discussion: """
            opensips-bin ping --from 1=bin:127.0.0.1:5555 --id 9 --listen bin:127.0.0.2:5599 --release 4.0 --count 5

            Exit status: 0 every PING was answered, 1 the node could not be reached, 2 wrong use, 3 an answer is missing.
            """)

    @OptionGroup var visit: VisitArguments

    @Option(help: "How many PINGs, a second apart.")
    var count = 4

    @Flag(help: "Print one JSON object a PING: node, sequence, and milliseconds, null without an answer.")
    var json = false

    func validate() throws {
        guard try visit.ids.first != nil else { throw ValidationError("--from is needed: the node to ping") }
        guard count > 0 else { throw ValidationError("--count is a number above 0") }
    }

    func run() async throws {
        let missing = try await ending {
            let target = try visit.ids[0]
            let timeout = visit.timeout
            let count = count
            let json = json
            return try await ClusterVisit(try visit.configuration(try visit.member(knowing: [target]))).run { node in
                do throws(NodeError) {
                    try await node.waitUntilLinked(target, .seconds(timeout))
                } catch {
                    let hop = await node.snapshot.nodes.first { $0.node == target }?.nextHop
                    throw ClusterVisit.Failure(
                        description: hop.map {
                            "\(error); it is reached over node \($0), and a PING goes to a neighbour only"
                        }
                            ?? "the link to node \(target) does not come up: \(error)")
                }
                var missing = 0
                for sequence in 1...count {
                    if sequence > 1 { try await Task.sleep(for: .seconds(1)) }
                    let time = try? await node.ping(target)
                    if time == nil { missing += 1 }
                    Self.print(target, sequence, time, json)
                }
                return missing
            }
        }
        if missing > 0 { throw ExitCode(3) }
    }

    private static func print(_ node: Int32, _ sequence: Int, _ time: Duration?, _ json: Bool) {
        let output = OutputBuffer()
        let microseconds = time.map { Int(($0 / .microseconds(1)).rounded()) }
        let milliseconds = microseconds.map { "\($0 / 1000).\(String($0 % 1000 + 1000).dropFirst())" }
        if json {
            JSONValue.object([
                ("node", .integer(node)), ("sequence", .integer(sequence)),
                ("milliseconds", milliseconds.map { .number($0) } ?? .null),
            ]).writeCompact(to: JSONWriter(output: output))
            output.append(UInt8(ascii: "\n"))
        } else {
            output.append("node \(node): \(milliseconds.map { "\($0) ms" } ?? "no answer")\n")
        }
        output.flush()
    }
}
