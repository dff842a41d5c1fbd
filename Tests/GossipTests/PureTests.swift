import TestSupport
import Testing

@testable import BINCluster

@Suite struct GossipPureTests {
    @Test func `the sum of a range is that of its parts, however the table came about`() {
        var random = SeededRandom.printed()
        for size in [0, 1, 15, 100, 700] {
            let nodes = (0..<size).map { _ in Int32.random(in: 1...Int32.max, using: &random) }
            var table = MemberTable()
            for node in Set(nodes) { table.insert(Self.record(node)) }
            var other = MemberTable()
            for node in Set(nodes).shuffled(using: &random) { other.insert(Self.record(node, version: 9)) }
            for slot in 0..<other.count { other.update(slot) { $0.version = 1 } }
            for bits in stride(from: 0, through: 28, by: 4) {
                let prefix = bits == 0 ? 0 : UInt32.random(in: 0..<(1 << UInt32(bits)), using: &random)
                let range = HashRange(prefix: prefix, bits: bits)
                #expect(table.sum(range) == other.sum(range))
                #expect(table.count(range) == other.count(range))
                guard bits < 28 else { continue }
                #expect((0..<16).reduce(UInt64(0)) { $0 &+ table.sum(range.part($1)) } == table.sum(range))
                #expect((0..<16).reduce(0) { $0 + table.count(range.part($1)) } == table.count(range))
            }
            #expect(table.sum(.all) == table.total && table.count(.all) == table.count)
            // In one order: two sets of the same need not have the same.
            let ordered = Set(nodes).sorted()
            for node in ordered.prefix(size / 2) {
                if let slot = table.slot(of: node) { table.remove(slot) }
                if let slot = other.slot(of: node) { other.remove(slot) }
            }
            #expect(table.total == other.total)
            #expect(
                ordered.dropFirst(size / 2).allSatisfy {
                    table.slot(of: $0).map { table.records[$0].node } == Optional($0)
                })
        }
    }

    private static func record(_ node: Int32, version: Int32 = 1, status: MemberStatus = .alive) -> MemberRecord {
        MemberRecord(
            node: node, generation: 5, version: version, floor: 0, standing: Standing(status, incarnation: 0), since: 0,
            entries: [])
    }

    @Test func `everybody is watched by as many as watch, all around the ring`() {
        var random = SeededRandom.printed()
        for size in [2, 3, 5, 40, 300] {
            var table = MemberTable()
            var present: [Int32] = []
            for node in 1...Int32(size) {
                let isDown = size > 5 && Int.random(in: 0..<4, using: &random) == 0
                table.insert(Self.record(node, status: isDown ? .down : .alive))
                if !isDown { present.append(node) }
            }
            var watchers: [Int32: Int] = [:]
            let ring = present.sorted { (ringPosition($0), $0) < (ringPosition($1), $1) }
            for (place, node) in ring.enumerated() {
                let found = table.successors(of: node, count: 4)
                let expected = (1...4).prefix(present.count - 1).map { ring[(place + $0) % ring.count] }
                #expect(found == expected)
                for other in found { watchers[other, default: 0] += 1 }
            }
            #expect(watchers.values.allSatisfy { $0 == min(4, present.count - 1) })
            #expect(watchers.count == present.count)
        }
    }

    @Test func `φ grows with the silence, and slower for one that was never regular`() {
        var regular = ArrivalWatch(1, interval: 1, at: 0)
        var irregular = ArrivalWatch(1, interval: 1, at: 0)
        var time: Int64 = 0
        for beat in 0..<200 {
            time += 1_000_000_000
            regular.heartbeat(at: time, interval: 1)
            if beat % 3 != 1 { irregular.heartbeat(at: time, interval: 1) }
        }
        var last = 0.0
        for step in 1...30 {
            let now = time + Int64(step) * 200_000_000
            let phi = regular.phi(at: now, interval: 1)
            #expect(phi >= last)
            last = phi
            if step > 6 { #expect(irregular.phi(at: now, interval: 1) <= phi) }
        }
        #expect(last > 18)
        #expect(
            regular.isSilent(
                at: time + 2_500_000_000, deviations: PhiScale.deviations(phi: 8), interval: 1, patience: 1))
        #expect(
            !regular.isSilent(
                at: time + 2_500_000_000, deviations: PhiScale.deviations(phi: 8), interval: 1, patience: 2))
    }

    @Test(arguments: [(0.30103, 0.0), (1.0, 1.2816), (3.0, 3.0902), (8.0, 5.6120), (12.0, 7.0345)])
    func `deviations of a φ are those of the normal distribution`(phi: Double, deviations: Double) {
        #expect(abs(PhiScale.deviations(phi: phi) - deviations) < 0.02)
        #expect(abs(PhiScale.phi(deviations: deviations) - phi) < 0.02)
    }

    @Test func `a later claim about a member holds, and within one incarnation the graver`() {
        let order = [
            Standing(.alive, incarnation: 0), Standing(.suspected, incarnation: 0), Standing(.down, incarnation: 0),
            Standing(.left, incarnation: 0), Standing(.alive, incarnation: 1), Standing(.down, incarnation: 1),
            Standing(.alive, incarnation: Standing.maximumIncarnation),
            Standing(.left, incarnation: Standing.maximumIncarnation),
        ]
        #expect(order == order.sorted())
        #expect(order.allSatisfy { Standing($0.status, incarnation: $0.incarnation) == $0 })
    }

    @Test func `contacts are divided among flags, and nodes, evenly`() {
        let partition = ContactPartition(groups: 16)
        var counts = [Int](repeating: 0, count: 16)
        for user in 0..<16_000 { counts[partition.group(ofAoR: Array("user\(user)@example.com".utf8))] += 1 }
        #expect(counts.allSatisfy { (850...1150).contains($0) })
        let flags = partition.flags(among: [4, 5, 6])
        #expect(flags.count == 16)
        #expect(
            flags[0].preferred == [4, 5, 6] && flags[1].preferred == [5, 6, 4] && flags[5].preferred == [6, 4, 5])
        #expect(flags[3].name == "nat-ping/3")
    }

    @Test func `more flags than a node may have, or two of one name, are refused`() throws {
        var configuration = GossipConfiguration(cluster: 1, node: 1, url: NodeURL(host: "10.0.0.1", port: 5555))
        // The most groups that there can be are the most flags.
        configuration.flags = ContactPartition(groups: 1000).flags(among: [1, 2])
        #expect(configuration.flags.count == 64)
        try configuration.check()
        configuration.flags.append(FlagConfiguration("upstream", preferred: [1]))
        #expect(throws: GossipFault.tooManyFlags(65)) { try configuration.check() }
        configuration.flags = [FlagConfiguration("a", preferred: [1]), FlagConfiguration("a", preferred: [2])]
        #expect(throws: GossipFault.flagNamedTwice("a")) { try configuration.check() }
    }

    @Test func `a destination is there and has less to do than most`() throws {
        var random = SeededRandom.printed()
        let now = Instant(nanoseconds: 0, unixSeconds: 10)
        var member = GossipMember(
            GossipConfiguration(cluster: 1, node: 1, url: NodeURL(host: "10.0.0.1", port: 5555)), seed: 1, at: now)
        for node in Int32(2)...5 {
            let load = NodeLoad(dialogs: UInt32(node) * 100, transactions: 0)
            member.table.insert(
                MemberRecord(
                    node: node, generation: 1, version: 1, floor: 0,
                    standing: Standing(node == 2 ? .down : .alive, incarnation: 0), since: 0,
                    entries: [StateEntry(key: GossipKey.load, version: 1, value: load.bytes)]))
        }
        var picked: [Int32: Int] = [:]
        for _ in 0..<2000 {
            let node = try #require(member.destination(among: [2, 3, 4, 5, 6], using: &random))
            picked[node, default: 0] += 1
        }
        #expect(picked[2] == nil && picked[6] == nil)
        #expect(try #require(picked[3]) > 800 && picked[5, default: 0] < 400)
        try member.set(NodeLoad(dialogs: 3, transactions: 4), at: now)
        #expect(member.load(of: 1) == NodeLoad(dialogs: 3, transactions: 4))
    }

    @Test(arguments: ["", "1", "1 2 3", "-1 2", "4294967296 1", "a b", "1  2"])
    func `a load that is none is not taken for one`(text: String) {
        #expect(NodeLoad(Array(text.utf8)) == nil)
    }

    @Test func `a capability goes to the nodes of its groups`() {
        let now = Instant(nanoseconds: 0, unixSeconds: 10)
        var member = GossipMember(
            GossipConfiguration(cluster: 1, node: 1, url: NodeURL(host: "10.0.0.1", port: 5555)), seed: 1, at: now)
        for (node, groups) in [(2, "edge"), (3, "core edge"), (4, "core"), (5, "")] as [(Int32, String)] {
            member.table.insert(
                MemberRecord(
                    node: node, generation: 1, version: 1, floor: 0, standing: Standing(.alive, incarnation: 0),
                    since: 0,
                    entries: [StateEntry(key: GossipKey.groups, version: 1, value: Array(groups.utf8))]))
        }
        let replication = ReplicationGroups(["usrloc-contact-repl": ["edge"], "dialog-dlg-repl": ["core", "edge"]])
        #expect(member.recipients(of: "usrloc-contact-repl", replication) == [2, 3])
        #expect(member.recipients(of: "dialog-dlg-repl", replication) == [2, 3, 4])
        #expect(member.recipients(of: "ratelimit-pipe-repl", replication) == [2, 3, 4, 5])
    }

    @Test func `a generation that an earlier life had is left behind, and one out of reach is not believed`() {
        let now = Instant(nanoseconds: 0, unixSeconds: 1000)
        var member = GossipMember(
            GossipConfiguration(cluster: 1, node: 1, url: NodeURL(host: "10.0.0.1", port: 5555)), seed: 1, at: now)
        var actions: [GossipAction] = []
        var claim = Knowledge(node: 1, generation: 5000, version: 9, standing: Standing(.down, incarnation: 3))
        member.meetOwn(claim, now, &actions)
        #expect(member.generation == 5001)
        claim.generation = .max
        member.meetOwn(claim, now, &actions)
        #expect(member.generation == 5001)
        claim = Knowledge(node: 1, generation: 5001, version: 0, standing: Standing(.down, incarnation: 3))
        member.meetOwn(claim, now, &actions)
        #expect(member.own.standing == Standing(.alive, incarnation: 4))
        claim.standing = Standing(.left, incarnation: Standing.maximumIncarnation)
        member.meetOwn(claim, now, &actions)
        #expect(member.generation == 5002 && member.own.standing == Standing(.alive, incarnation: 0))
    }

    @Test func `what is stored is read back, and anything else is not`() throws {
        let now = Instant(nanoseconds: 0, unixSeconds: 1000)
        var configuration = GossipConfiguration(cluster: 1, node: 1, url: NodeURL(host: "10.0.0.1", port: 5555))
        configuration.flags = [FlagConfiguration("vip", preferred: [1, 2], policy: .quorum)]
        var member = GossipMember(configuration, seed: 1, at: now)
        member.flags[0].vote = FlagState.Vote(holder: 2, fence: 99, until: 5)
        member.flags[0].highestFence = 99
        member.flags[0].isReady = true
        var actions: [GossipAction] = []
        member.store(at: now, &actions)
        guard case .store(let bytes) = try #require(actions.first) else {
            Issue.record("no store")
            return
        }
        let again = GossipMember(configuration, memory: bytes, seed: 2, at: now)
        #expect(again.generation == 1001)
        #expect(again.flags[0].highestFence == 99 && again.flags[0].vote?.holder == 2 && again.flags[0].isReady)
        for length in 0..<bytes.count { #expect(Memory(decoding: Array(bytes[..<length])) == nil) }
        #expect(Memory(decoding: [1, 2, 3]) == nil)
    }

    @Test func `fencing numbers rise, and a life that remembers nothing does not use those of the one before`() throws {
        func fresh() -> FlagState {
            FlagState(
                FlagConfiguration("vip", preferred: [7]), memory: nil, startedAt: 0, lease: 1
            )
        }
        var life = fresh()
        var used: [UInt64] = []
        // Somebody whose clock is ahead owned it before, and is heard of in both lives.
        let heard: UInt64 = 1_790_000_900 << 32 | 8 << 16
        life.hear(heard, generation: 1_790_000_000)
        for _ in 0..<200 {
            let fence = try #require(life.nextFence(node: 7, generation: 1_790_000_000))
            #expect(fence > used.last ?? heard)
            used.append(fence)
            life.hear(fence, generation: 1_790_000_000)
        }
        var next = fresh()
        next.hear(heard, generation: 1_790_000_001)
        for _ in 0..<200 {
            let fence = try #require(next.nextFence(node: 7, generation: 1_790_000_001))
            #expect(!used.contains(fence))
            next.hear(fence, generation: 1_790_000_001)
        }
        #expect(fresh().nextFence(node: 8, generation: 5) != fresh().nextFence(node: 7, generation: 5))
        #expect(fresh().nextFence(node: 1 << 16, generation: 5) == nil)
        life.hear(.max, generation: 1_790_000_000)
        #expect(life.highestFence == used.last, "a number from far ahead would leave none to go on with")
    }
}
