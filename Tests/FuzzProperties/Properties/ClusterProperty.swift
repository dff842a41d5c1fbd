import BINCluster
import BINMessages
import BINWire
import TestSupport

extension FuzzProperty {
    /// Whatever packets come in, in whatever order and at whatever times: what a member sends are packets to nodes it knows, what it
    /// keeps is bounded, time does not stand still for it, and it does nothing for its peers that it was not allowed to.
    static let cluster = FuzzProperty("cluster", largestInput: 4096, inputs: ClusterInputs()) {
        input throws(Violation) in
        var script = InputReader(input)
        var cluster = try FuzzedMember(script.byte(), script.byte())
        var steps = 0
        while !script.isAtEnd, steps < 200 {
            steps += 1
            let kind = script.byte()
            let argument = script.byte()
            switch kind % 16 {
            case 0...7:
                let length = script.number16()
                try cluster.receive(script.take(length), from: Int32(argument & 7), isFitted: kind & 0x80 == 0)
            case 8, 9: try cluster.wait(argument)
            case 10: try cluster.act { $0.sendFailed(to: Int32(argument & 7), at: $1, into: &$2) }
            case 11: try cluster.act { $0.connectionClosed(to: Int32(argument & 7), at: $1, into: &$2) }
            case 12: try cluster.act { $0.requestSync(FuzzedMember.served, at: $1, into: &$2) }
            case 13:
                try cluster.act { $0.syncApplied(FuzzedMember.served, chunks: Int(argument & 3), at: $1, into: &$2) }
            case 14: try cluster.act { try? $0.activate(FuzzedMember.tag, at: $1, into: &$2) }
            default: try cluster.operate(argument)
            }
        }
    }
}

/// A member among seven nodes, five of them known beforehand, and what must hold of everything it does.
private struct FuzzedMember {
    static let served: WireName = "dialog-dlg-repl"
    static let received: WireName = "usrloc-contact-repl"
    static let tag: WireName = "vip"

    private var member: ClusterMember
    private var now = Instant(nanoseconds: 1_000_000_000, unixSeconds: 1_700_000_000)
    private let framing: Framing
    private let releases = [
        Release(2, 2, 8), Release(2, 3, 6), Release(2, 4, 2), Release(2, 4, 11), Release(3, 0, 5), Release(3, 1, 17),
        Release(3, 3, 10),
        Release(3, 6, 8), Release(4, 0, 1),
    ]

    /// The most nodes that are kept.
    private static let nodeLimit = 7
    /// The most actions one call may ask for: a few for each node, capability and tag.
    private static let actionLimit = 600

    private static func url(_ id: Int32) -> NodeURL { NodeURL(host: "10.0.0.\(id + 1)", port: 5555) }
    private static func address(_ id: Int32) -> PeerAddress { url(id).address ?? PeerAddress(ipv4: 0) }

    init(_ release: UInt8, _ flags: UInt8) throws(Violation) {
        var configuration = MemberConfiguration(
            cluster: 1, node: 1, url: Self.url(1), release: releases[Int(release) % releases.count])
        configuration.nodes = (2...5).map { NodeConfiguration(node: $0, url: Self.url($0)) }
        configuration.limits.nodes = Self.nodeLimit
        configuration.limits.tags = 4
        configuration.limits.heldBytes = 4096
        configuration.limits.servedSyncs = 2
        configuration.relays = flags & 1 == 0
        configuration.discoversNodes = flags & 2 == 0
        configuration.isSeed = flags & 4 != 0
        var served = CapabilityConfiguration(Self.served)
        served.isAnnounced = true
        served.servesSync = flags & 8 != 0
        served.syncsAtStart = flags & 16 != 0
        configuration.capabilities = [served, CapabilityConfiguration(Self.received)]
        configuration.tags = [TagConfiguration(Self.tag, isActive: flags & 32 != 0)]
        configuration.bridgesIn = [
            InwardBridge(from: 2, addresses: [Self.address(6)], capabilities: [Self.received])
        ]
        do throws(ConfigurationFault) {
            member = try ClusterMember(configuration)
        } catch {
            throw Violation("the configuration: \(error)")
        }
        framing = member.dialect.framing
        try act { $0.start(at: $1, into: &$2) }
    }

    /// Lets the member do something, and looks at what it asks for.
    mutating func act(_ body: (inout ClusterMember, Instant, inout [ClusterAction]) -> Void) throws(Violation) {
        var actions: [ClusterAction] = []
        body(&member, now, &actions)
        try check(actions, received: 0)
    }

