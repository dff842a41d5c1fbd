public import BINWire

/// Says what the packets of peers mean for contacts, profile counters and rate-limit pipes, as values in memory of their own.
///
/// ```swift
/// var consumer = ReplicationConsumer(release: Release(3, 4, 18))
/// for event in try consumer.events(of: bytes, header) {
///     if case .contactInserted(let contact) = event.change { … }
/// }
/// ```
///
/// A packet is decoded to its last byte or refused with the field and the offset; of a refused packet nothing is told. Refused
/// are also values that no receiver may use (Spec/receiver.md, RX-30, RX-37): an empty AoR, a match mode or algorithm that does
/// not exist, and texts that are not UTF-8, which SIP does not have. Whoever needs the bytes of such a text decodes the message
/// itself (``ContactInsert``), which copies nothing.
///
/// The layout belongs to the release of the sender. With a release, one consumer reads all peers of that release; without, the
/// release of every sender is narrowed down from its packets (``Interpreter``), which costs several times as much and can
/// be wrong while little was seen. Who the sender is and whether it may send is not checked here (RX-8).
public struct ReplicationConsumer: Sendable {
    /// The release of all senders; nil to find out.
    public let release: Release?
    /// How many syncs at a time are counted; of others the end is reported as incomplete where it can be told.
    public static let syncLimit = 1024

    private let known: ReplicationLayouts?
    private var interpreter: Interpreter?
    private var description = PacketDescription()
    /// Layouts of releases that were met.
    private var layouts: [Release: ReplicationLayouts] = [:]
    private var syncs: [ReplicationOrigin: ContactSyncSummary] = [:]

    /// A consumer of packets from peers of `release`, or of unknown ones.
    public init(release: Release? = nil) {
        self.release = release
        self.known = release.map { ReplicationLayouts($0) }
        self.interpreter = release == nil ? Interpreter() : nil
    }

    /// What a packet says: one event, for a sync packet one for each chunk.
    /// - Parameters:
    ///   - bytes: the packet.
    ///   - header: its header, as a transport or ``BINWire/PacketHeader`` gives it.
    ///   - address: where it came from; used only without a release, for senders that name no node (2.1, 2.2).
    /// - Throws: ``DecodingFailure``; nothing is told of the packet then, and a sync it belongs to is not complete.
    public mutating func events(
        of bytes: RawSpan, _ header: PacketHeader, from address: SenderAddress = SenderAddress(high: 0, low: 0)
    ) throws(DecodingFailure) -> [ReplicationEvent] {
        guard header.length <= bytes.byteCount, header.bodyOffset <= header.length else {
            throw DecodingFailure(.wire(.lengthMismatch), offset: 4, capability: "")
        }
        guard let subject = ReplicationSubject(bytes, header), !subject.isSyncOfAnother(bytes, header) else {
            return [other(bytes, header, address)]
        }
        let reader = PacketReader(
            bytes: bytes, header: header, layouts: try layouts(of: bytes, header, address), subject: subject)
        switch subject {
        case .contacts: return try reader.contactEvents()
        case .profiles: return try reader.profileEvents()
        case .pipes: return try reader.pipeEvents()
        case .sync: return try syncEvents(reader)
        }
    }

    /// Forgets syncs that `node` began, as when its link went down: the next one is counted anew.
    public mutating func forgetSyncs(from node: Int32, in cluster: Int32) {
        syncs = syncs.filter { $0.key.node != node || $0.key.cluster != cluster }
    }

    // MARK: Releases

    private mutating func layouts(
        of bytes: RawSpan, _ header: PacketHeader, _ address: SenderAddress
    ) throws(DecodingFailure) -> ReplicationLayouts {
        if let known { return known }
        interpreter?.interpret(bytes, header, from: address, into: &description)
        if let failure = description.failure { throw failure }
        guard let release = description.releases.newest else {
            throw DecodingFailure(
                .wrongRelease(description.releases), offset: header.typeOffset,
                capability: header.capability.string(in: bytes) ?? "")
        }
        if let layouts = layouts[release] { return layouts }
        let found = ReplicationLayouts(release)
        layouts[release] = found
        return found
    }

    private mutating func other(
        _ bytes: RawSpan, _ header: PacketHeader, _ address: SenderAddress
    ) -> ReplicationEvent {
        // Other capabilities tell the release of their sender too.
        interpreter?.interpret(bytes, header, from: address, into: &description)
        var origin = ReplicationOrigin.unnamed
        if header.framing == .v2_3, !ReplicationSubject.beginsWithSource(bytes, header),
            let routing = try? Routing(trailerOf: bytes, header: header)
        {
            origin = .routed(routing)
        }
        let name = bytes.extracting(Int(header.capability.offset)..<header.typeOffset)
        let capability = unsafe name.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        return ReplicationEvent(.other(capability: capability, type: header.type), from: origin)
    }

    // MARK: Syncs

    private mutating func syncEvents(_ reader: borrowing PacketReader) throws(DecodingFailure) -> [ReplicationEvent] {
        let origin: ReplicationOrigin
        let part: PacketReader.SyncPart
        do throws(DecodingFailure) {
            (origin, part) = try reader.syncPart()
        } catch {
            if let origin = try? reader.origin() { syncs[origin]?.refusedPackets += 1 }
            throw error
        }
        switch part {
        case .other(let capability):
            return [ReplicationEvent(.other(capability: capability, type: reader.header.type), from: origin)]
        case .chunks(let changes, let count):
            var events: [ReplicationEvent] = []
            events.reserveCapacity(changes.count + 1)
            if syncs[origin] == nil {
                events.append(ReplicationEvent(.contactSyncBegan, from: origin))
                if syncs.count < ReplicationConsumer.syncLimit {
                    syncs[origin] = ContactSyncSummary(chunks: 0, announcedChunks: nil, refusedPackets: 0)
                }
            }
            syncs[origin]?.chunks += count
            for change in changes { events.append(ReplicationEvent(change, from: origin)) }
            return events
        case .end(let announced):
            var events: [ReplicationEvent] = []
            if syncs[origin] == nil { events.append(ReplicationEvent(.contactSyncBegan, from: origin)) }
            var summary =
                syncs.removeValue(forKey: origin)
                ?? ContactSyncSummary(chunks: 0, announcedChunks: nil, refusedPackets: 0)
            summary.announcedChunks = announced
            events.append(ReplicationEvent(.contactSyncEnded(summary), from: origin))
            return events
        }
    }
}
