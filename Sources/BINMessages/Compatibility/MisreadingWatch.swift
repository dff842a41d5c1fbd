/// Notices nodes of a cluster that would misread each other.
///
/// It knows of each node what it sent and which releases fit that. A message is reported when no release that fits the
/// sender is understood by any release that fits the other node, so that more packets cannot turn out to be harmless.
public struct MisreadingWatch: Sendable {
    /// A message of one node that another node does not understand.
    public struct Misreading: Hashable, Sendable {
        /// The cluster of both.
        public let cluster: Int32
        /// The node that sends.
        public let sender: Int32
        /// The node that does not understand.
        public let receiver: Int32
        /// Name of the capability.
        public let capability: String
        /// Name of the message.
        public let message: String
        /// What becomes of it.
        public let verdict: Compatibility.Verdict
        /// Why.
        public let detail: String
        /// The releases that fit the sender.
        public let senderReleases: ReleaseSet
        /// The releases that fit the receiver.
        public let receiverReleases: ReleaseSet
    }

    private struct Kind: Hashable {
        var capability: String
        var message: String
    }

    private struct Pair: Hashable {
        var sender: Release
        var receiver: Release
    }

    private struct Node {
        var cluster: Int32
        var id: Int32
        var releases: ReleaseSet
        var sent: Set<Kind> = []
    }

    private var nodes: [Sender: Node] = [:]
    private var reported: Set<String> = []
    private var judged: [Pair: [Kind: Compatibility.Entry]] = [:]

    /// A watch that has seen nothing.
    public init() {}

    /// Takes note of a packet.
    /// - Returns: what it shows for the first time to be misread.
    public mutating func observe(_ description: PacketDescription, capability: @autoclosure () -> String)
        -> [Misreading]
    {
        guard description.failure == nil, case .node(let cluster, let id) = description.sender,
            let message = description.message
        else { return [] }
        var node = nodes[description.sender] ?? Node(cluster: cluster, id: id, releases: .all)
        let kind = Kind(capability: capability(), message: message.description)
        let isNews = node.releases != description.releases || !node.sent.contains(kind)
        guard isNews, nodes.count < Interpreter.senderLimit || nodes[description.sender] != nil else { return [] }
        node.releases = description.releases
        node.sent.insert(kind)
        nodes[description.sender] = node
        var misreadings: [Misreading] = []
        for other in nodes.values where other.cluster == cluster && other.id != id {
            misreadings += misread(from: node, to: other) + misread(from: other, to: node)
        }
        return misreadings.sorted { ($0.sender, $0.receiver, $0.message) < ($1.sender, $1.receiver, $1.message) }
    }

    /// What one node sent and another does not understand, unless it was said before.
    private mutating func misread(from sender: Node, to receiver: Node) -> [Misreading] {
        guard !sender.releases.overlaps(receiver.releases) else { return [] }
        var misreadings: [Misreading] = []
        for kind in sender.sent {
            let key = "\(sender.cluster) \(sender.id) \(receiver.id) \(kind.capability) \(kind.message)"
            guard !reported.contains(key), let entry = failure(of: kind, from: sender, to: receiver) else { continue }
            reported.insert(key)
            misreadings.append(
                Misreading(
                    cluster: sender.cluster, sender: sender.id, receiver: receiver.id, capability: kind.capability,
                    message: kind.message, verdict: entry.verdict, detail: entry.detail,
                    senderReleases: sender.releases, receiverReleases: receiver.releases))
        }
        return misreadings
    }

    /// Why no release of the sender is understood by any of the receiver; nil when one is. The oldest and the newest of
    /// each stand for all.
    private mutating func failure(of kind: Kind, from sender: Node, to receiver: Node) -> Compatibility.Entry? {
        var failure: Compatibility.Entry?
        for from in ends(sender.releases) {
            for to in ends(receiver.releases) {
                guard let entry = judgement(from, to)[kind] else { return nil }
                guard entry.verdict == .dropped || entry.verdict == .corrupts else { return nil }
                failure = entry
            }
        }
        return failure
    }

    private func ends(_ releases: ReleaseSet) -> [Release] {
        guard let newest = releases.newest, let oldest = releases.releases.first else { return [] }
        return oldest == newest ? [newest] : [oldest, newest]
    }

    private mutating func judgement(_ from: Release, _ to: Release) -> [Kind: Compatibility.Entry] {
        let pair = Pair(sender: from, receiver: to)
        if let known = judged[pair] { return known }
        var entries: [Kind: Compatibility.Entry] = [:]
        for entry in Compatibility(from: from, to: to).entries {
            entries[Kind(capability: entry.capability, message: entry.message)] = entry
        }
        judged[pair] = entries
        return entries
    }
}
