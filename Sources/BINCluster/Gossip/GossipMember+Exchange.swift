// How two members come to know the same: sums of ranges until the ranges are small, then what each knows of their members, then the
// news. No state is kept between the messages of an exchange; each is answered from what is known when it comes.

/// Where a packet came from.
struct Origin: Sendable {
    let node: Int32
    let source: PacketSource
    let overStream: Bool
}

extension MemberNews {
    /// All that is new of a record to somebody who knows `known` of it.
    init(_ record: MemberRecord, after known: Knowledge?) {
        let base: Int32
        if let known, known.generation == record.generation, known.version >= record.floor {
            base = Swift.min(known.version, record.version)
        } else {
            base = 0
        }
        let entries = base == 0 ? record.entries : Array(record.entries.drop { $0.version <= base })
        self.init(knowledge: record.knowledge, base: base, floor: record.floor, entries: entries)
    }
}

extension GossipMember {
    func rootSummary() -> GossipMessage { .summary([sums(of: .all)]) }

    func sums(of range: HashRange) -> GossipMessage.RangeSums {
        GossipMessage.RangeSums(range: range, sums: (0..<16).map { table.sum(range.part($0)) })
    }

    mutating func beginExchange(with slot: Int, isStream: Bool, _ actions: inout [GossipAction]) {
        send(rootSummary(), toMember: slot, isStream: isStream, &actions)
    }

    /// Sends an answer: to a member at its URL, to anybody else where the packet came from, and then no more than a datagram
    /// unless it came over a stream, so that nobody is flooded in another's name.
    mutating func answer(_ message: GossipMessage, to origin: Origin, _ actions: inout [GossipAction]) {
        if let slot = table.slot(of: origin.node), table.records[slot].value(GossipKey.url) != nil {
            send(message, toMember: slot, isStream: origin.overStream, &actions)
        } else if origin.overStream || message.size <= configuration.limits.datagramBytes {
            send(
                message, to: .source(origin.source), answering: origin.node, isStream: origin.overStream, &actions)
        }
    }

    private func budget(_ origin: Origin) -> Int {
        let isMember = table.slot(of: origin.node) != nil
        return isMember || origin.overStream ? configuration.limits.packetBytes : configuration.limits.datagramBytes
    }

    // MARK: Sums

    mutating func takeSummary(
        _ ranges: [GossipMessage.RangeSums], _ origin: Origin, _ now: Instant, _ actions: inout [GossipAction]
    ) {
        let budget = budget(origin) - GossipMessage.frame
        var compared: [GossipMessage.HashRangeValue] = []
        var members: [GossipMessage.KnowledgeValue] = []
        var split: [GossipMessage.RangeSums] = []
        var size = 8
        var splitSize = 4
        for range in ranges {
            let first = random.below(16)
            for step in 0..<16 {
                let index = (first + step) & 15
                let part = range.range.part(index)
                guard table.sum(part) != range.sums[index] else { continue }
                let count = table.count(part)
                if count <= configuration.limits.leaf || part.bits > HashRange.maximumSplit {
                    let needed = 8 + count * Knowledge.size
                    guard size + needed <= budget else { continue }
                    size += needed
                    compared.append(GossipMessage.HashRangeValue(range: part))
                    table.forEach(in: part) {
                        members.append(GossipMessage.KnowledgeValue(knowledge: table.records[$0].knowledge))
                    }
                } else if splitSize + GossipMessage.RangeSums.size <= budget {
                    splitSize += GossipMessage.RangeSums.size
                    split.append(sums(of: part))
                }
            }
        }
        // An answer without ranges says that nothing differs.
        if !compared.isEmpty || split.isEmpty {
            answer(.digest(ranges: compared, members: members), to: origin, &actions)
        }
        if !split.isEmpty { answer(.summary(split), to: origin, &actions) }
        tellWhatIsThought(of: origin, &actions)
    }

    /// A member that is taken as down or suspected and sends something all the same is told so, that it can contradict.
    private mutating func tellWhatIsThought(of origin: Origin, _ actions: inout [GossipAction]) {
        guard let slot = table.slot(of: origin.node), table.records[slot].standing.status != .alive else { return }
        requestHeartbeat(of: slot, takeSequence(), &actions)
    }

    // MARK: Knowledge

