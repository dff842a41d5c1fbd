import BINWire

/// Reads one packet in the layouts of one release.
struct PacketReader: ~Escapable {
    let bytes: RawSpan
    let header: PacketHeader
    private let layouts: ReplicationLayouts
    private let subject: ReplicationSubject

    @_lifetime(copy bytes)
    init(bytes: RawSpan, header: PacketHeader, layouts: ReplicationLayouts, subject: ReplicationSubject) {
        self.bytes = bytes
        self.header = header
        self.layouts = layouts
        self.subject = subject
    }

    // MARK: What all have in common

    /// A failure at the header.
    private func refusal(_ reason: DecodingFailure.Reason, at offset: Int? = nil) -> DecodingFailure {
        DecodingFailure(
            reason, offset: offset ?? header.typeOffset, capability: header.capability.string(in: bytes) ?? "")
    }

    /// Checks that a packet is what `message` is in `layout`, and finds the trailer.
    private func open<M: Message>(
        _ message: M.Type, in layout: M.Layout
    ) throws(DecodingFailure) -> (body: Range<Int>, origin: ReplicationOrigin) {
        guard let identity = M.identity(in: layout), identity.type == header.type else {
            throw refusal(.undeclaredType(header.type))
        }
        guard identity.capability == header.capability.string(in: bytes), layout.framing == header.framing else {
            throw refuseRelease()
        }
        if let version = identity.version, header.hasVersion, version != header.version {
            throw refusal(.undeclaredVersion(header.version))
        }
        guard identity.routing == .trailer else { return (header.bodyOffset..<header.length, .unnamed) }
        let origin = try origin()
        guard case .routed(let routing) = origin else { return (header.bodyOffset..<header.length, origin) }
        return (header.bodyOffset..<(header.length - routing.size), origin)
    }

    /// The sender by the trailer.
    func origin() throws(DecodingFailure) -> ReplicationOrigin {
        do throws(WireError) {
            return .routed(try Routing(trailerOf: bytes, header: header))
        } catch {
            throw refusal(.wire(error.code), at: Int(error.offset))
        }
    }

    /// Decodes a message and makes a change of it.
    @inline(__always)
    private func read<M: Message>(
        _ message: M.Type, in layout: M.Layout, server: (M) -> Int32?,
        _ change: (M, RawSpan) throws(FieldFlaw) -> ReplicationChange
    ) throws(DecodingFailure) -> [ReplicationEvent] {
        let (body, origin) = try open(message, in: layout)
        var message = M()
        do throws(WireError) {
            try message.decodeBody(bytes, range: body, in: layout)
        } catch {
            throw DecodingFailure(error, M.self, in: layout, bytes, body: body, framing: header.framing)
        }
        do throws(FieldFlaw) {
            let event = ReplicationEvent(
                try change(message, bytes), from: server(message).map { .server($0) } ?? origin)
            return [event]
        } catch {
            throw DecodingFailure(error, M.self, in: layout, bytes, body: body, framing: header.framing)
        }
    }

    /// The release that was taken for granted sends nothing of the kind.
    private func refuseRelease() -> DecodingFailure { refusal(.wrongRelease(ReleaseSet(layouts.release))) }

    // MARK: Capabilities

