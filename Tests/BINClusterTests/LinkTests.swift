import Testing

@testable import BINCluster

/// The state table of a link (Spec/clusterer.md, links).
@Suite struct LinkTests {
    private let timing = ClusterTiming()

    private func at(_ seconds: Double) -> Instant {
        Instant(nanoseconds: Int64(seconds * 1_000_000_000), unixSeconds: 1_700_000_000 + Int64(seconds))
    }

    /// A link that came up at `seconds`.
    private func upLink(_ seconds: Double) -> Link {
        var link = Link()
        _ = link.tick(at: at(seconds), retries: 3, timing)
        _ = link.pong(at: at(seconds))
        return link
    }

    @Test func `A new link is pinged at once, with the question for nodes`() {
        var link = Link()
        #expect(link.tick(at: at(1), retries: 3, timing) == .ping(requestsNodeList: true))
        #expect(link.state == .restarted)
        #expect(link.tick(at: at(1.5), retries: 3, timing) == .none)
    }

    @Test func `A PONG brings it up, and then it is pinged every four seconds`() {
        var link = upLink(1)
        #expect(link.state == .up)
        #expect(link.tick(at: at(4.9), retries: 3, timing) == .none)
        #expect(link.tick(at: at(5), retries: 3, timing) == .ping(requestsNodeList: false))
        #expect(link.pong(at: at(5.1)) == 2)
        #expect(link.state == .up)
    }

    @Test func `Silence means three retries, then down, then a try each minute`() {
        var link = upLink(1)
        _ = link.tick(at: at(5), retries: 3, timing)
        for second in [6.0, 7, 8] {
            #expect(link.tick(at: at(second), retries: 3, timing) == .ping(requestsNodeList: true))
            #expect(link.state == .retrying)
        }
        #expect(link.tick(at: at(9), retries: 3, timing) == .changed)
        #expect(link.state == .down)
        #expect(link.tick(at: at(67), retries: 3, timing) == .none)
        #expect(link.tick(at: at(68), retries: 3, timing) == .ping(requestsNodeList: true))
        #expect(link.state == .restarted)
    }

    @Test func `Without retries one missing PONG means down`() {
        var link = upLink(1)
        _ = link.tick(at: at(5), retries: 0, timing)
        #expect(link.tick(at: at(6), retries: 0, timing) == .changed)
        #expect(link.state == .down)
    }

    @Test func `A PONG that was not asked for changes nothing`() {
        var link = Link()
        #expect(link.pong(at: at(1)) == nil)
        #expect(link.state == .restartPinging)
        link = upLink(1)
        #expect(link.pong(at: at(2)) == nil)
    }

    @Test func `A late PONG brings the link up`() {
        var link = upLink(1)
        _ = link.tick(at: at(5), retries: 3, timing)
        _ = link.tick(at: at(6), retries: 3, timing)
        #expect(link.state == .retrying)
        #expect(link.pong(at: at(6.9)) != nil)
        #expect(link.state == .up)
        // The answer to the other PING must not be missed now.
        #expect(link.tick(at: at(8), retries: 3, timing) == .none)
    }

    @Test func `A neighbour that is heard of has more time to answer, but not for ever`() {
        var link = upLink(1)
        _ = link.tick(at: at(5), retries: 3, timing)
        link.noteReceived(at: at(5.9))
        #expect(link.tick(at: at(6.5), retries: 3, timing) == .none)
        for tenth in 60...90 { link.noteReceived(at: at(Double(tenth) / 10)) }
        #expect(link.tick(at: at(9), retries: 3, timing) == .ping(requestsNodeList: true))
        #expect(link.state == .retrying)
    }

    @Test func `A PING that cannot be sent is tried again, as often as there are retries`() {
        var link = Link()
        _ = link.tick(at: at(1), retries: 2, timing)
        link.pingFailed(retries: 2)
        #expect(link.state == .retrySendFail)
        for second in [2.0, 3] {
            #expect(link.tick(at: at(second), retries: 2, timing) == .ping(requestsNodeList: true))
            link.pingFailed(retries: 2)
        }
        #expect(link.state == .down)
    }

    @Test func `Numbered PINGs are confirmed in their order`() {
        var link = upLink(1)
        let numbers = [link.notePing(at: at(1.1)), link.notePing(at: at(1.2)), link.notePing(at: at(1.3))]
        #expect(link.pong(at: at(1.4)) == numbers[0])
        #expect(link.pong(at: at(1.4)) == numbers[1])
        #expect(link.pong(at: at(1.4)) == numbers[2])
    }
}

/// Which updates are news (Spec/clusterer.md, sequence rule).
@Suite struct SequenceRuleTests {
    private let now = Instant(nanoseconds: 1_000_000_000, unixSeconds: 1_700_000_000)

    private func rule(_ sequence: Int32, _ timestamp: Int32) -> SequenceRule {
        var rule = SequenceRule()
        rule.store(0, timestamp - 5, at: now)
        rule.store(sequence, timestamp, at: now)
        return rule
    }

    @Test(
        arguments: [
            (6, 100, true), (5, 100, false), (4, 100, false), (4, 99, false),
            // A restart: 0 with a later time than the last 0, or any number with a later time.
            (0, 100, true), (0, 96, true), (0, 95, false), (0, 90, false), (2, 101, true),
        ] as [(Int32, Int32, Bool)])
    func `After five at 100, with a restart at 95`(sequence: Int32, timestamp: Int32, isNews: Bool) {
        #expect(rule(5, 100).accepts(sequence, timestamp, at: now) == isNews)
    }

    @Test func `The counter wraps`() {
        let rule = rule(.max, 100)
        #expect(rule.accepts(.min, 100, at: now))
        #expect(!rule.accepts(.max - 1, 100, at: now))
    }

    @Test func `What is stored is forgotten after a minute, and when the link comes up anew`() {
        var rule = rule(.max, .max)
        #expect(!rule.accepts(3, 200, at: now.advanced(by: .seconds(59))))
        #expect(rule.accepts(3, 200, at: now.advanced(by: .seconds(60))))
        rule.linkCameUp(at: now.advanced(by: .seconds(1)))
        #expect(!rule.accepts(3, 200, at: now.advanced(by: .seconds(1))))
        rule.linkCameUp(at: now.advanced(by: .seconds(6)))
        #expect(rule.accepts(3, 200, at: now.advanced(by: .seconds(6))))
    }
}

@Suite struct RateLimitTests {
    @Test func `A burst at once, then one each interval`() {
        var limit = RateLimit(interval: .seconds(1), burst: 3)
        let start = Instant(nanoseconds: 5_000_000_000, unixSeconds: 0)
        #expect((0..<5).count { _ in limit.allows(at: start) } == 3)
        #expect((0..<5).count { _ in limit.allows(at: start.advanced(by: .seconds(1))) } == 1)
        #expect((0..<5).count { _ in limit.allows(at: start.advanced(by: .seconds(60))) } == 3)
    }
}
