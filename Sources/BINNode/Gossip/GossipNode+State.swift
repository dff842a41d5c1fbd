public import BINCluster
import Logging

// What whoever runs the node asks and says: members, state, owners.

extension GossipNode {
    // MARK: Members

    /// Every member that is known, this node among them, in the order of their ids.
    public var members: [GossipMember.Info] { member.members(at: clock.now).sorted { $0.node < $1.node } }

    /// What is known of a member; nil when it is not known.
    public func info(of node: Int32) -> GossipMember.Info? { member.info(of: node, at: clock.now) }

    /// Whether this node has the state of the cluster.
    public var hasJoined: Bool { member.hasJoined }

    /// The generation of this life of the node.
    public var generation: Int32 { member.generation }

    /// A node that speaks gossip too, heard of in another way: it is asked for the state of the cluster until it is known.
    public func suggest(_ node: Int32, at url: NodeURL) { member.suggest(node, at: url) }

    /// Says what this node sees of nodes that do not speak gossip, each as `up URL` or `down URL`, in place of what it said before.
    func observe(_ nodes: [Int32: String]) {
        let own = configuration.member.node
        let said = (member.info(of: own, at: clock.now)?.state ?? []).filter {
            $0.key.starts(with: GossipObservation.prefix)
        }
        let wanted = Dictionary(
            uniqueKeysWithValues: nodes.map { (GossipObservation.key($0.key), Array($0.value.utf8)) })
        for (key, _) in said where wanted[key] == nil { try? set(key, to: nil) }
        for (key, value) in wanted where !said.contains(where: { $0.key == key && $0.value == value }) {
            do throws(GossipStateError) { try set(key, to: value) } catch {
                configuration.logger.warning("an observed node cannot be told", metadata: ["reason": "\(error)"])
                return
            }
        }
    }

    // MARK: State

    /// A key of a member's state as it is known here; nil when there is none.
    public func value(_ key: [UInt8], of node: Int32) -> [UInt8]? { member.value(key, of: node) }

    /// Sets a key of the own state, of 1 to 128 bytes, which then spreads to all members; nil deletes it.
    /// - Throws: ``BINCluster/GossipStateError``: the key is reserved or too long, or the state would have more than its 128 keys or
    ///   16,384 bytes.
    public func set(_ key: [UInt8], to value: [UInt8]?) throws(GossipStateError) {
        try act { member, now throws(GossipStateError) in
            try member.set(key, to: value, at: now)
            return []
        }
        tellChanges(of: configuration.member.node, [key])
    }

    /// Says how much this node has to do. To be said every few seconds, and only when it changed much.
    /// - Throws: ``BINCluster/GossipStateError/full``.
    public func set(_ load: NodeLoad) throws(GossipStateError) {
        try act { member, now throws(GossipStateError) in
            try member.set(load, at: now)
            return []
        }
        tellChanges(of: configuration.member.node, [GossipKey.load])
    }

    /// Of two destinations drawn at random among `nodes` the one with less to do; nil when none of them is there and told its load.
    public func destination(among nodes: [Int32]) -> Int32? {
        var random = SystemRandomNumberGenerator()
        return member.destination(among: nodes, using: &random)
    }

    /// The members that packets of a capability go to.
    public func recipients(of capability: WireName, _ groups: ReplicationGroups) -> [Int32] {
        member.recipients(of: capability, groups)
    }

    // MARK: Owners

    /// The fencing number under which this node owns a flag now; nil when it does not (GS-32).
    public func owns(_ flag: WireName) -> UInt64? { member.owns(flag, at: clock.now) }

    /// The owner of a flag as this node knows it; nil for none.
    public func owner(of flag: WireName) -> (node: Int32, fence: UInt64)? { member.owner(of: flag) }

    /// Every flag that is configured, with its owner as this node knows it.
    public var owners: [(flag: FlagConfiguration, owner: (node: Int32, fence: UInt64)?)] {
        configuration.member.flags.map { ($0, member.owner(of: $0.name)) }
    }

    /// What another system says of a flag that is left to it (``BINCluster/FlagConfiguration/isExternal``): this node owns it under a fencing number
    /// for `duration` from `start`, or (nil) does not.
    public func setExternal(
        _ flag: WireName, fence: UInt64?, for duration: Duration = .zero, from start: ContinuousClock.Instant = .now
    ) {
        act { member, now in
            let left = duration - (ContinuousClock.now - start)
            return member.setExternal(flag, fence: fence, until: now.advanced(by: left).nanoseconds, at: now)
        }
    }

    /// Whether this node is to ping the contacts of an address of record.
    public func pings(aor: [UInt8], of partition: ContactPartition) -> Bool {
        member.pings(aor: aor, of: partition, at: clock.now)
    }

    /// What becomes of a flag at this node: first whether it owns it now, then each change.
    ///
    /// Between two looks a lease can run out; what acts on the outside asks ``owns(_:)`` right before, and hands the fencing number on.
    public nonisolated func ownership(of flag: WireName) -> AsyncStream<GossipOwnership> {
        let events = events()
        return AsyncStream { continuation in
            let task = Task {
                if let fence = await self.owns(flag) { continuation.yield(.acquired(fence: fence)) }
                for await event in events {
                    switch event.event {
                    case .acquired(flag, let fence): continuation.yield(.acquired(fence: fence))
                    case .lost(flag, let reason): continuation.yield(.lost(reason))
                    default: continue
                    }
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}

/// Something that happened in the gossip, and when.
public struct GossipNodeEvent: Hashable, Sendable {
    /// By the node's clocks.
    public var time: Instant
    /// What happened.
    public var event: GossipEvent
}

/// A key of a member's state that changed.
public struct GossipStateChange: Hashable, Sendable {
    /// The member.
    public var node: Int32
    /// The key.
    public var key: [UInt8]
    /// Its value now; nil when it was deleted.
    public var value: [UInt8]?
}

/// What became of a flag at this node.
public enum GossipOwnership: Hashable, Sendable {
    /// This node owns it, under this fencing number.
    case acquired(fence: UInt64)
    /// It does not any more.
    case lost(LossReason)
}

/// A packet that went out or came in, for people who look on.
public struct GossipTraffic: Hashable, Sendable {
    /// By the node's clocks.
    public var time: Instant
    /// Whether it went out.
    public var isSent: Bool
    /// What it is.
    public var kind: GossipKind
    /// The address or URL of the other end.
    public var peer: String
    /// Its length.
    public var bytes: Int
    /// Whether it went over a stream.
    public var isStream: Bool
}
