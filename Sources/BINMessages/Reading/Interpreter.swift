public import BINWire

/// Says what packets of unknown origin mean, and narrows down which releases their senders run.
///
/// The header does not tell the layout, so each packet is read in every layout that its capability, type and version
/// allow and that some release uses which still fits the sender. Those that decode it to the last byte with sensible
/// values remain; the releases behind them are what is known of the sender when the next packet comes.
public struct Interpreter: Sendable {
    /// The release that every sender is taken to run; nil to find out.
    public let forcedRelease: Release?
    /// The releases that fit what each sender has sent.
    public private(set) var senders: [Sender: ReleaseSet] = [:]

    /// How many senders are kept; what others send is read without memory of earlier packets.
    public static let senderLimit = 4096

    private let catalogue: Catalogue
    private let forced: ReleaseSet?
    private var layoutNames: [LayoutNameKey: String] = [:]

    /// An interpreter that has seen nothing.
    /// - Parameter release: the release of all senders, if it is known.
    public init(release: Release? = nil) {
        self.forcedRelease = release
        self.forced = release.map { ReleaseSet($0) }
        self.catalogue = .declared
    }

    /// Reads one packet.
    /// - Parameters:
    ///   - bytes: the packet.
    ///   - header: its header.
    ///   - address: where it came from; used for senders that name no node.
    ///   - description: what it says; used again from packet to packet.
    public mutating func interpret(
        _ bytes: RawSpan, _ header: PacketHeader, from address: SenderAddress,
        into description: inout PacketDescription
    ) {
        interpret(bytes, header, from: address, knowing: nil, into: &description)
    }

    /// The same; `releases` says what the sender may run where more is known than its packets told.
    mutating func interpret(
        _ bytes: RawSpan, _ header: PacketHeader, from address: SenderAddress, knowing releases: ReleaseSet?,
        into description: inout PacketDescription
    ) {
        description.reset()
        let capability = catalogue.indexOfCapability(
            named: bytes.extracting(Int(header.capability.offset)..<header.typeOffset))
        let kind = catalogue.routingKind(header, capability)
        guard findBody(bytes, header, kind, address, &description) else { return }
        let known = releases ?? forced ?? senders[description.sender] ?? .all
        description.releases = known
        guard let capability else {
            refuse(bytes, header, .undeclaredCapability, &description)
            return
        }
        guard let family = catalogue.family(capability: capability, type: header.type) else {
            refuse(bytes, header, .undeclaredType(header.type), &description)
            return
        }
        let version = header.hasVersion ? header.version : nil
        let candidates = family.candidates.filter { $0.framing == header.framing && $0.identity.version == version }
        guard !candidates.isEmpty else {
            description.message = family.candidates.last { $0.framing == header.framing }?.name
            refuse(bytes, header, .undeclaredVersion(header.version), &description)
            return
        }
        let body = description.body
        let choice = choose(candidates, known) { $0.check(bytes, body, header.framing) }
        describe(bytes, header, choice, known, &description)
        if description.failure == nil, let sync = description.nodes.last,
            sync.meaning == .chunks || sync.meaning == .unsizedChunks
        {
            describeChunks(bytes, header, sync, &description)
        }
        if description.failure == nil, Envelope.isEnvelope(header, bytes) {
            openEnvelope(bytes, header, from: address, into: &description)
        }
        remember(&description)
    }

    /// Opens an envelope and says what the packets inside mean; their sender is narrowed down by them.
    private mutating func openEnvelope(
        _ bytes: RawSpan, _ header: PacketHeader, from address: SenderAddress,
        into description: inout PacketDescription
    ) {
        var opener = EnvelopeOpener()
        var packets: [EnvelopedPacket] = []
        do throws(WireError) {
            try opener.open(bytes, header) { packet, header in
                let copy = unsafe packet.withUnsafeBytes { unsafe Array($0) }
                packets.append(EnvelopedPacket(bytes: copy, header: header))
            }
        } catch {
            let field = description.nodes.last { $0.offset <= error.offset }
            description.failure = DecodingFailure(
                .wire(error.code), offset: Int(error.offset), capability: capabilityName(bytes, header),
                message: description.message?.description, layout: description.layout, field: field?.name.description)
            return
        }
        for index in packets.indices {
            let packet = packets[index].bytes
            interpret(unsafe packet.span.bytes, packets[index].header, from: address, into: &packets[index].description)
        }
        description.packets = packets
        if let releases = senders[description.sender], forced == nil { description.releases = releases }
        // What cannot be read inside is a fault of the whole, at the payload.
        guard let failure = packets.lazy.compactMap(\.description.failure).first else { return }
        description.failure = DecodingFailure(
            failure.reason, offset: Int(description.nodes.last?.offset ?? 0), capability: failure.capability,
            message: failure.message, layout: failure.layout, field: failure.field)
    }

