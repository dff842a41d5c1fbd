/// What a node knows of a member.
struct MemberRecord: Sendable {
    let node: Int32
    var generation: Int32
    var version: Int32
    /// Deletions up to this version are forgotten.
    var floor: Int32
    var standing: Standing
    /// The next record in the same place of the ring, or -1.
    fileprivate(set) var next: Int32 = -1
    /// When the status last changed, on the own clock.
    var since: Int64
    /// By version.
    var entries: [StateEntry]

    var knowledge: Knowledge {
        Knowledge(node: node, generation: generation, version: version, standing: standing)
    }

    /// Whether it counts as there: alive, or only suspected.
    var isPresent: Bool { standing.raw & 3 < 2 }

    /// The value of a key; nil when there is none.
    func value(_ key: [UInt8]) -> [UInt8]? {
        for entry in entries where entry.key == key { return entry.value }
        return nil
    }
}

/// All members that a node knows, in an order that lets two nodes compare what they know range by range.
///
/// Records lie in one array; the heads of short chains divide the ring of positions evenly. Every head keeps the sum of its
/// chain, so that the sum of a range is that of its heads. A table of ten thousand members takes 40 bytes a member and 20 a head.
struct MemberTable: Sendable {
    private(set) var records: [MemberRecord] = []
    private var heads = [Int32](repeating: -1, count: 16)
    private var sums = [UInt64](repeating: 0, count: 16)
    private var counts = [Int32](repeating: 0, count: 16)
    private var headBits: UInt32 = 4
    /// Members by status.
    private(set) var statusCounts: [Int] = [0, 0, 0, 0]
    /// Changes with every member that comes or goes.
    private(set) var presenceVersion: UInt64 = 0
    /// The sum of all members.
    private(set) var total: UInt64 = 0

    var count: Int { records.count }
    var presentCount: Int { statusCounts[0] + statusCounts[1] }
    var downCount: Int { statusCounts[2] }

    @inline(__always)
    private func head(_ position: UInt32) -> Int { Int(position >> (32 - headBits)) }

    /// The place of a node; nil when it is not known.
    func slot(of node: Int32) -> Int? {
        var slot = heads[head(ringPosition(node))]
        while slot >= 0 {
            if records[Int(slot)].node == node { return Int(slot) }
            slot = records[Int(slot)].next
        }
        return nil
    }

    /// Adds a node that is not known yet.
    @discardableResult
    mutating func insert(_ record: MemberRecord) -> Int {
        if records.count >= heads.count * 4 { grow() }
        let slot = records.count
        records.append(record)
        link(slot)
        statusCounts[Int(record.standing.raw & 3)] += 1
        presenceVersion &+= 1
        return slot
    }

    /// Makes room for `count` members at once.
    mutating func reserve(_ count: Int) {
        records.reserveCapacity(count)
        while count > heads.count * 4 { grow() }
    }

    private mutating func grow() {
        headBits += 1
        let size = 1 << Int(headBits)
        heads = [Int32](repeating: -1, count: size)
        sums = [UInt64](repeating: 0, count: size)
        counts = [Int32](repeating: 0, count: size)
        total = 0
        for slot in records.indices { link(slot) }
    }

    private mutating func link(_ slot: Int) {
        let place = head(ringPosition(records[slot].node))
        records[slot].next = heads[place]
        heads[place] = Int32(truncatingIfNeeded: slot)
        let share = records[slot].knowledge.share
        sums[place] &+= share
        total &+= share
        counts[place] += 1
    }

    private mutating func unlink(_ slot: Int) {
        let place = head(ringPosition(records[slot].node))
        let share = records[slot].knowledge.share
        sums[place] &-= share
        total &-= share
        counts[place] -= 1
        if heads[place] == Int32(truncatingIfNeeded: slot) {
            heads[place] = records[slot].next
            return
        }
        var current = heads[place]
        while current >= 0 {
            if records[Int(current)].next == Int32(truncatingIfNeeded: slot) {
                records[Int(current)].next = records[slot].next
                return
            }
            current = records[Int(current)].next
        }
    }

