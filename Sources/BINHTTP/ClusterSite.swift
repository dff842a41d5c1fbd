import BINCluster
public import BINNode
import BINText
import NIOHTTP1

/// What a member of a cluster says over HTTP: JSON for programs, and what monitoring asks for.
///
/// | request | answer |
/// |---|---|
/// | `GET /nodes` | an object: the other nodes and the links to them, the own capabilities and tags |
/// | `GET /metrics` | Prometheus text |
/// | `GET /healthz` | 200 when another node is reached and nothing else is wrong, else 503 and why |
public struct ClusterSite: Sendable {
    private let node: ClusterNode
    private let metrics: PrometheusRegistry
    private let trouble: @Sendable () async -> String?

    /// The site of a node.
    /// - Parameters:
    ///   - metrics: what `/metrics` shows.
    ///   - trouble: what else is wrong with the service that the node is part of, in one sentence; nil when nothing is.
    public init(
        _ node: ClusterNode, metrics: PrometheusRegistry, trouble: @escaping @Sendable () async -> String? = { nil }
    ) {
        self.node = node
        self.metrics = metrics
        self.trouble = trouble
    }

    /// The answer to a request.
    @Sendable public func respond(_ request: HTTPRequest) async -> HTTPResponse {
        guard request.method == .GET else { return .text(.methodNotAllowed, "only GET is possible here") }
        switch request.path {
        case "/nodes": return .json(await nodes())
        case "/metrics": return .metrics(metrics)
        case "/healthz":
            let isReached = await node.snapshot.nodes.contains { $0.nextHop != nil }
            guard isReached else { return .text(.serviceUnavailable, "no other node is reached") }
            if let trouble = await trouble() { return .text(.serviceUnavailable, trouble) }
            return .text(.ok, "ok")
        default: return .text(.notFound, "there are /nodes, /metrics and /healthz")
        }
    }

    private func nodes() async -> String {
        let snapshot = await node.snapshot
        let nodes = snapshot.nodes.map { other in
            JSONValue.object([
                ("node", .of(other.node)), ("url", .string("\(other.url)")), ("link", .string(other.link.rawValue)),
                ("enabled", .bool(other.isEnabled)), ("via", other.nextHop.map { .of($0) } ?? .null),
                ("roundTrip", other.roundTrip.map { .number("\($0 / .seconds(1))") } ?? .null),
                ("neighbours", .array(other.neighbours.map { .of($0) })),
                (
                    "capabilities",
                    .object(other.capabilities.map { ("\($0.name)", .bool($0.isSynced)) })
                ),
            ])
        }
        let capabilities = snapshot.capabilities.map { own in
            JSONValue.object([
                ("capability", .string("\(own.name)")), ("synced", .bool(own.isSynced)),
                ("syncing", .bool(own.isSyncing)), ("donor", own.donor.map { .of($0) } ?? .null),
            ])
        }
        let tags = snapshot.tags.map { tag in
            JSONValue.object([
                ("tag", .string("\(tag.name)")), ("active", .bool(tag.isActive)),
                ("holder", tag.holder.map { .of($0) } ?? .null),
            ])
        }
        return JSONValue.object([
            ("cluster", .of(snapshot.cluster)), ("node", .of(snapshot.node)), ("enabled", .bool(snapshot.isEnabled)),
            ("nodes", .array(nodes)), ("capabilities", .array(capabilities)), ("tags", .array(tags)),
        ]).text
    }
}
