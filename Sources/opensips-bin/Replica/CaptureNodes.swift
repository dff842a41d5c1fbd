import BINCapture
import BINMessages
import BINText
import BINWire

/// A node as the packets of a capture name it.
struct CapturedNode: Hashable, Comparable {
    /// Its number; where packets name no nodes (2.1 and 2.2), one that is made of its address.
    var id: Int32
    /// What it is called: its number, or its address where it has none.
    var name: String
    /// Whether packets name it by number.
    var isNumbered: Bool

    static func < (left: Self, right: Self) -> Bool { left.id < right.id }
}

/// The nodes of a capture: which address is which node, and which releases fit what each of them sent.
///
/// The first of two walks through a capture, as a packet may be understood only by what its sender said later.
struct CaptureNodes: PacketSink {
    private struct Votes {
        /// From pings and their answers, which no other node passes on.
        var certain: [Int32: Int] = [:]
        /// From packets that could have come by over another node.
        var others: [Int32: Int] = [:]
    }

    /// Knows what fits each sender.
    private(set) var interpreter: Interpreter
    private var description = PacketDescription()
    private var votes: [IPAddress: Votes] = [:]
    private var order: [IPAddress] = []
    private var restarts = NodeRestarts()
    private(set) var firstTime: CaptureTime?
    private(set) var lastTime: CaptureTime?

    /// The most addresses that are told apart.
    private static let addressLimit = 4096

    /// - Parameter release: the release of all nodes; nil to find out.
    init(release: Release?) { interpreter = Interpreter(release: release) }

    mutating func receive(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
        firstTime = firstTime ?? origin.time
        lastTime = max(lastTime ?? origin.time, origin.time)
        restarts.notePacket(origin)
        interpreter.interpret(bytes, header, from: SenderAddress(origin.source.address), into: &description)
        for address in [origin.source.address, origin.destination.address] where votes[address] == nil {
            guard votes.count < CaptureNodes.addressLimit else { return }
            votes[address] = Votes()
            order.append(address)
        }
        if let routing = description.routing {
            votes[origin.source.address]?.others[routing.source, default: 0] += 1
            if routing.destinationCluster == nil {
                votes[origin.destination.address]?.others[routing.destination, default: 0] += 1
            }
        } else if case .node(_, let node) = description.sender {
            let isPing = ["PING", "PONG"].contains(description.message?.description)
            if isPing {
                votes[origin.source.address]?.certain[node, default: 0] += 1
            } else {
                votes[origin.source.address]?.others[node, default: 0] += 1
            }
        }
    }

    mutating func refuse(
        _ bytes: RawSpan, _ framing: Framing?, _ error: WireError, streamOffset: UInt64, from origin: PacketOrigin
    ) {}

    mutating func notice(_ notice: CaptureNotice, from origin: PacketOrigin) {}

    mutating func ended(from origin: PacketOrigin) { restarts.noteEnd(origin) }

    // MARK: What was found

    /// All nodes, in the order of their numbers.
    var nodes: [CapturedNode] { Set(order.flatMap(nodes(at:))).sorted() }

    /// What all nodes are called, by number.
    var names: [Int32: String] {
        Dictionary(nodes.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    /// The node at an address; nil when several share it.
    func node(at address: IPAddress) -> CapturedNode? {
        let nodes = nodes(at: address)
        return nodes.count == 1 ? nodes[0] : nil
    }

    private func nodes(at address: IPAddress) -> [CapturedNode] {
        guard let votes = votes[address] else { return [] }
        if !votes.certain.isEmpty { return votes.certain.keys.sorted().map(CaptureNodes.numbered) }
        // A node that passes packets on for others says more for itself.
        if let most = votes.others.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) {
            return [CaptureNodes.numbered(most.key)]
        }
        let id = Int32(truncatingIfNeeded: address.low)
        return [CapturedNode(id: id, name: address.description, isNumbered: false)]
    }

    private static func numbered(_ id: Int32) -> CapturedNode {
        CapturedNode(id: id, name: "\(id)", isNumbered: true)
    }

    /// When a node ended and began anew, knowing nothing, in the order of time.
    func restarts(of node: CapturedNode) -> [CaptureTime] {
        order.filter { self.node(at: $0) == node }.flatMap { restarts.restarts(at: $0) }.sorted()
    }

    /// The node that a person calls `name`: its number or its address.
    func node(named name: String) -> CapturedNode? {
        if let address = Endpoint("\(name):0")?.address ?? IPAddress(ipv6: name), let node = node(at: address) {
            return node
        }
        return nodes.first { $0.name == name }
    }

    /// The releases that fit everything a node sent; all when it sent nothing.
    func releases(of node: CapturedNode) -> ReleaseSet {
        var releases = ReleaseSet.all
        for (sender, fitting) in interpreter.senders {
            switch sender {
            case .node(_, let id): if node.isNumbered, id == node.id { releases = releases.intersection(fitting) }
            case .address(let address):
                let isSame = order.contains { SenderAddress($0) == address && self.node(at: $0) == node }
                if isSame { releases = releases.intersection(fitting) }
            }
        }
        return releases
    }

    /// The release that a node is taken to run: the newest that fits.
    func release(of node: CapturedNode) -> Release {
        if let forced = interpreter.forcedRelease { return forced }
        if let newest = releases(of: node).newest, releases(of: node) != .all { return newest }
        // One that only listens runs what the others run.
        let others = nodes.map { releases(of: $0) }.filter { $0 != .all }.compactMap(\.newest)
        return others.max() ?? Release(4, 0, 1)
    }
}

extension SenderAddress {
    init(_ address: IPAddress) { self.init(high: address.high, low: address.low) }
}
