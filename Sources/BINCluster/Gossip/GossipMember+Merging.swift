// What news of a member change in what is known. Merging is the same in whatever order news come, and a second time changes nothing.

extension GossipMember {
    /// Whether a node that is not known may become a member: it was not forgotten as what it is now.
    func isAdmissible(_ knowledge: Knowledge) -> Bool {
        guard let last = forgotten[knowledge.node] else { return true }
        return knowledge.generation > last.generation
            || (knowledge.generation == last.generation && knowledge.standing > last.standing)
    }

    func isPlausible(generation: Int32, at now: Instant) -> Bool {
        Int64(generation) <= Swift.max(Int64(self.generation), now.unixSeconds) + configuration.limits.generationAhead
    }

    /// Takes news of a member.
    /// - Returns: whether they changed anything.
    mutating func merge(_ news: MemberNews, _ now: Instant, _ actions: inout [GossipAction]) -> Bool {
        let theirs = news.knowledge
        guard theirs.node != configuration.node else {
            meetOwn(theirs, now, &actions)
            return false
        }
        guard isPlausible(generation: theirs.generation, at: now), fits(news.entries) else {
            actions.append(.event(.refused(.implausible)))
            return false
        }
        guard let slot = table.slot(of: theirs.node) else { return admit(news, now, &actions) }
        let mine = table.records[slot].knowledge
        if theirs.generation != mine.generation {
            guard theirs.generation > mine.generation, news.base == 0 else { return false }
            let before = table.records[slot].entries
            table.update(slot) { record in
                record.generation = theirs.generation
                record.version = theirs.version
                record.floor = news.floor
                record.standing = theirs.standing
                record.entries = news.entries
                record.since = now.nanoseconds
            }
            let keys = changedKeys(from: before, to: news.entries)
            membersChanged = true
            // It was away, though perhaps nobody noticed: what ran before has ended.
            watches.removeAll { $0.node == theirs.node }
            watchedVersion = .max
            tell(
                mine.standing.status == .alive ? .left : mine.standing.status, theirs.standing.status, theirs.node,
                &actions)
            if !keys.isEmpty { actions.append(.event(.stateChanged(theirs.node, keys: keys))) }
            return true
        }
        let before = table.records[slot].entries
        let hasState = theirs.version > mine.version && mergeState(news, slot)
        let hasStanding = theirs.standing > mine.standing
        if hasStanding {
            table.update(slot) { record in
                if record.standing.status != theirs.standing.status { record.since = now.nanoseconds }
                record.standing = theirs.standing
            }
            tell(mine.standing.status, theirs.standing.status, theirs.node, &actions)
        }
        if hasState {
            let keys = changedKeys(from: before, to: table.records[slot].entries)
            if !keys.isEmpty { actions.append(.event(.stateChanged(theirs.node, keys: keys))) }
        }
        return hasState || hasStanding
    }

    private mutating func admit(_ news: MemberNews, _ now: Instant, _ actions: inout [GossipAction]) -> Bool {
        let theirs = news.knowledge
        guard news.base == 0, isAdmissible(theirs) else { return false }
        guard table.count < configuration.limits.members else {
            actions.append(.event(.refused(.tooManyMembers)))
            return false
        }
        forgotten[theirs.node] = nil
        table.insert(
            MemberRecord(
                node: theirs.node, generation: theirs.generation, version: theirs.version, floor: news.floor,
                standing: theirs.standing, since: now.nanoseconds, entries: news.entries))
        membersChanged = true
        if theirs.standing.status != .down && theirs.standing.status != .left {
            actions.append(.event(.memberUp(theirs.node)))
        }
        let keys = changedKeys(from: [], to: news.entries)
        if !keys.isEmpty { actions.append(.event(.stateChanged(theirs.node, keys: keys))) }
        return true
    }

    /// The keys that have another value now, or none any more.
    private func changedKeys(from old: [StateEntry], to new: [StateEntry]) -> [[UInt8]] {
        var keys: [[UInt8]] = []
        for entry in new {
            let before = old.first { $0.key == entry.key }
            if before?.value != entry.value { keys.append(entry.key) }
        }
        for entry in old where entry.value != nil && !new.contains(where: { $0.key == entry.key }) {
            keys.append(entry.key)
        }
        return keys
    }

    private mutating func mergeState(_ news: MemberNews, _ slot: Int) -> Bool {
        let mine = table.records[slot]
        if news.base == 0, news.floor > mine.version || mine.entries.isEmpty {
            // Deletions were forgotten that are not known here: only all of the state together can be relied on.
            table.update(slot) { record in
                record.entries = news.entries
                record.version = news.knowledge.version
                record.floor = news.floor
            }
            return true
        }
        // A gap: what came before these entries is not known here.
        guard news.base <= mine.version else { return false }
        let newer = news.entries.filter { $0.version > mine.version }
        var entries = mine.entries.filter { old in !newer.contains { $0.key == old.key } } + newer
        let floor = Swift.max(mine.floor, news.floor)
        entries.removeAll { $0.value == nil && $0.version <= floor }
        guard fits(entries) else { return false }
        table.update(slot) { record in
            record.entries = entries
            record.version = news.knowledge.version
            record.floor = floor
        }
        return true
    }

    private func fits(_ entries: [StateEntry]) -> Bool {
        guard entries.count <= configuration.limits.keys else { return false }
        var size = 0
        for entry in entries {
            guard !entry.key.isEmpty, entry.key.count <= configuration.limits.keyBytes else { return false }
            size += entry.size
        }
        return size <= configuration.limits.stateBytes
    }

    /// What others say of this node. It knows best: what is not so is contradicted with a higher incarnation or generation.
    mutating func meetOwn(_ theirs: Knowledge, _ now: Instant, _ actions: inout [GossipAction]) {
        guard !hasLeft else { return }
        guard theirs.generation >= generation else { return }
        let own = self.own
        if theirs.generation > generation || theirs.version > own.version {
            guard isPlausible(generation: theirs.generation, at: now) else {
                actions.append(.event(.refused(.implausible)))
                return
            }
            // An earlier life with a clock that ran ahead, or another node with the same id.
            conflicts += 1
            if conflicts > 3 { actions.append(.event(.identityConflict)) }
            renewGeneration(above: theirs.generation)
            return
        }
        guard theirs.standing > own.standing else { return }
        if theirs.standing.status == .suspected || theirs.standing.status == .down { health.worsen() }
        guard theirs.standing.incarnation < Standing.maximumIncarnation else {
            renewGeneration(above: generation)
            return
        }
        let standing = Standing(.alive, incarnation: theirs.standing.incarnation + 1)
        table.update(GossipMember.ownSlot) { $0.standing = standing }
    }

    mutating func setStanding(_ standing: Standing, of slot: Int, _ now: Instant, _ actions: inout [GossipAction]) {
        let old = table.records[slot].standing
        guard standing > old else { return }
        table.update(slot) { record in
            if old.status != standing.status { record.since = now.nanoseconds }
            record.standing = standing
        }
        tell(old.status, standing.status, table.records[slot].node, &actions)
    }

    private mutating func tell(
        _ old: MemberStatus, _ new: MemberStatus, _ node: Int32, _ actions: inout [GossipAction]
    ) {
        guard old != new else { return }
        switch new {
        case .alive:
            if old != .suspected {
                membersChanged = true
                actions.append(.event(.memberUp(node)))
            }
        case .suspected: actions.append(.event(.memberSuspected(node)))
        case .down: actions.append(.event(.memberDown(node)))
        case .left: actions.append(.event(.memberLeft(node)))
        }
    }
}
