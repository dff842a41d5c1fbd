public import BINCluster
public import BINTransport
public import BINWire
public import Logging
import NIOCore
public import ServiceLifecycle

/// A member of a cluster that runs: it listens, keeps connections to the other nodes, and hands packets and events on.
///
/// ```swift
/// var member = MemberConfiguration(cluster: 1, node: 9, url: url, release: Release(4, 0, 1))
/// member.nodes = [NodeConfiguration(node: 1, url: neighbour)]
/// let node = try ClusterNode(.init(member: member), handlers: [registrations])
/// try await node.run()
/// ```
///
/// All decisions are those of ``BINCluster/ClusterMember``; this type adds sockets, clocks and tasks. Everything that it
/// starts ends with ``run()``, which ends when its task is cancelled or a graceful shutdown begins.
public actor ClusterNode: Service {
    /// How a node behaves.
    public struct Configuration: Sendable {
        /// What the member is told.
        public var member: MemberConfiguration
        /// Where to listen, when that is not the place that the member's URL names.
        public var listen: BINEndpoint?
        /// What peers may take.
        public var limits = TransportLimits()
        /// Bytes that may wait for one peer. A packet that finds no room counts as one that could not be sent.
        public var queuedBytes = 32 << 20
        /// The longest wait between attempts to connect.
        public var longestReconnect: Duration = .seconds(1)
        /// Packets beyond the last one that a peer confirmed, for bulk sending and when this node is the donor of a sync.
        public var window = 200
        /// How long a peer may take to confirm, or to come back, in the middle of bulk sending.
        public var confirmationTimeout: Duration = .seconds(15)
        /// Runs a management command that a peer sends, of those that ``BINCluster/Permissions/commands`` allows.
        public var runCommand: (@Sendable (_ command: String, _ parameters: [[UInt8]], _ from: Int32) -> Void)?
        /// Where log lines go.
        public var logger = Logger(label: "bin.node")
        #if TLS
            /// Certificates, for `bins:`.
            public var tls: TLSOptions?
        #endif

        /// The defaults, for a member.
        public init(member: MemberConfiguration) { self.member = member }
    }

    let configuration: Configuration
    let handlers: [WireName: any CapabilityHandler]
    /// Who got the last packet of a module.
    var lastReceiver: PacketReceiver?
    let others: (any CapabilityHandler)?
    let clock = NodeClock()
    let hub = NodeEvents<NodeEvent>()
    let metrics: NodeMetrics
    let connections: PeerConnections
    let inbox = PacketInbox()
    var member: ClusterMember
    /// What is to be done; emptied by each call that filled it.
    var actions: [ClusterAction] = []
    /// Whether somebody is at them.
    var isPerforming = false
    var pacing: [Int32: PacedPeer] = [:]
    var waits = Waits()
    var isStopped = false
    private let jobs: AsyncStream<@Sendable () async -> Void>
    private let newJob: AsyncStream<@Sendable () async -> Void>.Continuation

    /// A node that does nothing until ``run()`` is called.
    /// - Parameters:
    ///   - configuration: how to behave.
    ///   - handlers: what becomes of the packets of capabilities. Those that the configuration does not name are only received.
    ///   - others: what becomes of packets of all other capabilities; without it they are counted and dropped.
    /// - Throws: ``BINCluster/ConfigurationFault``, or ``BINTransport/TransportError`` when certificates cannot be used.
    public init(
        _ configuration: Configuration, handlers: [any CapabilityHandler] = [], others: (any CapabilityHandler)? = nil
    ) throws {
        var configuration = configuration
        configuration.limits.maximumPacketLength = min(
            configuration.limits.maximumPacketLength, try configuration.member.largestPacket)
        self.configuration = configuration
        self.handlers = Dictionary(handlers.map { (WireName($0.capability), $0) }) { $1 }
        self.others = others
        (jobs, newJob) = AsyncStream.makeStream()
        member = try ClusterMember(configuration.member)
        connections = PeerConnections(configuration, framing: member.dialect.framing, inbox: inbox)
        metrics = NodeMetrics(cluster: configuration.member.cluster)
    }

    /// What happens in the cluster from now on. Each call makes a sequence of its own.
    public nonisolated func events() -> AsyncStream<NodeEvent> { hub.stream() }

    /// How things stand.
    public var snapshot: ClusterSnapshot { member.snapshot }

    // MARK: Running

    /// Joins the cluster, and stays until the task is cancelled or a graceful shutdown begins.
    /// - Throws: when the address cannot be listened on.
    public func run() async throws {
        let server: TCPServer
        do {
            server = try await connections.listen()
        } catch {
            // Whoever waits for something of this node would wait for ever.
            stop()
            throw error
        }
        configuration.logger.info(
            "member of cluster \(configuration.member.cluster)",
            metadata: ["node": "\(configuration.member.node)", "address": "\(server.localAddress.logName)"])
        // What runs is not cancelled with the task of the caller: it is told to stop, so that the others can be told.
        let work = Task { await self.work(server) }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await work.value
            } onGracefulShutdown: {
                self.newJob.finish()
            }
        } onCancel: {
            newJob.finish()
        }
    }

    private func work(_ server: TCPServer) async {
        await withDiscardingTaskGroup { group in
            group.addTask { try? await server.run() }
            group.addTask { await self.keepTime() }
            group.addTask { await self.takePackets() }
            for await job in jobs { group.addTask { await job() } }
            isStopped = true
            act { member, now, actions in member.leave(at: now, into: &actions) }
            stop()
        }
    }

    private func stop() {
        isStopped = true
        newJob.finish()
        waits.stop()
        hub.finish()
        connections.close()
        inbox.finish()
    }

    /// Starts something that ends with the node.
    nonisolated func start(_ job: @escaping @Sendable () async -> Void) { newJob.yield(job) }

    /// Lets the member act when it is time.
    private func keepTime() async {
        act { member, now, actions in member.start(at: now, into: &actions) }
        while !isStopped {
            // A call in between may bring the next moment nearer; a short longest sleep spares a way to wake up.
            let longest = clock.now.nanoseconds + 100_000_000
            let due = min(member.nextTick ?? longest, longest)
            try? await Task.sleep(until: clock.moment(due), tolerance: .milliseconds(5), clock: .continuous)
            guard !isStopped else { return }
            // An answer that waits to be read has come; while this node was busy it is not the peer that was late.
            for _ in 0..<8 where inbox.unreadBytes > 0 { await Task.yield() }
            waits.expire(at: clock.now.nanoseconds)
            if let next = member.nextTick, next <= clock.now.nanoseconds {
                act { member, now, actions in member.tick(at: now, into: &actions) }
            }
        }
    }

    private func takePackets() async {
        for await batch in inbox {
            if isStopped { return }
            let source = PacketSource(
                address: PeerAddress(batch.connection.remoteAddress), connection: batch.connection.id)
            let now = clock.now
            batch.forEach { bytes, header in
                member.receive(bytes, header, from: source, at: now, into: &actions)
                perform(bytes, header, batch.connection)
            }
            // As long as packets wait this loop would not let go of the actor.
            await Task.yield()
        }
    }

    /// Lets the member do something, and does what follows.
    func act<Result, Failure: Error>(
        _ body: (inout ClusterMember, Instant, inout [ClusterAction]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let now = clock.now
        defer { perform(RawSpan(), nil, nil) }
        return try body(&member, now, &actions)
    }
}

