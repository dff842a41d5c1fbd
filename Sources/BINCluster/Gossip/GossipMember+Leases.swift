// How a flag with the policy `quorum` is owned by at most one node: a majority of its voters lends it for a time.
//
// A voter lends a flag to one node at a time and, until that time is over on its own clock, to no other. The owner counts from the moment
// it asked, and a little faster, so it stops before a voter may lend to somebody else. Two majorities share a voter; so
// no two nodes have the flag at a time, and the later one has the higher fencing number.

extension GossipMember {
    private var lease: Int64 { configuration.timing.lease.wholeNanoseconds }

    /// How long the owner counts on a lease: both clocks may be off, one each way.
    private var countedLease: Int64 { Int64(Double(lease) * (1 - 2 * configuration.timing.clockDrift)) }

    mutating func askForLease(_ index: Int, _ now: Instant, _ actions: inout [GossipAction]) {
        var state = flags[index]
        let isRenewal = state.heldFence != nil
        if let request = state.request, !isRenewal {
            guard now.nanoseconds.subtractingClamped(request.sentAt) >= interval else { return }
            // No majority in time: votes are given back at once, and the next attempt is not at the same moment as another's.
            release(index, now, &actions)
            let pause = interval + Int64(random.below(Int(interval) * (1 + (state.rank(configuration.node) ?? 0))))
            flags[index].request = nil
            flags[index].notBefore = now.nanoseconds.adding(pause)
            return
        }
        guard now.nanoseconds >= state.notBefore else { return }
        guard let fence = state.heldFence ?? state.nextFence(node: configuration.node, generation: generation) else {
            return
        }
        let sequence = takeSequence()
        state.request = FlagState.Request(sequence: sequence, fence: fence, sentAt: now.nanoseconds)
        flags[index] = state
        sendToVoters(.acquire, index, sequence, fence, &actions)
        if state.configuration.electors.contains(configuration.node) {
            let outcome = vote(index, for: configuration.node, .acquire, fence, now)
            count(outcome, of: configuration.node, flags[index].highestFence, index, now, &actions)
        }
    }

    /// Gives back what was lent, or what was asked for.
    mutating func release(_ index: Int, _ now: Instant, _ actions: inout [GossipAction]) {
        guard let fence = flags[index].heldFence ?? flags[index].request?.fence else { return }
        sendToVoters(.release, index, takeSequence(), fence, &actions)
        _ = vote(index, for: configuration.node, .release, fence, now)
    }

    private mutating func sendToVoters(
        _ purpose: GossipMessage.LeasePurpose, _ index: Int, _ sequence: Int32, _ fence: UInt64,
        _ actions: inout [GossipAction]
    ) {
        let flag = flags[index].configuration
        for voter in flag.electors.prefix(32) where voter != configuration.node {
            guard let slot = table.slot(of: voter) else { continue }
            let message = GossipMessage.leaseRequest(
                sequence: sequence, purpose: purpose, flag: flag.name, fence: fence)
            send(message, toMember: slot, isStream: false, &actions)
        }
    }

    mutating func expireLeases(_ now: Instant, _ actions: inout [GossipAction]) {
        for index in flags.indices {
            guard let until = flags[index].heldUntil, until <= now.nanoseconds else { continue }
            drop(index, .leaseExpired, now, &actions)
        }
    }

    // MARK: The voter

    mutating func takeLeaseRequest(
        _ sequence: Int32, _ purpose: GossipMessage.LeasePurpose, _ flag: WireName, _ fence: UInt64, _ origin: Origin,
        _ now: Instant, _ actions: inout [GossipAction]
    ) {
        guard let index = flags.firstIndex(where: { $0.configuration.name == flag }),
            flags[index].configuration.electors.contains(configuration.node)
        else { return }
        let outcome = vote(index, for: origin.node, purpose, fence, now)
        guard purpose != .release else { return }
        let message = GossipMessage.leaseAnswer(
            sequence: sequence, outcome: outcome, flag: flag, highestFence: flags[index].highestFence)
        answer(message, to: origin, &actions)
    }

