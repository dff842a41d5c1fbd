import BINMessages
import BINWire

// Giving all data of a capability to another node (Spec/clusterer.md, donor). Only a node that was told to does so.

extension ClusterMember {
    mutating func takeSyncRequest(
        _ request: SyncRequest, _ index: Int, _ packet: RawSpan, _ source: PacketSource, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        let id = table[index].id
        guard let name = try? request.capability.bytes(in: packet),
            let own = capabilities.first(where: { name.equals($0.name.bytes) }), own.announcedState, hasSync(own.name)
        else { throw refusal(.noDonor, node: id, from: source) }
        let offer = SyncOffer(capability: own.name, node: id)
        // One that did not move on for so long has been given up by the node that asked.
        let patience = configuration.timing.syncTimeout.wholeNanoseconds
        served.removeAll { now.nanoseconds.adding(-$0.lastAt) >= patience }
        guard !served.contains(where: { $0.offer == offer }) else {
            throw refusal(.syncRunning, node: id, from: source)
        }
        guard served.count(where: { $0.offer.capability == own.name }) < configuration.limits.servedSyncs else {
            throw refusal(.rateLimited, node: id, from: source)
        }
        served.append(SyncService(offer: offer, lastAt: now.nanoseconds))
        actions.append(.provideSync(offer))
    }

    /// Adds a chunk to a sync that a node asked for. A packet goes out whenever one is full; the caller looks to it that
    /// not more are under way than the node can take (``ping(_:at:into:)``).
    /// - Parameters:
    ///   - chunk: the fields of one record, without size and marker, in the layout of the receiver's release.
    ///   - dataVersion: version of that layout; the same for a whole packet.
    ///   - offer: from ``ClusterAction/provideSync(_:)``.
    /// - Throws: ``SendFailure/notAsked`` when the node does not wait any more, ``SendFailure/tooLong``,
    ///   ``SendFailure/unreachable``.
    public mutating func provide(
        _ chunk: RawSpan, dataVersion: Int16, to offer: SyncOffer, at now: Instant,
        into actions: inout [ClusterAction]
    ) throws(SendFailure) {
        guard let service = served.firstIndex(where: { $0.offer == offer }), let node = table.index(of: offer.node),
            let layout = table[node].dialect.layout
        else { throw .notAsked }
        let head = layout.syncVersion >= 2 ? 8 : 4
        // Header, names, versions and trailer of a sync packet.
        let frame = 64 + offer.capability.bytes.count
        let most = table[node].dialect.maximumLength - frame
        guard chunk.byteCount + head <= most else { throw .tooLong }
        let soft = Swift.min(most, configuration.limits.syncPacketSize)
        let isFull = served[service].buffer.count + head + chunk.byteCount > soft
        if !served[service].buffer.isEmpty, isFull || served[service].dataVersion != dataVersion {
            try sendSync(service, node, &actions)
        }
        served[service].dataVersion = dataVersion
        served[service].lastAt = now.nanoseconds
        if layout.syncVersion >= 2 { served[service].buffer.append(Int32(chunk.byteCount)) }
        served[service].buffer.append(SyncChunks.marker)
        unsafe chunk.withUnsafeBytes { unsafe served[service].buffer.append(contentsOf: $0) }
        served[service].total &+= 1
    }

    /// Ends a sync that a node asked for, also one without data (CL-53).
    /// - Throws: ``SendFailure/notAsked``, ``SendFailure/unreachable``.
    public mutating func endSync(
        _ offer: SyncOffer, at now: Instant, into actions: inout [ClusterAction]
    ) throws(SendFailure) {
        guard let service = served.firstIndex(where: { $0.offer == offer }), let node = table.index(of: offer.node)
        else { throw .notAsked }
        if !served[service].buffer.isEmpty { try sendSync(service, node, &actions) }
        var end = SyncEnd()
        var texts = TextArena()
        end.capability = texts.add(offer.capability.bytes)
        end.chunkCount = served[service].total
        let total = Int(served[service].total)
        served.remove(at: service)
        guard sendExtra(end, texts: texts.bytes, to: node, &actions) else { throw .unreachable }
        actions.append(.event(.sync(offer.capability, .served(to: offer.node, chunks: total))))
    }

    /// Gives a sync up; the node that asked will ask another.
    public mutating func abandonSync(_ offer: SyncOffer) { served.removeAll { $0.offer == offer } }

    private mutating func sendSync(
        _ service: Int, _ node: Int, _ actions: inout [ClusterAction]
    ) throws(SendFailure) {
        var sync = SyncPacket()
        var texts = TextArena()
        sync.capability = texts.add(served[service].offer.capability.bytes)
        sync.dataVersion = Int32(served[service].dataVersion ?? 0)
        sync.chunks = texts.add(served[service].buffer)
        served[service].buffer.removeAll(keepingCapacity: true)
        guard sendExtra(sync, texts: texts.bytes, to: node, &actions) else {
            served.remove(at: service)
            throw .unreachable
        }
    }
}
