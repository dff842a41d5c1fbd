public import BINCluster
public import BINTransport
import BINWire
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// A member of the gossip that runs (Spec/extensions/gossip.md): who is there, what each says of itself, who owns what.
///
/// ```swift
/// var member = GossipConfiguration(cluster: 1, node: 3, url: url)
/// member.neighbours = [neighbour]
/// member.flags = [FlagConfiguration("nat-ping", preferred: [1, 2, 3], policy: .quorum)]
/// var configuration = GossipNode.Configuration(member: member)
/// configuration.memory = "/var/lib/bin/gossip-3"
/// let node = try GossipNode(configuration)
/// try await node.run()
/// ```
///
/// All decisions are those of ``BINCluster/GossipMember``; this type adds sockets, clocks, a file and tasks. Everything that it
/// starts ends with ``run()``, which ends when its task is cancelled or a graceful shutdown begins; the others are told then.
public actor GossipNode: Service {
    /// How a node behaves.
    public struct Configuration: Sendable {
        /// What the member is told.
        public var member: GossipConfiguration
        /// The host to listen on, when that is not the one of the member's URL.
        public var listenHost: String?
        /// The file that keeps what must outlive the process: members, the own generation, and what was granted (GS-20, GS-34). Without one
        /// a node that starts anew knows its configured neighbours alone, and as a voter learns first from the others (GS-35).
        public var memory: String?
        /// What peers may take.
        public var limits = TransportLimits()
        /// Streams to other nodes at a time; what would need more is not sent.
        public var streams = 256
        /// Whether a ``ClusterNode`` listens at the address for streams and hands on what is for the gossip (``CoexistingNode``).
        public var sharesListener = false
        /// Whether the others are told when the node ends. Otherwise they find out, as after a crash.
        public var leavesAtEnd = true
        /// Where log lines go.
        public var logger = Logger(label: "bin.gossip")
        #if TLS
            /// Certificates, for `bins:`.
            public var tls: TLSOptions?
        #endif

        /// The defaults, for a member.
        public init(member: GossipConfiguration) { self.member = member }
    }

    let configuration: Configuration
    let clock = NodeClock()
    let hub = NodeEvents<GossipNodeEvent>()
    let changes = NodeEvents<GossipStateChange>()
    let traffic = NodeEvents<GossipTraffic>()
    let metrics: GossipMetrics
    let memory: GossipMemoryFile?
    let streams: GossipStreams
    let inbox = PacketInbox()
    var member: GossipMember
    var datagrams: UDPTransport?
    var resolved: [NodeURL: ResolvedHost] = [:]
    /// Steps whose actions wait until what comes before them is on disk.
    var waiting: [GossipStep] = []
    var isStoring = false
    /// Whether the last attempt to write the memory failed.
    var isMemoryStale = false
    var isStopped = false
    private let handed: AsyncStream<HandedPacket>
    private let hand: AsyncStream<HandedPacket>.Continuation
    private let jobs: AsyncStream<@Sendable () async -> Void>
    private let newJob: AsyncStream<@Sendable () async -> Void>.Continuation

    /// A node that does nothing until ``run()`` is called.
    /// - Throws: ``BINCluster/GossipFault``, or ``GossipMemoryError`` when there is a memory that cannot be read or belongs to another node.
    public init(_ configuration: Configuration) throws {
        try configuration.member.check()
        self.configuration = configuration
        (jobs, newJob) = AsyncStream.makeStream()
        (handed, hand) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1024))
        memory = configuration.memory.map { GossipMemoryFile(path: $0) }
        let past = try memory?.read()
        let now = clock.now
        let told = configuration.member
        if let past {
            switch GossipMember.owner(ofMemory: past) {
            case (told.cluster, told.node)?: break
            case let (cluster, node)?:
                throw GossipMemoryError.anothers(path: configuration.memory ?? "", cluster: cluster, node: node)
            case nil: throw GossipMemoryError.unreadable(path: configuration.memory ?? "", reason: "it is damaged")
            }
        }
        member = GossipMember(told, memory: past, seed: UInt64.random(in: .min ... .max), at: now)
        metrics = GossipMetrics(cluster: told.cluster)
        streams = GossipStreams(configuration, inbox: inbox)
    }

    /// What happens from now on. Each call makes a sequence of its own.
    public nonisolated func events() -> AsyncStream<GossipNodeEvent> { hub.stream() }

    /// Changes of the state of members, this node's own among them, from now on.
    public nonisolated func stateChanges() -> AsyncStream<GossipStateChange> { changes.stream() }

    /// The packets that are sent and received from now on, as a person wants to see them.
    public nonisolated func packets() -> AsyncStream<GossipTraffic> { traffic.stream() }

    // MARK: Running

    /// Takes part, until the task is cancelled or a graceful shutdown begins.
    /// - Throws: when the address cannot be listened on.
    public func run() async throws {
        let url = configuration.member.url
        let host = configuration.listenHost ?? url.host
        let server = configuration.sharesListener ? nil : try await streams.listen(on: host)
        if server == nil { streams.send(from: host) }
        // Where streams are encrypted nothing goes in the clear (GS-2).
        if url.scheme == .bin {
            var socket = UDPTransport.Configuration()
            socket.limits = configuration.limits
            socket.receiveBuffer = 256 << 10
            socket.datagramsARead = 8
            socket.logger = configuration.logger
            do {
                datagrams = try await UDPTransport.bind(
                    to: BINEndpoint(.udp, host: host, port: Int(url.port)), configuration: socket, inbox: inbox)
            } catch {
                server?.close()
                throw error
            }
        }
        configuration.logger.info(
            "member of the gossip of cluster \(configuration.member.cluster)",
            metadata: ["node": "\(configuration.member.node)", "url": "\(url)"])
        // What runs is not cancelled with the task of the caller, nor do its sockets see a graceful shutdown: it is told to stop, so that
        // the others can be told.
        let work = Task.detached { await self.work(server) }
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

    private func work(_ server: TCPServer?) async {
        let datagrams = datagrams
        await withDiscardingTaskGroup { group in
            if let server { group.addTask { try? await server.run() } }
            group.addTask { await self.takeHanded() }
            if let datagrams { group.addTask { try? await datagrams.run() } }
            group.addTask { await self.keepTime() }
            group.addTask { await self.takePackets() }
            for await job in jobs { group.addTask { await job() } }
            await end()
            server?.close()
            datagrams?.close()
        }
    }

    private func end() async {
        isStopped = true
        // Two must not write the memory at the same time; what was not begun yet will not be.
        for _ in 0..<400 where isStoring { try? await Task.sleep(for: .milliseconds(5)) }
        if configuration.leavesAtEnd {
            let now = clock.now
            let actions = member.leave(at: now)
            for action in actions {
                if case .event(let event) = action { take(event, now) }
            }
            for action in actions {
                switch action {
                case .store(let bytes): await store(bytes)
                case .send(let packet): await transmit(packet, answering: nil)
                case .event: break
                }
            }
        }
        hub.finish()
        changes.finish()
        traffic.finish()
        streams.close()
        inbox.finish()
        hand.finish()
    }

    /// Starts something that ends with the node.
    nonisolated func start(_ job: @escaping @Sendable () async -> Void) { newJob.yield(job) }

    private func keepTime() async {
        act { member, now in member.start(at: now) }
        while !isStopped {
            // A packet in between may bring the next moment nearer; a short longest sleep spares a way to wake up.
            let due = min(member.nextTick, clock.now.nanoseconds + 100_000_000)
            try? await Task.sleep(until: clock.moment(due), tolerance: .milliseconds(5), clock: .continuous)
            guard !isStopped else { return }
            if member.nextTick <= clock.now.nanoseconds {
                act { member, now in member.tick(at: now) }
                streams.closeIdle()
            }
        }
    }

    private func takePackets() async {
        for await batch in inbox {
            if isStopped { return }
            let connection = batch.connection
            let source = PacketSource(address: PeerAddress(connection.remoteAddress), connection: connection.id)
            let isStream = connection.transport != .udp
            batch.forEach { bytes, header in
                take(bytes, header, from: source, overStream: isStream, connection)
            }
        }
    }

    /// A packet that came in on a connection of a ``ClusterNode``. Beyond 1024 that wait the oldest are dropped.
    nonisolated func offer(_ packet: [UInt8], from connection: PacketConnection) {
        hand.yield(HandedPacket(bytes: packet, connection: connection))
    }

    private func takeHanded() async {
        for await packet in handed {
            if isStopped { return }
            let connection = packet.connection
            let source = PacketSource(address: PeerAddress(connection.remoteAddress), connection: connection.id)
            let bytes = packet.bytes.span.bytes
            guard let header = try? PacketHeader(datagram: bytes, framing: .v2_3) else { continue }
            take(bytes, header, from: source, overStream: true, connection)
        }
    }

    private func take(
        _ bytes: RawSpan, _ header: PacketHeader, from source: PacketSource, overStream: Bool,
        _ connection: PacketConnection
    ) {
        let now = clock.now
        note(bytes, header, from: connection)
        perform(
            GossipStep(
                actions: member.receive(bytes, from: source, overStream: overStream, at: now), time: now,
                connection: connection))
    }

    /// Lets the member do something, and does what follows.
    func act<Failure: Error>(_ body: (inout GossipMember, Instant) throws(Failure) -> [GossipAction]) throws(Failure) {
        let now = clock.now
        perform(GossipStep(actions: try body(&member, now), time: now, connection: nil))
    }
}

/// A packet with the connection that it came in on.
private struct HandedPacket {
    var bytes: [UInt8]
    var connection: PacketConnection
}
