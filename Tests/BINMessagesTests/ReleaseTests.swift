import BINMessages
import Testing

@Suite struct ReleaseTests {
    @Test(arguments: [
        ("3.4.18", "3.4.18"), ("2.1", "2.1.5"), ("4.0", "4.0.1"), ("master", "4.1"), ("4.1", "4.1"),
        ("3.4.99", "3.4.99"),
    ])
    func `a release is read, a series as its newest`(text: String, expected: String) {
        #expect(Release(text)?.description == expected)
    }

    @Test(arguments: ["", "3", "3.", "3.4.", "3.4.x", "1.11", "9.9", "3.4.18.1", "-3.4", "3.4.300", "٣.٤"])
    func `what is no release is refused`(text: String) {
        #expect(Release(text) == nil)
    }

    @Test(arguments: [
        (ReleaseSet(), "none"), (ReleaseSet(.series(2, 1)), "2.1"), (ReleaseSet(.series(3, 1, 7...)), "3.1.7–3.1.17"),
        (ReleaseSet(.series(2, 4, 2...2)), "2.4.2"), (ReleaseSet(.from((3, 3), through: (3, 5))), "3.3–3.5"),
        (ReleaseSet(.series(3, 0, 1...), .series(3, 1, 0...2)), "3.0.1–3.1.2"),
        (ReleaseSet(.series(2, 4, 7...), .series(3, 5)), "2.4.7–2.4.11, 3.5"), (ReleaseSet.all, "2.1–4.1"),
        (ReleaseSet(.series(4, 1)), "4.1"), (ReleaseSet(.series(3, 2, 0...0)), "3.2.0"),
    ])
    func `a set is said in ranges`(set: ReleaseSet, words: String) {
        #expect(set.description == words)
    }

    @Test func `sets are intersected and joined`() {
        let left = ReleaseSet(.from((3, 0), through: (3, 3)))
        let right = ReleaseSet(.from((3, 2), through: (4, 1)))
        #expect(left.intersection(right).description == "3.2–3.3")
        #expect(left.union(right).description == "3.0–4.1")
        #expect(left.overlaps(right))
        #expect(!left.isSubset(of: right))
        #expect(ReleaseSet(Release(3, 2, 7)).isSubset(of: left))
        #expect(ReleaseSet.all.count == Release.known.count)
        #expect(ReleaseSet.all.releases == Release.known)
    }

    @Test func `a point release that is not known yet counts as the newest known one`() {
        #expect(ReleaseSet(Release(3, 4, 99)) == ReleaseSet(Release(3, 4, 18)))
    }

    @Test func `the layouts of a capability leave no release out and share none`() {
        check(ContactLayout.self, from: Release(2, 1, 0))
        check(DialogLayout.self, from: Release(2, 1, 0))
        check(PipeLayout.self, from: Release(2, 2, 0))
        check(ClustererLayout.self, from: Release(2, 3, 0))
    }

    private func check<Layout: WireLayout>(_ layouts: Layout.Type, from first: Release) {
        var seen = ReleaseSet()
        for layout in Layout.allCases {
            #expect(!seen.overlaps(layout.releases), "\(layout.name)")
            #expect(!layout.releases.isEmpty, "\(layout.name)")
            seen = seen.union(layout.releases)
        }
        #expect(seen.releases == Release.known.filter { $0 >= first })
    }
}
