import BINCluster
import BINConformance
import BINMessages
import BINNode
import BINWire
import Foundation
import Logging
import Testing

@Suite(.timeLimit(.minutes(3))) struct RunnerTests {
    @Test(arguments: [Release(2, 4, 11), Release(3, 1, 17), Release(4, 0, 1)])
    func `a node of our own does all that the cases ask for`(release: Release) async throws {
        let isNewest = release == Release(4, 0, 1)
        // The long ones once are enough: what they test is the same in every release.
        let slow: Set = ["framing/11", "framing/8", "link/9", "robustness/11"]
        let cases = ConformanceCase.all.filter { !$0.isGossip && (isNewest || !slow.contains($0.id)) }
        let results = try await OwnNode(release).run(cases) { $0.isHostile = true }
        #expect(results.map(\.test.id) == cases.map(\.id))
        for result in results {
            if case .failed(let seen) = result.verdict {
                Issue.record("\(result.test.id): \(result.test.sent): expected \(result.test.expected), seen \(seen)")
            }
        }
        let skipped = Set(results.filter { $0.verdict.name == "skipped" }.map(\.test.group))
        // Older releases have no totals, no numbers in CAP_UPDATE, no tags, and not all of the modules and their syncs.
        let groups: Set<ConformanceGroup> = [
            .cache, .counters, .dialogs, .donor, .presence, .requester, .robustness, .sequence, .statuses, .tags,
        ]
        #expect(skipped.isSubset(of: groups), "\(skipped)")
        guard isNewest else { return }
        #expect(
            results.filter { $0.verdict.name == "skipped" }.map(\.test.id) == ["counters/6"],
            "what this release does not show")
    }

    @Test func `a node that passes nothing on fails the cases of that, and no others`() async throws {
        let cases = ConformanceCase.all.filter { [.routing, .tags].contains($0.group) }
        let results = try await OwnNode(Release(4, 0, 1), relays: false).run(cases) { _ in }
        #expect(
            results.filter { $0.verdict.name == "failed" }.map(\.test.id) == [
                "routing/1", "routing/2", "routing/8", "routing/9", "tags/3",
            ])
        #expect(results.count { $0.verdict.name == "passed" } == cases.count - 5)
    }

    @Test func `a node that takes only members it was told of is spared the cases with others`() async throws {
        let cases = ConformanceCase.all.filter { [.join, .routing, .sequence].contains($0.group) }
        let results = try await OwnNode(Release(3, 6, 8), isClosed: true).run(cases) { _ in }
        for result in results {
            let isSpared = result.test.group == .join || result.test.id == "routing/8"
            #expect(result.verdict.name == (isSpared ? "skipped" : "passed"), "\(result.test.id) \(result.verdict)")
        }
        #expect(results.count == cases.count)
    }
}

@Suite(.timeLimit(.minutes(3))) struct GossipRunnerTests {
    @Test func `a member of the gossip does all that the cases ask for`() async throws {
        let (network, port) = (UInt8.random(in: 70..<250), UInt16.random(in: 10_000..<32_000))
        let url = NodeURL(host: "127.0.\(network).1", port: port)
        var configuration = GossipNode.Configuration(member: GossipConfiguration(cluster: 1, node: 1, url: url))
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let node = try GossipNode(configuration)
        var target = ConformanceTarget(
            endpoint: BINEndpoint(.bin, host: url.host, port: Int(port)), release: Release(4, 0, 1), cluster: 1,
            node: 9,
            host: "127.0.\(network).9", unixTime: { Int64(Date().timeIntervalSince1970) })
        target.speaksGossip = true
        let results = try await ConformanceResults.of(target, ConformanceCase.all, against: node.run)
        #expect(results.map(\.test.id) == ConformanceCase.all.filter(\.isGossip).map(\.id))
        for result in results where result.verdict.name != "passed" {
            Issue.record("\(result.test.id): \(result.test.sent): expected \(result.test.expected), \(result.verdict)")
        }
    }
}
