// What the simulator looks at to judge a run. It changes nothing.

extension GossipMember {
    /// How far a node knows another one.
    package struct View: Hashable, Sendable {
        package var generation: Int32
        package var version: Int32
        package var standing: Int32
        package var status: MemberStatus
        package var incarnation: Int32 { standing >> 2 }
    }

    /// All that this node knows of another one's state, by key; nil when it does not know the node.
    package func state(of node: Int32) -> [[UInt8]: StateEntry]? {
        table.slot(of: node).map { slot in
            Dictionary(table.records[slot].entries.map { ($0.key, $0) }) { first, _ in first }
        }
    }

    /// How far this node knows another one; nil when it does not.
    package func view(of node: Int32) -> View? {
        table.slot(of: node).map { slot in
            let record = table.records[slot]
            return View(
                generation: record.generation, version: record.version, standing: record.standing.raw,
                status: record.standing.status)
        }
    }

    /// The sum over all that this node knows: equal for two nodes that know the same.
    package var knowledgeSum: UInt64 { table.total }
    /// Members this node knows.
    package var memberCount: Int { table.count }
    /// Members that are present.
    package var presentCount: Int { table.presentCount }
    /// The last version of the own state.
    package var ownVersion: Int32 { own.version }
    /// Whether this node votes on every flag that it is to vote on.
    package var votesOnAll: Bool {
        flags.allSatisfy { flag in
            flag.isReady || !flag.isVoter(configuration.node)
        }
    }

    /// A member that knows other nodes from the beginning, as after a long time of quiet: what each says of itself is shared, not copied.
    package mutating func know(_ others: [GossipMember], at now: Instant) {
        table.reserve(others.count)
        for other in others where other.configuration.node != configuration.node {
            var record = other.own
            record.since = now.nanoseconds
            table.insert(record)
        }
        hasJoined = true
        membersChanged = false
    }
}
