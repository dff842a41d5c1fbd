/// How a member stands (Spec/extensions/gossip.md, members). Of two claims about one incarnation the later in this list holds.
@frozen
public enum MemberStatus: Int32, Hashable, Sendable, CaseIterable {
    /// It answers.
    case alive = 0
    /// Somebody who watches it does not get answers. It can still say that it is alive.
    case suspected = 1
    /// It did not say so. When it comes back it says that it is alive with a higher incarnation.
    case down = 2
    /// It said that it leaves; only a new generation of it comes back.
    case left = 3
}

/// Incarnation and status in one number, so that the claim which holds is the greater one.
struct Standing: Hashable, Comparable, Sendable {
    let raw: Int32

    /// The highest incarnation; a node that has used it up begins a new generation.
    static let maximumIncarnation: Int32 = (1 << 29) - 1

    init(_ status: MemberStatus, incarnation: Int32) {
        raw = incarnation << 2 | status.rawValue
    }

    init(raw: Int32) {
        self.raw = raw
    }

    var incarnation: Int32 { raw >> 2 }
    var status: MemberStatus { MemberStatus(rawValue: raw & 3) ?? .left }

    static func < (left: Standing, right: Standing) -> Bool { left.raw < right.raw }
}

/// What is known of a member, or what another node knows of it: the part of its record that is compared.
struct Knowledge: Hashable, Sendable {
    var node: Int32
    var generation: Int32
    var version: Int32
    var standing: Standing

    /// Bytes on the wire.
    static let size = 20

    /// Whether this says something that `other`, about the same node, does not.
    func isNews(to other: Knowledge) -> Bool {
        if generation != other.generation { return generation > other.generation }
        return version > other.version || standing > other.standing
    }
}
