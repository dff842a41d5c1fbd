import BINSimulation

@testable import BINCluster

let second: Int64 = 1_000_000_000

extension GossipWorld {
    /// A world of `count` nodes that all know the first one and nobody else.
    static func small(_ count: Int, seed: UInt64 = 1, _ configure: (inout GossipConfiguration) -> Void = { _ in })
        -> GossipWorld
    {
        let world = GossipWorld(seed: seed, usesBytes: true)
        for _ in 0..<count {
            world.add { configuration in
                configuration.neighbours = [GossipWorld.url(0)]
                configure(&configuration)
            }
        }
        return world
    }

    func startAll() { for index in nodes.indices { start(index) } }

    func run(seconds: Int64) { run(until: time + seconds * second) }

    /// How `observer` sees `subject`; both by their index.
    func status(of subject: Int, at observer: Int) -> MemberStatus? {
        nodes[observer].member?.view(of: Int32(subject + 1))?.status
    }

    /// The nodes that own a flag, by their index.
    func owners(_ flag: WireName) -> [Int] {
        alive.filter { nodes[$0].member?.owns(flag, at: now($0)) != nil }
    }

    func set(_ key: String, to value: String?, at index: Int) {
        act(index) { member, now in
            try? member.set(Array(key.utf8), to: value.map { Array($0.utf8) }, at: now)
            return []
        }
    }

    func value(_ key: String, of subject: Int, at observer: Int) -> String? {
        nodes[observer].member?.value(Array(key.utf8), of: Int32(subject + 1)).map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
