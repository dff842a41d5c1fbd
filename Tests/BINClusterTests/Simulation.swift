import BINCluster
import BINMessages
import BINWire
import TestSupport

/// A cluster in one process: members, a network between them that delays and cuts, and a clock that is moved by hand.
///
/// Everything is decided by the seed, so a run can be had again.
struct Simulation {
    /// A packet under way.
    private struct Flight {
        var at: Int64
        var order: UInt64
        var from: Int32
        var to: Int32
        var bytes: [UInt8]
    }

    var members: [Int32: ClusterMember] = [:]
    /// What each node was told to do besides sending, in order.
    var events: [Int32: [ClusterEvent]] = [:]
    var delivered: [Int32: [(source: Int32, bytes: [UInt8])]] = [:]
    var offers: [Int32: [SyncOffer]] = [:]
    var parts: [Int32: [(SyncPart, [UInt8])]] = [:]
    var commands: [Int32: [WireName]] = [:]
    var bridged: [(Int32, [UInt8], [NodeURL])] = []
    var sentBytes: [Int32: Int] = [:]
    var packets = 0
    var now = Instant(nanoseconds: 1_000_000_000, unixSeconds: 1_700_000_000)
    /// Whether a packet from one node to another gets through.
    var connects: (Int32, Int32) -> Bool = { _, _ in true }
    /// Whether the sender learns that it did not.
    var failuresShow = false
    /// Whether parts of a sync are applied at once, all of their chunks.
    var appliesSync = true
    /// Looked at for each packet that is sent.
    var onSend: ((_ from: Int32, _ to: Int32, _ bytes: [UInt8]) -> Void)?
    private var random: SeededRandom
    private var flights: [Flight] = []
    private var order: UInt64 = 0
    private var wakeups: [Int32: Int64] = [:]

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    static func url(_ id: Int32) -> NodeURL { NodeURL(host: "10.0.\(id / 250).\(id % 250 + 1)", port: 5555) }

    static func address(_ id: Int32) -> PeerAddress { url(id).address ?? PeerAddress(ipv4: 0) }

    static func configuration(
        _ id: Int32, knows: [Int32] = [], release: Release = Release(3, 6, 8)
    ) -> MemberConfiguration {
        var configuration = MemberConfiguration(cluster: 1, node: id, url: url(id), release: release)
        configuration.nodes = knows.map { NodeConfiguration(node: $0, url: url($0)) }
        return configuration
    }

    mutating func add(_ configuration: MemberConfiguration) throws {
        let id = configuration.node
        members[id] = try ClusterMember(configuration)
        act(id) { $0.start(at: $1, into: &$2) }
    }

    /// Takes a node off the network; `restart` is then `add` again.
    mutating func kill(_ id: Int32) {
        members[id] = nil
        wakeups[id] = nil
    }

    /// Lets a member do something, and does what it asks for.
    mutating func act(_ id: Int32, _ body: (inout ClusterMember, Instant, inout [ClusterAction]) -> Void) {
        guard var member = members[id] else { return }
        var actions: [ClusterAction] = []
        body(&member, now, &actions)
        members[id] = member
        perform(actions, of: id, received: [], from: 0)
        wakeups[id] = members[id]?.nextTick
    }

    private mutating func receive(_ flight: Flight) {
        guard var member = members[flight.to] else { return }
        var actions: [ClusterAction] = []
        guard let header = try? PacketHeader(parsing: flight.bytes.span.bytes, framing: member.dialect.framing) else {
            return
        }
        member.receive(
            flight.bytes.span.bytes, header,
            from: PacketSource(address: Simulation.address(flight.from), connection: UInt64(flight.from)), at: now,
            into: &actions)
        members[flight.to] = member
        perform(actions, of: flight.to, received: flight.bytes, from: flight.from)
        wakeups[flight.to] = members[flight.to]?.nextTick
    }

