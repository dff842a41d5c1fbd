import BINMessages
import BINWire

// Fetching all data of a capability from another node (Spec/clusterer.md, requester).

extension ClusterMember {
    /// Asks for all data of a capability. While they come in, live packets of it are held back.
    /// - Returns: whether there is such a capability, and the release has syncs of it.
    @discardableResult
    public mutating func requestSync(
        _ name: WireName, at now: Instant, into actions: inout [ClusterAction]
    ) -> Bool {
        guard let index = capabilities.firstIndex(where: { $0.name == name }), !capabilities[index].isDisabled,
            dialect.layout != nil, dialect.layout != .a, hasSync(name)
        else { return false }
        stopSync(index, &actions)
        requestSync(at: index, now, &actions)
        return true
    }

    /// Whether a capability has a sync: a donor may not survive the question for another one (CL-82). What modules of others do is not
    /// known here.
    func hasSync(_ name: WireName) -> Bool {
        guard dialect.layout != nil, dialect.layout != .a else { return true }
        return Catalogue.declared.hasSync(capability: "\(name)", in: configuration.release) ?? true
    }

    mutating func requestSync(at index: Int, _ now: Instant, _ actions: inout [ClusterAction]) {
        guard dialect.layout != nil, dialect.layout != .a else { return }
        let before = capabilities[index].announcedState
        capabilities[index].isSynced = false
        if before { announce(index, now, &actions) }
        capabilities[index].tried = SortedIDs()
        capabilities[index].phase = .waiting(since: now.nanoseconds, notBefore: .min)
        if !askDonor(index, now, &actions) {
            actions.append(.event(.sync(capabilities[index].name, .waiting)))
        }
    }

    /// The node to ask: the first that can be reached, has all data and was not asked in vain; else the first that was (CL-49).
    private func donor(for capability: OwnCapability) -> Int32? {
        let ownSite = Array(configuration.sipAddress.utf8)
        let donors = table.nodes.filter {
            $0.isReachable && $0.isEnabled && $0.hasSynced(capability.name)
                && capability.configuration.donors?.contains($0.id) != false
                && (!capability.configuration.syncsFromOwnSiteOnly || $0.sipAddress == ownSite)
        }
        return (donors.first { !capability.tried.contains($0.id) } ?? donors.first)?.id
    }

    /// Asks a donor if there is one.
    private mutating func askDonor(_ index: Int, _ now: Instant, _ actions: inout [ClusterAction]) -> Bool {
        guard let donor = donor(for: capabilities[index]), let place = table.index(of: donor) else { return false }
        var request = SyncRequest()
        var texts = TextArena()
        request.capability = texts.add(capabilities[index].name.bytes)
        guard sendExtra(request, texts: texts.bytes, to: place, &actions) else { return false }
        capabilities[index].phase = .requested(donor, at: now.nanoseconds)
        actions.append(.event(.sync(capabilities[index].name, .requested(from: donor))))
        return true
    }

    /// Something changed that may have brought a donor.
    mutating func requestPendingSyncs(_ now: Instant, _ actions: inout [ClusterAction]) {
        for index in capabilities.indices {
            guard case .waiting(_, let notBefore) = capabilities[index].phase, notBefore <= now.nanoseconds else {
                continue
            }
            _ = askDonor(index, now, &actions)
        }
    }

    func syncDueAt(_ capability: OwnCapability) -> Int64 {
        let timeout = configuration.timing.syncTimeout.wholeNanoseconds
        switch capability.phase {
        case .idle: return .max
        case .waiting(let since, let notBefore):
            let fallback =
                configuration.isSeed ? since.adding(configuration.timing.seedFallback.wholeNanoseconds) : .max
            return notBefore == .min ? fallback : Swift.min(notBefore, fallback)
        case .requested(_, let at): return at.adding(timeout)
        // Once all has come only whoever applies it is waited for.
        case .receiving(let reception): return reception.isEnded ? .max : reception.lastAt.adding(timeout)
        }
    }

    mutating func tickSync(_ index: Int, _ now: Instant, _ actions: inout [ClusterAction]) {
        guard syncDueAt(capabilities[index]) <= now.nanoseconds else { return }
        switch capabilities[index].phase {
        case .idle: break
        case .requested, .receiving: failSync(index, .timeout, now, &actions)
        case .waiting(let since, let notBefore):
            if notBefore <= now.nanoseconds {
                capabilities[index].phase = .waiting(since: since, notBefore: .min)
                if askDonor(index, now, &actions) { return }
            }
            let waited = now.nanoseconds.adding(-since)
            guard configuration.isSeed, waited >= configuration.timing.seedFallback.wholeNanoseconds else { return }
            finishSync(index, from: nil, chunks: 0, now, &actions)
        }
    }