/// Why a node could not do something.
public enum NodeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The member did not send it.
    case notSent(SendFailure)
    /// The peer did not confirm in time that it still reads.
    case notConfirmed(Int32)
    /// Nobody replied in time.
    case noReply(Int32)
    /// No way led to the node in time.
    case notReached(Int32)
    /// The own link to the node did not come up in time.
    case notLinked(Int32)
    /// The caller's task was cancelled.
    case cancelled
    /// The node ended.
    case stopped

    public var description: String {
        switch self {
        case .notSent(let failure): failure.sentence
        case .notConfirmed(let node): "node \(node) did not confirm in time that it still reads"
        case .noReply(let node): "node \(node) did not reply in time"
        case .notReached(let node): "no way led to node \(node) in time"
        case .notLinked(let node): "the own link to node \(node) did not come up in time"
        case .cancelled: "cancelled"
        case .stopped: "the node has ended"
        }
    }
}

extension SendFailure {
    /// The reason as a sentence.
    public var sentence: String {
        switch self {
        case .unknownNode: "the node is not known"
        case .disabled: "the node, this node or the capability is switched off"
        case .unreachable: "no way leads to the node"
        case .tooLong: "the packet is longer than the receiver takes"
        case .notAPacket: "it is not one whole packet in the framing of the cluster"
        case .notInRelease: "the release of the cluster has nothing of the kind"
        case .tagNotActive: "the sharing tag that opens the bridge is not active here"
        case .notAsked: "nobody waits for these data any more"
        }
    }
}

extension MemberConfiguration {
    /// The largest packet that any node of the cluster may send (FR-26). Nodes that are not named have the release of the cluster.
    fileprivate var largestPacket: Int {
        get throws(ConfigurationFault) {
            var largest = try Dialect(release).maximumLength
            for other in nodes.compactMap(\.release) { largest = max(largest, try Dialect(other).maximumLength) }
            return largest
        }
    }
}
