import BINMessages
import Testing

@Suite struct CompatibilityTests {
    @Test(arguments: Release.known)
    func `a release understands itself`(release: Release) {
        let entries = Compatibility(from: release, to: release).entries
        #expect(!entries.isEmpty)
        for entry in entries {
            #expect(entry.verdict == .works, "\(entry.capability) \(entry.message): \(entry.detail)")
        }
    }

    /// From what was seen between real servers and from the version rules of the specification.
    @Test(
        arguments: [
            ("2.4.11", "3.0.5", "usrloc-contact-repl", "contact-insert", .corrupts),
            ("3.0.5", "2.4.11", "usrloc-contact-repl", "contact-insert", .loses),
            ("3.4.18", "4.0.1", "usrloc-contact-repl", "contact-insert", .works),
            ("4.0.1", "3.4.18", "usrloc-contact-repl", "contact-insert", .dropped),
            ("3.0.5", "3.1.3", "usrloc-contact-repl", "contact-update", .works),
            ("2.4.1", "2.4.2", "usrloc-contact-repl", "contact-insert", .corrupts),
            ("2.4.2", "2.4.1", "usrloc-contact-repl", "contact-insert", .corrupts),
            ("2.3.6", "2.4.11", "ul", "contact-insert", .dropped),
            ("3.3.10", "3.4.18", "dialog-dlg-repl", "created", .loses),
            ("3.4.18", "3.3.10", "dialog-dlg-repl", "created", .loses),
            ("4.0.1", "4.1", "dialog-dlg-repl", "created", .works),
            ("4.1", "4.0.1", "dialog-dlg-repl", "created", .dropped),
            ("3.0.5", "3.1.2", "dialog-dlg-repl", "created", .corrupts),
            ("3.0.5", "3.4.18", "dialog-dlg-repl", "created", .dropped),
            ("3.1.5", "3.1.6", "dialog-dlg-repl", "deleted", .works),
            ("3.1.6", "3.1.5", "dialog-dlg-repl", "deleted", .dropped),
            ("2.3.2", "2.3.3", "dialog", "created", .corrupts), ("2.3.3", "2.3.2", "dialog", "created", .corrupts),
            ("3.0.5", "2.4.11", "dialog-dlg-repl", "cseq-update", .corrupts),
            ("2.4.11", "3.6.8", "dialog-dlg-repl", "cseq-update", .dropped),
            ("2.4.11", "4.1", "dialog-prof-repl", "profile-counters", .works),
            ("3.2.19", "3.3.10", "ratelimit-pipe-repl", "pipe-counters", .corrupts),
            ("4.0.1", "3.6.8", "ratelimit-pipe-repl", "aggregate-edge", .dropped),
            ("3.2.19", "3.3.10", "clusterer-extra", "SYNC", .dropped),
            ("3.2.19", "3.3.10", "usrloc-contact-repl", "sync-chunk", .dropped),
            ("3.1.17", "3.2.0", "clusterer-extra", "GENERIC_MSG", .corrupts),
            ("3.1.6", "3.1.7", "clusterer-internal", "CAP_UPDATE", .corrupts),
            ("3.1.17", "3.2.19", "clusterer-internal", "CAP_UPDATE", .dropped),
            ("3.1.17", "3.2.19", "clusterer-internal", "PING", .works),
            ("2.1.5", "2.2.8", "ul", "contact-insert", .dropped),
        ] as [(String, String, String, String, Compatibility.Verdict)])
    func `two releases understand each other as far as is known`(
        from: String, to: String, capability: String, message: String, verdict: Compatibility.Verdict
    ) throws {
        let entries = Compatibility(from: try #require(Release(from)), to: try #require(Release(to))).entries
        let entry = try #require(entries.first { $0.capability == capability && $0.message == message })
        #expect(entry.verdict == verdict, "\(entry.detail)")
        #expect(entry.detail.isEmpty == (verdict == .works))
    }

    @Test func `what is lost between two forms of variables is named`() throws {
        let entries = Compatibility(from: Release(3, 3, 10), to: Release(3, 4, 18)).entries
        let entry = try #require(entries.first { $0.message == "created" })
        #expect(entry.detail == "vars, profiles")
    }

    @Test func `every pair of releases has an answer for every message`() {
        for from in Release.known where from.patch == 0 {
            for to in Release.known where to.patch % 9 == 0 {
                for entry in Compatibility(from: from, to: to).entries {
                    #expect(entry.detail.isEmpty == (entry.verdict == .works))
                }
            }
        }
    }
}
