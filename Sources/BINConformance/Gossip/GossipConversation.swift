import BINMessages
import BINTransport
import BINWire
import Logging
import NIOCore
import Synchronization

/// What cases of the gossip talk with: a member that the runner plays. It answers heartbeats and says what a case wants said; it keeps
/// nothing and begins nothing by itself.
final class GossipConversation: Sendable {
    let target: ConformanceTarget
    let journal = Journal()
    /// When this life of the member began; the generation of everything that the runner makes up.
    let generation: Int32
    private let datagrams: UDPTransport
    private let server: TCPServer
    private let address: SocketAddress
    private let state = Mutex(State())

    private struct State {
        var targetNode: Int32 = 0
        var connection: PlainConnection?
        var strangers: Int32 = 0
        var sequence: Int32 = 0
    }

    private init(_ target: ConformanceTarget, datagrams: UDPTransport, server: TCPServer, address: SocketAddress) {
        self.target = target
        self.datagrams = datagrams
        self.server = server
        self.address = address
        generation = Int32(clamping: target.unixTime())
    }

    /// A member that listens, for datagrams and connections at the same port.
    static func listening(_ target: ConformanceTarget) async throws -> GossipConversation {
        do {
            var configuration = TCPServer.Configuration()
            configuration.logger = Logger(label: "conformance") { _ in SwiftLogNoOpLogHandler() }
            let server = try await TCPServer.bind(
                to: BINEndpoint(.bin, host: target.host, port: target.port), configuration: configuration)
            let port = server.localAddress.port ?? 0
            return GossipConversation(
                target, datagrams: try await bind(target.host, port), server: server,
                address: try SocketAddress(ipAddress: target.endpoint.host, port: target.endpoint.port))
        } catch {
            throw ConformanceFault(description: "cannot listen on \(target.host): \(SocketFailure(error))")
        }
    }

    private static func bind(_ host: String, _ port: Int) async throws -> UDPTransport {
        var configuration = UDPTransport.Configuration()
        configuration.logger = Logger(label: "conformance") { _ in SwiftLogNoOpLogHandler() }
        return try await UDPTransport.bind(
            to: BINEndpoint(.udp, host: host, port: port), configuration: configuration)
    }

    /// The id of the target, which it tells itself.
    var targetNode: Int32 { state.withLock { $0.targetNode } }

    /// The member that the runner plays.
    var node: Int32 { target.node }

    /// Where it listens.
    var url: String { "bin:\(target.host):\(server.localAddress.port ?? 0)" }

    /// The id of a member that nobody has heard of.
    func stranger() -> Int32 {
        state.withLock { state in
            state.strangers += 1
            return target.node + state.strangers
        }
    }

    /// A number that no other request has.
    func nextSequence() -> Int32 {
        state.withLock { state in
            state.sequence += 1
            return state.sequence
        }
    }

    // MARK: Running

