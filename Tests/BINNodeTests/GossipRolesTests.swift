import BINCluster
import BINNode
import Logging
import Testing

/// What the users of 2015 wanted the membership for; `Examples/Sources/gossip-roles` does the same as a program.
@Suite(.timeLimit(.minutes(2)), .serialized) struct GossipRolesTests {
    private let port = UInt16.random(in: 10_000..<32_000)
    private let partition = ContactPartition(groups: 8)
    private let trunk: WireName = "register/sip:trunk@carrier.example"

    private func node(_ id: Int32, groups: [String]) throws -> GossipNode {
        var member = GossipConfiguration(cluster: 1, node: id, url: NodeURL(host: "127.0.0.\(id)", port: port))
        member.neighbours = [NodeURL(host: "127.0.0.\(id == 1 ? 2 : 1)", port: port)]
        member.timing = GossipTiming(interval: .milliseconds(100))
        member.groups = groups
        member.flags =
            partition.flags(among: [1, 2, 3], handBack: .after(.milliseconds(500))) + [
                FlagConfiguration(trunk, preferred: [1, 2, 3], policy: .quorum)
            ]
        var configuration = GossipNode.Configuration(member: member)
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        configuration.leavesAtEnd = false
        return try GossipNode(configuration)
    }

    /// Who pings each of some contacts.
    private func pingers(_ nodes: [GossipNode], _ aors: [[UInt8]]) async -> [[Int]] {
        var pingers: [[Int]] = []
        for aor in aors {
            var those: [Int] = []
            for (index, node) in nodes.enumerated() where await node.pings(aor: aor, of: partition) {
                those.append(index)
            }
            pingers.append(those)
        }
        return pingers
    }

    @Test
    func
        `contacts are pinged by one node each, an upstream registration is taken over, and calls go to who has less to do`()
        async throws
    {
        let nodes = [
            try node(1, groups: ["edge"]), try node(2, groups: ["edge", "core"]), try node(3, groups: ["core"]),
        ]
        let aors = (0..<200).map { Array("user\($0)@example.org".utf8) }
        let registrations = nodes[1].ownership(of: trunk)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let first = Task { try await nodes[0].run() }
            group.addTask { try await nodes[1].run() }
            group.addTask { try await nodes[2].run() }

            // Each contact has one node that pings it, and each node has its share.
            #expect(
                await happens {
                    let pingers = await pingers(nodes, aors)
                    guard pingers.allSatisfy({ $0.count == 1 }) else { return false }
                    return pingers.reduce(into: [0, 0, 0]) { $0[$1[0]] += 1 }.allSatisfy { $0 > 20 }
                })

            // One node registers upstream.
            #expect(await happens { await nodes[0].owns(trunk) != nil })
            let fence = await nodes[0].owns(trunk)

            // Of two destinations the one with less to do.
            try await nodes[1].set(NodeLoad(dialogs: 900, transactions: 40))
            try await nodes[2].set(NodeLoad(dialogs: 10, transactions: 1))
            #expect(await happens { await nodes[0].value(GossipKey.load, of: 3) != nil })
            #expect(await happens { await nodes[0].value(GossipKey.load, of: 2) != nil })
            var counts: [Int32: Int] = [:]
            for _ in 0..<400 { counts[try #require(await nodes[0].destination(among: [2, 3])), default: 0] += 1 }
            #expect(counts[3] ?? 0 > 2 * (counts[2] ?? 0), "\(counts)")

            // A capability that is replicated to one group only.
            let groups = ReplicationGroups(["usrloc-contact-repl": ["edge"]])
            #expect(await nodes[0].recipients(of: "usrloc-contact-repl", groups) == [2])
            #expect(await nodes[0].recipients(of: "dialog-dlg-repl", groups) == [2, 3])

            // The first node is gone without a word: the next registers, under a higher number, and its contacts are pinged on.
            first.cancel()
            try await first.value
            for await change in registrations {
                guard case .acquired(let later) = change else { continue }
                #expect(later > fence ?? .max)
                break
            }
            let rest = [nodes[1], nodes[2]]
            #expect(await happens { await pingers(rest, aors).allSatisfy { $0.count == 1 } })
            group.cancelAll()
        }
    }
}
