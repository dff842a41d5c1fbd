import BINMessages
import BINReplica
import BINWire
import TestSupport
import Testing

/// Decisions about pipes, and what is sent of them.
@Suite struct PipeTests {
    private func counters(_ count: Int32, _ algorithm: Int32 = 1, flags: Int32 = 1, from node: Int32 = 2) throws
        -> TestPacket
    {
        var arena = Arena()
        var pipe = Pipe()
        pipe.name = arena.text("inv")
        pipe.flags = flags
        pipe.algorithm = algorithm
        pipe.limit = 20
        pipe.counter = count
        var message = PipeCounters()
        message.pipes = [pipe]
        return try TestPacket(message, arena, from: node, release: newest)
    }

    private let start: UInt64 = 1_700_000_000

    private func time(_ milliseconds: UInt64) -> ReplicaTime { ReplicaTime(milliseconds: start * 1000 + milliseconds) }

    @Test func `TAILDROP accepts up to the limit of the interval, peers included`() throws {
        var replica = replica { $0.pipeParameters.limitPerInterval = true }
        replica.apply(try counters(7), at: start)
        var accepted = 0
        for _ in 0..<30 where try replica.pipes.check("inv", limit: 20, .tailDrop, at: time(5)) { accepted += 1 }
        #expect(accepted == 13)
        #expect(replica.pipes.isOverLimit("inv", at: time(6)) == true)
        // The next interval begins at nothing; the peer said nothing for too long.
        let isAccepted = try replica.pipes.check("inv", limit: 20, .tailDrop, at: time(10_006))
        #expect(isAccepted)
        let status = try #require(replica.pipes.status(of: "inv", at: time(10_007)))
        #expect(status.own.count == 30 && status.total == 1)
    }

    @Test func `limits are those of a second unless said otherwise`() throws {
        var pipes = replica().pipes
        var accepted = 0
        for _ in 0..<300 where try pipes.check("inv", limit: 20, .tailDrop, at: time(1)) { accepted += 1 }
        #expect(accepted == 200)
    }

    @Test func `SBT counts a sliding window`() throws {
        var pipes = replica().pipes
        var accepted: [UInt64] = []
        for step in 0..<150 where try pipes.check("sbt", limit: 20, .slidingWindow, at: time(UInt64(step) * 200)) {
            accepted.append(UInt64(step) * 200)
        }
        // One every 200 ms is 50 a window: after the first 20 every one is too much.
        #expect(accepted.count == 20)
        let isAccepted = try pipes.check("sbt", limit: 20, .slidingWindow, at: time(60_000))
        #expect(isAccepted)
        #expect(pipes.status(of: "sbt", at: time(60_000))?.own.count == 1)
    }

    @Test func `RED accepts every so many by the last interval`() throws {
        var pipes = replica { $0.pipeParameters.limitPerInterval = true }.pipes
        for _ in 0..<100 { _ = try pipes.check("red", limit: 25, .red, at: time(0)) }
        var accepted = 0
        for _ in 0..<100 where try pipes.check("red", limit: 25, .red, at: time(10_000)) { accepted += 1 }
        #expect(accepted == 25)
        // An interval without calls lets all through.
        for _ in 0..<10 {
            let isAccepted = try pipes.check("red", limit: 25, .red, at: time(40_000))
            #expect(isAccepted)
        }
    }

    @Test func `NETWORK and FEEDBACK decide by the load of the node`() throws {
        var pipes = replica().pipes
        let short = try pipes.check("net", limit: 100, .network, load: NodeLoad(queuedBytes: 100), at: time(0))
        let long = try pipes.check("net", limit: 100, .network, load: NodeLoad(queuedBytes: 101), at: time(0))
        #expect(short && !long)
        var accepted = 0
        for _ in 0..<100 where try pipes.check("fb", limit: 1, .feedback, load: NodeLoad(dropRate: 42), at: time(0)) {
            accepted += 1
        }
        #expect(accepted == 58)
        let free = try pipes.check("nop", limit: 0, .none, at: time(0))
        #expect(free)
    }

