package import BINCluster
import BINWire

/// Nodes, their clocks and disks, and the network between them: everything that a run consists of follows from its seed.
package final class GossipWorld {
    /// A node: there as long as its configuration, alive while it has a member.
    package struct Node {
        package var configuration: GossipConfiguration
        package var member: GossipMember?
        package var disk: [UInt8]?
        /// Counts its lives, so that what was meant for an earlier one is dropped.
        var life = 0
        /// Nothing runs before this moment.
        var pausedUntil: Int64 = 0
        var scheduledTick: Int64 = .max
        /// By how much the own clock is ahead, in nanoseconds, and how fast it runs.
        var clockOffset: Int64 = 0
        var clockRate = 1.0
        var wallOffset: Int64 = 0
        package var sentBytes = 0
        package var sentPackets = 0
    }

    enum Event {
        case tick(Int, life: Int)
        case packet(GossipPacket, from: Int, to: Int)
        case bytes([UInt8], from: Int, to: Int, isStream: Bool)
    }

    package private(set) var nodes: [Node] = []
    package var network = SimulatedNetwork()
    package var random: GossipRandom
    /// The time in the world, in nanoseconds.
    package private(set) var time: Int64 = 0
    /// What broke a rule.
    package private(set) var violations: [String] = []
    /// Follows from everything that happened; equal for two runs that are the same.
    package private(set) var scheduleHash: UInt64 = 0
    package private(set) var steps = 0
    /// Called with every event of a node.
    package var onEvent: ((GossipWorld, Int, GossipEvent) -> Void)?
    /// Whether packets are written and read as bytes; otherwise messages are handed over, so that equal values share memory.
    let usesBytes: Bool
    private var queue = EventQueue<Event>()
    private var places: [NodeURL: Int] = [:]
    private var writer = PacketWriter()

    /// Bytes of the headers of IP and UDP, and of IP and TCP.
    private static let datagramHeaders = 28
    private static let streamHeaders = 40

    package init(seed: UInt64, usesBytes: Bool) {
        random = GossipRandom(seed: seed)
        self.usesBytes = usesBytes
    }

    package static func url(_ index: Int) -> NodeURL {
        NodeURL(host: "10.\(index >> 16 & 0xFF).\(index >> 8 & 0xFF).\(index & 0xFF)", port: 5555)
    }

    private static func address(_ index: Int) -> PeerAddress {
        PeerAddress(ipv4: 0x0A00_0000 | UInt32(truncatingIfNeeded: index))
    }

    package func violate(_ text: String) {
        if violations.count < 20 { violations.append(text) }
    }

    // MARK: Nodes

    /// Adds a node that is not started. Its id is its index and 1.
    @discardableResult
    package func add(_ configure: (inout GossipConfiguration) -> Void) -> Int {
        let index = nodes.count
        let url = GossipWorld.url(index)
        var configuration = GossipConfiguration(cluster: 1, node: Int32(index + 1), url: url)
        configure(&configuration)
        nodes.append(Node(configuration: configuration))
        places[url] = index
        return index
    }

    /// Lets the clocks of a node be wrong.
    package func skew(_ index: Int, rate: Double, offset: Int64, wallSeconds: Int64) {
        nodes[index].clockRate = rate
        nodes[index].clockOffset = offset
        nodes[index].wallOffset = wallSeconds
    }

    package func isAlive(_ index: Int) -> Bool { nodes[index].member.map { !$0.hasLeft } ?? false }

    /// Counts the lives of a node.
    func life(_ index: Int) -> Int { nodes[index].life }

    package var alive: [Int] { nodes.indices.filter(isAlive) }

    /// The moment as a node sees it.
    package func now(_ index: Int) -> Instant {
        let node = nodes[index]
        let local = node.clockOffset + Int64(Double(time) * node.clockRate)
        return Instant(nanoseconds: local, unixSeconds: 1_790_000_000 + time / 1_000_000_000 + node.wallOffset)
    }

    private func worldTime(_ index: Int, local: Int64) -> Int64 {
        let node = nodes[index]
        // A nanosecond more than needed, so that rounding never wakes a node before its time.
        return Int64((Double(local - node.clockOffset) / node.clockRate).rounded(.up)) + 1
    }

    package func start(_ index: Int) {
        nodes[index].life += 1
        nodes[index].pausedUntil = 0
        nodes[index].scheduledTick = .max
        let seed = random.next()
        var member = GossipMember(nodes[index].configuration, memory: nodes[index].disk, seed: seed, at: now(index))
        let actions = member.start(at: now(index))
        nodes[index].member = member
        perform(actions, of: index)
        schedule(index)
    }

    /// Starts all nodes at once, each knowing all others.
    package func startEstablished() {
        for index in nodes.indices {
            nodes[index].life += 1
            nodes[index].member = GossipMember(nodes[index].configuration, seed: random.next(), at: now(index))
        }
        let members = nodes.compactMap(\.member)
        for index in nodes.indices {
            let now = now(index)
            nodes[index].member?.know(members, at: now)
            _ = nodes[index].member?.start(at: now)
            schedule(index)
        }
    }

    package func crash(_ index: Int, losesDisk: Bool) {
        nodes[index].member = nil
        nodes[index].life += 1
        if losesDisk { nodes[index].disk = nil }
    }

    /// Nothing runs on a node for a while; what comes in waits.
    package func pause(_ index: Int, for duration: Int64) {
        nodes[index].pausedUntil = time + duration
    }

    /// Lets a node do something.
    package func act(_ index: Int, _ body: (inout GossipMember, Instant) -> [GossipAction]) {
        guard var member = nodes[index].member else { return }
        nodes[index].member = nil
        let actions = body(&member, now(index))
        nodes[index].member = member
        perform(actions, of: index)
        schedule(index)
    }

    // MARK: Time

    /// Runs until a moment.
    package func run(until end: Int64) {
        while let next = queue.nextTime, next <= end, let (time, event) = queue.removeFirst() {
            self.time = time
            steps += 1
            switch event {
            case .tick(let index, let life):
                guard nodes[index].life == life else { continue }
                guard nodes[index].scheduledTick == time else { continue }
                if nodes[index].pausedUntil > time {
                    nodes[index].scheduledTick = nodes[index].pausedUntil
                    queue.add(event, at: nodes[index].pausedUntil)
                    continue
                }
                note(time, index, 1)
                nodes[index].scheduledTick = .max
                act(index) { $0.tick(at: $1) }
            case .packet(let packet, let from, let to):
                if waits(event, to) { continue }
                note(time, to, 2)
                act(to) { member, now in
                    member.take(
                        packet.message, from: packet.sender, source(from), overStream: packet.isStream, at: now)
                }
            case .bytes(let bytes, let from, let to, let isStream):
                if waits(event, to) { continue }
                note(time, to, 3)
                act(to) { member, now in
                    member.receive(bytes.span.bytes, from: source(from), overStream: isStream, at: now)
                }
            }
        }
        time = max(time, end)
    }

    private func waits(_ event: Event, _ index: Int) -> Bool {
        guard nodes[index].pausedUntil > time else { return false }
        queue.add(event, at: nodes[index].pausedUntil)
        return true
    }

    private func note(_ time: Int64, _ index: Int, _ kind: UInt64) {
        scheduleHash =
            (scheduleHash ^ UInt64(bitPattern: time) ^ UInt64(index) << 48 ^ kind << 60) &* 0x0000_0100_0000_01B3
    }

    private func source(_ index: Int) -> PacketSource {
        PacketSource(address: GossipWorld.address(index), connection: UInt64(index))
    }

    private func schedule(_ index: Int) {
        guard let member = nodes[index].member, !member.hasLeft else { return }
        let next = max(time, worldTime(index, local: member.nextTick))
        guard next < nodes[index].scheduledTick else { return }
        nodes[index].scheduledTick = next
        queue.add(.tick(index, life: nodes[index].life), at: next)
    }

    // MARK: Actions

    private func perform(_ actions: [GossipAction], of index: Int) {
        for action in actions {
            switch action {
            case .send(let packet): send(packet, from: index)
            case .store(let bytes): nodes[index].disk = bytes
            case .event(let event): onEvent?(self, index, event)
            }
        }
    }

    private func send(_ packet: GossipPacket, from index: Int) {
        let limits = nodes[index].configuration.limits
        nodes[index].sentPackets += 1
        nodes[index].sentBytes +=
            packet.size + (packet.isStream ? GossipWorld.streamHeaders : GossipWorld.datagramHeaders)
        if packet.size > (packet.isStream ? limits.packetBytes : limits.datagramBytes) {
            violate("node \(index + 1) sent \(packet.size) bytes \(packet.isStream ? "on a stream" : "in a datagram")")
        }
        let destination: Int?
        switch packet.target {
        case .member(let node, _): destination = Int(node) - 1
        case .neighbour(let url): destination = places[url]
        case .source(let source): destination = Int(source.connection)
        }
        guard let destination, nodes.indices.contains(destination) else { return }
        let delays =
            packet.isStream
            ? network.stream(from: index, to: destination, using: &random).map { [$0] } ?? []
            : network.datagram(from: index, to: destination, using: &random)
        guard !delays.isEmpty else { return }
        guard usesBytes else {
            for delay in delays { queue.add(.packet(packet, from: index, to: destination), at: time + delay) }
            return
        }
        do throws(WireError) {
            try packet.encode(into: &writer)
        } catch {
            violate("node \(index + 1) could not write a packet: \(error)")
            return
        }
        let bytes = writer.copyBytes()
        if bytes.count != packet.size {
            violate("node \(index + 1) took a packet of \(bytes.count) bytes for one of \(packet.size)")
        }
        for delay in delays {
            queue.add(.bytes(bytes, from: index, to: destination, isStream: packet.isStream), at: time + delay)
        }
    }
}
