import BINMessages
import Testing

@Suite("Compatibility of the other capabilities")
struct OtherCapabilitiesCompatibilityTests {
    /// What the specification says of pairs of releases.
    @Test(
        "Releases understand each other as the specification says",
        arguments: [
            ("3.0.5", "3.1.17", "load_balancer-status-repl", "REPL_LB_STATUS_UPDATE", Compatibility.Verdict.works),
            ("2.3.6", "2.4.11", "load_balancer", "REPL_LB_STATUS_UPDATE", .dropped),
            ("3.0.5", "3.1.17", "drouting-status-repl", "REPL_GW_STATUS_UPDATE", .works),
            ("3.0.5", "3.1.17", "drouting-status-repl", "REPL_CR_STATUS_UPDATE", .loses),
            ("3.1.17", "3.0.5", "drouting-status-repl", "REPL_CR_STATUS_UPDATE", .loses),
            ("3.1.12", "3.1.13", "cachedb-local-repl", "sync-chunk", .loses),
            ("3.0.5", "3.1.17", "presence", "CL_PRESENCE_PUBLISH", .dropped),
            ("3.1.13", "3.1.14", "b2be-entities-repl", "REPL_ENTITY_PARAM_UPDATE", .works),
            ("3.3.10", "3.4.18", "b2be-entities-repl", "REPL_ENTITY_DELETE", .works),
            ("3.5.9", "3.6.8", "b2be-entities-repl", "REPL_ENTITY_UPDATE", .corrupts),
            ("3.4.18", "3.5.9", "siprec", "session", .corrupts), ("3.2.19", "3.3.10", "siprec", "session", .dropped),
            ("3.2.19", "3.3.10", "rtp_relay_ctx", "context", .dropped),
        ])
    func verdicts(
        from sender: String, to receiver: String, capability: String, message: String, verdict: Compatibility.Verdict
    ) throws {
        let pair = Compatibility(
            from: try #require(Release(sender)), to: try #require(Release(receiver)))
        let entries = pair.entries.filter { $0.capability == capability && $0.message == message }
        #expect(!entries.isEmpty)
        for entry in entries { #expect(entry.verdict == verdict, "\(entry.detail)") }
    }
}