    /// Forgets the node at `slot`; the last one takes its place.
    mutating func remove(_ slot: Int) {
        let last = records.count - 1
        unlink(slot)
        statusCounts[Int(records[slot].standing.raw & 3)] -= 1
        presenceVersion &+= 1
        if slot != last {
            unlink(last)
            records.swapAt(slot, last)
            records.removeLast()
            link(slot)
        } else {
            records.removeLast()
        }
    }

    /// Changes what is known of the node at `slot`.
    mutating func update(_ slot: Int, _ change: (inout MemberRecord) -> Void) {
        let place = head(ringPosition(records[slot].node))
        let before = records[slot].knowledge
        change(&records[slot])
        let after = records[slot].knowledge
        guard before != after else { return }
        let difference = after.share &- before.share
        sums[place] &+= difference
        total &+= difference
        let (old, new) = (before.standing.status, after.standing.status)
        if old != new {
            statusCounts[Int(old.rawValue)] -= 1
            statusCounts[Int(new.rawValue)] += 1
            if (old.rawValue < 2) != (new.rawValue < 2) { presenceVersion &+= 1 }
        }
    }

    // MARK: Ranges

    private func places(_ range: HashRange) -> Range<Int>? {
        guard range.bits <= Int(headBits) else { return nil }
        let shift = Int(headBits) - range.bits
        return (Int(range.prefix) << shift)..<((Int(range.prefix) + 1) << shift)
    }

    private func place(around range: HashRange) -> Int { Int(range.prefix >> UInt32(range.bits - Int(headBits))) }

    /// The sum over the members of a range.
    func sum(_ range: HashRange) -> UInt64 {
        var sum: UInt64 = 0
        if let places = places(range) {
            for place in places { sum &+= sums[place] }
        } else {
            forEach(in: range) { sum &+= records[$0].knowledge.share }
        }
        return sum
    }

    /// How many members a range has.
    func count(_ range: HashRange) -> Int {
        var count = 0
        if let places = places(range) {
            for place in places { count += Int(counts[place]) }
        } else {
            forEach(in: range) { _ in count += 1 }
        }
        return count
    }

    /// Calls `body` with the place of every member of a range.
    func forEach(in range: HashRange, _ body: (Int) -> Void) {
        if let places = places(range) {
            for place in places { forEach(at: place, body) }
        } else {
            forEach(at: place(around: range)) { slot in
                if range.contains(ringPosition(records[slot].node)) { body(slot) }
            }
        }
    }

    private func forEach(at place: Int, _ body: (Int) -> Void) {
        var slot = heads[place]
        while slot >= 0 {
            body(Int(slot))
            slot = records[Int(slot)].next
        }
    }

    /// The `count` nodes that are present and come next on the ring after `node`.
    func successors(of node: Int32, count: Int) -> [Int32] {
        var found: [Int32] = []
        let wanted = Swift.min(count, presentCount)
        guard wanted > 0 else { return found }
        let position = ringPosition(node)
        let start = head(position)
        var chain: [(UInt32, Int32)] = []
        for step in 0...heads.count {
            let place = (start + step) & (heads.count - 1)
            guard heads[place] >= 0 else { continue }
            chain.removeAll(keepingCapacity: true)
            forEach(at: place) { slot in
                let record = records[slot]
                guard record.isPresent, record.node != node else { return }
                let other = ringPosition(record.node)
                // The own place is met twice: at first what follows the node, at last what precedes it.
                if step == 0, (other, record.node) < (position, node) { return }
                if step == heads.count, (other, record.node) > (position, node) { return }
                chain.append((other, record.node))
            }
            chain.sort { $0 < $1 }
            for (_, other) in chain {
                found.append(other)
                if found.count == wanted { return found }
            }
        }
        return found
    }
}
