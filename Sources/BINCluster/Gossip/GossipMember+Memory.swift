import BINMessages
import BINWire

// What a node keeps on disk: as a packet, so that it needs no format of its own and `inspect` shows it.

/// What a node knew when it stored it last.
struct Memory: Sendable {
    var generation: Int32
    var flags: [(flag: WireName, highestFence: UInt64, holder: Int32)] = []
    var members: [(node: Int32, url: [UInt8])] = []

    /// Nil when the bytes are no such packet.
    init?(decoding stored: [UInt8]) {
        func copy(_ text: Text, _ bytes: RawSpan) throws(WireError) -> [UInt8] {
            let span = try text.bytes(in: bytes)
            return (0..<span.byteCount).map { span.uint8(uncheckedAt: $0) }
        }
        let bytes = unsafe stored.span.bytes
        do throws(WireError) {
            let header = try PacketHeader(datagram: bytes, framing: .v2_3)
            let routing = try Routing(trailerOf: bytes, header: header)
            guard header.type == GossipMemory.identity(in: .a)?.type, header.version == GossipLayout.version else {
                return nil
            }
            let message = try GossipMemory(
                decoding: bytes, range: header.bodyOffset..<(header.length - routing.size), in: .a)
            guard message.generation >= 0 else { return nil }
            generation = message.generation
            for flag in message.flags {
                flags.append((WireName(bytes: try copy(flag.flag, bytes)), flag.highestFence, flag.holder))
            }
            for member in message.members where member.node > 0 {
                members.append((member.node, try copy(member.url, bytes)))
            }
        } catch {
            return nil
        }
    }
}

extension GossipMember {
    /// The cluster and the node that stored some bytes (``GossipAction/store(_:)``); nil when they are no memory of a member.
    public static func owner(ofMemory stored: [UInt8]) -> (cluster: Int32, node: Int32)? {
        guard Memory(decoding: stored) != nil else { return nil }
        let bytes = unsafe stored.span.bytes
        guard let header = try? PacketHeader(datagram: bytes, framing: .v2_3),
            let routing = try? Routing(trailerOf: bytes, header: header)
        else { return nil }
        return (routing.cluster, routing.source)
    }

    /// Puts what must not be forgotten on disk.
    mutating func store(at now: Instant, _ actions: inout [GossipAction]) {
        mustStore = false
        membersChanged = false
        storedAt = now.nanoseconds
        var texts = GossipMessage.Texts()
        var message = GossipMemory()
        message.generation = generation
        // A voter that has not learned yet has nothing to remember: stored, it would seem to know in its next life.
        let remembered = flags.filter { $0.isReady || !$0.isVoter(configuration.node) }
        message.flags = remembered.map { state in
            var memory = FlagMemory()
            memory.flag = texts.add(state.configuration.name.bytes)
            memory.highestFence = state.highestFence
            memory.holder = state.vote?.holder ?? 0
            return memory
        }
        let limit = configuration.limits.storedMembers
        for record in table.records.dropFirst() {
            guard message.members.count < limit else { break }
            guard record.standing.status != .left, let url = record.value(GossipKey.url), url.count <= 128 else {
                continue
            }
            var place = MemberPlace()
            place.node = record.node
            place.url = texts.add(url)
            message.members.append(place)
        }
        // Those of the last life are kept until this one knows any.
        if message.members.isEmpty {
            for remembered in rememberedPlaces.prefix(limit) {
                var place = MemberPlace()
                place.node = remembered.node
                place.url = texts.add(remembered.url)
                message.members.append(place)
            }
        }
        var writer = PacketWriter()
        let routing = Routing(
            cluster: configuration.cluster, source: configuration.node, destination: configuration.node)
        do throws(WireError) {
            try GossipMessage.write(message, texts.bytes, routing, into: &writer)
        } catch {
            return
        }
        actions.insert(.store(writer.copyBytes()), at: 0)
    }
}