    mutating func takeDigest(
        ranges: [GossipMessage.HashRangeValue], members: [GossipMessage.KnowledgeValue], _ origin: Origin,
        _ now: Instant, _ actions: inout [GossipAction]
    ) {
        guard !ranges.isEmpty else {
            hasJoined(&actions)
            return
        }
        let budget = budget(origin)
        let listed = members.map(\.knowledge).sorted { $0.node < $1.node }
        var candidates: [(slot: Int, known: Knowledge?)] = []
        var wants: [Knowledge] = []
        var verdicts: [MemberNews] = []
        for theirs in listed {
            if theirs.node == configuration.node { meetOwn(theirs, now, &actions) }
            guard let slot = table.slot(of: theirs.node) else {
                if isAdmissible(theirs) {
                    wants.append(
                        Knowledge(
                            node: theirs.node, generation: 0, version: 0, standing: Standing(.alive, incarnation: 0)))
                } else if let verdict = verdict(on: theirs) {
                    verdicts.append(verdict)
                }
                continue
            }
            let mine = table.records[slot].knowledge
            if mine.isNews(to: theirs) { candidates.append((slot, theirs)) }
            if slot != GossipMember.ownSlot, theirs.isNews(to: mine) { wants.append(mine) }
        }
        // Ranges that are what they should be do not overlap, so they name nobody twice.
        var visited = 0
        for value in ranges where visited <= table.count {
            table.forEach(in: value.range) { slot in
                visited += 1
                if !contains(listed, table.records[slot].node) { candidates.append((slot, nil)) }
            }
        }
        let room = (budget / 2 - GossipMessage.frame) / Knowledge.size
        var hasMoreWants = false
        if wants.count > room {
            wants.shuffle(using: &random)
            wants.removeLast(wants.count - room)
            hasMoreWants = true
        }
        verdicts.removeLast(Swift.max(0, verdicts.count - budget / 4 / MemberNews.size))
        guard !candidates.isEmpty || !wants.isEmpty || !verdicts.isEmpty else { return }
        let taken = wants.count * Knowledge.size + verdicts.count * MemberNews.size
        var delta = news(of: &candidates, budget: budget - taken)
        delta.news += verdicts
        delta.wants = wants
        delta.hasMore = delta.hasMore || hasMoreWants
        answer(.delta(delta), to: origin, &actions)
    }

    private func contains(_ sorted: [Knowledge], _ node: Int32) -> Bool {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle].node < node { low = middle + 1 } else { high = middle }
        }
        return low < sorted.count && sorted[low].node == node
    }

    /// What a node has to contradict that is thought alive elsewhere, and was taken as down here and forgotten.
    private func verdict(on theirs: Knowledge) -> MemberNews? {
        guard theirs.standing.status == .alive, !isAdmissible(theirs), let last = forgotten[theirs.node],
            last.generation == theirs.generation
        else { return nil }
        return MemberNews(knowledge: last, base: last.version, floor: 0, entries: [])
    }

    // MARK: News

    /// The news of some members, as much as fits. The order is random and entries are dealt out in turn, the oldest of each member
    /// first, so that nobody who changes much keeps out one who changes little.
    mutating func news(of candidates: inout [(slot: Int, known: Knowledge?)], budget: Int) -> GossipMessage.Delta {
        candidates.shuffle(using: &random)
        var delta = GossipMessage.Delta()
        var size = GossipMessage.frame + 12
        var taken: [Int] = []
        for (slot, known) in candidates {
            let all = MemberNews(table.records[slot], after: known)
            let isWhole = all.base == 0 || all.entries.isEmpty
            let needed = isWhole ? all.size : MemberNews.size
            guard size + needed <= budget else {
                delta.hasMore = true
                continue
            }
            size += needed
            delta.news.append(all)
            taken.append(isWhole ? all.entries.count : 0)
        }
        var open = delta.news.indices.filter { taken[$0] < delta.news[$0].entries.count }
        while !open.isEmpty {
            open.removeAll { index in
                let entry = delta.news[index].entries[taken[index]]
                guard size + entry.size <= budget else { return true }
                size += entry.size
                taken[index] += 1
                return taken[index] == delta.news[index].entries.count
            }
        }
        for index in delta.news.indices where taken[index] < delta.news[index].entries.count {
            delta.hasMore = true
            delta.news[index].entries.removeLast(delta.news[index].entries.count - taken[index])
            delta.news[index].knowledge.version = delta.news[index].entries.last?.version ?? delta.news[index].base
        }
        return delta
    }

    mutating func takeDelta(
        _ delta: GossipMessage.Delta, _ origin: Origin, _ now: Instant, _ actions: inout [GossipAction]
    ) {
        var changes = 0
        var verdicts = GossipMessage.Delta()
        for news in delta.news {
            if merge(news, now, &actions) {
                changes += 1
            } else if verdicts.news.count < 32, table.slot(of: news.knowledge.node) == nil,
                let verdict = verdict(on: news.knowledge)
            {
                verdicts.news.append(verdict)
            }
        }
        if !verdicts.news.isEmpty { answer(.delta(verdicts), to: origin, &actions) }
        if !delta.wants.isEmpty {
            var candidates: [(slot: Int, known: Knowledge?)] = []
            for want in delta.wants {
                if want.node == configuration.node { meetOwn(want, now, &actions) }
                guard let slot = table.slot(of: want.node), table.records[slot].knowledge.isNews(to: want) else {
                    continue
                }
                candidates.append((slot, want.generation == 0 ? nil : want))
            }
            if !candidates.isEmpty {
                answer(.delta(news(of: &candidates, budget: budget(origin))), to: origin, &actions)
            }
        }
        if delta.hasMore {
            if changes > 0, exchangesLeft > 0 {
                exchangesLeft -= 1
                answer(rootSummary(), to: origin, &actions)
            }
        } else if !delta.news.isEmpty {
            hasJoined(&actions)
        }
        if changes > 0 { evaluateFlags(now, isRound: false, &actions) }
    }

    private mutating func hasJoined(_ actions: inout [GossipAction]) {
        guard !hasJoined else { return }
        hasJoined = true
        membersChanged = true
        actions.append(.event(.joined))
    }
}
