package import BINCluster
package import BINMessages

/// What a member is told by a file: all of it, or only the nodes of its cluster.
package struct Provisioning: Sendable {
    /// The cluster; nil when the source does not say it.
    package var cluster: Int32?
    /// The own node id.
    package var node: Int32?
    /// Where the own node listens.
    package var url: NodeURL?
    /// The release of the cluster.
    package var release: Release?
    /// The own SIP address.
    package var sipAddress: String?
    /// The own priority as a hop.
    package var priority: Int32?
    /// Ping retries that others shall make.
    package var pingRetries: Int32?
    /// Whether the own node is switched on.
    package var isEnabled = true
    /// Whether the nodes listed are all there are.
    package var isClosed: Bool?
    /// Whether the own node declares itself synced when nobody else is (CL-51).
    package var isSeed: Bool?
    /// The other nodes.
    package var nodes: [NodeConfiguration] = []
    /// Own capabilities.
    package var capabilities: [CapabilityConfiguration] = []
    /// Own sharing tags.
    package var tags: [TagConfiguration] = []
    /// Clusters from which packets are taken over a bridge.
    package var bridgesIn: [InwardBridge] = []
    /// Clusters to which packets may be sent over a bridge.
    package var bridgesOut: [OutwardBridge] = []
    /// What peers may make the node do; nil when the source does not say it.
    package var permissions: Permissions?

    /// Says nothing.
    package init() {}

    /// The member that is told so.
    /// - Throws: ``ProvisioningError`` when cluster, id, address or release is said nowhere.
    package func member() throws(ProvisioningError) -> MemberConfiguration {
        guard let cluster else { throw ProvisioningError("the cluster is not said") }
        guard let node else { throw ProvisioningError("the own node id is not said") }
        guard let url else { throw ProvisioningError("it is not said where node \(node) listens") }
        guard let release else {
            throw ProvisioningError("the release of the cluster is not said; packets do not tell it")
        }
        var member = MemberConfiguration(cluster: cluster, node: node, url: url, release: release)
        member.sipAddress = sipAddress ?? member.sipAddress
        member.priority = priority ?? member.priority
        member.pingRetries = pingRetries ?? member.pingRetries
        member.discoversNodes = !(isClosed ?? false)
        member.isSeed = isSeed ?? false
        member.nodes = nodes
        member.capabilities = capabilities
        member.tags = tags
        member.bridgesIn = bridgesIn
        member.bridgesOut = bridgesOut
        member.permissions = permissions ?? member.permissions
        return member
    }
}

/// Why a source cannot be used: one sentence without a full stop.
package struct ProvisioningError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
