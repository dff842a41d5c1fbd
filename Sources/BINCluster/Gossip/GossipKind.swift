/// What a packet of the gossip is (Spec/extensions/gossip.md, messages).
public enum GossipKind: String, Hashable, Sendable, CaseIterable {
    case summary = "SUMMARY"
    case digest = "DIGEST"
    case delta = "DELTA"
    case heartbeatRequest = "HEARTBEAT_REQ"
    case heartbeat = "HEARTBEAT"
    case probeRequest = "PROBE_REQ"
    case probeResult = "PROBE_RESULT"
    case leaseRequest = "LEASE_REQ"
    case leaseAnswer = "LEASE_ANSWER"
    /// None of these.
    case other = "other"

    /// What a packet with this type in its header is.
    public init(type: Int32) {
        let kinds: [GossipKind] = [
            .summary, .digest, .delta, .heartbeatRequest, .heartbeat, .probeRequest, .probeResult, .leaseRequest,
            .leaseAnswer,
        ]
        self = type >= 1 && type <= kinds.count ? kinds[Int(type) - 1] : .other
    }
}

extension GossipPacket {
    /// What it is.
    public var kind: GossipKind {
        switch message {
        case .summary: .summary
        case .digest: .digest
        case .delta: .delta
        case .heartbeatRequest: .heartbeatRequest
        case .heartbeat: .heartbeat
        case .probeRequest: .probeRequest
        case .probeResult: .probeResult
        case .leaseRequest: .leaseRequest
        case .leaseAnswer: .leaseAnswer
        }
    }

    /// Whether it asks for a lease, or promises one: what must not be sent while promises cannot be kept on disk.
    public var isLease: Bool { kind == .leaseRequest || kind == .leaseAnswer }
}
