/// What each of a few peers said last, and when: the slots of a counter.
struct PeerCounts: Sendable {
    private struct Slot {
        var peer: Int32
        var count: Int32
        var arrival: ReplicaTime
    }

    private var slots: [Slot] = []

    /// The most peers; more than a cluster has nodes.
    static let limit = 1024

    /// Replaces what `peer` said; returns what it said before, or nil when there is no room for another peer.
    mutating func set(_ peer: Int32, _ count: Int32, at now: ReplicaTime) -> Int32? {
        if let index = slots.firstIndex(where: { $0.peer == peer }) {
            defer { slots[index] = Slot(peer: peer, count: count, arrival: now) }
            return slots[index].count
        }
        guard slots.count < PeerCounts.limit else { return nil }
        slots.append(Slot(peer: peer, count: count, arrival: now))
        return 0
    }

    /// The sum of what came not longer ago than `expiry` milliseconds.
    func sum(at now: ReplicaTime, expiry: UInt64) -> Int {
        var sum = 0
        for slot in slots where slot.arrival.advanced(by: expiry) >= now { sum += Int(max(0, slot.count)) }
        return sum
    }

    /// What `peer` said not longer ago than `expiry` milliseconds.
    func count(of peer: Int32, at now: ReplicaTime, expiry: UInt64) -> Int {
        for slot in slots where slot.peer == peer && slot.arrival.advanced(by: expiry) >= now {
            return Int(max(0, slot.count))
        }
        return 0
    }

    /// What each peer said not longer ago than `expiry` milliseconds.
    func counts(at now: ReplicaTime, expiry: UInt64) -> [Int32: Int] {
        var counts: [Int32: Int] = [:]
        for slot in slots where slot.arrival.advanced(by: expiry) >= now {
            counts[slot.peer] = Int(max(0, slot.count))
        }
        return counts
    }

    /// Whether something is older than `expiry` milliseconds.
    func hasExpired(at now: ReplicaTime, expiry: UInt64) -> Bool {
        slots.contains { $0.arrival.advanced(by: expiry) < now }
    }

    /// Forgets what is older than `expiry` milliseconds.
    mutating func forget(at now: ReplicaTime, expiry: UInt64) {
        slots.removeAll { $0.arrival.advanced(by: expiry) < now }
    }
}
