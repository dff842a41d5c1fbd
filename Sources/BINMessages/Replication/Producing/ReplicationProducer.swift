public import BINWire

/// Makes the packets that one peer understands: contacts, profile counters and rate-limit pipes, in the layout of its release.
///
/// ```swift
/// var producer = try ReplicationProducer(
///     for: Release(3, 4, 18), routing: Routing(cluster: 1, source: 7, destination: 2))
/// let packet = try producer.insert(contact)              // bytes of their own
///
/// try producer.writeInsert(contact)                      // or without an allocation for each packet
/// try client.offer(producer.packet)
/// ```
///
/// Where the sender is named belongs to the release too: nowhere in 2.1, as the first field in 2.2, in the trailer from 2.3
/// on (Spec/framing.md). Packets have at most 65,535 bytes, towards 4.0 and later 65,515, as UDP datagrams of 2.1 65,507;
/// what does not fit is refused, never shortened.
///
/// An OpenSIPS server takes packets only from members of its cluster that it knows (CL-38); this type makes packets, it does
/// not join.
public struct ReplicationProducer: ~Copyable, Sendable {
    /// The release of the peer.
    public let release: Release
    /// Cluster, own node and the node that the packets are for.
    public private(set) var routing: Routing

    /// A packet of profile counters is closed behind the record that makes it longer than this many bytes
    /// (`replicate_profiles_buffer`).
    public var profileChunkSize = 1400
    /// The same for pipes and aggregates (`repl_buffer_threshold`): 1400 up to 3.1.2, then 32,767.
    public var pipeChunkSize: Int

    let layouts: ReplicationLayouts
    var writer: PacketWriter
    var arena = TextArena()
    var insertion = ContactInsert()
    var update = ContactUpdate()
    var pipeZeros = ZeroSuppression()
    var bridgeZeros = ZeroSuppression()

    /// A producer for a peer of `release`.
    /// - Parameters:
    ///   - release: the release of the peer; point releases count (Spec/releases.md).
    ///   - routing: the cluster, the own node and the peer's. 2.1 says none of it, 2.2 only the source.
    /// - Throws: ``ProductionFailure/unknownRelease(_:)``, ``ProductionFailure/badRouting(_:)``.
    public init(for release: Release, routing: Routing) throws(ProductionFailure) {
        let layouts = ReplicationLayouts(release)
        guard let contact = layouts.contact else { throw .unknownRelease(release) }
        try ReplicationProducer.check(routing)
        self.release = release
        self.routing = routing
        self.layouts = layouts
        self.pipeChunkSize = release < Release(3, 1, 3) ? 1400 : 32767
        self.writer = PacketWriter(maximumLength: ReplicationProducer.maximumLength(release, contact.framing))
    }

    /// The largest packet that a release takes.
    static func maximumLength(_ release: Release, _ framing: Framing) -> Int {
        if framing == .v2_1 { return Framing.maximumDatagram }
        return release < Release(4, 0, 0) ? Framing.maximumLength : Framing.maximumLengthSince4_0
    }

    static func check(_ routing: Routing) throws(ProductionFailure) {
        guard routing.cluster > 0, routing.source > 0, routing.destinationCluster == nil, routing.destination > 0 else {
            throw .badRouting(routing)
        }
    }

    /// Makes the packets that follow for another node of the same cluster and release.
    /// - Throws: ``ProductionFailure/badRouting(_:)``.
    public mutating func readdress(to destination: Int32) throws(ProductionFailure) {
        var changed = routing
        changed.destination = destination
        try ReplicationProducer.check(changed)
        routing = changed
    }

    /// The packet that was written last; empty before the first and after a refusal.
    public var packet: RawSpan {
        @_lifetime(borrow self)
        borrowing get { writer.bytes }
    }

    /// A copy of ``packet``.
    public func copyPacket() -> [UInt8] { writer.copyBytes() }

    /// Begins a packet.
    @inline(__always)
    static func begin<M: Message>(
        _ message: M.Type, in layout: M.Layout, with writer: inout PacketWriter
    ) throws(WireError) -> RoutingKind {
        guard let identity = M.identity(in: layout), let type = identity.type else {
            throw WireError(.valueOutOfRange, at: 0)
        }
        let name = identity.capability
        unsafe try writer.begin(
            capability: name.utf8.span.bytes, type: type, version: identity.version ?? 0, framing: layout.framing)
        return identity.routing
    }

    /// Writes a whole packet of one message whose texts are in `arena`.
    @inline(__always)
    static func write<M: Message>(
        _ message: inout M, in layout: M.Layout, from arena: borrowing TextArena, routing: Routing,
        with writer: inout PacketWriter
    ) throws(ProductionFailure) {
        do throws(WireError) {
            let kind = try begin(M.self, in: layout, with: &writer)
            try message.encode(from: arena, in: layout, into: &writer)
            try writer.finish(routing: kind == .trailer ? routing : nil)
        } catch {
            throw ProductionFailure(error, maximum: writer.maximumLength)
        }
    }
}
