// Who owns a flag (Spec/extensions/gossip.md, ownership).

extension GossipMember {
    /// The fencing number under which this node owns a flag at a moment; nil when it does not.
    public func owns(_ flag: WireName, at now: Instant) -> UInt64? {
        guard let state = flags.first(where: { $0.configuration.name == flag }) else { return nil }
        if let until = state.heldUntil, until <= now.nanoseconds { return nil }
        return state.heldFence
    }

    /// The owner of a flag as this node knows it; nil for none.
    public func owner(of flag: WireName) -> (node: Int32, fence: UInt64)? {
        guard let state = flags.first(where: { $0.configuration.name == flag }) else { return nil }
        return bestClaim(state)
    }

    func isPresent(_ node: Int32) -> Bool {
        if node == configuration.node { return !hasLeft }
        return table.slot(of: node).map { table.records[$0].isPresent } ?? false
    }

    /// The claim that holds: of those whose node is there, the one with the highest fencing number.
    private func bestClaim(_ state: FlagState) -> (node: Int32, fence: UInt64)? {
        var best: (node: Int32, fence: UInt64)?
        for node in state.configuration.preferred where isPresent(node) {
            guard let fence = claim(state, of: node), fence > best?.fence ?? 0 else { continue }
            best = (node, fence)
        }
        return best
    }

    private func claim(_ state: FlagState, of node: Int32) -> UInt64? {
        if node == configuration.node { return state.heldFence }
        return table.slot(of: node).flatMap { slot in
            table.records[slot].value(GossipKey.own(state.configuration.name)).flatMap { UInt64(fence: $0) }
        }.flatMap { FlagState.isPlausible($0, generation: generation) ? $0 : nil }
    }

    /// Looks at every flag: in each round, and when something became known that can matter. Voters are asked in rounds only.
    mutating func evaluateFlags(_ now: Instant, isRound: Bool, _ actions: inout [GossipAction]) {
        guard !hasLeft else { return }
        for index in flags.indices {
            hearClaims(index)
            guard !flags[index].configuration.isExternal else { continue }
            if isRound, flags[index].isLent { learn(index, now, &actions) }
            evaluate(index, now, isRound: isRound, &actions)
        }
    }

    private mutating func hearClaims(_ index: Int) {
        for node in flags[index].configuration.preferred where node != configuration.node {
            if let fence = claim(flags[index], of: node) { flags[index].hear(fence, generation: generation) }
        }
    }

    private mutating func evaluate(_ index: Int, _ now: Instant, isRound: Bool, _ actions: inout [GossipAction]) {
        let state = flags[index]
        let isQuorum = state.configuration.policy == .quorum
        guard let rank = state.rank(configuration.node) else { return }
        if state.heldFence != nil {
            // With a lease nobody else can have it, whatever an old claim says.
            if !isQuorum, let best = bestClaim(state), best.node != configuration.node {
                drop(index, .outranked(by: best.node), now, &actions)
            } else if case .after(let patience) = state.configuration.handBack,
                isBetterThere(state, rank, for: patience.wholeNanoseconds, now)
            {
                if isQuorum { release(index, now, &actions) }
                drop(index, .handedBack, now, &actions)
            } else if isQuorum, isRound {
                askForLease(index, now, &actions)
            }
            return
        }
        let isFirst = state.configuration.preferred.first(where: isPresent) == configuration.node
        let isReady =
            hasJoined
            || now.nanoseconds.subtractingClamped(startedAt) >= configuration.timing.aloneAfter.wholeNanoseconds
        guard isReady, isFirst, bestClaim(state) == nil else {
            flags[index].bestSince = nil
            return
        }
        let since = state.bestSince ?? now.nanoseconds
        flags[index].bestSince = since
        guard now.nanoseconds.subtractingClamped(since) >= configuration.timing.settle.wholeNanoseconds else { return }
        if isQuorum {
            if isRound { askForLease(index, now, &actions) }
        } else if let fence = state.nextFence(node: configuration.node, generation: generation) {
            acquire(index, fence, until: nil, now, &actions)
        }
    }

    /// What another system says of a flag whose configuration leaves that to it: this node owns it under a fencing number, or (nil) does not.
    /// - Parameter until: the moment of the own clock, in nanoseconds, from which on that is not so any more unless it is said again.
    public mutating func setExternal(
        _ flag: WireName, fence: UInt64?, until: Int64, at now: Instant
    ) -> [GossipAction] {
        var actions: [GossipAction] = []
        guard !hasLeft, let index = flags.firstIndex(where: { $0.configuration.name == flag }),
            flags[index].configuration.isExternal
        else { return actions }
        if let held = flags[index].heldFence, held != fence { drop(index, .leaseExpired, now, &actions) }
        if let fence, until > now.nanoseconds {
            if flags[index].heldFence == nil {
                acquire(index, fence, until: until, now, &actions)
            } else {
                flags[index].heldUntil = until
            }
        }
        finish(now, &actions)
        return actions
    }

    /// Whether a node that is preferred to this one has been there for long enough.
    private func isBetterThere(_ state: FlagState, _ rank: Int, for patience: Int64, _ now: Instant) -> Bool {
        state.configuration.preferred.prefix(rank).contains { node in
            guard let slot = table.slot(of: node), table.records[slot].standing.status == .alive else { return false }
            return now.nanoseconds.subtractingClamped(table.records[slot].since) >= patience
        }
    }

    mutating func acquire(
        _ index: Int, _ fence: UInt64, until: Int64?, _ now: Instant, _ actions: inout [GossipAction]
    ) {
        flags[index].hear(fence, generation: generation)
        flags[index].heldFence = fence
        flags[index].heldUntil = until
        flags[index].bestSince = nil
        // A number that was used must not be used again after a restart.
        mustStore = true
        let name = flags[index].configuration.name
        // A state that is full does not keep this node from owning the flag; others only do not see it.
        try? change(GossipKey.own(name), to: fence.fenceBytes, at: now)
        actions.append(.event(.acquired(name, fence: fence)))
    }

    mutating func drop(_ index: Int, _ reason: LossReason, _ now: Instant, _ actions: inout [GossipAction]) {
        flags[index].heldFence = nil
        flags[index].heldUntil = nil
        flags[index].bestSince = nil
        flags[index].request = nil
        let name = flags[index].configuration.name
        try? change(GossipKey.own(name), to: nil, at: now)
        actions.append(.event(.lost(name, reason)))
    }

    mutating func giveUpFlags(_ now: Instant, _ actions: inout [GossipAction]) {
        for index in flags.indices where flags[index].heldFence != nil {
            if flags[index].isLent { release(index, now, &actions) }
            drop(index, .leaving, now, &actions)
        }
    }
}

extension UInt64 {
    /// A fencing number from the value of a claim: eight bytes, lowest first.
    init?(fence bytes: [UInt8]) {
        guard bytes.count == 8 else { return nil }
        self = bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    var fenceBytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> UInt64(8 * $0)) } }
}
