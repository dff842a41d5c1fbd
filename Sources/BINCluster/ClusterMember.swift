import BINMessages
import BINWire

/// A member of a cluster: what to answer, what to send on its own, what to hand on (Spec/clusterer.md).
///
/// A value without sockets and without a clock. Everything that happens is handed in with the moment it happened; what is to
/// be done comes out as ``ClusterAction``s, appended to an array in the order in which they are to be done. One member
/// belongs to one cluster; whoever is in several keeps several. It is driven from one place, an actor or an event loop:
///
/// * ``start(at:into:)`` once, then ``tick(at:into:)`` whenever ``nextTick`` is reached, which every call may change;
/// * ``receive(_:_:from:at:into:)`` for each packet;
/// * ``sendFailed(to:packet:at:into:)`` and ``connectionClosed(to:at:into:)`` for what the transport notices.
///
/// Nothing a peer sends makes it trap, keep more than ``ClusterLimits`` allow, serve data or take a sharing tag.
public struct ClusterMember: Sendable {
    /// What it was told.
    public let configuration: MemberConfiguration
    /// How the cluster speaks.
    public let dialect: Dialect

    var table = NodeTable()
    var routes = Routes()
    var routesAreStale = false
    var isStarted = false
    /// False when this node is switched off in the cluster.
    var isEnabled = true
    var startedAt = Instant(nanoseconds: 0, unixSeconds: 0)

    /// Own counters of the three kinds of updates, each the last number used (CL-21).
    var linkSequence: Int32 = -1
    var topologySequence: Int32 = -1
    var capabilitySequence: Int32 = -1

    var capabilities: [OwnCapability]
    var tags = SharingTags()
    var served: [SyncService] = []
    var relayed: RecentPackets
    var flooded: RecentPackets
    /// How often nodes that are not known are told so.
    var strangerLimit = RateLimit(interval: .milliseconds(100), burst: 20)
    var refusals: RefusalCounts

    /// A member that is not started.
    /// - Throws: ``ConfigurationFault`` when the configuration cannot work, mixed releases that would misread each other
    ///   among it.
    public init(_ configuration: MemberConfiguration) throws(ConfigurationFault) {
        self.configuration = configuration
        dialect = try Dialect(configuration.release)
        relayed = RecentPackets(
            memory: configuration.limits.relayMemory, limit: configuration.limits.identicalRelays)
        flooded = RecentPackets(memory: .seconds(2), limit: 1)
        refusals = RefusalCounts(limit: configuration.limits.reportedRefusals)
        guard configuration.cluster > 0 else { throw .badID(configuration.cluster) }
        guard configuration.node > 0 else { throw .badID(configuration.node) }
        guard configuration.capabilities.count <= Int(ClustererLimits.capabilities) else {
            throw .tooManyCapabilities(configuration.capabilities.count)
        }
        capabilities = configuration.capabilities.map(OwnCapability.init)
        for name in configuration.capabilities.map(\.name) + configuration.tags.map(\.name) {
            guard (1...WireName.maximumLength).contains(name.bytes.count) else { throw .badName(name) }
        }
        for capability in configuration.capabilities where capability.syncsAtStart && !hasSync(capability.name) {
            throw .noSync(capability.name, configuration.release)
        }
        for tag in configuration.tags { tags.add(tag.name, isActive: tag.isActive) }
        for node in configuration.nodes { try check(node) }
        try Dialect.check(Set([configuration.release] + configuration.nodes.compactMap(\.release)))
        for node in configuration.nodes { insert(node, try nodeDialect(node), isConfigured: true) }
    }

    func nodeDialect(_ node: NodeConfiguration) throws(ConfigurationFault) -> Dialect {
        guard let release = node.release else { return dialect }
        return try Dialect(release)
    }

    /// What makes a node impossible.
    func check(_ node: NodeConfiguration) throws(ConfigurationFault) {
        guard node.node > 0 else { throw .badID(node.node) }
        let isTwice = configuration.nodes.count { $0.node == node.node } > 1
        guard node.node != configuration.node, !isTwice else { throw .duplicateNode(node.node) }
        let most = Swift.min(configuration.limits.nodes, Int(ClustererLimits.nodes))
        guard configuration.nodes.count < most else { throw .tooManyNodes(configuration.nodes.count + 1) }
    }

