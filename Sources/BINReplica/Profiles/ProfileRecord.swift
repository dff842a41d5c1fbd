import BINMessages

/// What all nodes count in a dialog profile, or in one value of it, in memory of its own.
public struct ProfileRecord: Hashable, Sendable {
    /// Name of the profile, without `/b`.
    public var profile: String
    /// The value; nil for a profile without values.
    public var value: String?
    /// Dialogs of all nodes, this one included.
    public var total: Int
    /// What each other node said last.
    public var nodes: [Int32: Int]
    /// The moment at which it was so.
    public var time: ReplicaTime

    /// A record.
    public init(profile: String, value: String?, total: Int, nodes: [Int32: Int], time: ReplicaTime) {
        self.profile = profile
        self.value = value
        self.total = total
        self.nodes = nodes
        self.time = time
    }
}

extension ProfileStore {
    /// What all nodes count in a profile without values (`value` is nil) or in one value; 0 where it is not known.
    public func record(of profile: String, value: String?, at now: ReplicaTime) -> ProfileRecord {
        ProfileRecord(
            profile: profile, value: value, total: size(of: profile, value: value ?? "", at: now),
            nodes: counts(of: profile, value: value, at: now), time: now)
    }

    /// All counters: profiles in the order in which they became known, their values in order.
    public func records(at now: ReplicaTime) -> [ProfileRecord] {
        names.flatMap { name in
            sizes(of: name, at: now).map { record(of: name, value: $0.own.value, at: now) }
        }
    }
}
