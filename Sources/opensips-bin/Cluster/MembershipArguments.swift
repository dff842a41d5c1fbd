import ArgumentParser
import BINCluster
import BINMessages
import BINNode
import BINProvisioning
import BINText
import BINTransport
import BINWire

/// Who we are in a cluster, and whom we know there: by flags, by a file, or both.
struct MembershipArguments: ParsableArguments {
    @Option(
        name: .customLong("provision"),
        help: """
            A file that says who belongs to the cluster: YAML, or a SQLite database with OpenSIPS's table clusterer. It is read \
            again on SIGHUP. What is said here too counts more.
            """)
    var provision: String?

    @Option(help: "The id of the cluster (1 where nothing says it).")
    var cluster: Int32?

    @Option(help: "Our node id, which no other node has.")
    var id: Int32?

    @Option(help: "Where we listen, such as bin:127.0.0.1:5599. Others connect to it, and know us by its address.")
    var listen: String?

    @Option(
        name: [.customLong("neighbour"), .customLong("from")],
        help: "A node that is known: ID=URL, such as 1=bin:127.0.0.1:5555; may be repeated.")
    var neighbours: [String] = []

    @Option(name: .shortAndLong, help: "The release of the cluster, such as 4.0 or 3.4.18: packets do not tell it.")
    var release: String?

    @Option(help: "Our SIP address; equal ones mark nodes of one site.")
    var sipAddress: String?

    @Flag(help: "Only the nodes that are named belong to the cluster; others are refused.")
    var closed = false

    @OptionGroup(title: "TLS") var certificates: TLSArguments

    @OptionGroup var log: LogArguments

    func validate() throws {
        do {
            let member = try member()
            _ = try ClusterMember(member)
            let urls = [member.url] + member.nodes.map(\.url)
            try certificates.check(urls.map { BINEndpoint($0) }, listening: member.url.scheme == .bins)
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

    /// What the file says, and over it what the flags say.
    func provisioning() throws -> Provisioning {
        let release = try release.map { try Release(argument: $0) }
        var told = Provisioning()
        if let provision {
            told = try ProvisioningFile(path: provision).read(cluster: cluster ?? 1, node: id, release: release)
        }
        told.cluster = cluster ?? told.cluster ?? 1
        told.node = id ?? told.node
        told.url = try listen.map(url) ?? told.url
        told.release = release ?? told.release
        told.sipAddress = sipAddress ?? told.sipAddress
        if closed { told.isClosed = true }
        for neighbour in neighbours {
            let node = try NodeArgument(parsing: neighbour).node
            told.nodes.removeAll { $0.node == node.node }
            told.nodes.append(node)
        }
        return told
    }

    /// What the member is told.
    func member() throws -> MemberConfiguration { try member(provisioning()) }

    /// What a member is told that was read before.
    func member(_ told: Provisioning) throws -> MemberConfiguration {
        do { return try told.member() } catch {
            guard provision == nil else { throw error }
            throw ValidationError("\(error): say --id, --listen and --release, or --provision FILE")
        }
    }

    /// What the node is told.
    func configuration(_ member: MemberConfiguration) throws -> ClusterNode.Configuration {
        try ClusterNode.Configuration(member, certificates, log)
    }

    /// Reads the file again and lets the node have its list of nodes; says what became of it.
    func reload(_ node: ClusterNode) async {
        guard let provision else { return Terminal.complain("there is no --provision file to read again") }
        do {
            let told = try provisioning()
            try await node.reload(told.nodes)
            await node.setEnabled(told.isEnabled)
            Terminal.complain("\(provision): read again, \(told.nodes.count) other nodes")
        } catch {
            Terminal.complain("\(error); nothing is changed")
        }
    }
}
