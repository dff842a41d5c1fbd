import BINSimulation
import Testing

@testable import BINCluster

@Suite struct MembershipTests {
    @Test func `nodes that know one neighbour come to know all`() {
        let world = GossipWorld.small(12)
        world.startAll()
        world.run(seconds: 15)
        for observer in 0..<12 {
            #expect(world.nodes[observer].member?.hasJoined == true)
            for subject in 0..<12 { #expect(world.status(of: subject, at: observer) == .alive) }
        }
        #expect(world.violations == [])
    }

    @Test func `a node joins later without anything done to the others, and hears what was said before`() {
        let world = GossipWorld.small(6)
        for index in 0..<5 { world.start(index) }
        world.run(seconds: 10)
        world.set("trunk", to: "up", at: 3)
        world.run(seconds: 10)
        world.start(5)
        world.run(seconds: 5)
        #expect(world.value("trunk", of: 3, at: 5) == "up")
        #expect((0..<5).allSatisfy { world.status(of: 5, at: $0) == .alive })
    }

    @Test func `after all were down they find back by what is on disk, though the neighbour stays away`() {
        let world = GossipWorld.small(6)
        world.startAll()
        world.run(seconds: 30)
        for index in 0..<6 { world.crash(index, losesDisk: false) }
        world.run(seconds: 60)
        for index in 1..<6 { world.start(index) }
        world.run(seconds: 20)
        for observer in 1..<6 {
            for subject in 1..<6 { #expect(world.status(of: subject, at: observer) == .alive) }
        }
    }

    @Test func `without a disk and without the neighbour a node stays alone`() {
        let world = GossipWorld.small(3)
        world.startAll()
        world.run(seconds: 15)
        world.crash(0, losesDisk: true)
        world.crash(2, losesDisk: true)
        world.run(seconds: 30)
        world.start(2)
        world.run(seconds: 20)
        // Node 2 finds it, because a node that is down is asked now and then.
        #expect(world.status(of: 2, at: 1) == .alive)
        world.crash(1, losesDisk: true)
        world.crash(2, losesDisk: true)
        world.start(2)
        world.run(seconds: 30)
        #expect(world.nodes[2].member?.memberCount == 1)
        #expect(world.nodes[2].member?.hasJoined == false)
    }

    @Test func `who leaves is known as left, and who comes back is known as alive`() {
        let world = GossipWorld.small(5)
        world.startAll()
        world.run(seconds: 15)
        world.act(4) { $0.leave(at: $1) }
        world.run(seconds: 6)
        #expect((0..<4).allSatisfy { world.status(of: 4, at: $0) == .left })
        world.start(4)
        world.run(seconds: 10)
        #expect((0..<4).allSatisfy { world.status(of: 4, at: $0) == .alive })
    }

    @Test func `a crash is known everywhere, and a restart with an older clock too`() {
        let world = GossipWorld.small(8)
        world.startAll()
        world.run(seconds: 20)
        world.crash(5, losesDisk: true)
        world.run(seconds: 25)
        #expect((0..<8).allSatisfy { $0 == 5 || world.status(of: 5, at: $0) == .down })
        world.skew(5, rate: 1, offset: 0, wallSeconds: -100_000)
        world.start(5)
        world.run(seconds: 15)
        #expect((0..<8).allSatisfy { world.status(of: 5, at: $0) == .alive })
    }

    @Test func `a partition is seen by both sides and heals by itself`() {
        let world = GossipWorld.small(10)
        world.startAll()
        world.run(seconds: 20)
        world.network.sides = (0..<10).map { $0 < 4 ? 0 : 1 }
        world.run(seconds: 60)
        #expect(world.status(of: 7, at: 2) == .down)
        #expect(world.status(of: 2, at: 7) == .down)
        #expect(world.status(of: 3, at: 2) == .alive)
        world.set("during", to: "partition", at: 7)
        world.network.sides = []
        world.run(seconds: 20)
        for observer in 0..<10 {
            for subject in 0..<10 { #expect(world.status(of: subject, at: observer) == .alive) }
            #expect(world.value("during", of: 7, at: observer) == "partition")
        }
    }

    @Test func `a partition heals even when each side has forgotten the other`() {
        let world = GossipWorld.small(6) { $0.timing.downRetention = .seconds(40) }
        world.startAll()
        world.run(seconds: 20)
        world.network.sides = [0, 0, 0, 1, 1, 1]
        world.run(seconds: 200)
        #expect(world.status(of: 0, at: 5) == nil)
        world.network.sides = []
        world.run(seconds: 60)
        for observer in 0..<6 {
            for subject in 0..<6 { #expect(world.status(of: subject, at: observer) == .alive) }
        }
    }

    @Test func `who is forgotten does not come back by those who have not forgotten it`() {
        // A day takes as long to simulate as it has rounds.
        #expect(GossipTiming().downRetention == .seconds(86_400))
        let world = GossipWorld.small(5) { $0.timing.downRetention = .seconds(600) }
        for index in 0..<5 where index != 2 {
            world.start(index)
        }
        world.start(2)
        world.run(seconds: 10)
        world.crash(2, losesDisk: true)
        world.run(seconds: 30)
        #expect([0, 1, 3, 4].allSatisfy { world.status(of: 2, at: $0) == .down })
        world.run(seconds: 600 + 120)
        #expect([0, 1, 3, 4].allSatisfy { world.status(of: 2, at: $0) == nil })
    }

    @Test func `a node that sleeps blames nobody when it wakes`() {
        let world = GossipWorld.small(8)
        world.startAll()
        world.run(seconds: 20)
        var blamed: [GossipEvent] = []
        world.onEvent = { world, index, event in
            guard index == 3 else { return }
            switch event {
            case .memberSuspected, .memberDown: blamed.append(event)
            default: break
            }
        }
        world.pause(3, for: 12 * second)
        world.run(seconds: 40)
        #expect(blamed == [])
        for observer in 0..<8 {
            for subject in 0..<8 { #expect(world.status(of: subject, at: observer) == .alive) }
        }
    }

    @Test func `a link that is deaf one way takes nobody down`() {
        let world = GossipWorld.small(8)
        world.startAll()
        world.run(seconds: 20)
        var downs = 0
        world.onEvent = { _, _, event in if case .memberDown = event { downs += 1 } }
        world.network.deaf = [2 << 32 | 6, 5 << 32 | 1]
        world.run(seconds: 120)
        #expect(downs == 0)
    }

    @Test func `who does not answer datagrams is asked over a stream before it is suspected`() {
        func now(_ milliseconds: Int64) -> Instant {
            Instant(nanoseconds: milliseconds * 1_000_000, unixSeconds: 1_790_000_000 + milliseconds / 1000)
        }
        let members = (Int32(1)...5).map { id in
            GossipMember(
                GossipConfiguration(cluster: 1, node: id, url: NodeURL(host: "10.0.0.\(id)", port: 5555)),
                seed: UInt64(id), at: now(0))
        }
        var member = members[0]
        member.know(members, at: now(0))
        _ = member.start(at: now(0))
        var asked: [Int32: Int64] = [:]
        var suspected: [Int32: Int64] = [:]
        for time in stride(from: Int64(0), to: 20_000, by: 50) where member.nextTick <= now(time).nanoseconds {
            for action in member.tick(at: now(time)) {
                switch action {
                case .send(let packet):
                    guard packet.kind == .heartbeatRequest, packet.isStream else { continue }
                    asked[packet.destination] = time
                case .event(.memberSuspected(let node)): suspected[node] = time
                default: continue
                }
            }
        }
        #expect(suspected.count == 4)
        for (node, time) in suspected { #expect(asked[node].map { $0 < time - 1000 } == true, "node \(node)") }
    }

    @Test func `nobody is taken as down when a fifth of the packets is lost`() {
        let world = GossipWorld.small(20)
        world.startAll()
        world.run(seconds: 20)
        var downs = 0
        world.onEvent = { _, _, event in if case .memberDown = event { downs += 1 } }
        world.network.loss = 0.2
        world.run(seconds: 300)
        #expect(downs == 0)
    }
}