    /// Keeps what a well-read packet says of its sender.
    private mutating func remember(_ description: inout PacketDescription) {
        guard forced == nil, description.failure == nil else { return }
        if let earlier = senders[description.sender] {
            if earlier != description.releases { senders[description.sender] = description.releases }
        } else if senders.count < Interpreter.senderLimit {
            senders[description.sender] = description.releases
        }
    }

    // MARK: Parts of a packet

    /// Finds trailer, sender and body; false when the trailer is missing.
    private func findBody(
        _ bytes: RawSpan, _ header: PacketHeader, _ kind: RoutingKind, _ address: SenderAddress,
        _ description: inout PacketDescription
    ) -> Bool {
        description.body = header.bodyOffset..<header.length
        description.sender = .address(address)
        switch kind {
        case .none:
            break
        case .leading:
            var cursor = FieldCursor(bytes, range: description.body, framing: header.framing)
            if let cluster = try? cursor.readInt32(), let node = try? cursor.readInt32() {
                description.sender = .node(cluster: cluster, node: node)
            }
        case .trailer:
            do throws(WireError) {
                let routing = try Routing(trailerOf: bytes, header: header)
                description.routing = routing
                description.sender = .node(cluster: routing.cluster, node: routing.source)
                description.body = header.bodyOffset..<(header.length - routing.size)
            } catch {
                refuse(bytes, header, .wire(error.code), at: Int(error.offset), &description)
                return false
            }
        }
        return true
    }

    /// Describes a body that no declaration explains; what is wrong stands at `offset`, or at the type.
    private func refuse(
        _ bytes: RawSpan, _ header: PacketHeader, _ reason: DecodingFailure.Reason, at offset: Int? = nil,
        _ description: inout PacketDescription
    ) {
        let body = description.body
        let text = Text(offset: UInt32(body.lowerBound), length: UInt32(body.count))
        description.nodes.append(
            FieldNode(.bytes, "body", .opaque, offset: body.lowerBound, end: body.upperBound, text: text))
        description.failure = DecodingFailure(
            reason, offset: offset ?? header.typeOffset, capability: capabilityName(bytes, header),
            message: description.message?.description)
    }

    private func capabilityName(_ bytes: RawSpan, _ header: PacketHeader) -> String {
        header.capability.string(in: bytes) ?? "(a capability that is not UTF-8)"
    }

    // MARK: Choosing a layout

    /// Which candidate a packet is read in.
    private struct Choice {
        /// The newest candidate that fits; when none does, the newest that could have.
        var candidate: MessageCandidate
        /// Older ones that fit as well.
        var others: [MessageCandidate] = []
        /// The releases of all that fit.
        var releases: ReleaseSet
        /// Whether any fits.
        var fits: Bool
        /// Whether those that fit are none of the releases known before.
        var contradicts: Bool
    }

    /// Tries the candidates that the sender's releases allow; if none of them fits, the others.
    private func choose(
        _ candidates: [MessageCandidate], _ known: ReleaseSet, _ verdict: (MessageCandidate) -> MessageCandidate.Verdict
    ) -> Choice {
        let allowed = candidates.filter { $0.senderReleases.overlaps(known) }
        if let choice = best(of: allowed, verdict) { return choice }
        if forced == nil, let choice = best(of: candidates.filter { !$0.senderReleases.overlaps(known) }, verdict) {
            var contradicting = choice
            contradicting.contradicts = true
            return contradicting
        }
        let fallback = allowed.last ?? candidates[candidates.count - 1]
        return Choice(candidate: fallback, releases: known, fits: false, contradicts: false)
    }

    private func best(
        of candidates: [MessageCandidate], _ verdict: (MessageCandidate) -> MessageCandidate.Verdict
    ) -> Choice? {
        var full: Choice?
        var byLength: Choice?
        for candidate in candidates {
            let choice = Choice(
                candidate: candidate, releases: candidate.senderReleases, fits: true, contradicts: false)
            switch verdict(candidate) {
            case .fits: full = merged(full, choice)
            case .fitsByLength: byLength = merged(byLength, choice)
            case .fails: continue
            }
        }
        return full ?? byLength
    }

