public import BINWire

/// Makes the packets with which a donor answers a SYNC_REQ for contacts (Spec/usrloc.md, sync; CL-53 to CL-58).
///
/// ```swift
/// var sync = try ContactSyncProducer(for: release, routing: routing)
/// for (record, contacts) in table {
///     try sync.add(record) { packets.append(copy($0)) }
///     for contact in contacts { try sync.add(contact) { packets.append(copy($0)) } }
/// }
/// try sync.end { packets.append(copy($0)) }
/// ```
///
/// Each AoR goes before its contacts. The closure gets every packet that became full; ``end(_:)`` gives the rest and SYNC_END,
/// which is sent also when there was nothing. The form is that of the release: sync v1 (2.4.0–2.4.6, 3.0.0) without sizes,
/// v2 with sizes and data version, v3 (3.3 and later) with the number of chunks at the end.
public struct ContactSyncProducer: ~Copyable, Sendable {
    /// The release of the requester.
    public let release: Release
    /// Cluster, own node and requester.
    public let routing: Routing
    /// `sync_packet_size`: a new packet is begun when the length so far and the size of the chunk before exceed it (CL-55).
    public let packetSize: Int
    /// Chunks so far.
    public private(set) var chunkCount = 0

    private let contactLayout: ContactLayout
    private let layout: ClustererLayout
    private var writer: PacketWriter
    private var arena = TextArena()
    private var chunk = ContactSyncChunk()
    private var isOpen = false
    private var chunksInPacket = 0
    private var lastSize = 0

    /// A sync for a requester of `release`.
    /// - Parameters:
    ///   - release: the release of the requester.
    ///   - routing: the cluster, the own node and the requester.
    ///   - packetSize: bytes, 32,768 as servers have it by default.
    /// - Throws: ``ProductionFailure/notInRelease(_:_:)`` before 2.4, ``ProductionFailure/badRouting(_:)``,
    ///   ``ProductionFailure/unknownRelease(_:)``.
    public init(for release: Release, routing: Routing, packetSize: Int = 32768) throws(ProductionFailure) {
        let layouts = ReplicationLayouts(release)
        guard let contactLayout = layouts.contact else { throw .unknownRelease(release) }
        guard let layout = layouts.sync else { throw .notInRelease("contact sync", release) }
        try ReplicationProducer.check(routing)
        self.release = release
        self.routing = routing
        self.packetSize = packetSize
        self.contactLayout = contactLayout
        self.layout = layout
        self.writer = PacketWriter(maximumLength: ReplicationProducer.maximumLength(release, .v2_3))
    }

    /// Adds an AoR; its contacts follow.
    /// - Throws: ``ProductionFailure``; the AoR was not added then, and the sync may go on.
    public mutating func add(_ record: AoRRecord, _ body: (RawSpan) -> Void) throws(ProductionFailure) {
        arena.clear()
        chunk.kind = 0
        try chunk.aor.fill(record, &arena)
        try addChunk(body)
    }

    /// Adds a contact of the AoR that was added last. The match mode of a sync is always by URI and Call-ID, whatever
    /// ``Contact/matching`` says.
    /// - Throws: ``ProductionFailure``; the contact was not added then, and the sync may go on.
    public mutating func add(_ contact: borrowing Contact, _ body: (RawSpan) -> Void) throws(ProductionFailure) {
        chunk.kind = 1
        try chunk.contact.record.fill(contact, in: contactLayout, release, matching: .uriAndCallID, &arena)
        try addChunk(body)
    }

    /// Ends the sync: the packet that is not full, and SYNC_END. Afterwards another sync may begin.
    /// - Throws: ``ProductionFailure``.
    public mutating func end(_ body: (RawSpan) -> Void) throws(ProductionFailure) {
        do throws(WireError) {
            if isOpen { try close(body) }
            arena.clear()
            var message = SyncEnd()
            message.capability = arena.add(contactLayout.capability)
            message.chunkCount = Int32(clamping: chunkCount)
            _ = try ReplicationProducer.begin(SyncEnd.self, in: layout, with: &writer)
            try message.encode(from: arena, in: layout, into: &writer)
            try writer.finish(routing: routing)
        } catch {
            throw ProductionFailure(error, maximum: writer.maximumLength)
        }
        chunkCount = 0
        lastSize = 0
        body(writer.bytes)
    }

    private mutating func addChunk(_ body: (RawSpan) -> Void) throws(ProductionFailure) {
        do throws(WireError) {
            if isOpen, writer.offset + lastSize > packetSize { try close(body) }
            try open()
            let start = writer.offset
            if try !append() {
                writer.rewind(to: start)
                guard chunksInPacket > 0 else { throw WireError(.packetFull, at: start) }
                try close(body)
                try open()
                let start = writer.offset
                guard try append() else {
                    writer.rewind(to: start)
                    throw WireError(.packetFull, at: start)
                }
            }
            chunksInPacket += 1
            chunkCount += 1
        } catch {
            throw ProductionFailure(error, maximum: writer.maximumLength)
        }
    }

    private mutating func open() throws(WireError) {
        guard !isOpen else { return }
        var message = SyncPacket()
        var names = TextArena()
        message.capability = names.add(contactLayout.capability)
        message.dataVersion = Int32(contactLayout.version ?? 0)
        _ = try ReplicationProducer.begin(SyncPacket.self, in: layout, with: &writer)
        try message.encode(from: names, in: layout, into: &writer)
        isOpen = true
        chunksInPacket = 0
    }

    private mutating func close(_ body: (RawSpan) -> Void) throws(WireError) {
        isOpen = false
        // A packet that was begun for a chunk that was refused afterwards has none.
        guard chunksInPacket > 0 else { return }
        try writer.finish(routing: routing)
        body(writer.bytes)
    }

    /// Appends the chunk; false when it, or the trailer behind it, does not fit.
    private mutating func append() throws(WireError) -> Bool {
        do throws(WireError) {
            let sizeOffset = writer.offset
            if layout.syncVersion >= 2 { try writer.write(Int32(0)) }
            try writer.write(SyncChunks.marker)
            let contentOffset = writer.offset
            try chunk.encode(from: arena, in: contactLayout, into: &writer)
            guard writer.offset + routing.size <= writer.maximumLength else { return false }
            let size = writer.offset - contentOffset
            if layout.syncVersion >= 2 { writer.patch(Int32(truncatingIfNeeded: size), at: sizeOffset) }
            lastSize = size
            return true
        } catch  where error.code == .packetFull {
            return false
        }
    }
}
