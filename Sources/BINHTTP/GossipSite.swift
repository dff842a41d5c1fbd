public import BINCluster
public import BINNode
import BINText
import NIOHTTP1

/// What a member of the gossip says and takes over HTTP: a page for people, JSON for programs, and what monitoring asks for.
///
/// | request | answer |
/// |---|---|
/// | `GET /` | the page |
/// | `GET /members`, `/owners`, `/state` | an object; `/state?node=N&key=K` has less |
/// | `PUT /state/KEY` | sets a key of this node to the body; `DELETE /state/KEY` |
/// | `GET /events` | server-sent events; `?packets=1` with the packets |
/// | `GET /metrics` | Prometheus text |
/// | `GET /healthz` | 200 when the node has the state of the cluster, else 503 |
public struct GossipSite: Sendable {
    let node: GossipNode
    private let configuration: GossipConfiguration
    private let metrics: PrometheusRegistry?

    /// The site of a node.
    /// - Parameter metrics: what `/metrics` shows.
    public init(_ node: GossipNode, _ configuration: GossipConfiguration, metrics: PrometheusRegistry? = nil) {
        self.node = node
        self.configuration = configuration
        self.metrics = metrics
    }

    /// The answer to a request.
    @Sendable public func respond(_ request: HTTPRequest) async -> HTTPResponse {
        if request.path.hasPrefix("/state/") {
            return await change(Array(request.path.utf8.dropFirst("/state/".utf8.count)), request)
        }
        guard request.method == .GET else { return .text(.methodNotAllowed, "only GET is possible here") }
        switch request.path {
        case "/":
            return HTTPResponse(
                status: .ok, type: "text/html; charset=utf-8", body: .bytes(Array(GossipPage.html.utf8)))
        case "/members": return .json(await members())
        case "/owners": return .json(await owners())
        case "/state": return await state(request)
        case "/events": return events(withPackets: request.value("packets") == "1")
        case "/metrics":
            guard let metrics else { return .text(.notFound, "this node counts nothing") }
            return .metrics(metrics)
        case "/healthz":
            return await node.hasJoined
                ? .text(.ok, "ok") : .text(.serviceUnavailable, "no neighbour gave the state of the cluster yet")
        default:
            return .text(.notFound, "there are /, /members, /owners, /state, /events, /metrics and /healthz")
        }
    }

    // MARK: What is known

    private func members() async -> String {
        let members = await node.members
        let observed = GossipObservation.all(in: members)
        var list = members.map { member in
            JSONValue.object(
                [
                    ("node", .of(member.node)), ("status", .string("\(member.status)")),
                    ("url", member.url.map { .string($0.description) } ?? .null),
                    ("site", .of(bytes: member.value(GossipKey.site) ?? [])),
                    ("rack", .of(bytes: member.value(GossipKey.rack) ?? [])),
                    ("generation", .of(member.generation)), ("incarnation", .of(member.incarnation)),
                    ("version", .of(member.version)),
                    ("phi", member.phi.map { .number("\(($0 * 100).rounded() / 100)") } ?? .null),
                    ("self", .bool(member.node == configuration.node)), ("observed", .bool(false)),
                ])
        }
        let known = Set(members.map(\.node))
        for observation in observed where !known.contains(observation.node) {
            list.append(
                .object([
                    ("node", .of(observation.node)), ("status", .string(observation.isUp ? "alive" : "down")),
                    ("url", .string(observation.url)), ("observed", .bool(true)),
                    ("by", .array(observation.observers.map { .of($0) })),
                ]))
        }
        return JSONValue.object([
            ("cluster", .of(configuration.cluster)), ("node", .of(configuration.node)),
            ("generation", .of(await node.generation)), ("joined", .bool(await node.hasJoined)),
            ("members", .array(list)),
        ]).text
    }

    private func owners() async -> String {
        let flags = await node.owners.map { flag, owner in
            JSONValue.object([
                ("flag", .of(bytes: flag.name.bytes)),
                ("policy", .string(flag.isExternal ? "external" : flag.policy.rawValue)),
                ("preferred", .array(flag.preferred.map { .of($0) })), ("owner", owner.map { .of($0.node) } ?? .null),
                ("fence", owner.map { .string("\($0.fence)") } ?? .null),
            ])
        }
        return JSONValue.object([("node", .of(configuration.node)), ("flags", .array(flags))]).text
    }

