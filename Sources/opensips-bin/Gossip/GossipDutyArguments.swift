import ArgumentParser
import BINCluster
import BINHTTP
import BINNode
import BINWire

/// What a member of the gossip is and does besides being there, whether it gossips alone or beside the clusterer.
struct GossipDutyArguments: ParsableArguments {
    @Option(help: "The site this node stands at; rounds prefer nodes of the same one.")
    var site = ""

    @Option(help: "The rack at that site.")
    var rack = ""

    @Option(help: "A group that this node belongs to; may be repeated.")
    var group: [String] = []

    @Option(
        name: .customLong("flag"),
        help: """
            A duty that one node has at a time: NAME=ID,ID,…, the preferred owner first, then :quorum, :available (default) or :etcd, \
            and :back=SECONDS to hand it back to a preferred node that has been there so long. May be repeated; the same on every node.
            """)
    var flags: [String] = []

    @Option(help: "An etcd server, which says who owns flags with :etcd, such as 127.0.0.1:2379; may be repeated.")
    var etcd: [HTTPAddress] = []

    @Option(help: "Seconds after which etcd gives the flags of a node that is gone to others, 2 to 3600.")
    var etcdTtl = defaultTimeToLive

    @Option(
        help: "Seconds between two rounds, 0.02 to 60; leases and suspicions scale with it. The same on every node.")
    var round = defaultRound

    private static let defaultTimeToLive = 10
    private static let defaultRound = 1.0

    /// Whether nothing is said.
    var isEmpty: Bool {
        site.isEmpty && rack.isEmpty && group.isEmpty && flags.isEmpty && etcd.isEmpty
            && etcdTtl == Self.defaultTimeToLive && round == Self.defaultRound
    }

    /// Tells a member.
    func apply(to member: inout GossipConfiguration) throws {
        guard (0.02...60).contains(round) else { throw ValidationError("--round is 0.02 to 60 seconds") }
        member.site = site
        member.rack = rack
        guard group.allSatisfy({ !$0.isEmpty && !$0.contains(" ") }) else {
            throw ValidationError("the name of a group has no spaces")
        }
        member.groups = group
        member.flags = try flags.map { try FlagArgument(parsing: $0).flag }
        guard etcd.isEmpty != member.flags.contains(where: \.isExternal) else {
            throw ValidationError("--etcd and flags with :etcd go together")
        }
        guard (2...3600).contains(etcdTtl) else { throw ValidationError("--etcd-ttl is 2 to 3600 seconds") }
        member.timing = GossipTiming(interval: .seconds(round))
        do throws(GossipFault) { try member.check() } catch { throw ValidationError("\(error)") }
    }

    /// What asks etcd who owns the flags that are left to it.
    func etcdOwnership(of node: GossipNode, _ member: GossipConfiguration, _ log: LogArguments) -> EtcdOwnership? {
        guard !etcd.isEmpty else { return nil }
        var configuration = EtcdOwnership.Configuration(
            endpoints: etcd.map { HTTPCall(host: $0.host, port: $0.port) }, cluster: member.cluster, node: member.node,
            flags: member.flags.filter(\.isExternal))
        configuration.timeToLive = etcdTtl
        configuration.logger = log.logger
        return EtcdOwnership(node, configuration)
    }
}

/// A flag as it is written at the shell: `NAME=1,2,3`, then `:quorum` or `:available`, then `:back=SECONDS`.
struct FlagArgument {
    let flag: FlagConfiguration

    init(parsing text: String) throws {
        func fail(_ reason: String) -> ValidationError {
            ValidationError("'\(text)' is no flag such as nat-ping=1,2,3:quorum: \(reason)")
        }
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { throw fail("NAME= is missing") }
        let name = String(text[..<equals])
        guard name.utf8.count <= 64 else { throw fail("a name has at most 64 bytes") }
        let parts = text[text.index(after: equals)...].split(separator: ":", omittingEmptySubsequences: false)
        let ids = parts[0].split(separator: ",", omittingEmptySubsequences: false).map { Int32($0) ?? 0 }
        guard ids.allSatisfy({ $0 > 0 && $0 < 65_536 }) else { throw fail("owners are node ids from 1 to 65535") }
        guard Set(ids).count == ids.count else { throw fail("a node is named twice") }
        guard ids.count <= 32 else { throw fail("at most 32 nodes can own it") }
        var flag = FlagConfiguration(WireName(name), preferred: ids)
        for part in parts.dropFirst() {
            if part == "etcd" {
                flag.isExternal = true
            } else if let policy = FlagConfiguration.Policy(rawValue: String(part)) {
                flag.policy = policy
            } else if part.hasPrefix("back="), let seconds = Double(part.dropFirst(5)), (0...86_400).contains(seconds) {
                flag.handBack = .after(.seconds(seconds))
            } else {
                throw fail("'\(part)' is neither quorum, available, etcd nor back=SECONDS")
            }
        }
        self.flag = flag
    }
}
