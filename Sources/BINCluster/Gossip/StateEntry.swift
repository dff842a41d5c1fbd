/// A key of a node's state and its value; nil when it was deleted.
package struct StateEntry: Hashable, Sendable {
    package var key: [UInt8]
    package var version: Int32
    package var value: [UInt8]?

    /// Bytes on the wire.
    var size: Int { 10 + key.count + (value.map { 2 + $0.count } ?? 0) }
}

/// The keys that gossip itself uses (Spec/extensions/gossip.md, reserved keys).
public enum GossipKey {
    /// Where the node listens, as a URL.
    public static let url = Array("url".utf8)
    /// The place that the node stands at.
    public static let site = Array("site".utf8)
    /// The rack at that place.
    public static let rack = Array("rack".utf8)
    /// Names of the groups that the node belongs to, separated by single spaces.
    public static let groups = Array("groups".utf8)
    /// How much the node has to do: ``NodeLoad``.
    public static let load = Array("load".utf8)
    /// What the key of an owned flag begins with; its name follows. The value is the fencing number, lowest byte first.
    static let ownPrefix = Array("own/".utf8)

    static func own(_ flag: WireName) -> [UInt8] { ownPrefix + flag.bytes }
}
