import BINMessages
import BINTransport
import BINWire
import Logging
import NIOCore
import Synchronization

/// One of the nodes that the runner plays: it listens, connects to the target, answers PINGs, and writes down what it hears.
final class ScriptedNode: Sendable {
    let id: Int32
    let host: String
    let journal = Journal()
    let target: ConformanceTarget
    private let server: TCPServer
    private let layout: ClustererLayout
    private let state: Mutex<State>

    private struct State {
        var script: PacketScript
        var connection: PlainConnection?
        var answersPings = true
        /// What it lists in a PONG that is asked for a list.
        var listed: [Int32] = []
    }

    private init(id: Int32, host: String, target: ConformanceTarget, layout: ClustererLayout, server: TCPServer) {
        self.id = id
        self.host = host
        self.target = target
        self.layout = layout
        self.server = server
        let script = PacketScript(
            cluster: target.cluster, node: id, layout: layout, maximumLength: target.maximumLength)
        state = Mutex(State(script: script))
    }

    /// A node that listens, at the address that is `offset` behind the first.
    static func listening(_ offset: Int, _ target: ConformanceTarget) async throws -> ScriptedNode {
        guard let layout = target.layout else { throw ConformanceFault(description: target.fault ?? "") }
        let host = target.host(at: offset)
        var configuration = TCPServer.Configuration()
        configuration.logger = Logger(label: "conformance") { _ in SwiftLogNoOpLogHandler() }
        let endpoint = BINEndpoint(.bin, host: host, port: target.port(at: offset))
        let server: TCPServer
        do {
            server = try await TCPServer.bind(to: endpoint, configuration: configuration)
        } catch {
            throw ConformanceFault(description: "cannot listen on \(endpoint): \(SocketFailure(error))")
        }
        return ScriptedNode(
            id: target.node &+ Int32(offset), host: host, target: target, layout: layout, server: server)
    }

    /// Where it listens.
    var url: String { "bin:\(host.contains(":") ? "[\(host)]" : host):\(server.localAddress.port ?? 0)" }

    /// The seconds of now.
    var now: Int64 { target.unixTime() }

    /// Makes a packet.
    func make<Result>(_ body: (inout PacketScript) throws -> Result) rethrows -> Result {
        try state.withLock { try body(&$0.script) }
    }

    /// Whether PINGs are answered.
    func answerPings(_ answers: Bool, listing nodes: [Int32] = []) {
        state.withLock {
            $0.answersPings = answers
            $0.listed = nodes
        }
    }

    // MARK: Running

    /// Hears the target until the task is cancelled.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.server.run() }
            group.addTask {
                for await batch in self.server.packets {
                    for index in 0..<batch.count {
                        await self.hear(batch.bytes(at: index), batch.header(at: index), isAnswer: false)
                    }
                }
            }
            while try await group.next() != nil {}
        }
        await connection?.close()
    }

    private func hear(_ bytes: [UInt8], _ header: PacketHeader, isAnswer: Bool) async {
        let heard = Heard(
            bytes: bytes, header: header, isAnswer: isAnswer, at: ContinuousClock.now, layout: layout)
        journal.append(heard)
        guard let ping = heard.message(Ping.self), ping.origin.source != id else { return }
        let (answers, listed) = state.withLock { ($0.answersPings, $0.listed) }
        guard answers, let pong = try? make({ try $0.pong(ping.requestsNodeList == 1 ? listed : []) }) else { return }
        try? await send(pong)
    }

    // MARK: Sending

    /// The connection to the target that stands.
    var connection: PlainConnection? { state.withLock { $0.connection } }

    /// A new connection to the target, beside the one that packets are sent on.
    func connect(from other: String? = nil) async throws -> PlainConnection {
        do {
            return try await PlainConnection.open(to: target.endpoint, from: other ?? host) { bytes, header in
                // Only PONG and UNKNOWN_ID come back on a connection that we opened; neither is answered.
                self.journal.append(
                    Heard(
                        bytes: bytes, header: header, isAnswer: true, at: ContinuousClock.now, layout: self.layout))
            }
        } catch {
            throw ConformanceFault(
                description: "cannot connect to \(target.endpoint) from \(other ?? host): \(SocketFailure(error))")
        }
    }

    /// Sends packets one behind the other, each in one piece, connecting first if need be.
    func send(_ packets: [UInt8]...) async throws {
        var connection = self.connection
        if connection?.isEnded ?? true {
            let opened = try await connect()
            // Another task may have been faster.
            connection = state.withLock { state in
                if let other = state.connection, !other.isEnded { return other }
                state.connection = opened
                return opened
            }
            if connection !== opened { await opened.close() }
        }
        for packet in packets { try await connection?.write(packet) }
    }

    /// Asks for a PONG and waits for it: everything that was sent before has been read then.
    /// - Returns: the nodes it lists, when they were asked for; nil without an answer.
    @discardableResult
    func fence(list: Bool = false, within limit: Duration = .seconds(5)) async throws -> [Int32]? {
        let mark = journal.mark
        try await send(try make { try $0.ping(list: list) })
        return try await journal.wait(since: mark, within: limit) { heard in
            guard let pong = heard.message(Pong.self), !list || !pong.nodes.isEmpty else { return nil }
            return pong.nodes
        }
    }
}