    /// Whether one more node may be kept.
    var hasRoom: Bool { table.count + 1 < Swift.min(configuration.limits.nodes, Int(ClustererLimits.nodes)) }

    mutating func insert(_ node: NodeConfiguration, _ dialect: Dialect, isConfigured: Bool) {
        table.insert(Node(node, dialect: dialect, timing: configuration.timing, isConfigured: isConfigured))
        routesAreStale = true
    }

    // MARK: Time

    /// Starts: from now on packets are taken, and links are tried.
    public mutating func start(at now: Instant, into actions: inout [ClusterAction]) {
        guard !isStarted else { return }
        isStarted = true
        startedAt = now
        if dialect.layout == .a {
            // 2.3 takes only numbers above the last one it saw, also after a restart (CL-10). The time of day rises by
            // itself, so nothing need be kept between runs.
            linkSequence = now.timestamp
            topologySequence = now.timestamp
        }
        for index in table.indices {
            if dialect.layout == nil { table[index].link.assume(.up, at: now) }
        }
        for index in capabilities.indices where capabilities[index].configuration.syncsAtStart {
            requestSync(at: index, now, &actions)
        }
        tick(at: now, into: &actions)
    }

    /// When ``tick(at:into:)`` is to be called next, in nanoseconds of the monotonic clock; a time in the past means at once.
    public var nextTick: Int64? {
        guard isStarted, isEnabled else { return nil }
        var next = Int64.max
        for index in table.indices where table[index].isEnabled {
            next = Swift.min(next, linkDueAt(index), table[index].lookUpDueAt)
        }
        for capability in capabilities {
            next = Swift.min(next, syncDueAt(capability))
        }
        return next == .max ? nil : next
    }

    /// Does what is due.
    public mutating func tick(at now: Instant, into actions: inout [ClusterAction]) {
        guard isStarted, isEnabled else { return }
        for index in table.indices where table[index].isEnabled {
            if table[index].lookUpDueAt <= now.nanoseconds {
                table[index].lookedUpAt = now.nanoseconds
                actions.append(.resolve(table[index].id, table[index].url))
            }
            tickLink(index, now, &actions)
        }
        for index in capabilities.indices { tickSync(index, now, &actions) }
        settle(now, &actions)
    }

    /// Brings everything up to date that follows from what just changed.
    mutating func settle(_ now: Instant, _ actions: inout [ClusterAction]) {
        guard routesAreStale else { return }
        routesAreStale = false
        routes = Routes(table)
        var up: [Int] = []
        for index in table.indices {
            let isReachable = routes.hop(at: index) != nil
            guard table[index].isReachable != isReachable else { continue }
            table[index].isReachable = isReachable
            actions.append(.event(isReachable ? .nodeUp(table[index].id) : .nodeDown(table[index].id)))
            if isReachable { up.append(index) } else { nodeWentDown(index, now, &actions) }
        }
        for index in up { nodeCameUp(index, now, &actions) }
    }

    mutating func nodeCameUp(_ index: Int, _ now: Instant, _ actions: inout [ClusterAction]) {
        announcePendingTags(to: index, now, &actions)
        requestPendingSyncs(now, &actions)
    }

    mutating func nodeWentDown(_ index: Int, _ now: Instant, _ actions: inout [ClusterAction]) {
        let id = table[index].id
        served.removeAll { $0.offer.node == id }
        syncDonorLost(id, now, &actions)
    }

    // MARK: Refusals

    func refusal(
        _ reason: Refusal.Reason, node: Int32 = 0, from source: PacketSource? = nil, wire: WireError? = nil
    ) -> Refusal {
        Refusal(reason: reason, node: node, address: source?.address, wire: wire)
    }

    /// Counts a refusal, and reports it unless there were too many.
    mutating func note(_ refusal: Refusal, _ now: Instant, _ actions: inout [ClusterAction]) {
        refusals.count(refusal.reason, node: table.index(of: refusal.node) == nil ? nil : refusal.node)
        // Copies of floods are the ordinary case in a mesh.
        guard refusal.reason != .staleUpdate else { return }
        guard refusals.reports.allows(at: now) else {
            refusals.unreported &+= 1
            return
        }
        var refusal = refusal
        refusal.unreported = refusals.unreported
        refusals.unreported = 0
        actions.append(.event(.refused(refusal)))
    }
}