    /// The donor cannot be reached any more.
    mutating func syncDonorLost(_ id: Int32, _ now: Instant, _ actions: inout [ClusterAction]) {
        for index in capabilities.indices where capabilities[index].phase.donor == id {
            // When everything has come the donor is not needed any more.
            if case .receiving(let reception) = capabilities[index].phase, reception.isEnded { continue }
            failSync(index, .donorLost, now, &actions)
        }
    }

    // MARK: Data

    mutating func takeSync(
        _ sync: SyncPacket, _ index: Int, _ layout: ClustererLayout, _ packet: RawSpan, _ source: PacketSource,
        _ now: Instant, _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        let donor = table[index].id
        let (own, reception) = try reception(sync.capability, packet, donor, source, now)
        guard !reception.isEnded else { throw refusal(.unexpectedSync, node: donor, from: source) }
        var current = reception
        current.lastAt = now.nanoseconds
        if case .requested = capabilities[own].phase {
            actions.append(.event(.sync(capabilities[own].name, .began(from: donor))))
        }
        let start = Int(sync.chunks.offset)
        let range = start..<(start + Int(sync.chunks.length))
        var count: Int?
        if layout.syncVersion >= 2 {
            do throws(WireError) {
                count = try countChunks(packet, range)
            } catch {
                current.isDamaged = true
                capabilities[own].phase = .receiving(current)
                throw refusal(.malformed, node: donor, from: source, wire: error)
            }
        }
        current.parts += 1
        current.chunks = current.chunks.flatMap { sum in count.map { sum + $0 } }
        capabilities[own].phase = .receiving(current)
        // The version that the module sees has 16 bits; the one on the wire has 32.
        let version = layout.syncVersion >= 2 ? Int16(truncatingIfNeeded: sync.dataVersion) : nil
        actions.append(
            .applySync(
                SyncPart(
                    capability: capabilities[own].name, donor: donor, dataVersion: version, chunks: range, count: count)
            ))
    }

    private func countChunks(_ packet: RawSpan, _ range: Range<Int>) throws(WireError) -> Int {
        var chunks = SyncChunks(packet, range: range)
        var count = 0
        while try chunks.next() != nil { count += 1 }
        return count
    }

    mutating func takeSyncEnd(
        _ end: SyncEnd, _ index: Int, _ layout: ClustererLayout, _ packet: RawSpan, _ source: PacketSource,
        _ now: Instant, _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        let donor = table[index].id
        let (own, reception) = try reception(end.capability, packet, donor, source, now)
        guard !reception.isEnded, end.chunkCount >= 0 else {
            throw refusal(.unexpectedSync, node: donor, from: source)
        }
        var current = reception
        current.isEnded = true
        if layout.syncVersion >= 3 { current.announced = Int(end.chunkCount) }
        capabilities[own].phase = .receiving(current)
        settleSync(own, now, &actions)
    }

    /// The sync that a packet belongs to (RX-27).
    private func reception(
        _ capability: Text, _ packet: RawSpan, _ donor: Int32, _ source: PacketSource, _ now: Instant
    ) throws(Refusal) -> (Int, Reception) {
        guard let name = try? capability.bytes(in: packet),
            let own = capabilities.firstIndex(where: { name.equals($0.name.bytes) })
        else { throw refusal(.unexpectedSync, node: donor, from: source) }
        switch capabilities[own].phase {
        case .requested(donor, _): return (own, Reception(donor, at: now))
        case .receiving(let reception) where reception.donor == donor: return (own, reception)
        default: throw refusal(.unexpectedSync, node: donor, from: source)
        }
    }