    /// Hears the target for the time of `body`.
    func whileRunning(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await self.datagrams.run()
                return false
            }
            group.addTask {
                try await self.server.run()
                return false
            }
            for inbox in [datagrams.packets, server.packets] {
                group.addTask {
                    for await batch in inbox {
                        for index in 0..<batch.count {
                            await self.hear(batch.bytes(at: index), batch.header(at: index))
                        }
                    }
                    return false
                }
            }
            group.addTask {
                try await body()
                return true
            }
            defer { group.cancelAll() }
            while let isDone = try await group.next(), !isDone {}
        }
        await state.withLock { $0.connection }?.close()
    }

    private func hear(_ bytes: [UInt8], _ header: PacketHeader) async {
        let heard = Heard(bytes: bytes, header: header, isAnswer: false, at: ContinuousClock.now, layout: .cSync3)
        guard heard.capability == GossipLayout.capability else { return }
        journal.append(heard)
        guard let request = heard.gossip(HeartbeatRequest.self) else { return }
        var heartbeat = Heartbeat()
        heartbeat.sequence = request.sequence
        heartbeat.generation = generation
        try? await send(packet(heartbeat))
    }

    /// Makes the member known to the target.
    /// - Throws: ``ConformanceFault`` when the target does not answer.
    func begin() async throws {
        var delta = GossipDelta()
        var texts = PacketTexts()
        delta.news = [news(of: node, version: 1, [(1, "url", url)], &texts)]
        // What goes over TCP may be overtaken by a datagram.
        for _ in 0..<10 {
            try await send(try packet(delta, texts, to: 0), overTCP: true)
            try await Task.sleep(for: .milliseconds(200))
            guard let known = try await digest(to: 0) else { break }
            if known[node] != nil { return }
        }
        throw ConformanceFault(
            description: "\(target.endpoint) tells nothing of a gossip to node \(node) at \(url)")
    }

    // MARK: Sending

    /// A packet of the member.
    /// - Parameters:
    ///   - destination: nil for the target's id.
    ///   - source: nil for the member.
    func packet<Body: Message>(
        _ message: Body, _ texts: PacketTexts = PacketTexts(), to destination: Int32? = nil, from source: Int32? = nil,
        cluster: Int32? = nil
    ) throws -> [UInt8] where Body.Layout == GossipLayout {
        guard let identity = Body.identity(in: .a), let type = identity.type else {
            throw ConformanceFault(description: "\(Body.name) is no packet")
        }
        var message = message
        var writer = PacketWriter()
        try writer.begin(
            capability: Array(GossipLayout.capability.utf8).span.bytes, type: type, version: GossipLayout.version,
            framing: .v2_3)
        try message.encode(from: texts.bytes.span.bytes, in: .a, into: &writer)
        try writer.finish(
            routing: Routing(
                cluster: cluster ?? target.cluster, source: source ?? node, destination: destination ?? targetNode))
        return writer.copyBytes()
    }

    /// Sends a packet as a datagram, or over TCP.
    func send(_ packet: [UInt8], overTCP: Bool = false) async throws {
        guard overTCP || packet.count > 1400 else { return try await datagrams.send(packet, to: address) }
        var connection = state.withLock { $0.connection }
        if connection?.isEnded ?? true {
            do {
                connection = try await PlainConnection.open(to: target.endpoint, from: target.host) { bytes, header in
                    self.journal.append(
                        Heard(bytes: bytes, header: header, isAnswer: true, at: ContinuousClock.now, layout: .cSync3))
                }
            } catch {
                throw ConformanceFault(
                    description: "cannot connect to \(target.endpoint) from \(target.host): \(SocketFailure(error))")
            }
            state.withLock { [connection] in $0.connection = connection }
        }
        try await connection?.write(packet)
    }

    /// Sends a datagram from the next address of this machine.
    func sendFromElsewhere(_ packet: [UInt8]) async throws {
        let other = try await Self.bind(target.host(at: 1), 0)
        try await other.send(packet, to: address)
        other.close()
    }

    // MARK: Saying and asking

    /// News of a member, as of this life of the runner.
    func news(
        of node: Int32, version: Int32, incarnation: Int32 = 0, status: Int32 = 0, later: Int32 = 0, base: Int32 = 0,
        floor: Int32 = 0, _ entries: [(version: Int32, key: String, value: String)], _ texts: inout PacketTexts
    ) -> GossipNews {
        var news = GossipNews()
        news.knowledge.node = node
        news.knowledge.generation = generation &+ later
        news.knowledge.version = version
        news.knowledge.incarnation = incarnation
        news.knowledge.status = status
        news.base = base
        news.floor = floor
        news.entries = entries.map { entry in
            var made = GossipEntry()
            made.version = entry.version
            made.key = texts.add(entry.key)
            made.value = texts.add(entry.value)
            return made
        }
        return news
    }

    /// Asks for all that the target knows of members, with sums that cannot be its own.
    /// - Returns: by member; nil without an answer.
    func digest(to destination: Int32? = nil) async throws -> [Int32: GossipKnowledge]? {
        var summary = GossipSummary()
        var texts = PacketTexts()
        var range = GossipRangeSums()
        range.sums = texts.add(String(repeating: "?", count: 128))
        summary.ranges = [range]
        let packet = try packet(summary, texts, to: destination)
        // A datagram may be lost.
        for _ in 0..<3 {
            let mark = journal.mark
            try await send(packet)
            let answer = try await journal.wait(since: mark, within: .seconds(2)) { heard in
                heard.gossip(GossipDigest.self).map { ($0.members, heard.routing?.source) }
            }
            guard let (members, source) = answer else { continue }
            if let source { state.withLock { $0.targetNode = source } }
            return Dictionary(members.map { ($0.node, $0) }) { first, _ in first }
        }
        return nil
    }
}

extension Heard {
    /// What it says, when it is a message of the gossip.
    func gossip<Body: Message>(_ type: Body.Type) -> Body? where Body.Layout == GossipLayout {
        guard capability == GossipLayout.capability, Body.identity(in: .a)?.type == header.type else { return nil }
        let end = header.length - (routing?.size ?? 0)
        guard end >= header.bodyOffset else { return nil }
        return try? Body(decoding: bytes.span.bytes, range: header.bodyOffset..<end, in: .a)
    }
}
