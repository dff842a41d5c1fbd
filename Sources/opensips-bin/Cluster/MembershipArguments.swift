import ArgumentParser
import BINCluster
import BINMessages
import BINNode
import BINText
import BINTransport
import BINWire

/// Who we are in a cluster, and whom we know there.
struct MembershipArguments: ParsableArguments {
    @Option(help: "The id of the cluster.")
    var cluster: Int32 = 1

    @Option(help: "Our node id, which no other node has.")
    var id: Int32

    @Option(help: "Where we listen, such as bin:127.0.0.1:5599. Others connect to it, and know us by its address.")
    var listen: String

    @Option(
        name: .customLong("neighbour"),
        help: "A node that is known: ID=URL, such as 1=bin:127.0.0.1:5555; may be repeated.")
    var neighbours: [String] = []

    @Option(name: .shortAndLong, help: "The release of the cluster, such as 4.0 or 3.4.18: packets do not tell it.")
    var release: String

    @Option(help: "Our SIP address; equal ones mark nodes of one site.")
    var sipAddress = ""

    @Flag(help: "Only the nodes that are named belong to the cluster; others are refused.")
    var closed = false

    @OptionGroup(title: "TLS") var certificates: TLSArguments

    @OptionGroup var log: LogArguments

    func validate() throws {
        do {
            _ = try ClusterMember(try member())
            let urls = [try url(listen)] + (try nodes().map(\.url))
            try certificates.check(urls.map { BINEndpoint($0) }, listening: try url(listen).scheme == .bins)
        } catch let error as ValidationError {
            throw error
        } catch {
            throw ValidationError("\(error)")
        }
    }

    private func url(_ text: String) throws -> NodeURL {
        guard let url = NodeURL(text) else {
            throw ValidationError("'\(text)' is no place where a node listens, such as bin:127.0.0.1:5555")
        }
        return url
    }

    private func nodes() throws -> [NodeConfiguration] {
        try neighbours.map { try NodeArgument(parsing: $0).node }
    }

    /// What the member is told.
    func member() throws -> MemberConfiguration {
        guard let release = Release(release) else {
            throw ValidationError("'\(release)' is no release of OpenSIPS from 2.1 on, such as 3.4.18 or 3.4")
        }
        var member = MemberConfiguration(cluster: cluster, node: id, url: try url(listen), release: release)
        member.nodes = try nodes()
        member.sipAddress = sipAddress
        member.discoversNodes = !closed
        return member
    }

    /// What the node is told.
    func configuration(_ member: MemberConfiguration) throws -> ClusterNode.Configuration {
        try ClusterNode.Configuration(member, certificates, log)
    }
}
