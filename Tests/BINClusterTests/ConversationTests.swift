import BINCluster
import BINMessages
import BINWire
import Testing

/// A member in the place of one of the servers of a recording: it gets what that server got, when it got it, and has to answer
/// what that server answered.
@Suite struct ConversationTests {
    static let captures = [
        "2.3/join", "2.4/join", "2.4/cluster", "2.4.2/join", "2.4.2/cluster", "3.0.5/join", "3.0.5/cluster", "3.1/join",
        "3.1/join_nodb", "3.1/cluster", "3.2.0/clusterer-mesh3", "3.2.19/clusterer-mesh3", "3.3.10/clusterer-mesh3",
        "3.4.18/clusterer-mesh3", "3.4.18/clusterer-discover3", "3.4.18/clusterer-db", "3.5.9/clusterer-mesh3",
        "3.6.8/clusterer-mesh3", "4.0.1/clusterer-mesh3", "4.0.1/clusterer-discover3", "master/clusterer-mesh3",
    ]

    struct Answer {
        var to: Int32?
        var bytes: [UInt8]
    }

    /// What the member did, by the packet that made it do so.
    struct Played {
        var recording: Recording
        var node: Int32
        var answers: [(packet: Recording.Packet, answers: [Answer])] = []
        /// The neighbours with a link that was up when each packet came.
        var neighbours: [Set<Int32>] = []
        var unasked: [Answer] = []
        var refusals: [Refusal.Reason: UInt64] = [:]
        var member: ClusterMember
    }

