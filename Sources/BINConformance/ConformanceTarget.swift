public import BINMessages
public import BINWire

/// The node that is tested, and who the runner is towards it.
public struct ConformanceTarget: Sendable {
    /// Where it listens; `bin:` only.
    public var endpoint: BINEndpoint
    /// Its release, 2.4 or later: packets do not tell it (Spec/clusterer.md, dialects).
    public var release: Release
    /// The cluster.
    public var cluster: Int32
    /// The id under which the runner joins, 1 or more. The ids behind it are used too, about a dozen of them.
    public var node: Int32
    /// The address on which the runner's nodes listen and from which they connect. On 127.0.0.0/8 each node has the next one.
    public var host: String
    /// The port of the first node; 0 lets the system choose. The second has the same where it has another address, else the next,
    /// so that a target can be told of both. The others have ports of the system.
    public var port = 0
    /// Whether cases are run that a weak peer might not survive.
    public var isHostile = false
    /// Whether the gossip of the target is tested (Spec/extensions/gossip.md), and not its part in a cluster.
    public var speaksGossip = false
    /// A sharing tag that is active on the target, if one is (CL-63).
    public var activeTag: String?
    /// A SIP socket of the target, such as `udp:10.0.0.1:5060`: dialogs of other sockets are refused by servers (DL-20). Nil for
    /// UDP, its address and 5060.
    public var sipSocket: String?
    /// What random fields are made from.
    public var seed: UInt64 = 1
    /// How long something may take that waits for a timer of the target.
    public var patience: Duration = .seconds(15)
    /// The time of day as Unix time in seconds.
    public var unixTime: @Sendable () -> Int64

    /// A target with the usual times.
    public init(
        endpoint: BINEndpoint, release: Release, cluster: Int32, node: Int32, host: String,
        unixTime: @escaping @Sendable () -> Int64
    ) {
        self.endpoint = endpoint
        self.release = release
        self.cluster = cluster
        self.node = node
        self.host = host
        self.unixTime = unixTime
    }

    /// Why the runner cannot be used like this; nil when it can.
    public var fault: String? {
        if endpoint.transport != .bin { return "only bin: targets can be tested, not \(endpoint)" }
        if !speaksGossip, layout == nil { return "\(release) has no clusterer that is tested: 2.4 and later have" }
        if cluster < 1 || node < 1 { return "ids of clusters and nodes begin at 1" }
        if node > Int32.max - 1000 { return "the ids behind \(node) are needed too" }
        return nil
    }

    /// How clusterer packets are laid out; nil for releases that are not tested.
    var layout: ClustererLayout? { ClustererLayout.allCases.first { $0 > .a && $0.releases.contains(release) } }

    /// The largest packet that the target takes (FR-26).
    var maximumLength: Int {
        release >= Release(4, 0, 0) ? Framing.maximumLengthSince4_0 : Framing.maximumLength
    }

    /// The address of the node that is `offset` behind the first.
    func host(at offset: Int) -> String {
        let parts = host.split(separator: ".").compactMap { UInt8($0) }
        guard isLoopback, parts.count == 4 else { return host }
        return "127.\(parts[1]).\(parts[2]).\((Int(parts[3]) - 1 + offset) % 254 + 1)"
    }

    /// The port of the node that is `offset` behind the first; 0 lets the system choose.
    func port(at offset: Int) -> Int {
        guard port != 0, offset < 2 else { return 0 }
        return host(at: offset) == host ? port + offset : port
    }

    /// Whether the runner has addresses without number.
    public var isLoopback: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