    private mutating func perform(_ actions: [ClusterAction], of id: Int32, received: [UInt8], from: Int32) {
        for action in actions {
            switch action {
            case .send(let bytes, let to): transmit(bytes, id, to)
            case .answer(let bytes, let connection): transmit(bytes, id, Int32(connection))
            case .sendOverBridge(let bytes, let urls): bridged.append((id, bytes, urls))
            case .deliver(let delivery):
                delivered[id, default: []].append((delivery.source, Array(received[delivery.body])))
            case .deliverHeld(let bytes, _, let delivery):
                delivered[id, default: []].append((delivery.source, Array(bytes[delivery.body])))
            case .applySync(let part):
                parts[id, default: []].append((part, Array(received[part.chunks])))
                guard appliesSync else { continue }
                act(id) { $0.syncApplied(part.capability, chunks: part.count ?? 0, at: $1, into: &$2) }
            case .provideSync(let offer): offers[id, default: []].append(offer)
            case .runCommand(let name, _, _): commands[id, default: []].append(name)
            case .resolve: break
            case .event(let event): events[id, default: []].append(event)
            }
        }
    }

    private mutating func transmit(_ bytes: [UInt8], _ from: Int32, _ to: Int32) {
        packets += 1
        sentBytes[from, default: 0] += bytes.count
        onSend?(from, to, bytes)
        guard connects(from, to), members[to] != nil else {
            if failuresShow { act(from) { $0.sendFailed(to: to, packet: bytes, at: $1, into: &$2) } }
            return
        }
        // Packets of one connection keep their order: the delay of a pair does not change.
        let delay =
            100_000 + Int64((UInt64(bitPattern: Int64(from)) &* 0x9E37_79B9 &+ UInt64(to) &* 0x85EB_CA6B) % 900_000)
        push(Flight(at: now.nanoseconds + delay, order: order, from: from, to: to, bytes: bytes))
        order += 1
    }

    /// Hands a packet to a node as if it came from another one.
    mutating func inject(_ bytes: [UInt8], from: Int32, to: Int32) {
        receive(Flight(at: now.nanoseconds, order: 0, from: from, to: to, bytes: bytes))
    }

    /// Lets time pass.
    mutating func run(for duration: Duration) {
        let end = now.advanced(by: duration)
        while true {
            let tick = wakeups.min { ($0.value, $0.key) < ($1.value, $1.key) }
            let flight = flights.first
            let next = Swift.min(tick?.value ?? .max, flight?.at ?? .max)
            guard next <= end.nanoseconds else { break }
            move(to: Swift.max(next, now.nanoseconds))
            if let flight, flight.at <= tick?.value ?? .max {
                pop()
                if connects(flight.from, flight.to) { receive(flight) }
            } else if let tick {
                act(tick.key) { $0.tick(at: $1, into: &$2) }
            }
        }
        move(to: end.nanoseconds)
    }

    private mutating func move(to nanoseconds: Int64) {
        now = Instant(
            nanoseconds: nanoseconds, unixSeconds: 1_700_000_000 + (nanoseconds - 1_000_000_000) / 1_000_000_000)
    }

    // MARK: A heap by time

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        (flights[left].at, flights[left].order) < (flights[right].at, flights[right].order)
    }

    private mutating func push(_ flight: Flight) {
        flights.append(flight)
        var child = flights.count - 1
        while child > 0, precedes(child, (child - 1) / 2) {
            flights.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func pop() {
        flights.swapAt(0, flights.count - 1)
        flights.removeLast()
        var parent = 0
        while 2 * parent + 1 < flights.count {
            var child = 2 * parent + 1
            if child + 1 < flights.count, precedes(child + 1, child) { child += 1 }
            guard precedes(child, parent) else { break }
            flights.swapAt(child, parent)
            parent = child
        }
    }
}

extension ClusterMember {
    /// The state of the link to a node.
    func link(_ id: Int32) -> LinkState? { snapshot.nodes.first { $0.node == id }?.link }
}

/// A packet of a module, without its trailer.
func modulePacket(_ capability: String = "dialog-dlg-repl", type: Int32 = 1, fields: [Int32]) throws -> [UInt8] {
    var writer = PacketWriter()
    let name = Array(capability.utf8)
    try writer.begin(capability: name.span.bytes, type: type, version: 4, framing: .v2_3)
    for field in fields { try writer.write(field) }
    try writer.finish()
    return writer.copyBytes()
}
