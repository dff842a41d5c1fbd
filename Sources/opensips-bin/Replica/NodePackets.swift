import BINCapture
import BINMessages
import BINWire

/// What a captured packet is to the nodes it travels between.
struct PacketRoute {
    /// The node that made it.
    var maker: CapturedNode
    /// The node it is for; nil when it is not known.
    var target: CapturedNode?
    /// Whether it leaves its maker here and is the first of its copies: what a node tells several others it did once.
    var isFirst: Bool
    /// Whether it arrives here at the node it is for, and not at one that passes it on.
    var arrives: Bool
}

/// Says of each packet of a capture who made it, whom it is for, and whether it is a copy of the one before.
struct PacketRoutes {
    private struct Sent {
        var maker: Int32
        var time: CaptureTime
        var content: [UInt8]
        var targets: Set<Int32>
    }

    private let nodes: CaptureNodes
    /// What was sent a moment ago.
    private var recent: [Sent] = []

    /// Copies of a packet follow each other within this time, in nanoseconds.
    private static let moment: Int64 = 200_000_000
    private static let recentLimit = 64

    init(_ nodes: CaptureNodes) { self.nodes = nodes }

    /// The route of a packet; nil when nobody knows where it comes from.
    mutating func route(_ bytes: RawSpan, _ header: PacketHeader, _ origin: PacketOrigin) -> PacketRoute? {
        let source = nodes.node(at: origin.source.address)
        let destination = nodes.node(at: origin.destination.address)
        guard Catalogue.declared.routingKind(of: bytes, header) == .trailer,
            let routing = try? Routing(trailerOf: bytes, header: header)
        else {
            guard let source else { return nil }
            let isFirst = noteFirst(bytes, header, trailer: 0, from: source, to: destination, origin)
            return PacketRoute(maker: source, target: destination, isFirst: isFirst, arrives: destination != nil)
        }
        let maker = CapturedNode(id: routing.source, name: "\(routing.source)", isNumbered: true)
        let isBridge = routing.destinationCluster != nil
        let named = CapturedNode(id: routing.destination, name: "\(routing.destination)", isNumbered: true)
        let target = isBridge ? destination : named
        // Several nodes at one address cannot be told from one that passes packets on.
        let leaves = source == nil || source == maker
        let arrives = destination == nil || destination == target
        let isFirst = leaves && noteFirst(bytes, header, trailer: 4, from: maker, to: target, origin)
        return PacketRoute(maker: maker, target: target, isFirst: isFirst, arrives: arrives)
    }

    /// Remembers what is sent; false when the same went to another node a moment ago.
    private mutating func noteFirst(
        _ bytes: RawSpan, _ header: PacketHeader, trailer: Int, from maker: CapturedNode, to target: CapturedNode?,
        _ origin: PacketOrigin
    ) -> Bool {
        let time = origin.time
        recent.removeAll { time.nanosecondsSinceEpoch &- $0.time.nanosecondsSinceEpoch > PacketRoutes.moment }
        let content = bytes.extracting(min(header.typeOffset, bytes.byteCount)..<bytes.byteCount).extracting(
            droppingLast: trailer
        ).withUnsafeBytes { Array($0) }
        let id = target?.id ?? -1
        if let index = recent.firstIndex(where: { $0.maker == maker.id && $0.content == content }),
            recent[index].targets.insert(id).inserted
        {
            return false
        }
        if recent.count == PacketRoutes.recentLimit { recent.removeFirst() }
        recent.append(Sent(maker: maker.id, time: time, content: content, targets: [id]))
        return true
    }
}
