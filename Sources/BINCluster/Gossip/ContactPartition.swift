/// Divides contacts among flags, so that each is pinged by the node that owns its flag and by no other.
///
/// Every node has the same number of groups configured and a flag for each of them.
public struct ContactPartition: Hashable, Sendable {
    /// Number of groups, 1 to 64: as many as a node may have flags.
    public let groups: Int
    /// What the name of every flag begins with.
    public let prefix: String

    /// `groups` groups, whose flags are named `prefix/0` and so on.
    public init(groups: Int, prefix: String = "nat-ping") {
        self.groups = Swift.min(Swift.max(1, groups), GossipConfiguration.mostFlags)
        self.prefix = prefix
    }

    /// The group of an address of record: the same on every node.
    public func group(ofAoR bytes: [UInt8]) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return Int(mix(hash).multipliedFullWidth(by: UInt64(groups)).high)
    }

    /// The flag of a group.
    public func flag(ofGroup group: Int) -> WireName { WireName("\(prefix)/\(group)") }

    /// A configuration for every group; the preferred owners are moved on by one from group to group, so that all have their share.
    /// With ``FlagConfiguration/HandBack/after(_:)`` a node that comes back gets its share back too.
    public func flags(
        among nodes: [Int32], policy: FlagConfiguration.Policy = .available,
        handBack: FlagConfiguration.HandBack = .never
    ) -> [FlagConfiguration] {
        (0..<groups).map { group in
            let first = nodes.isEmpty ? 0 : group % nodes.count
            var flag = FlagConfiguration(
                flag(ofGroup: group), preferred: Array(nodes[first...] + nodes[..<first]), policy: policy)
            flag.handBack = handBack
            return flag
        }
    }
}

extension GossipMember {
    /// Whether this node is to ping the contacts of an address of record.
    public func pings(aor: [UInt8], of partition: ContactPartition, at now: Instant) -> Bool {
        owns(partition.flag(ofGroup: partition.group(ofAoR: aor)), at: now) != nil
    }
}