    mutating func receive(_ bytes: RawSpan, from id: Int32, isFitted: Bool) throws(Violation) {
        let packet = isFitted ? fitted(bytes.array, id) : bytes.array
        guard let header = try? PacketHeader(datagram: packet.span.bytes, framing: framing) else { return }
        var actions: [ClusterAction] = []
        member.receive(
            packet.span.bytes, header, from: PacketSource(address: Self.address(id), connection: UInt64(id)), at: now,
            into: &actions)
        try check(actions, received: packet.count)
    }

    /// The packet as if node `id` had made it for this one: most would be refused for their numbers alone.
    private func fitted(_ bytes: [UInt8], _ id: Int32) -> [UInt8] {
        var packet = PacketInputs.sealed(bytes, framing)
        guard framing == .v2_3, let header = try? PacketHeader(datagram: packet.span.bytes, framing: framing) else {
            return packet
        }
        let kind = Catalogue.declared.routingKind(of: packet.span.bytes, header)
        let place = kind == .leading ? header.bodyOffset : packet.count - 12
        guard place >= header.bodyOffset, place + 8 <= packet.count else { return packet }
        var numbers: [UInt8] = []
        numbers.append(number32: 1)
        numbers.append(number32: UInt32(bitPattern: id))
        packet.replaceSubrange(place..<(place + 8), with: numbers)
        return packet
    }

    /// Lets time pass, a millisecond to some hours, and does what is due then.
    mutating func wait(_ argument: UInt8) throws(Violation) {
        now = now.advanced(by: .milliseconds(1 << (argument % 24)))
        for _ in 0..<32 {
            guard let due = member.nextTick, due <= now.nanoseconds else { return }
            try act { $0.tick(at: $1, into: &$2) }
        }
        throw Violation("there is always something due at \(now.nanoseconds): \(member.nextTick ?? 0)")
    }

    /// What whoever runs the node may do.
    mutating func operate(_ argument: UInt8) throws(Violation) {
        let id = Int32(argument >> 4 & 7)
        switch argument & 7 {
        case 0: try act { $0.setEnabled(false, at: $1, into: &$2) }
        case 1: try act { $0.setEnabled(true, at: $1, into: &$2) }
        case 2: try act { $0.setCapability(Self.served, isEnabled: id & 1 == 0, at: $1, into: &$2) }
        case 3: try act { $0.setSynced(Self.served, id & 1 == 0, at: $1, into: &$2) }
        case 4: try act { $0.removeNode(id, at: $1, into: &$2) }
        case 5: try act { try? $0.setNode(NodeConfiguration(node: id, url: Self.url(id)), at: $1, into: &$2) }
        case 6: try act { $0.syncRefused(Self.served, at: $1, into: &$2) }
        default: member.deactivate(Self.tag)
        }
    }

    private func check(_ actions: [ClusterAction], received: Int) throws(Violation) {
        try require(actions.count <= Self.actionLimit, "\(actions.count) actions at once")
        let snapshot = member.snapshot
        try require(snapshot.nodes.count < Self.nodeLimit, "\(snapshot.nodes.count) nodes")
        try require(snapshot.tags.count <= 4, "\(snapshot.tags.count) tags")
        for capability in snapshot.capabilities {
            try require(capability.heldBytes <= 4096, "\(capability.heldBytes) bytes are held back")
        }
        for action in actions {
            switch action {
            case .send(let bytes, let id):
                try require(id != 1 && id > 0, "a packet to node \(id)")
                try requirePacket(bytes)
            case .answer(let bytes, _): try requirePacket(bytes)
            case .deliver(let delivery):
                try require(delivery.body.upperBound <= received, "a delivery from \(delivery.body) of \(received)")
                try require(delivery.cluster == 1 || delivery.isBridged, "a packet of cluster \(delivery.cluster)")
            case .deliverHeld(let bytes, let header, let delivery):
                try require(header.length == bytes.count, "a held packet of another length")
                try require(delivery.body.upperBound <= bytes.count, "a held delivery from \(delivery.body)")
            case .applySync(let part):
                try require(part.chunks.upperBound <= received, "chunks from \(part.chunks) of \(received)")
                try require(
                    part.capability == Self.served || part.capability == Self.received, "chunks of \(part.capability)")
            case .provideSync(let offer):
                let serves = member.configuration.capabilities.contains { $0.name == offer.capability && $0.servesSync }
                try require(serves, "data of \(offer.capability) are given away")
            case .runCommand(let name, _, _): throw Violation("the command \(name) is not allowed")
            case .event(.removed): throw Violation("removed, which is not allowed")
            case .event(.tag(_, .moved(let id))): throw Violation("a tag went to node \(id), which is not allowed")
            case .event(.message): throw Violation("a message was handed on, which is not allowed")
            case .sendOverBridge: throw Violation("there is no bridge outwards")
            case .resolve, .event: break
            }
        }
    }