    private mutating func vote(
        _ index: Int, for node: Int32, _ purpose: GossipMessage.LeasePurpose, _ fence: UInt64, _ now: Instant
    ) -> GossipMessage.LeaseOutcome {
        let state = flags[index]
        guard state.rank(node) != nil || purpose == .ask else { return .refused }
        switch purpose {
        case .ask: return state.isReady ? .granted : .notReady
        case .release:
            if let vote = state.vote, vote.holder == node, vote.fence <= fence {
                flags[index].vote = nil
                flags[index].hear(fence, generation: generation)
                mustStore = true
            }
            return .granted
        case .acquire:
            guard state.isReady else { return .notReady }
            guard FlagState.isPlausible(fence, generation: generation) else { return .refused }
            if let vote = state.vote, vote.holder != node, vote.until > now.nanoseconds { return .refused }
            let isRenewal = state.vote?.holder == node && state.vote?.fence == fence
            guard fence > state.highestFence || (isRenewal && fence == state.highestFence) else { return .refused }
            flags[index].vote = FlagState.Vote(holder: node, fence: fence, until: now.nanoseconds.adding(lease))
            flags[index].hear(fence, generation: generation)
            if !isRenewal { mustStore = true }
            return .granted
        }
    }

    // MARK: The one that asks

    mutating func takeLeaseAnswer(
        _ sequence: Int32, _ outcome: GossipMessage.LeaseOutcome, _ flag: WireName, _ highestFence: UInt64,
        _ origin: Origin, _ now: Instant, _ actions: inout [GossipAction]
    ) {
        guard let index = flags.firstIndex(where: { $0.configuration.name == flag }),
            flags[index].configuration.electors.contains(origin.node)
        else { return }
        if sequence == flags[index].learningSequence, sequence != 0, !flags[index].isReady {
            flags[index].hear(highestFence, generation: generation)
            flags[index].learned[origin.node] = outcome == .granted
            return
        }
        guard sequence == flags[index].request?.sequence else { return }
        count(outcome, of: origin.node, highestFence, index, now, &actions)
    }

    private mutating func count(
        _ outcome: GossipMessage.LeaseOutcome, of voter: Int32, _ highestFence: UInt64, _ index: Int, _ now: Instant,
        _ actions: inout [GossipAction]
    ) {
        guard var request = flags[index].request else { return }
        flags[index].hear(highestFence, generation: generation)
        guard outcome == .granted else {
            request.refusals.insert(voter)
            flags[index].request = request
            return
        }
        request.grants.insert(voter)
        flags[index].request = request
        guard request.grants.count >= flags[index].configuration.majority else { return }
        let until = request.sentAt.adding(countedLease)
        flags[index].request = nil
        guard until > now.nanoseconds else { return }
        if flags[index].heldFence == nil {
            acquire(index, request.fence, until: until, now, &actions)
        } else {
            flags[index].heldUntil = Swift.max(flags[index].heldUntil ?? until, until)
        }
    }

    // MARK: Learning

    /// A voter that lost its memory must not vote against what it granted: it first hears from so many others that at least one of every
    /// majority it may have been in is among them, and lets a lease pass.
    mutating func learn(_ index: Int, _ now: Instant, _ actions: inout [GossipAction]) {
        let state = flags[index]
        let electors = state.configuration.electors
        guard !state.isReady, electors.contains(configuration.node) else { return }
        let others = Set(electors).subtracting([configuration.node])
        let ready = state.learned.values.count { $0 }
        let isEnough = ready >= (electors.count + 1) / 2 || state.learned.count == others.count
        if isEnough, now.nanoseconds >= state.silentUntil {
            flags[index].isReady = true
            mustStore = true
            return
        }
        let sequence = takeSequence()
        flags[index].learningSequence = sequence
        sendToVoters(.ask, index, sequence, 0, &actions)
    }
}
