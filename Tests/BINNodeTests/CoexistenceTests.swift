import BINCluster
import BINNode
import Foundation
import Logging
import Testing

/// Nodes that speak gossip beside the clusterer, and one that speaks the clusterer's protocol alone, as an OpenSIPS server does.
@Suite(.timeLimit(.minutes(2)), .serialized) struct CoexistenceTests {
    @Test func `nodes of a cluster find each other by what they announced, and see a server that did not`() async throws
    {
        let cluster = try Cluster()
        // It would take gossip if any came.
        let received = Keeper("ext-gossip")
        let server = try cluster.node(1, knows: [], handlers: [received])
        func both(_ id: Int32) throws -> CoexistingNode {
            var member = MemberConfiguration(cluster: 1, node: id, url: cluster.url(id), release: cluster.release)
            member.nodes = [NodeConfiguration(node: 1, url: cluster.url(1))]
            var configuration = ClusterNode.Configuration(member: member)
            configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            var gossip = GossipNode.Configuration(
                member: GossipConfiguration(cluster: 1, node: id, url: cluster.url(id)))
            gossip.member.timing = GossipTiming(interval: .milliseconds(200))
            gossip.logger = configuration.logger
            return try CoexistingNode(cluster: configuration, gossip: gossip)
        }
        let (two, three) = (try both(2), try both(3))
        @Sendable func observation(_ node: GossipNode) async -> GossipObservation? {
            GossipObservation.all(in: await node.members).first { $0.node == 1 }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await two.run() }
            group.addTask { try await three.run() }
            try await running([server]) {
                for node in [two.gossip, three.gossip] {
                    #expect(await happens { Set(await node.members.map(\.node)) == [2, 3] }, "they find each other")
                    #expect(await happens { await observation(node)?.observers == [2, 3] }, "both see the server")
                    #expect(await observation(node)?.isUp == true)
                    #expect(await observation(node)?.url == cluster.url(1).description)
                }
                #expect(received.received.isEmpty, "gossip goes only to who announced it")
            }
            #expect(await happens { await observation(two.gossip)?.isUp == false }, "and that it is gone")
            group.cancelAll()
        }
    }
}
