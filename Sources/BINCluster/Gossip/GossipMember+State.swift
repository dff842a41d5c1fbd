// What this node says of itself, and what others can read.

extension GossipMember {
    /// Sets a key of the own state; nil deletes it.
    /// - Throws: ``GossipStateError``.
    public mutating func set(_ key: [UInt8], to value: [UInt8]?, at now: Instant) throws(GossipStateError) {
        guard !hasLeft else { throw .hasLeft }
        guard !key.isEmpty, key.count <= configuration.limits.keyBytes, !key.starts(with: GossipKey.ownPrefix),
            key != GossipKey.url
        else { throw .badKey }
        try change(key, to: value, at: now)
    }

    /// Says how much this node has to do.
    public mutating func set(_ load: NodeLoad, at now: Instant) throws(GossipStateError) {
        try change(GossipKey.load, to: load.bytes, at: now)
    }

    mutating func change(_ key: [UInt8], to value: [UInt8]?, at now: Instant) throws(GossipStateError) {
        let own = self.own
        let old = own.entries.firstIndex { $0.key == key }
        if value == nil, old == nil { return }
        if let old, let value, own.entries[old].value == value { return }
        if let old, value == nil, own.entries[old].value == nil { return }
        var entries = own.entries
        if let old { entries.remove(at: old) }
        guard own.version < .max else {
            // Two thousand million changes: a new generation counts from the beginning.
            renumber()
            try change(key, to: value, at: now)
            return
        }
        let entry = StateEntry(key: key, version: own.version + 1, value: value)
        entries.append(entry)
        let size = entries.reduce(0) { $0 + $1.size }
        guard entries.count <= configuration.limits.keys, size <= configuration.limits.stateBytes else { throw .full }
        table.update(GossipMember.ownSlot) {
            $0.entries = entries
            $0.version = entry.version
        }
        if value == nil { ownTombstones.append((entry.version, now.nanoseconds)) }
    }

    private mutating func renumber() {
        renewGeneration(above: generation)
        ownTombstones = []
        table.update(GossipMember.ownSlot) { record in
            record.entries.removeAll { $0.value == nil }
            for index in record.entries.indices { record.entries[index].version = Int32(index + 1) }
            record.version = Int32(record.entries.count)
            record.floor = 0
        }
    }

    /// Forgets own deletions whose time is over; others follow, because the floor is part of the state.
    mutating func expireTombstones(_ now: Instant) {
        let age = configuration.timing.tombstoneRetention.wholeNanoseconds
        guard let last = ownTombstones.last(where: { now.nanoseconds.subtractingClamped($0.at) >= age }),
            own.version < .max
        else { return }
        ownTombstones.removeAll { $0.version <= last.version }
        table.update(GossipMember.ownSlot) { record in
            record.floor = last.version
            record.version += 1
            record.entries.removeAll { $0.value == nil && $0.version <= last.version }
        }
    }

    /// A key of a member's state as it is known here; nil when there is none.
    public func value(_ key: [UInt8], of node: Int32) -> [UInt8]? {
        table.slot(of: node).flatMap { table.records[$0].value(key) }
    }

    /// A member as it is known here.
    public struct Info: Hashable, Sendable {
        /// Its id.
        public var node: Int32
        /// How it stands.
        public var status: MemberStatus
        /// Its generation.
        public var generation: Int32
        /// How often it contradicted a suspicion.
        public var incarnation: Int32
        /// The last version of its state that is known.
        public var version: Int32
        /// Where it listens; nil when that is not known or no URL.
        public var url: NodeURL?
        /// φ of its present silence, for a node that is watched from here.
        public var phi: Double?
        /// Its keys and values.
        public var state: [(key: [UInt8], value: [UInt8])] {
            entries.compactMap { entry in entry.value.map { (entry.key, $0) } }
        }
        var entries: [StateEntry]
    }

    /// What is known of a member.
    public func info(of node: Int32, at now: Instant) -> Info? {
        table.slot(of: node).map { info(table.records[$0], now) }
    }

    /// Every member, this node among them.
    public func members(at now: Instant) -> [Info] { table.records.map { info($0, now) } }

    private func info(_ record: MemberRecord, _ now: Instant) -> Info {
        let watch = watches.first { $0.node == record.node }
        return Info(
            node: record.node, status: record.standing.status, generation: record.generation,
            incarnation: record.standing.incarnation, version: record.version, url: url(of: record),
            phi: watch.map { $0.phi(at: now.nanoseconds, interval: intervalSeconds) }, entries: record.entries)
    }

    func url(of record: MemberRecord) -> NodeURL? {
        record.value(GossipKey.url).flatMap { NodeURL(String(decoding: $0, as: UTF8.self)) }
    }

    /// How many members are alive, suspected, down and gone, in this order.
    public var countByStatus: [Int] { table.statusCounts }

    /// How many flags this node owns.
    public var ownedCount: Int { flags.count { $0.heldFence != nil } }

    /// Members that are present, in no particular order.
    public var presentMembers: [Int32] { table.records.filter(\.isPresent).map(\.node) }
}
