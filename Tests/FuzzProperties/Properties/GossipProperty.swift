import BINCluster
import BINMessages
import BINWire
import TestSupport

extension FuzzProperty {
    /// Whatever packets come in, in whatever order and at whatever times: what a member of the gossip sends keeps its limits and says how long it
    /// is, what it keeps is bounded, it never takes itself for gone, its generation does not go back, and its clock moves on.
    static let gossip = FuzzProperty("gossip", largestInput: 4096, inputs: GossipInputs()) {
        input throws(Violation) in
        var script = InputReader(input)
        var node = try FuzzedGossip(script.byte())
        var steps = 0
        while !script.isAtEnd, steps < 200 {
            steps += 1
            let kind = script.byte()
            let argument = script.byte()
            switch kind % 8 {
            case 0...4:
                let length = script.number16()
                try node.receive(script.take(length), from: Int32(argument & 7), kind)
            case 5, 6: try node.wait(argument)
            default: try node.say(argument)
            }
        }
    }
}

/// A member among seven nodes that share two flags, and what must hold of everything it does.
private struct FuzzedGossip {
    private var member: GossipMember
    private var now = Instant(nanoseconds: 1_000_000_000, unixSeconds: 1_790_000_000)
    private var generation: Int32 = 0

    private static func url(_ id: Int32) -> NodeURL { NodeURL(host: "10.0.0.\(id)", port: 5555) }

    init(_ options: UInt8) throws(Violation) {
        var configuration = GossipConfiguration(cluster: 1, node: 1, url: Self.url(1))
        configuration.neighbours = [Self.url(2)]
        configuration.site = options & 1 == 0 ? "" : "east"
        configuration.limits.members = 12
        configuration.limits.keys = 10
        configuration.limits.stateBytes = 800
        configuration.limits.datagramBytes = 500
        configuration.limits.packetBytes = 2000
        configuration.flags = [
            FlagConfiguration("a", preferred: [1, 2, 3]),
            FlagConfiguration("q", preferred: [1, 2, 3], policy: .quorum),
        ]
        configuration.flags[1].handBack = options & 2 == 0 ? .never : .after(.seconds(2))
        member = GossipMember(configuration, seed: UInt64(options), at: now)
        try act { $0.start(at: $1) }
    }

    private mutating func act(_ body: (inout GossipMember, Instant) -> [GossipAction]) throws(Violation) {
        try check(body(&member, now))
    }

    /// A packet as it is, or with the numbers without which it would be refused at once.
    mutating func receive(_ bytes: RawSpan, from id: Int32, _ kind: UInt8) throws(Violation) {
        var packet = bytes.array
        if kind & 0x80 == 0, packet.count > 40 {
            packet = PacketInputs.sealed(packet, .v2_3)
            var trailer: [UInt8] = []
            for number: UInt32 in [1, UInt32(id), 1] { trailer.append(number32: number) }
            packet.replaceSubrange((packet.count - 12)..., with: trailer)
        }
        let source = PacketSource(
            address: Self.url(id).address ?? PeerAddress(ipv4: 0), connection: UInt64(UInt32(bitPattern: id)))
        try check(member.receive(packet.span.bytes, from: source, overStream: kind & 0x40 != 0, at: now))
    }

    /// Lets time pass, a millisecond to an hour.
    mutating func wait(_ argument: UInt8) throws(Violation) {
        now = now.advanced(by: .milliseconds(1 << (argument % 22)))
        try act { $0.tick(at: $1) }
        try require(
            member.hasLeft || member.nextTick > now.nanoseconds, "there is still something due at \(now.nanoseconds)")
    }

    mutating func say(_ argument: UInt8) throws(Violation) {
        if argument == 255 {
            try act { $0.leave(at: $1) }
            return
        }
        let value = argument & 0x40 == 0 ? [UInt8](repeating: argument, count: Int(argument & 31) * 8) : nil
        try? member.set([argument & 7], to: value, at: now)
    }

    private mutating func check(_ actions: [GossipAction]) throws(Violation) {
        try require(actions.count <= 400, "\(actions.count) actions at once")
        let members = member.members(at: now)
        try require(members.count <= 12, "\(members.count) members")
        for member in members {
            try require(member.state.count <= 10, "\(member.state.count) keys of node \(member.node)")
        }
        let isAlive = member.info(of: 1, at: now)?.status == .alive
        try require(isAlive || member.hasLeft, "it takes itself for gone")
        try require(member.generation >= generation, "generation \(generation) became \(member.generation)")
        generation = member.generation
        var writer = PacketWriter()
        for action in actions {
            switch action {
            case .send(let packet):
                let limit = packet.isStream ? 2000 : 500
                try require(packet.size <= limit, "a packet of \(packet.size) bytes where \(limit) may be")
                do throws(WireError) {
                    try packet.encode(into: &writer)
                    _ = try PacketHeader(datagram: writer.bytes, framing: .v2_3)
                } catch {
                    throw Violation("what is sent is no packet: \(error)")
                }
                try require(
                    writer.bytes.byteCount == packet.size, "\(writer.bytes.byteCount) bytes, said to be \(packet.size)")
            case .store(let bytes):
                try require(
                    (try? PacketHeader(datagram: bytes.span.bytes, framing: .v2_3)) != nil,
                    "what is stored is no packet")
            case .event: break
            }
        }
    }
}

/// A byte of configuration, and steps: a byte of what, a byte of whom or how long, and for packets their length and bytes.
private struct GossipInputs: FuzzInputs {
    private static let packets = PacketInputs(fixed: .v2_3, capabilities: [GossipLayout.capability])

    func generate(_ random: inout SeededRandom) -> [UInt8] {
        var input = [UInt8(random.below(4))]
        for _ in 0..<(1 + random.below(10)) {
            switch random.below(8) {
            case 0...4: input += Self.step(Self.packets.generate(&random), &random)
            case 5, 6: input += [5, UInt8(random.below(22))]
            default: input += [7, UInt8(random.below(256))]
            }
        }
        return input
    }

    private static func step(_ packet: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var step = [random.oneIn(8) ? 0x80 : random.oneIn(3) ? 0x40 : 0, UInt8(random.below(8))]
        step.append(number16: packet.count)
        return step + packet
    }

    func mutate(_ input: [UInt8], _ random: inout SeededRandom, plain: ([UInt8]) -> [UInt8]) -> [UInt8] {
        guard input.count > 6, !random.oneIn(20) else { return generate(&random) }
        if random.oneIn(3) { return plain(input) }
        // Another step behind what there is.
        return input
            + (random.oneIn(3) ? [5, UInt8(random.below(22))] : Self.step(Self.packets.generate(&random), &random))
    }

    func seeds(of packet: [UInt8], _ origin: SeedOrigin) -> [[UInt8]] { [] }
}
