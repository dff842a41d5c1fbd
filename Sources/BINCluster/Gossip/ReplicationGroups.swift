/// Which capability is replicated to which groups of nodes; a node says which groups it belongs to under ``GossipKey/groups``.
///
/// A node that is in several clusters has a member for each.
public struct ReplicationGroups: Hashable, Sendable {
    /// The groups that a capability goes to. One that is not named goes to every node.
    public var groups: [WireName: Set<String>]

    /// Groups by capability.
    public init(_ groups: [WireName: Set<String>] = [:]) {
        self.groups = groups
    }
}

extension GossipMember {
    /// The groups that a member belongs to.
    public func groups(of node: Int32) -> Set<String> {
        guard let value = value(GossipKey.groups, of: node) else { return [] }
        return Set(String(decoding: value, as: UTF8.self).split(separator: " ").map(String.init))
    }

    /// The members that packets of a capability go to: those present that are in one of its groups, in the order of their ids.
    public func recipients(of capability: WireName, _ replication: ReplicationGroups) -> [Int32] {
        let others = table.records.filter { $0.isPresent && $0.node != configuration.node }.map(\.node).sorted()
        guard let wanted = replication.groups[capability] else { return others }
        return others.filter { !groups(of: $0).isDisjoint(with: wanted) }
    }
}