    @Test func `what is sent is the completed interval, and nothing of pipes that only others use`() throws {
        var replica = replica()
        replica.apply(try counters(7), at: start)
        let before = replica.pipes.round(at: time(1))
        _ = try replica.pipes.check("inv", limit: 20, .tailDrop, at: time(1))
        _ = try replica.pipes.check("sbt", limit: 5, .slidingWindow, at: time(1))
        let during = replica.pipes.round(at: time(2)).map(\.count)
        let after = replica.pipes.round(at: time(10_002)).map(\.count)
        let unused = replica.pipes.round(at: time(3_600_002))
        #expect(before.isEmpty && unused.isEmpty)
        #expect(during == [0, 1])
        // The window does not shrink without hits; the interval sets it back (RL-16).
        #expect(after == [1, 0])
    }

    @Test func `counters of other clusters count apart and expire later`() throws {
        var arena = Arena()
        var pipe = Pipe()
        pipe.name = arena.text("inv")
        pipe.algorithm = 1
        pipe.flags = 1
        pipe.limit = 20
        pipe.counter = 100
        var message = PipeAggregateCore()
        message.aggregate.sourceCluster = 5
        message.aggregate.pipes = [pipe]
        let packet = try TestPacket(message, arena, from: 2, release: newest)
        var replica = replica()
        replica.apply(packet, at: start)
        replica.apply(try counters(7), at: start)
        #expect(replica.pipes.status(of: "inv", at: time(10_000))?.total == 107)
        #expect(replica.pipes.status(of: "inv", at: time(10_001))?.total == 100)
        #expect(replica.pipes.status(of: "inv", at: time(20_001))?.total == 0)
        let sums = replica.pipes.bridgeRound(at: time(1)).map(\.count)
        #expect(sums == [7])
        var closed = BINReplicaTests.replica { $0.pipeParameters.usesBridges = false }
        #expect(last(closed.apply(packet)) == .ignored(.bridgingOff))
    }

    @Test(arguments: [(Release(3, 0, 5), 3601), (Release(3, 1, 17), 3611), (newest, 21)] as [(Release, UInt64)])
    func `a pipe that only others used goes after its time`(release: Release, seconds: UInt64) throws {
        var arena = Arena()
        var pipe = Pipe()
        pipe.name = arena.text("inv")
        pipe.algorithm = 1
        pipe.flags = 1
        var message = PipeCounters()
        message.pipes = [pipe]
        var replica = replica(release)
        replica.apply(try TestPacket(message, arena, from: 2, release: release), at: start)
        // What the peer said is forgotten before, and that is told.
        let forgotten = replica.advance(to: start + 11)
        #expect(forgotten.map(\.subject) == [.pipe("inv")] && forgotten.map(\.action) == [.updated])
        #expect(replica.pipes.counts(of: "inv", at: ReplicaTime(seconds: start + 11)).isEmpty)
        #expect(replica.advance(to: start + seconds - 1).isEmpty)
        let last = replica.advance(to: start + seconds)
        #expect(last.map(\.subject) == [.pipe("inv")] && last.map(\.action) == [.expired])
        #expect(replica.pipes.count == 0)
    }

    @Test func `known pipes keep their limit and algorithm`() throws {
        var replica = replica()
        _ = try replica.pipes.check("inv", limit: 3, .slidingWindow, at: time(0))
        #expect(replica.apply(try counters(7), at: start).map(\.action) == [.updated])
        let status = try #require(replica.pipes.status(of: "inv", at: time(0)))
        #expect(status.own.limit == 3 && status.own.algorithm == .slidingWindow && status.total == 8)
        #expect(replica.pipes.count(of: "inv", from: 2, at: time(0)) == 7)
    }
}
