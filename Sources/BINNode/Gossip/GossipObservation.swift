public import BINCluster

/// A node that does not speak gossip, as the members say that see it through the clusterer: an OpenSIPS server beside them.
///
/// Each member that sees it says so in its own state, under `observed/` and the node's id, as `up URL` or `down URL`.
public struct GossipObservation: Hashable, Sendable {
    /// The node.
    public var node: Int32
    /// Whether anybody reaches it.
    public var isUp: Bool
    /// Where it listens.
    public var url: String
    /// The members that see it.
    public var observers: [Int32]

    /// What the key of an observation begins with.
    static let prefix = Array("observed/".utf8)

    static func key(_ node: Int32) -> [UInt8] { prefix + Array("\(node)".utf8) }

    /// What members that are there say of nodes, in the order of their ids.
    public static func all(in members: [GossipMember.Info]) -> [GossipObservation] {
        var observations: [Int32: GossipObservation] = [:]
        for member in members where member.status == .alive || member.status == .suspected {
            for (key, value) in member.state where key.starts(with: prefix) {
                let words = String(decoding: value, as: UTF8.self).split(separator: " ", maxSplits: 1)
                guard let node = Int32(String(decoding: key.dropFirst(prefix.count), as: UTF8.self)), node > 0,
                    let word = words.first
                else { continue }
                let isUp = word == "up"
                var observation =
                    observations[node]
                    ?? GossipObservation(
                        node: node, isUp: false, url: String(words.dropFirst().first ?? ""), observers: [])
                observation.isUp = observation.isUp || isUp
                observation.observers.append(member.node)
                observations[node] = observation
            }
        }
        return observations.values.sorted { $0.node < $1.node }
    }
}