    private func merged(_ earlier: Choice?, _ later: Choice) -> Choice {
        guard let earlier else { return later }
        var choice = later
        choice.releases = earlier.releases.union(later.releases)
        choice.others = earlier.others + [earlier.candidate]
        return choice
    }

    // MARK: Describing

    private mutating func describe(
        _ bytes: RawSpan, _ header: PacketHeader, _ choice: Choice, _ known: ReleaseSet,
        _ description: inout PacketDescription
    ) {
        let candidate = choice.candidate
        description.message = candidate.name
        if choice.fits {
            description.releases = choice.contradicts ? choice.releases : known.intersection(choice.releases)
            description.contradictsEarlierPackets = choice.contradicts
        }
        description.layout = layoutName(choice, description.releases)
        description.candidate = candidate
        let body = description.body
        let part = candidate.describe(bytes, body, header.framing, &description.nodes)
        var reason: DecodingFailure.Reason?
        if let error = part.error {
            reason = .wire(error.code)
        } else if part.end < body.upperBound {
            reason = .wire(.trailingBytes)
        } else if let forced, !candidate.senderReleases.overlaps(forced) {
            reason = .wrongRelease(forced)
        }
        guard let reason else { return }
        if part.end < body.upperBound { description.trailing = part.end..<body.upperBound }
        description.failure = DecodingFailure(
            reason, offset: part.error.map { Int($0.offset) } ?? part.end, capability: capabilityName(bytes, header),
            message: candidate.name.description, layout: description.layout, field: part.failedField?.description)
    }

    /// Replaces the node that stands for all chunks of a sync packet by the chunks.
    private mutating func describeChunks(
        _ bytes: RawSpan, _ header: PacketHeader, _ node: FieldNode, _ description: inout PacketDescription
    ) {
        description.nodes.removeLast()
        let start = Int(node.text.offset)
        let range = start..<(start + Int(node.text.length))
        let sized = node.meaning == .chunks
        var reader = SyncReader(framing: header.framing, range: range, sized: sized)
        let name = description.nodes.first?.text ?? Text()
        var capability: Int?
        if let nameBytes = try? name.bytes(in: bytes) { capability = catalogue.indexOfCapability(named: nameBytes) }
        if let capability, let family = catalogue.family(capability: capability, type: nil), !range.isEmpty {
            let dataVersion = sized ? description.nodes.last.map { Int16(truncatingIfNeeded: $0.value) } : nil
            let candidates = family.candidates.filter { !sized || $0.identity.version == dataVersion }
            if !candidates.isEmpty {
                let known = description.releases
                let choice = choose(candidates, known) { reader.check($0, bytes) }
                reader.candidate = choice.candidate
                description.chunkCandidate = choice.candidate
                if choice.fits {
                    description.releases = choice.contradicts ? choice.releases : known.intersection(choice.releases)
                    description.contradictsEarlierPackets = description.contradictsEarlierPackets || choice.contradicts
                }
                let inner = layoutName(choice, description.releases)
                description.layout = description.layout.map { "\($0)/\(inner)" }
            } else {
                reader.refusal = .undeclaredVersion(dataVersion ?? 0)
            }
        } else {
            reader.refusal = .undeclaredCapability
        }
        let failure = reader.describe(bytes, into: &description.nodes)
        guard let failure else { return }
        let inner = name.string(in: bytes) ?? "(a capability that is not UTF-8)"
        if let trailing = failure.trailing, !trailing.isEmpty { description.trailing = trailing }
        description.failure = DecodingFailure(
            failure.reason, offset: failure.offset, capability: inner, message: "sync-chunk",
            layout: description.layout, field: failure.field)
    }

    // MARK: Layout names

    /// All candidates count: different ones can have the same releases, when a release has several layouts.
    private struct LayoutNameKey: Hashable {
        var candidates: [ObjectIdentifier]
        var releases: ReleaseSet
    }

    /// Joining names for every packet would be slow; there are few combinations.
    private mutating func layoutName(_ choice: Choice, _ releases: ReleaseSet) -> String {
        let candidate = choice.candidate
        guard candidate.layouts.count > 1 || !choice.others.isEmpty else { return candidate.layouts[0].name }
        let candidates = choice.others + [candidate]
        let key = LayoutNameKey(candidates: candidates.map(ObjectIdentifier.init), releases: releases)
        if let name = layoutNames[key] { return name }
        let name = MessageCandidate.layoutName(of: candidates, for: releases)
        if layoutNames.count < 4096 { layoutNames[key] = name }
        return name
    }
}
