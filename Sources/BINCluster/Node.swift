import BINMessages

/// Another node of the cluster, with everything that is known of it.
struct Node: Hashable, Sendable {
    let id: Int32
    var url: NodeURL
    var sipAddress: [UInt8]
    var priority: Int32
    var pingRetries: Int32
    var dialect: Dialect
    /// Addresses it may connect from.
    var addresses: [PeerAddress]
    /// Whether it stands in the configuration; otherwise it introduced itself.
    var isConfigured: Bool
    var isEnabled: Bool

    /// The own link to it.
    var link = Link()
    /// The links it has to others, as reported; never that to this node.
    var neighbours = SortedIDs()
    /// Whether a way leads to it.
    var isReachable = false

    var linkRule = SequenceRule()
    var topologyRule = SequenceRule()
    var capabilityRule = SequenceRule()
    /// Capabilities it announced, in ascending order, and whether they are synced.
    var capabilities: [AnnouncedCapability] = []

    /// How often its link may be set back by what others say.
    var flapLimit: RateLimit
    /// How often a link that is down may be tried again because of what others say.
    var reviveLimit: RateLimit
    /// How often it is told who this node is.
    var descriptionLimit: RateLimit
    /// How often it is told all capabilities because it asks for them.
    var replyLimit: RateLimit
    /// Whether its addresses are those of the name in its URL.
    let isNamed: Bool
    /// When its name was looked up last, in nanoseconds.
    var lookedUpAt: Int64?
    /// How often sending to it failed in a row (2.2).
    var failures = 0
    /// When it said something last of each own capability that has a limit for silence, in nanoseconds (2.2).
    var spokeAt: [WireName: Int64] = [:]

    init(_ configuration: NodeConfiguration, dialect: Dialect, timing: ClusterTiming, isConfigured: Bool) {
        id = configuration.node
        url = configuration.url
        sipAddress = Array(configuration.sipAddress.utf8)
        priority = configuration.priority
        pingRetries = configuration.pingRetries
        self.dialect = dialect
        addresses = configuration.addresses
        if let own = configuration.url.address { addresses.append(own) }
        isNamed = addresses.isEmpty
        self.isConfigured = isConfigured
        isEnabled = configuration.isEnabled
        flapLimit = RateLimit(interval: timing.flapInterval)
        reviveLimit = RateLimit(interval: timing.pingTimeout)
        descriptionLimit = RateLimit(interval: timing.restartDelay)
        replyLimit = RateLimit(interval: .milliseconds(100), burst: 10)
    }

    /// Whether packets can be sent to it directly.
    var isNeighbour: Bool { isEnabled && link.state == .up }

    /// When its name is to be looked up (again): it may have come to mean something, or something else.
    var lookUpDueAt: Int64 {
        guard isNamed, addresses.isEmpty || link.state != .up else { return .max }
        return lookedUpAt?.adding(5_000_000_000) ?? .min
    }

    /// Whether a packet of a capability is listened to (CL-4). Silence of more than `limit` is followed by deafness for twice that
    /// time, and that by a new chance of `limit`, and so on; what is not listened to ends none of it.
    mutating func isHeard(_ name: WireName, limit: Duration, at now: Instant) -> Bool {
        let limit = limit.wholeNanoseconds
        guard limit > 0, limit <= Int64.max / 3 else { return true }
        if let last = spokeAt[name], max(0, now.nanoseconds &- last) % (3 * limit) > limit { return false }
        spokeAt[name] = now.nanoseconds
        return true
    }

    /// Sets the state of a capability.
    /// - Returns: whether that is news; nil when it has too many.
    mutating func announce(_ name: WireName, isSynced: Bool) -> Bool? {
        if let index = capabilities.firstIndex(where: { $0.name == name }) {
            guard capabilities[index].isSynced != isSynced else { return false }
            capabilities[index].isSynced = isSynced
            return true
        }
        guard capabilities.count < Int(ClustererLimits.capabilities) else { return nil }
        let place = capabilities.firstIndex { name < $0.name } ?? capabilities.count
        capabilities.insert(AnnouncedCapability(name: name, isSynced: isSynced), at: place)
        return true
    }

    func hasSynced(_ name: WireName) -> Bool { capabilities.contains { $0.name == name && $0.isSynced } }
}

/// A capability of a node, and whether its data there are complete.
public struct AnnouncedCapability: Hashable, Sendable {
    /// Its name.
    public var name: WireName
    /// Whether its data are complete.
    public var isSynced: Bool

    /// A capability.
    public init(name: WireName, isSynced: Bool) {
        self.name = name
        self.isSynced = isSynced
    }
}

/// The other nodes of the cluster, in the order of their ids.
struct NodeTable: Hashable, Sendable {
    private(set) var nodes: [Node] = []

    var indices: Range<Int> { nodes.indices }
    var count: Int { nodes.count }

    subscript(index: Int) -> Node {
        _read { yield nodes[index] }
        _modify { yield &nodes[index] }
    }

    private func place(of id: Int32) -> Int {
        var low = 0
        var high = nodes.count
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func index(of id: Int32) -> Int? {
        let place = place(of: id)
        return place < nodes.count && nodes[place].id == id ? place : nil
    }

    /// Adds a node whose id is not there yet.
    mutating func insert(_ node: Node) {
        let place = place(of: node.id)
        guard place == nodes.count || nodes[place].id != node.id else { return }
        nodes.insert(node, at: place)
    }

    /// Removes a node, and the links of others to it.
    mutating func remove(_ id: Int32) {
        guard let index = index(of: id) else { return }
        nodes.remove(at: index)
        for other in nodes.indices { nodes[other].neighbours.remove(id) }
    }

    /// Whether some node may connect from `address`.
    func contains(_ address: PeerAddress) -> Bool { nodes.contains { $0.addresses.contains(address) } }

    /// The only node that may connect from `address`; nil when there are none or several.
    func onlyNode(at address: PeerAddress) -> Int32? {
        var found: Int32?
        for node in nodes where node.addresses.contains(address) {
            guard found == nil else { return nil }
            found = node.id
        }
        return found
    }
}
