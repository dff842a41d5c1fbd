import BINCapture
import BINMessages
import BINReplica
import BINText
import BINWire

/// What a node of a capture holds: the second walk, in which each packet that the node sent or was sent is applied.
struct CapturedState: PacketSink {
    private let nodes: CaptureNodes
    private let node: CapturedNode
    private let since: CaptureTime?
    private let until: CaptureTime?
    private let configuration: ReplicaConfiguration
    /// When the node began anew, those still to come.
    private var restarts: ArraySlice<CaptureTime>
    private var routes: PacketRoutes
    private var changes = ReplicaChanges()
    private var cleanedAt: Int64 = 0
    private(set) var replica: Replica
    /// Packets that were applied.
    private(set) var packets = 0

    /// - Parameters:
    ///   - nodes: the first walk.
    ///   - node: the node that is meant.
    ///   - configuration: what is known of it.
    ///   - since: packets before do not count; the node knew nothing then.
    ///   - until: packets behind do not count.
    init(
        _ nodes: CaptureNodes, _ node: CapturedNode, _ configuration: ReplicaConfiguration, since: CaptureTime?,
        until: CaptureTime?
    ) {
        self.nodes = nodes
        self.node = node
        self.since = since
        self.until = until
        self.configuration = configuration
        restarts = nodes.restarts(of: node)[...]
        routes = PacketRoutes(nodes)
        replica = Replica(configuration)
    }

    mutating func receive(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
        CapturedState.open(bytes, header) { receiveOpened($0, $1, from: origin) }
    }

    private mutating func receiveOpened(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin) {
        guard let route = routes.route(bytes, header, origin) else { return }
        if let since, origin.time < since { return }
        if let until, until < origin.time { return }
        guard (route.isFirst && route.maker == node) || (route.arrives && route.target == node) else { return }
        restartIfDue(origin.time)
        let now = ReplicaTime(origin.time)
        replica.apply(
            bytes, header, from: route.maker.id, release: nodes.release(of: route.maker), at: now, into: &changes)
        packets += 1
        // As servers do now and then.
        let minute = Int64(clamping: now.seconds / 60)
        if minute > cleanedAt {
            cleanedAt = minute
            replica.advance(to: now, into: &changes)
        }
        changes.removeAll()
    }

    /// Forgets everything where the node did.
    private mutating func restartIfDue(_ time: CaptureTime) {
        while let restart = restarts.first, restart <= time {
            restarts.removeFirst()
            replica = Replica(configuration)
        }
    }

    /// Lets the time pass up to a moment.
    mutating func advance(to time: CaptureTime) {
        restartIfDue(time)
        replica.advance(to: ReplicaTime(time), into: &changes)
        changes.removeAll()
    }

    mutating func refuse(
        _ bytes: RawSpan, _ framing: Framing?, _ error: WireError, streamOffset: UInt64, from origin: PacketOrigin
    ) {
        Terminal.complain("\(origin.source) → \(origin.destination): left out, no packet: \(error)")
    }

    mutating func notice(_ notice: CaptureNotice, from origin: PacketOrigin) {
        Terminal.complain("\(origin.source) → \(origin.destination): \(notice.explanation)")
    }

    /// Calls `body` with a packet, or with each packet of an envelope.
    static func open(_ bytes: RawSpan, _ header: PacketHeader, _ body: (RawSpan, PacketHeader) -> Void) {
        guard Envelope.isEnvelope(header, bytes) else { return body(bytes, header) }
        var opener = EnvelopeOpener()
        do throws(WireError) {
            try opener.open(bytes, header) { bytes, header in body(bytes, header) }
        } catch {
            Terminal.complain("an envelope cannot be opened: \(error)")
        }
    }
}

extension ReplicaTime {
    init(_ time: CaptureTime) {
        self.init(milliseconds: UInt64(clamping: time.nanosecondsSinceEpoch / 1_000_000))
    }
}
