import ArgumentParser
import BINCluster
import BINMessages
import BINNode
import BINTransport

/// Who we are for a short visit to a cluster, and whom we know there.
struct VisitArguments: ParsableArguments {
    @Option(
        name: .customLong("from"),
        help: "A node that is known: ID=URL, such as 1=bin:127.0.0.1:5555; may be repeated, the first is the one asked."
    )
    var nodes: [String] = []

    @Option(help: "The id of the cluster.")
    var cluster: Int32 = 1

    @Option(help: "Our node id, which no other node has.")
    var id: Int32

    @Option(help: "Where we listen for the time, such as bin:127.0.0.1:5599.")
    var listen: String

    @Option(name: .shortAndLong, help: "The release of the cluster, such as 4.0 or 3.4.18: packets do not tell it.")
    var release: String

    @Option(help: "Seconds after which it is given up.")
    var timeout = 20

    @OptionGroup(title: "TLS") var certificates: TLSArguments

    @OptionGroup var log: LogArguments

    func validate() throws {
        guard timeout > 0 else { throw ValidationError("--timeout is a number of seconds above 0") }
        do { _ = try ClusterMember(try member(knowing: [])) } catch let error as ValidationError { throw error } catch {
            throw ValidationError("\(error)")
        }
    }

    /// The ids of the nodes that are named, in their order.
    var ids: [Int32] { get throws { try nodes.map { try NodeArgument(parsing: $0).node.node } } }

    /// What the member is told.
    /// - Parameter ids: the nodes it knows; empty for all that are named.
    func member(knowing ids: Set<Int32>) throws -> MemberConfiguration {
        let release = try Release(argument: release)
        guard let url = NodeURL(listen) else {
            throw ValidationError("'\(listen)' is no place where a node listens, such as bin:127.0.0.1:5599")
        }
        var member = MemberConfiguration(cluster: cluster, node: id, url: url, release: release)
        member.nodes = try nodes.map { try NodeArgument(parsing: $0).node }.filter {
            ids.isEmpty || ids.contains($0.node)
        }
        member.relays = false
        return member
    }

    /// What the node is told.
    func configuration(_ member: MemberConfiguration) throws -> ClusterNode.Configuration {
        try ClusterNode.Configuration(member, certificates, log)
    }
}

/// A node as it is written at the shell: `1=bin:127.0.0.1:5555`.
struct NodeArgument {
    let node: NodeConfiguration

    init(parsing text: String) throws {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let id = Int32(parts[0]), let url = NodeURL(parts[1]) else {
            throw ValidationError("'\(text)' is no node: write ID=URL, such as 1=bin:127.0.0.1:5555")
        }
        node = NodeConfiguration(node: id, url: url)
    }
}

extension ClusterNode.Configuration {
    /// What a command tells its node. Its events say what matters, so only errors are logged unless more is asked for.
    init(_ member: MemberConfiguration, _ certificates: TLSArguments, _ log: LogArguments) throws {
        self.init(member: member)
        logger = log.quietLogger
        try certificates.apply(to: &self)
    }
}
