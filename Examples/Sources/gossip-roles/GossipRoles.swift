import BINCluster
import BINNode
import Foundation

/// What a node of a SIP platform does with the gossip: it pings its share of the NATed contacts, keeps a registration upstream while that is its duty,
/// and sends calls where there is less to do.
///
///     gossip-roles 1 127.0.0.1 127.0.0.2        gossip-roles 2 127.0.0.2 127.0.0.1        gossip-roles 3 127.0.0.3 127.0.0.1
///
/// The arguments are the node's id (1 to 3), its address, and that of one other node.
@main
struct GossipRoles {
    static let contacts = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"].map {
        "\($0)@example.org"
    }
    static let trunk: WireName = "register/sip:trunk@carrier.example"

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let id = Int32(arguments[1]), (1...3).contains(id) else {
            print("usage: gossip-roles ID ADDRESS ADDRESS-OF-ANOTHER")
            exit(2)
        }
        let partition = ContactPartition(groups: 8)
        var member = GossipConfiguration(cluster: 1, node: id, url: NodeURL(host: arguments[2], port: 5700))
        member.neighbours = [NodeURL(host: arguments[3], port: 5700)]
        // Both sides of a split ping their contacts; a registration upstream must not be kept twice.
        member.flags = partition.flags(among: [1, 2, 3], handBack: .after(.seconds(10)))
        member.flags.append(FlagConfiguration(trunk, preferred: [1, 2, 3], policy: .quorum))
        var configuration = GossipNode.Configuration(member: member)
        configuration.memory = FileManager.default.temporaryDirectory.appendingPathComponent("gossip-roles-\(id)").path
        let node = try GossipNode(configuration)

        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await node.run() }
            group.addTask {
                for await change in node.ownership(of: trunk) {
                    switch change {
                    // The registrar upstream is to refuse a number that is lower than one it has seen.
                    case .acquired(let fence): say("REGISTER upstream from here, fencing number \(fence)")
                    case .lost(let reason): say("no longer: \(reason)")
                    }
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .seconds(5))
                    try await node.set(NodeLoad(dialogs: .random(in: 0...500), transactions: .random(in: 0...50)))
                    var mine: [String] = []
                    for contact in contacts where await node.pings(aor: Array(contact.utf8), of: partition) {
                        mine.append(contact)
                    }
                    let next = await node.destination(among: [1, 2, 3]).map { "node \($0)" } ?? "nobody yet"
                    say(
                        "pings \(mine.isEmpty ? "nobody" : mine.joined(separator: ", ")); the next call goes to \(next)"
                    )
                }
            }
            try await group.waitForAll()
        }
    }

    /// A line, also when the output goes to a file.
    static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