    /// Says that one part of a sync (``ClusterAction/applySync(_:)``) was applied; to be said once for each, in their order.
    /// - Parameter chunks: how many of its chunks were applied. Fewer than it holds make the sync incomplete.
    public mutating func syncApplied(
        _ name: WireName, chunks: Int, at now: Instant, into actions: inout [ClusterAction]
    ) {
        guard let index = capabilities.firstIndex(where: { $0.name == name }),
            case .receiving(var reception) = capabilities[index].phase, reception.appliedParts < reception.parts
        else { return }
        reception.appliedParts += 1
        reception.lastAt = Swift.max(reception.lastAt, now.nanoseconds)
        reception.appliedChunks += Swift.max(0, Swift.min(chunks, Int(Int32.max)))
        if reception.toldAt == .min || now.nanoseconds >= reception.toldAt.adding(1_000_000_000) {
            reception.toldAt = now.nanoseconds
            let step = SyncStep.progressed(from: reception.donor, chunks: reception.appliedChunks)
            actions.append(.event(.sync(name, step)))
        }
        capabilities[index].phase = .receiving(reception)
        settleSync(index, now, &actions)
        settle(now, &actions)
    }

    /// Says that a sync cannot be applied; another donor is asked.
    public mutating func syncRefused(_ name: WireName, at now: Instant, into actions: inout [ClusterAction]) {
        guard let index = capabilities.firstIndex(where: { $0.name == name }), capabilities[index].phase.donor != nil
        else { return }
        failSync(index, .refused, now, &actions)
    }

    private mutating func settleSync(_ index: Int, _ now: Instant, _ actions: inout [ClusterAction]) {
        guard case .receiving(let reception) = capabilities[index].phase, reception.isEnded,
            reception.parts == reception.appliedParts
        else { return }
        if reception.isComplete {
            finishSync(index, from: reception.donor, chunks: reception.appliedChunks, now, &actions)
        } else {
            failSync(index, .incomplete, now, &actions)
        }
    }

    private mutating func finishSync(
        _ index: Int, from donor: Int32?, chunks: Int, _ now: Instant, _ actions: inout [ClusterAction]
    ) {
        capabilities[index].phase = .idle
        capabilities[index].tried = SortedIDs()
        capabilities[index].isSynced = true
        releaseHeld(index, &actions)
        actions.append(.event(.sync(capabilities[index].name, .finished(from: donor, chunks: chunks))))
        if capabilities[index].announcedState { announce(index, now, &actions) }
    }

    /// Tries another donor; the same one again only after a while, when there is no other.
    private mutating func failSync(
        _ index: Int, _ failure: SyncFailure, _ now: Instant, _ actions: inout [ClusterAction]
    ) {
        guard let donor = capabilities[index].phase.donor else { return }
        releaseHeld(index, &actions)
        actions.append(.event(.sync(capabilities[index].name, .failed(from: donor, failure))))
        capabilities[index].tried.insert(donor)
        let next = self.donor(for: capabilities[index])
        let isRepeated = next.map { capabilities[index].tried.contains($0) } ?? false
        let pause = configuration.timing.syncTimeout.wholeNanoseconds
        capabilities[index].phase = .waiting(
            since: now.nanoseconds,
            notBefore: isRepeated && failure != .timeout ? now.nanoseconds.adding(pause) : .min)
        if isRepeated { capabilities[index].tried = SortedIDs() }
        requestPendingSyncs(now, &actions)
        if case .waiting = capabilities[index].phase {
            actions.append(.event(.sync(capabilities[index].name, .waiting)))
        }
    }

    mutating func stopSync(_ index: Int, _ actions: inout [ClusterAction]) {
        guard capabilities[index].phase != .idle else { return }
        capabilities[index].phase = .idle
        releaseHeld(index, &actions)
    }

    // MARK: Live packets meanwhile

    /// Keeps a live packet until the sync is over (RX-14, RX-27).
    mutating func hold(
        _ packet: RawSpan, _ header: PacketHeader, _ delivery: Delivery, at index: Int, _ now: Instant,
        _ actions: inout [ClusterAction]
    ) {
        // What a packet costs besides its bytes counts as well.
        let cost = packet.byteCount + 128
        guard capabilities[index].heldBytes + cost <= configuration.limits.heldBytes else {
            note(refusal(.heldTooMuch, node: delivery.source), now, &actions)
            failSync(index, .heldTooMuch, now, &actions)
            actions.append(.deliver(delivery))
            return
        }
        capabilities[index].heldBytes += cost
        capabilities[index].held.append(HeldPacket(bytes: packet.array, header: header, delivery: delivery))
    }

    private mutating func releaseHeld(_ index: Int, _ actions: inout [ClusterAction]) {
        for packet in capabilities[index].held {
            actions.append(.deliverHeld(packet.bytes, packet.header, packet.delivery))
        }
        capabilities[index].held = []
        capabilities[index].heldBytes = 0
    }
}
