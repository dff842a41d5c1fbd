// What happens every round: with whom an exchange is begun, and what is looked after.

extension GossipMember {
    mutating func round(_ now: Instant, _ actions: inout [GossipAction]) {
        roundsDone &+= 1
        exchangesLeft = configuration.limits.burst
        expireTombstones(now)
        if roundsDone % 32 == 0 { forgetOld(now, &actions) }
        if let peer = nearPeer() { beginExchange(with: peer, isStream: false, &actions) }
        contactDown(&actions)
        contactNeighbour(&actions)
        contactRemembered(now, &actions)
        requestHeartbeats(now, &actions)
        evaluateFlags(now, isRound: true, &actions)
    }

    /// A random member that is present; three times of four one of the own site if a few draws find one, so that every round prefers the
    /// near and always reaches the far.
    mutating func nearPeer() -> Int? {
        let site = own.value(GossipKey.site)
        let prefersNear = site != nil && random.happens(3, of: 4)
        var any: Int?
        for _ in 0..<(prefersNear ? 8 : 1) {
            guard let slot = randomMember(where: \.isPresent) else { return any }
            if !prefersNear || table.records[slot].value(GossipKey.site) == site { return slot }
            any = any ?? slot
        }
        return any
    }

    /// A random other member with some property: by drawing, and when that finds none by looking through from a random place.
    mutating func randomMember(where holds: (MemberRecord) -> Bool) -> Int? {
        let count = table.count
        guard count > 1 else { return nil }
        for _ in 0..<8 {
            let slot = 1 + random.below(count - 1)
            if holds(table.records[slot]) { return slot }
        }
        let start = random.below(count - 1)
        for step in 0..<(count - 1) {
            let slot = 1 + (start + step) % (count - 1)
            if holds(table.records[slot]) { return slot }
        }
        return nil
    }

    /// Sometimes a node that is down is asked, the more often the more there are: so a partition heals by itself.
    private mutating func contactDown(_ actions: inout [GossipAction]) {
        guard table.downCount > 0, random.happens(table.downCount, of: table.presentCount + 1),
            let slot = randomMember(where: { $0.standing.status == .down })
        else { return }
        beginExchange(with: slot, isStream: false, &actions)
    }

    /// A neighbour is asked until the state of the cluster is there, and later now and then, because a partition can be so old that
    /// its other side is forgotten.
    private mutating func contactNeighbour(_ actions: inout [GossipAction]) {
        let neighbours = configuration.neighbours
        guard !neighbours.isEmpty else { return }
        guard !hasJoined || random.happens(1, of: Swift.max(8, table.presentCount)) else { return }
        let neighbour = neighbours[random.below(neighbours.count)]
        guard neighbour != configuration.url else { return }
        send(rootSummary(), to: .neighbour(neighbour), isStream: true, &actions)
    }

    /// Members of the last life that are not known in this one are asked like those that are down: when all start at the same time, each
    /// finds some of them, and those have found others.
    private mutating func contactRemembered(_ now: Instant, _ actions: inout [GossipAction]) {
        guard !rememberedPlaces.isEmpty, random.happens(rememberedPlaces.count, of: table.presentCount + 1) else {
            return
        }
        let age = now.nanoseconds.subtractingClamped(startedAt)
        if age > configuration.timing.downRetention.wholeNanoseconds { rememberedPlaces = [] }
        rememberedPlaces.removeAll { $0.node == configuration.node || table.slot(of: $0.node) != nil }
        guard !rememberedPlaces.isEmpty else { return }
        let place = rememberedPlaces[random.below(rememberedPlaces.count)]
        send(rootSummary(), to: .member(place.node, url: place.url), isStream: true, &actions)
    }

    /// Takes a node into those that are asked until they are known: whoever drives the member heard of it in another way.
    public mutating func suggest(_ node: Int32, at url: NodeURL) {
        guard node > 0, node != configuration.node, table.slot(of: node) == nil,
            !rememberedPlaces.contains(where: { $0.node == node }),
            rememberedPlaces.count < configuration.limits.storedMembers
        else { return }
        rememberedPlaces.append((node, Array(url.description.utf8)))
    }

    /// Members that are down or gone for long are forgotten. What they were is remembered a while longer, so that
    /// nodes which have not forgotten them yet do not bring them back.
    private mutating func forgetOld(_ now: Instant, _ actions: inout [GossipAction]) {
        let down = configuration.timing.downRetention.wholeNanoseconds
        let left = configuration.timing.leftRetention.wholeNanoseconds
        var slot = table.count - 1
        while slot > GossipMember.ownSlot {
            let record = table.records[slot]
            let age = now.nanoseconds.subtractingClamped(record.since)
            if (record.standing.status == .down && age > down) || (record.standing.status == .left && age > left) {
                if forgotten.count >= 4096 { forgotten.removeAll() }
                forgotten[record.node] = record.knowledge
                table.remove(slot)
                membersChanged = true
                actions.append(.event(.memberForgotten(record.node)))
            }
            slot -= 1
        }
    }

    /// Says that this node leaves: flags are given up, and some members are told at once.
    public mutating func leave(at now: Instant) -> [GossipAction] {
        var actions: [GossipAction] = []
        guard !hasLeft else { return actions }
        giveUpFlags(now, &actions)
        let incarnation = own.standing.incarnation
        table.update(GossipMember.ownSlot) { $0.standing = Standing(.left, incarnation: incarnation) }
        var told: Set<Int> = []
        for _ in 0..<8 {
            guard told.count < 5, let slot = randomMember(where: \.isPresent) else { break }
            guard told.insert(slot).inserted else { continue }
            var delta = GossipMessage.Delta()
            delta.news = [MemberNews(own, after: nil)]
            send(.delta(delta), toMember: slot, isStream: false, &actions)
        }
        hasLeft = true
        store(at: now, &actions)
        return actions
    }

    // MARK: Sending

    mutating func send(
        _ message: GossipMessage, to target: GossipPacket.Target, answering node: Int32 = 0, isStream: Bool,
        _ actions: inout [GossipAction]
    ) {
        let mustStream = message.size > configuration.limits.datagramBytes
        let packet = GossipPacket(
            target: target, isStream: isStream || mustStream, message: message, cluster: configuration.cluster,
            sender: configuration.node, answered: node)
        actions.append(.send(packet))
    }

    mutating func send(
        _ message: GossipMessage, toMember slot: Int, isStream: Bool, _ actions: inout [GossipAction]
    ) {
        let record = table.records[slot]
        guard let url = record.value(GossipKey.url) else { return }
        send(message, to: .member(record.node, url: url), isStream: isStream, &actions)
    }
}