    /// Everything that is sent is one packet, in the framing of its receiver.
    private func requirePacket(_ bytes: [UInt8]) throws(Violation) {
        do throws(WireError) {
            _ = try PacketHeader(datagram: bytes.span.bytes, framing: framing)
        } catch {
            throw Violation("what is sent is no packet: \(error)")
        }
    }
}

/// Two bytes of configuration, and steps: a byte of what, a byte of whom or how long, and for packets their length and bytes.
private struct ClusterInputs: FuzzInputs {
    private struct Step {
        var kind: UInt8
        var argument: UInt8
        var packet: [UInt8] = []

        var bytes: [UInt8] {
            var bytes = [kind, argument]
            if kind % 16 < 8 {
                bytes.append(number16: packet.count)
                bytes += packet
            }
            return bytes
        }
    }

    private static let own = PacketInputs(
        fixed: .v2_3, capabilities: ["clusterer", "clusterer-internal", "clusterer-extra"])
    private static let module = PacketInputs(fixed: .v2_3, capabilities: ["dialog-dlg-repl", "usrloc-contact-repl"])
    private static let old = PacketInputs(fixed: .v2_2)

    func generate(_ random: inout SeededRandom) -> [UInt8] {
        let head = [UInt8(random.below(9)), UInt8(random.below(64))]
        var steps: [Step] = []
        for _ in 0..<(2 + random.below(10)) { steps.append(step(isOld: head[0] % 9 == 0, &random)) }
        return head + steps.flatMap(\.bytes)
    }

    private func step(isOld: Bool, _ random: inout SeededRandom) -> Step {
        switch random.below(8) {
        case 0...4:
            let inputs = isOld ? Self.old : random.oneIn(5) ? Self.module : Self.own
            return Step(
                kind: random.oneIn(8) ? 0x80 : 0, argument: UInt8(random.below(8)),
                packet: inputs.generate(&random))
        case 5, 6: return Step(kind: 8, argument: UInt8(random.below(18)))
        default: return Step(kind: UInt8(10 + random.below(6)), argument: UInt8(random.below(128)))
        }
    }

    func mutate(_ input: [UInt8], _ random: inout SeededRandom, plain: ([UInt8]) -> [UInt8]) -> [UInt8] {
        guard input.count > 6, !random.oneIn(40) else { return generate(&random) }
        if random.oneIn(8) { return plain(input) }
        var head = Array(input[..<2])
        var steps = Self.steps(input)
        guard !steps.isEmpty else { return generate(&random) }
        let isOld = head[0] % 9 == 0
        let place = random.below(steps.count)
        switch random.below(10) {
        case 0: steps.insert(step(isOld: isOld, &random), at: place)
        case 1: steps.remove(at: place)
        case 2: steps.swapAt(place, random.below(steps.count))
        case 3: steps.insert(steps[random.below(steps.count)], at: place)
        case 4: steps[place].argument = UInt8(random.below(256))
        case 5: head[random.below(2)] = UInt8(random.below(64))
        default:
            guard !steps[place].packet.isEmpty else { return plain(input) }
            let inputs = PacketInputs(fixed: isOld ? .v2_2 : .v2_3, capabilities: Self.own.capabilities)
            steps[place].packet = inputs.mutate(steps[place].packet, &random, plain: plain)
        }
        return head + steps.flatMap(\.bytes)
    }

    private static func steps(_ input: [UInt8]) -> [Step] {
        var reader = InputReader(input.span.bytes)
        _ = reader.number16()
        var steps: [Step] = []
        while !reader.isAtEnd {
            var step = Step(kind: reader.byte(), argument: reader.byte())
            if step.kind % 16 < 8 { step.packet = reader.take(reader.number16()).array }
            steps.append(step)
        }
        return steps
    }

    func seeds(of packet: [UInt8], _ origin: SeedOrigin) -> [[UInt8]] {
        guard origin.header.framing != .v2_1, packet.count < 1500 else { return [] }
        let release: UInt8 = origin.header.framing == .v2_2 ? 0 : origin.capability == "clusterer" ? 1 : 7
        let steps = [Step(kind: 0, argument: 2, packet: packet), Step(kind: 8, argument: 12)]
        return [[release, 24] + steps.flatMap(\.bytes)]
    }
}
