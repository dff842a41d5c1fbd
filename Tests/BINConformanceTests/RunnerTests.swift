import BINConformance
import BINMessages
import Testing

@Suite(.timeLimit(.minutes(3))) struct RunnerTests {
    @Test(arguments: [Release(2, 4, 11), Release(3, 1, 17), Release(4, 0, 1)])
    func `a node of our own does all that the cases ask for`(release: Release) async throws {
        let isNewest = release == Release(4, 0, 1)
        // The long ones once are enough: what they test is the same in every release.
        let slow: Set = ["framing/11", "framing/8", "link/9", "robustness/11"]
        let cases = ConformanceCase.all.filter { isNewest || !slow.contains($0.id) }
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
