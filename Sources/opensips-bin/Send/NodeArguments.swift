import ArgumentParser
import BINCluster
import BINMessages
import BINNode
import BINTransport
import BINWire

/// Which ids packets carry, and whether we become a member of the cluster to send them.
struct NodeArguments: ParsableArguments {
    @Option(help: "The cluster that the packets are to belong to.")
    var cluster: Int32?

    @Option(help: "The node id that the packets are to come from.")
    var nodeId: Int32?

    @Option(help: "The node id that the packets are to be for.")
    var toNode: Int32?

    @Option(
        help: """
            Become a member of the cluster for this, listening here, such as bin:127.0.0.2:5599: OpenSIPS takes packets only \
            from members. Needs --node-id, --to-node and --release; never more than --window packets are unconfirmed.
            """)
    var asMember: String?

    @Option(name: .shortAndLong, help: "The release of the target, such as 4.0 or 3.4.18.")
    var release: String?

    @Option(help: "As a member: packets beyond the last one that the target confirmed.")
    var window = 200

    func validate() throws {
        for id in [cluster, nodeId, toNode].compactMap({ $0 }) where id < 1 {
            throw ValidationError("'\(id)' is no id: ids are 1 or more")
        }
        if let release { _ = try Release(argument: release) }
        guard window > 0 else { throw ValidationError("--window is a number above 0") }
        guard let asMember else { return }
        guard nodeId != nil, toNode != nil, release != nil else {
            throw ValidationError("--as-member needs --node-id, --to-node and --release")
        }
        guard NodeURL(asMember) != nil else {
            throw ValidationError("'\(asMember)' is no place where a node listens, such as bin:127.0.0.2:5599")
        }
    }

    /// The ids that are put into packets.
    var rewrite: NodeRewrite { NodeRewrite(cluster: cluster, source: nodeId, destination: toNode) }

    /// Fails without a release, which the layout of packets belongs to.
    func requireRelease() throws {
        guard release != nil else { throw ValidationError("--release is needed: packets are made for it") }
        _ = try routing()
    }

    /// The release of the target, and what packets that are made here say of their way.
    func routing() throws -> (Release, Routing) {
        guard let release = release.flatMap({ Release($0) }) else { throw ValidationError("--release is needed") }
        let framing = release.framing
        guard framing == .v2_1 || nodeId != nil else { throw ValidationError("--node-id is needed: who sends it") }
        guard framing != .v2_3 || toNode != nil else { throw ValidationError("--to-node is needed: whom it is for") }
        return (release, Routing(cluster: cluster ?? 1, source: nodeId ?? 1, destination: toNode ?? 1))
    }

    /// The same where it was validated before.
    func checkedRouting() throws(ProductionFailure) -> (Release, Routing) {
        guard let routing = try? routing() else { throw .unknownRelease(Release(0, 0, 0)) }
        return routing
    }

    /// What the member is told that sends to `target`; nil when none is wanted.
    func member(to target: BINEndpoint) throws -> MemberConfiguration? {
        guard let asMember, let url = NodeURL(asMember), let nodeId, let toNode,
            let release = release.flatMap({ Release($0) })
        else { return nil }
        guard target.transport != .udp else { throw ValidationError("--as-member does not go with udp:") }
        var member = MemberConfiguration(cluster: cluster ?? 1, node: nodeId, url: url, release: release)
        let peer = NodeURL(
            target.transport == .bins ? .bins : .bin, host: target.host, port: UInt16(clamping: target.port))
        member.nodes = [NodeConfiguration(node: toNode, url: peer)]
        member.relays = false
        return member
    }
}