    func contactEvents() throws(DecodingFailure) -> [ReplicationEvent] {
        guard let layout = layouts.contact else { throw refuseRelease() }
        switch header.type {
        case 1:
            return try read(AoRInsert.self, in: layout) {
                layout.hasServerID ? $0.serverID : nil
            } _: {
                message, bytes throws(FieldFlaw) in
                .aorInserted(try AoRRecord(message, in: layout, bytes))
            }
        case 2:
            return try read(AoRDelete.self, in: layout) {
                layout.hasServerID ? $0.serverID : nil
            } _: {
                message, bytes throws(FieldFlaw) in
                .aorDeleted(try AddressOfRecord(message.aor, domain: message.domain, in: bytes))
            }
        case 3:
            return try read(ContactInsert.self, in: layout) {
                layout.hasServerID ? $0.record.serverID : nil
            } _: {
                message, bytes throws(FieldFlaw) in
                .contactInserted(try Contact(message, in: layout, bytes))
            }
        case 4:
            return try read(ContactUpdate.self, in: layout) {
                layout.hasServerID ? $0.record.serverID : nil
            } _: {
                message, bytes throws(FieldFlaw) in
                .contactUpdated(try Contact(message, in: layout, bytes))
            }
        case 5:
            return try read(ContactDelete.self, in: layout) {
                layout.hasServerID ? $0.serverID : nil
            } _: {
                message, bytes throws(FieldFlaw) in
                .contactDeleted(try ContactKey(message, in: layout, bytes))
            }
        default: throw refusal(.undeclaredType(header.type))
        }
    }

    func profileEvents() throws(DecodingFailure) -> [ReplicationEvent] {
        guard let layout = layouts.profile else { throw refuseRelease() }
        return try read(ProfileCounters.self, in: layout) {
            layout.hasServerID ? $0.serverID : nil
        } _: {
            message, bytes throws(FieldFlaw) in
            .profileCounts(try ProfileCount.counts(message, in: bytes))
        }
    }

    func pipeEvents() throws(DecodingFailure) -> [ReplicationEvent] {
        guard let layout = layouts.pipe else { throw refuseRelease() }
        switch header.type {
        case 10:
            return try read(PipeAggregateEdge.self, in: layout) { _ in
                nil
            } _: { message, bytes throws(FieldFlaw) in
                .bridgeAggregate(try BridgeAggregate(.edge, message.aggregate, in: layout, bytes))
            }
        case 11:
            return try read(PipeAggregateCore.self, in: layout) { _ in
                nil
            } _: { message, bytes throws(FieldFlaw) in
                .bridgeAggregate(try BridgeAggregate(.core, message.aggregate, in: layout, bytes))
            }
        default:
            return try read(PipeCounters.self, in: layout) {
                layout.hasServerID ? $0.serverID : nil
            } _: {
                message, bytes throws(FieldFlaw) in
                .pipeCounts(try PipeCount.counts(message.pipes, in: layout, bytes))
            }
        }
    }

    // MARK: Syncs

    /// What a packet of a sync holds.
    enum SyncPart {
        /// It is about another capability, or no SYNC and no SYNC_END.
        case other(String)
        /// AoRs and contacts; the number counts empty chunks too.
        case chunks([ReplicationChange], count: Int)
        /// The end, with the number of chunks where it is announced.
        case end(Int?)
    }

    func syncPart() throws(DecodingFailure) -> (ReplicationOrigin, SyncPart) {
        guard let layout = layouts.sync, let contacts = layouts.contact else { throw refuseRelease() }
        if header.type == SyncEnd.identity(in: layout)?.type { return try syncEnd(layout, contacts) }
        guard header.type == SyncPacket.identity(in: layout)?.type else {
            return (try origin(), .other(header.capability.string(in: bytes) ?? ""))
        }
        let (body, origin) = try open(SyncPacket.self, in: layout)
        var message = SyncPacket()
        do throws(WireError) {
            try message.decodeBody(bytes, range: body, in: layout)
        } catch {
            throw DecodingFailure(error, SyncPacket.self, in: layout, bytes, body: body, framing: header.framing)
        }
        guard message.capability.string(in: bytes) == contacts.capability else {
            return (origin, .other(header.capability.string(in: bytes) ?? ""))
        }
        let isSized = layout.syncVersion >= 2
        if isSized, message.dataVersion != Int32(contacts.version ?? 0) {
            throw refusal(
                .undeclaredVersion(Int16(truncatingIfNeeded: message.dataVersion)), at: Int(message.chunks.offset) - 4)
        }
        let start = Int(message.chunks.offset)
        let range = start..<(start + Int(message.chunks.length))
        return (origin, isSized ? try sizedChunks(range, contacts) : try unsizedChunks(range, contacts))
    }

