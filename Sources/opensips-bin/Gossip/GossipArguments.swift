import ArgumentParser
import BINCluster
import BINHTTP
import BINNode
import BINTransport
import BINWire

/// Who we are in the gossip, and whom we know there.
struct GossipArguments: ParsableArguments {
    @Option(help: "The id of the cluster.")
    var cluster: Int32 = 1

    @Option(help: "Our node id, which no other node has.")
    var id: Int32

    @Option(help: "Where we listen, UDP and TCP, such as bin:127.0.0.1:5700. Others know us by it.")
    var listen: String

    @Option(help: "The address to listen on and send from, where that is not the host of --listen.")
    var bind: String?

    @Option(
        name: .customLong("neighbour"),
        help: "A node that can be asked for the state of the cluster, such as bin:127.0.0.1:5701; may be repeated.")
    var neighbours: [String] = []

    @Option(help: "The file that keeps what must outlive the process: members, the own generation, what was granted.")
    var memory: String?

    @OptionGroup var duties: GossipDutyArguments

    @OptionGroup(title: "TLS") var certificates: TLSArguments

    @OptionGroup var log: LogArguments

    func validate() throws {
        let member = try member()
        let endpoints = ([member.url] + member.neighbours).map { BINEndpoint($0) }
        try certificates.check(endpoints, listening: member.url.scheme == .bins)
    }

    private func url(_ text: String) throws -> NodeURL {
        guard let url = NodeURL(text) else {
            throw ValidationError("'\(text)' is no place where a node listens, such as bin:127.0.0.1:5700")
        }
        return url
    }

    /// What the member is told.
    func member() throws -> GossipConfiguration {
        guard cluster > 0, id > 0 else { throw ValidationError("--cluster and --id are numbers above 0") }
        var member = GossipConfiguration(cluster: cluster, node: id, url: try url(listen))
        member.neighbours = try neighbours.map { try url($0) }
        try duties.apply(to: &member)
        return member
    }

    /// What the node is told.
    func configuration(_ member: GossipConfiguration) throws -> GossipNode.Configuration {
        var configuration = GossipNode.Configuration(member: member)
        configuration.listenHost = bind
        configuration.memory = memory
        configuration.logger = log.quietLogger
        try certificates.apply(to: &configuration)
        return configuration
    }
}