    // MARK: State

    private func state(_ request: HTTPRequest) async -> HTTPResponse {
        let wanted = request.value("node")
        guard wanted == nil || wanted.flatMap({ Int32($0) }) != nil else {
            return .text(.badRequest, "node is a number")
        }
        let key = request.value("key").map { Array($0.utf8) }
        var entries: [JSONValue] = []
        for member in await node.members where wanted == nil || Int32(wanted ?? "") == member.node {
            for entry in member.state.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) })
            where key == nil || key == entry.key {
                entries.append(
                    .object([
                        ("node", .of(member.node)), ("key", .of(bytes: entry.key)), ("value", .of(bytes: entry.value)),
                    ]))
            }
        }
        return .json(JSONValue.object([("state", .array(entries))]).text)
    }

    private func change(_ key: [UInt8], _ request: HTTPRequest) async -> HTTPResponse {
        // PUT and DELETE: a page of somebody else cannot make a browser send these here.
        guard request.method == .PUT || request.method == .DELETE else {
            return .text(.methodNotAllowed, "PUT sets the key, DELETE deletes it")
        }
        do throws(GossipStateError) {
            try await node.set(key, to: request.method == .PUT ? request.body : nil)
        } catch {
            switch error {
            case .badKey:
                return .text(.badRequest, "the key is empty, longer than 128 bytes, or one that gossip uses itself")
            case .full:
                return .text(
                    .insufficientStorage, "a node has at most 128 keys and 16,384 bytes, deleted keys included")
            case .hasLeft: return .text(.serviceUnavailable, "the node has left")
            }
        }
        return .text(.ok, "ok")
    }

    // MARK: Events

    private func events(withPackets: Bool) -> HTTPResponse {
        let node = node
        let pieces = AsyncStream<[UInt8]>(bufferingPolicy: .bufferingOldest(1024)) { continuation in
            let events = node.events()
            let changes = node.stateChanges()
            let packets = withPackets ? node.packets() : nil
            let task = Task {
                continuation.yield(Array(": events of node \(configuration.node)\n\n".utf8))
                await withDiscardingTaskGroup { group in
                    group.addTask {
                        for await event in events {
                            if case .stateChanged = event.event { continue }
                            let (name, values) = event.event.details
                            continuation.send(name, values, event.time)
                        }
                        // Nothing more comes when the node has ended.
                        continuation.finish()
                    }
                    group.addTask {
                        for await change in changes {
                            continuation.send(
                                "state",
                                [
                                    ("node", .of(change.node)), ("key", .of(bytes: change.key)),
                                    ("value", change.value.map { .of(bytes: $0) } ?? .null),
                                ], nil)
                        }
                    }
                    if let packets {
                        group.addTask {
                            for await packet in packets {
                                continuation.send(
                                    "packet",
                                    [
                                        ("sent", .bool(packet.isSent)), ("message", .string(packet.kind.rawValue)),
                                        ("peer", .string(packet.peer)), ("bytes", .of(packet.bytes)),
                                        ("stream", .bool(packet.isStream)),
                                    ], packet.time)
                            }
                        }
                    }
                    group.addTask {
                        // So that a reader that went away is noticed, and one behind a proxy stays.
                        while !Task.isCancelled {
                            try? await Task.sleep(for: .seconds(5))
                            continuation.yield(Array(": \n\n".utf8))
                        }
                    }
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
        return HTTPResponse(status: .ok, type: "text/event-stream", body: .stream(pieces))
    }
}

extension AsyncStream<[UInt8]>.Continuation {
    /// Sends an event as a line of data.
    fileprivate func send(_ event: String, _ values: [(name: String, value: JSONValue)], _ time: Instant?) {
        var members: [(name: String, value: JSONValue)] = []
        if let time { members.append(("time", .of(time.unixSeconds))) }
        members.append(("event", .string(event)))
        yield(Array("data: \(JSONValue.object(members + values).text)\n\n".utf8))
    }
}

extension GossipMember.Info {
    /// A key of its state.
    func value(_ key: [UInt8]) -> [UInt8]? { state.first { $0.key == key }?.value }
}