    private func syncEnd(
        _ layout: ClustererLayout, _ contacts: ContactLayout
    ) throws(DecodingFailure) -> (ReplicationOrigin, SyncPart) {
        let (body, origin) = try open(SyncEnd.self, in: layout)
        var message = SyncEnd()
        do throws(WireError) {
            try message.decodeBody(bytes, range: body, in: layout)
        } catch {
            throw DecodingFailure(error, SyncEnd.self, in: layout, bytes, body: body, framing: header.framing)
        }
        guard message.capability.string(in: bytes) == contacts.capability else {
            return (origin, .other(header.capability.string(in: bytes) ?? ""))
        }
        return (origin, .end(layout.syncVersion >= 3 ? Int(message.chunkCount) : nil))
    }

    private func sizedChunks(_ range: Range<Int>, _ layout: ContactLayout) throws(DecodingFailure) -> SyncPart {
        var changes: [ReplicationChange] = []
        var count = 0
        var chunks = SyncChunks(bytes, range: range)
        while true {
            let chunk: SyncChunks.Chunk?
            do throws(WireError) {
                chunk = try chunks.next()
            } catch {
                throw refusal(.wire(error.code), at: Int(error.offset))
            }
            guard let chunk else { return .chunks(changes, count: count) }
            count += 1
            // A chunk may have been opened and left empty (CL-57).
            guard !chunk.content.isEmpty else { continue }
            changes.append(try content(chunk.content, isWhole: true, layout).change)
        }
    }

    /// Without sizes the next chunk begins where the last one was read to (CL-59).
    private func unsizedChunks(_ range: Range<Int>, _ layout: ContactLayout) throws(DecodingFailure) -> SyncPart {
        var changes: [ReplicationChange] = []
        var position = range.lowerBound
        while position < range.upperBound {
            var cursor = FieldCursor(bytes, range: position..<range.upperBound, framing: header.framing)
            guard let marker = try? cursor.readInt32(), marker == SyncChunks.marker else {
                throw refusal(.wire(.badChunkMarker), at: position)
            }
            let (change, end) = try content(cursor.offset..<range.upperBound, isWhole: false, layout)
            changes.append(change)
            position = end
        }
        return .chunks(changes, count: changes.count)
    }

    /// The content of a chunk, which fills `range` or only begins it.
    private func content(
        _ range: Range<Int>, isWhole: Bool, _ layout: ContactLayout
    ) throws(DecodingFailure) -> (change: ReplicationChange, end: Int) {
        var chunk = ContactSyncChunk()
        var decoder = Decoder(FieldCursor(bytes, range: range, framing: header.framing))
        do throws(WireError) {
            try chunk.fields(&decoder, in: layout)
            if isWhole { try decoder.finish() }
        } catch {
            throw DecodingFailure(error, ContactSyncChunk.self, in: layout, bytes, body: range, framing: header.framing)
        }
        do throws(FieldFlaw) {
            if chunk.kind == 0 {
                return (.aorSynced(try AoRRecord(chunk.aor, in: layout, bytes)), decoder.offset)
            }
            return (.contactSynced(try Contact(chunk.contact, in: layout, bytes)), decoder.offset)
        } catch {
            throw DecodingFailure(error, ContactSyncChunk.self, in: layout, bytes, body: range, framing: header.framing)
        }
    }
}

extension BridgeAggregate {
    init(
        _ hop: Hop, _ aggregate: PipeAggregate, in layout: PipeLayout, _ bytes: RawSpan
    ) throws(FieldFlaw) {
        self.init(
            hop, sourceCluster: aggregate.sourceCluster,
            pipes: try PipeCount.counts(aggregate.pipes, in: layout, bytes))
    }
}
