import BINSimulation
import Testing

@testable import BINCluster

@Suite struct OwnershipTests {
    private static func world(
        _ policy: FlagConfiguration.Policy, _ handBack: FlagConfiguration.HandBack = .never, count: Int = 5
    ) -> GossipWorld {
        GossipWorld.small(count) { configuration in
            var flag = FlagConfiguration("vip", preferred: [1, 2, 3], policy: policy)
            flag.handBack = handBack
            configuration.flags = [flag]
            configuration.neighbours = (0..<3).map { GossipWorld.url($0) }
        }
    }

    @Test(arguments: FlagConfiguration.Policy.allCases)
    func `the preferred node owns a flag`(policy: FlagConfiguration.Policy) {
        let world = Self.world(policy)
        world.startAll()
        world.run(seconds: 40)
        #expect(world.owners("vip").count == 1)
        #expect(
            world.alive.allSatisfy {
                world.nodes[$0].member?.owner(of: "vip")?.node == Int32(world.owners("vip")[0] + 1)
            })
    }

    @Test(arguments: FlagConfiguration.Policy.allCases)
    func `when the owner stops another takes over, with a higher number, and keeps the flag when it returns`(
        policy: FlagConfiguration.Policy
    ) throws {
        let world = Self.world(policy)
        world.startAll()
        world.run(seconds: 40)
        let first = try #require(world.owners("vip").first)
        let fence = try #require(world.nodes[first].member?.owns("vip", at: world.now(first)))
        world.crash(first, losesDisk: false)
        world.run(seconds: 60)
        let second = try #require(world.owners("vip").first)
        #expect(second != first)
        let later = try #require(world.nodes[second].member?.owns("vip", at: world.now(second)))
        #expect(later > fence)
        world.start(first)
        world.run(seconds: 60)
        #expect(world.owners("vip") == [second])
    }

    @Test(arguments: FlagConfiguration.Policy.allCases)
    func `when a node that does not own the flag stops nothing changes`(policy: FlagConfiguration.Policy) throws {
        let world = Self.world(policy)
        world.startAll()
        world.run(seconds: 40)
        let owner = try #require(world.owners("vip").first)
        var changes = 0
        world.onEvent = { _, _, event in
            switch event {
            case .acquired, .lost: changes += 1
            default: break
            }
        }
        world.crash(owner == 1 ? 2 : 1, losesDisk: false)
        world.run(seconds: 60)
        #expect(changes == 0)
        #expect(world.owners("vip") == [owner])
    }

    @Test(arguments: FlagConfiguration.Policy.allCases)
    func `after both owner and its successor stop, or all, there is an owner again`(policy: FlagConfiguration.Policy) {
        let world = Self.world(policy)
        world.startAll()
        world.run(seconds: 40)
        for index in 0..<5 { world.crash(index, losesDisk: false) }
        world.run(seconds: 30)
        world.startAll()
        world.run(seconds: 60)
        #expect(world.owners("vip").count == 1)
    }

    @Test(arguments: FlagConfiguration.Policy.allCases)
    func `a preferred node gets the flag back when that is the policy`(policy: FlagConfiguration.Policy) {
        let world = Self.world(policy, .after(.seconds(5)))
        world.startAll()
        world.run(seconds: 60)
        #expect(world.owners("vip") == [0])
        world.crash(0, losesDisk: false)
        world.run(seconds: 60)
        #expect(world.owners("vip") == [1])
        world.start(0)
        world.run(seconds: 60)
        #expect(world.owners("vip") == [0])
    }

    @Test(arguments: FlagConfiguration.Policy.allCases)
    func `who leaves gives its flags to others at once`(policy: FlagConfiguration.Policy) throws {
        let world = Self.world(policy)
        world.startAll()
        world.run(seconds: 40)
        let owner = try #require(world.owners("vip").first)
        world.act(owner) { $0.leave(at: $1) }
        world.run(seconds: 10)
        #expect(world.owners("vip").count == 1)
    }

    @Test func `available: each side of a partition has an owner, and one is left when it heals`() {
        let world = Self.world(.available)
        world.startAll()
        world.run(seconds: 40)
        world.network.sides = [0, 1, 1, 1, 0]
        world.run(seconds: 60)
        let during = world.owners("vip")
        #expect(during.count == 2)
        world.network.sides = []
        world.run(seconds: 15)
        #expect(world.owners("vip").count == 1)
        #expect(world.owners("vip").allSatisfy(during.contains))
    }

    @Test func `quorum: only the side with two of three voters has an owner, and never are there two`() {
        let world = Self.world(.quorum)
        world.startAll()
        world.run(seconds: 40)
        #expect(world.owners("vip").count == 1)
        let owner = world.owners("vip").first ?? 0
        world.network.sides = (0..<5).map { $0 == owner ? 1 : 0 }
        var most = 0
        for _ in 0..<600 {
            world.run(until: world.time + 100_000_000)
            most = max(most, world.owners("vip").count)
        }
        #expect(most == 1)
        #expect(world.owners("vip").first != owner)
        world.network.sides = []
        world.run(seconds: 20)
        #expect(world.owners("vip").count == 1)
    }

    @Test func `quorum: without a majority there is no owner`() {
        let world = Self.world(.quorum)
        world.startAll()
        world.run(seconds: 40)
        world.crash(0, losesDisk: false)
        world.crash(1, losesDisk: false)
        world.run(seconds: 20)
        #expect(world.owners("vip") == [])
    }

    @Test func `quorum: a voter that lost its disk does not vote before it has learned`() {
        let world = Self.world(.quorum)
        world.startAll()
        world.run(seconds: 40)
        world.crash(1, losesDisk: true)
        world.start(1)
        world.run(seconds: 5)
        #expect(world.nodes[1].member?.votesOnAll == false)
        world.run(seconds: 20)
        #expect(world.nodes[1].member?.votesOnAll == true)
    }

    @Test func `quorum: a voter that lost its disk and starts twice does not take its first start for a memory`() {
        let world = Self.world(.quorum)
        world.startAll()
        world.run(seconds: 40)
        world.crash(1, losesDisk: true)
        world.start(1)
        world.run(seconds: 2)
        world.crash(1, losesDisk: false)
        world.start(1)
        world.run(seconds: 2)
        #expect(world.nodes[1].member?.votesOnAll == false)
        world.crash(2, losesDisk: false)
        world.start(2)
        world.run(seconds: 2)
        #expect(world.nodes[2].member?.votesOnAll == true)
    }
}