    /// Plays one server. Pings never time out, so that the recording decides when links come up.
    static func play(_ recording: Recording, as node: Int32) throws -> Played {
        var configuration = MemberConfiguration(
            cluster: 1, node: node, url: try #require(recording.urls[node]), release: recording.release)
        let sent = recording.sent(by: node)
        let introduces = recording.packets.contains {
            $0.message(NodeDescription.self, recording.layout) != nil
                || $0.message(JoinConfirm.self, recording.layout) != nil
        }
        for (id, url) in recording.urls.sorted(by: { $0.key < $1.key }) where id != node {
            guard knew(node, id, recording) else { continue }
            configuration.nodes.append(NodeConfiguration(node: id, url: url))
        }
        configuration.discoversNodes = introduces || recording.release < Release(3, 2, 0)
        configuration.timing.pingTimeout = .seconds(600)
        configuration.timing.pingInterval = .seconds(1)
        for packet in sent {
            if let own = packet.message(NodeDescription.self, recording.layout), own.origin.source == node {
                configuration.priority = own.properties.priority
                configuration.pingRetries = own.properties.pingRetries
                configuration.sipAddress = own.properties.sipAddress.string(in: packet.bytes.span.bytes) ?? ""
            }
            guard let update = packet.message(CapabilityUpdate.self, recording.layout), update.origin.source == node,
                let own = update.nodes.first(where: { $0.node == node })
            else { continue }
            for state in own.capabilities {
                let name = WireName(state.capability.string(in: packet.bytes.span.bytes) ?? "")
                guard !configuration.capabilities.contains(where: { $0.name == name }) else { continue }
                var capability = CapabilityConfiguration(name)
                capability.isAnnounced = true
                capability.servesSync = true
                configuration.capabilities.append(capability)
            }
        }
        var played = Played(recording: recording, node: node, member: try ClusterMember(configuration))
        var actions: [ClusterAction] = []
        played.member.start(at: try #require(recording.packets.first).at, into: &actions)
        played.unasked += answers(actions)
        for packet in recording.got(by: node) {
            while let tick = played.member.nextTick, tick <= packet.at.nanoseconds {
                actions = []
                played.member.tick(at: packet.at, into: &actions)
                played.unasked += answers(actions)
            }
            actions = []
            played.neighbours.append(Set(played.member.snapshot.nodes.filter { $0.link == .up }.map(\.node)))
            played.member.receive(
                packet.bytes.span.bytes, packet.header, from: PacketSource(address: packet.source, connection: 1),
                at: packet.at, into: &actions)
            played.answers.append((packet, answers(actions)))
        }
        played.refusals = played.member.snapshot.refusals
        return played
    }

    /// Whether `node` spoke to `other` as one it knows before anybody had told it of `other`.
    private static func knew(_ node: Int32, _ other: Int32, _ recording: Recording) -> Bool {
        let (own, theirs) = (recording.urls[node]?.address, recording.urls[other]?.address)
        for packet in recording.packets {
            if packet.source == own, packet.destination == theirs {
                guard
                    packet.message(UnknownID.self, recording.layout) != nil
                        || packet.message(JoinAccept.self, recording.layout) != nil
                else { return true }
            }
            guard packet.destination == own else { continue }
            if packet.message(NodeDescription.self, recording.layout)?.origin.source == other { return false }
            if packet.message(JoinConfirm.self, recording.layout)?.origin.source == other { return false }
            let topology = packet.message(FullTopologyUpdate.self, recording.layout)
            if topology?.nodes.contains(where: { $0.node == other && $0.hasDescription != 0 }) == true { return false }
        }
        return false
    }

    private static func answers(_ actions: [ClusterAction]) -> [Answer] {
        actions.compactMap {
            switch $0 {
            case .send(let bytes, let to): Answer(to: to, bytes: bytes)
            case .answer(let bytes, _): Answer(to: nil, bytes: bytes)
            default: nil
            }
        }
    }

    static func body<Body: Message>(_ answer: Answer, _ type: Body.Type, _ layout: ClustererLayout) -> Body?
    where Body.Layout == ClustererLayout {
        guard let header = try? PacketHeader(parsing: answer.bytes.span.bytes, framing: .v2_3),
            let identity = Body.identity(in: layout), identity.type == header.type,
            header.capability.string(in: answer.bytes.span.bytes) == identity.capability
        else { return nil }
        let end = answer.bytes.count - (identity.routing == .trailer ? 12 : 0)
        return try? Body(decoding: answer.bytes.span.bytes, range: header.bodyOffset..<end, in: layout)
    }

    static let places: [(String, Int32)] = captures.flatMap { capture in
        ((try? Recording(capture))??.urls.keys.sorted() ?? []).map { (capture, $0) }
    }

    @Test func `Every recording has nodes to play`() {
        for capture in ConversationTests.captures {
            #expect(ConversationTests.places.count { $0.0 == capture } >= 2, "\(capture)")
        }
    }

    @Test(arguments: places)
    func `Each PING is answered once, with the nodes that the server listed`(capture: String, node: Int32) throws {
        let recording = try #require(try Recording(capture))
        let played = try ConversationTests.play(recording, as: node)
        var pings = 0
        for (packet, answers) in played.answers {
            guard let ping = packet.message(Ping.self, recording.layout) else { continue }
            pings += 1
            let pongs = answers.compactMap { ConversationTests.body($0, Pong.self, recording.layout) }
            let unknown = answers.compactMap { ConversationTests.body($0, UnknownID.self, recording.layout) }
            #expect(pongs.count + unknown.count == 1)
            guard let pong = pongs.first else { continue }
            // The server's own answer is the next PONG to the same node, unless it was not there.
            let recorded = recording.packets.first {
                $0.at >= packet.at && $0.source == packet.destination && $0.destination == packet.source
                    && $0.message(Pong.self, recording.layout) != nil
            }
            guard let recorded, recorded.at.nanoseconds - packet.at.nanoseconds < 100_000_000,
                let theirs = recorded.message(Pong.self, recording.layout), ping.requestsNodeList == 1
            else { continue }
            #expect(Set(pong.nodes) == Set(theirs.nodes), "PING of \(ping.origin.source)")
        }
        #expect(pings > 0)
    }

    @Test(arguments: places)
    func `Floods are passed on byte by byte as the server did`(capture: String, node: Int32) throws {
        let recording = try #require(try Recording(capture))
        let played = try ConversationTests.play(recording, as: node)
        var ours: Set<[UInt8]> = []
        for (_, answers) in played.answers {
            for answer in answers { ours.insert(answer.bytes + [UInt8(truncatingIfNeeded: answer.to ?? 0)]) }
        }
        var missing: [String] = []
        var passedOn = 0
        for packet in recording.sent(by: node) where packet.isInternal && packet.number(4) != node {
            guard let to = recording.node(at: packet.destination) else { continue }
            passedOn += 1
            guard !ours.contains(packet.bytes + [UInt8(truncatingIfNeeded: to)]),
                !isExcused(packet, to, played)
            else { continue }
            missing.append("type \(packet.header.type) of \(packet.number(4)) to \(to)")
        }
        #expect(missing.isEmpty, "\(missing.count) of \(passedOn): \(missing)")
    }

    /// Whether it depended on chance inside of the server that it passed a packet on: the member's link to the receiver was not
    /// up yet, a copy, a later update or a topology with the same news came in first, or it is an old form of which an equal one has just been passed on.
    private func isExcused(_ packet: Recording.Packet, _ to: Int32, _ played: Played) -> Bool {
        let isOldForm =
            packet.message(CapabilityUpdate.self, played.recording.layout) != nil
            && !played.recording.layout.hasSequencedCapabilities
        // A full topology tells the number of the link states that it includes. Servers from 4.0 on handle what came together
        // in any order; a member has the link state from there.
        let isIncluded = played.answers.contains { received, _ in
            guard packet.header.type == 2, received.isInternal, received.number(4) == packet.number(4),
                received.at <= packet.at, packet.at.nanoseconds - received.at.nanoseconds < 2_000_000_000,
                let topology = received.message(FullTopologyUpdate.self, played.recording.layout)
            else { return false }
            return topology.nodes.first.map { $0.sequence >= packet.number(8) } ?? false
        }
        if isIncluded { return true }
        for (place, (received, _)) in played.answers.enumerated() {
            // All links of a node, over another connection, say what an update of one link says that comes later (CL-18).
            if packet.message(LinkStateUpdate.self, played.recording.layout) != nil, received.at <= packet.at,
                let topology = received.message(FullTopologyUpdate.self, played.recording.layout),
                let own = topology.nodes.first, own.node == packet.number(4), own.sequence == packet.number(8),
                packet.at.nanoseconds - received.at.nanoseconds < 2_000_000_000
            {
                return true
            }
            guard received.isInternal, received.header.type == packet.header.type,
                received.number(4) == packet.number(4), received.at <= packet.at,
                packet.at.nanoseconds - received.at.nanoseconds < 2_000_000_000
            else { continue }
            if received.bytes.count == packet.bytes.count - 4, !played.neighbours[place].contains(to) { return true }
            if isOldForm { return true }
            guard packet.header.type != 5 else { continue }
            if received.number(8) > packet.number(8) { return true }
            if received.number(8) == packet.number(8), received.bytes.count >= packet.bytes.count { return true }
        }
        return false
    }

    @Test(arguments: places)
    func `A link that comes up is followed by topology and capabilities`(capture: String, node: Int32) throws {
        let recording = try #require(try Recording(capture))
        let played = try ConversationTests.play(recording, as: node)
        var ups = 0
        for (packet, answers) in played.answers where packet.message(Pong.self, recording.layout) != nil {
            let topologies = answers.compactMap {
                ConversationTests.body($0, FullTopologyUpdate.self, recording.layout)
            }
            guard let topology = topologies.first else { continue }
            ups += 1
            #expect(topology.nodes.first?.node == node)
            #expect(topology.nodes.first?.neighbours.contains(packet.number(4)) == true)
            #expect(!topology.nodes.contains { $0.node == packet.number(4) })
            guard recording.layout > .a, !played.member.configuration.capabilities.isEmpty else { continue }
            let updates = answers.compactMap { ConversationTests.body($0, CapabilityUpdate.self, recording.layout) }
            #expect(updates.contains { $0.requiresReply == 1 && $0.nodes.first?.node == node })
        }
        #expect(ups > 0)
        #expect(!played.refusals.keys.contains(.malformed))
        #expect(!played.refusals.keys.contains(.wrongAddress))
        #expect(!played.refusals.keys.contains(.unknownType))
    }

    @Test(arguments: places.filter { !$0.0.hasPrefix("2.3") })
    func `A question for capabilities is answered`(capture: String, node: Int32) throws {
        let recording = try #require(try Recording(capture))
        let played = try ConversationTests.play(recording, as: node)
        guard !played.member.configuration.capabilities.isEmpty else { return }
        for (packet, answers) in played.answers {
            guard let update = packet.message(CapabilityUpdate.self, recording.layout), update.requiresReply == 1 else {
                continue
            }
            let replies = answers.filter { $0.to == update.origin.source }
                .compactMap { ConversationTests.body($0, CapabilityUpdate.self, recording.layout) }
                .filter { $0.origin.source == node && $0.requiresReply == 0 }
            #expect(replies.count == 1)
            let names = replies.first?.nodes.first?.capabilities.count
            #expect(names == played.member.configuration.capabilities.count)
        }
    }

    @Test(arguments: places)
    func `Whoever is not known introduces itself as the server did`(capture: String, node: Int32) throws {
        let recording = try #require(try Recording(capture))
        let played = try ConversationTests.play(recording, as: node)
        for (packet, answers) in played.answers where packet.message(UnknownID.self, recording.layout) != nil {
            let theirs = recording.sent(by: node).first {
                $0.at >= packet.at && $0.isInternal && $0.header.type == 5 && $0.number(4) == node
            }
            guard let theirs else { continue }
            #expect(answers.contains { $0.bytes == theirs.bytes })
        }
    }
}
