// Who watches whom, and how a node that does not answer comes to be down.

extension GossipMember {
    /// Every node watches the few that follow it on the ring of positions; so each has as many watchers, and the load of a node does not
    /// grow with the cluster. Those that are down are left out, so that their places are taken by the next.
    private mutating func refreshWatches(_ now: Instant) {
        guard watchedVersion != table.presenceVersion else { return }
        watchedVersion = table.presenceVersion
        let nodes = table.successors(of: configuration.node, count: configuration.limits.watches)
        watches = nodes.map { node in
            watches.first { $0.node == node } ?? ArrivalWatch(node, interval: intervalSeconds, at: now.nanoseconds)
        }
    }

    mutating func requestHeartbeats(_ now: Instant, _ actions: inout [GossipAction]) {
        refreshWatches(now)
        if watches.allSatisfy({ $0.phase == .heard }) { health.improve() }
        for index in watches.indices {
            guard let slot = table.slot(of: watches[index].node) else { continue }
            requestHeartbeat(of: slot, takeSequence(), &actions)
        }
    }

    mutating func requestHeartbeat(
        of slot: Int, _ sequence: Int32, isStream: Bool = false, _ actions: inout [GossipAction]
    ) {
        let believed = table.records[slot].knowledge
        let message = GossipMessage.heartbeatRequest(
            sequence: sequence, believed: GossipMessage.KnowledgeValue(knowledge: believed))
        send(message, toMember: slot, isStream: isStream, &actions)
    }

    mutating func judgeWatches(_ now: Instant, isRound: Bool, _ actions: inout [GossipAction]) {
        for index in watches.indices {
            guard let slot = table.slot(of: watches[index].node), table.records[slot].isPresent else { continue }
            switch watches[index].phase {
            case .heard:
                guard
                    watches[index].isSilent(
                        at: now.nanoseconds, deviations: silenceDeviations, interval: intervalSeconds,
                        patience: health.patience)
                else { continue }
                watches[index].phase = .probing(since: now.nanoseconds, rounds: 1, denials: 0)
                askHelpers(index, &actions)
                // A stream repeats what is lost: where datagrams are, hardly anybody is suspected by chance. A suspicion is
                // a change that all hear of, so those by chance would cost every node the more, the more nodes there are.
                requestHeartbeat(of: slot, takeSequence(), isStream: true, &actions)
            case .probing(let since, let rounds, let denials):
                guard now.nanoseconds >= since.adding(probeTimeout) else { continue }
                if rounds < 2 {
                    watches[index].phase = .probing(since: now.nanoseconds, rounds: rounds + 1, denials: denials)
                    askHelpers(index, &actions)
                    continue
                }
                // When nobody answers at all, it may well be this node that is cut off.
                if denials == 0, table.presentCount > 2 { health.worsen() }
                watches[index].phase = .suspected(since: now.nanoseconds)
                let incarnation = table.records[slot].standing.incarnation
                setStanding(Standing(.suspected, incarnation: incarnation), of: slot, now, &actions)
                requestHeartbeat(of: slot, takeSequence(), &actions)
            case .suspected(let since):
                let record = table.records[slot]
                if record.standing.status == .alive {
                    // It has contradicted, which reached this node by way of others.
                    watches[index].heard(at: now.nanoseconds)
                    continue
                }
                let suspicion = Double(configuration.timing.suspicion.wholeNanoseconds) * health.patience
                if Double(now.nanoseconds.subtractingClamped(since)) >= suspicion {
                    setStanding(Standing(.down, incarnation: record.standing.incarnation), of: slot, now, &actions)
                } else if isRound {
                    askHelpers(index, &actions)
                }
            }
        }
    }

    private mutating func askHelpers(_ index: Int, _ actions: inout [GossipAction]) {
        let node = watches[index].node
        let sequence = takeSequence()
        watches[index].probeSequence = sequence
        var asked: Set<Int> = []
        for _ in 0..<(2 * configuration.limits.helpers) {
            guard asked.count < configuration.limits.helpers,
                let slot = randomMember(where: { $0.isPresent && $0.node != node })
            else { return }
            guard asked.insert(slot).inserted else { continue }
            send(.probeRequest(sequence: sequence, node: node), toMember: slot, isStream: false, &actions)
        }
    }

    // MARK: Answers

    mutating func takeHeartbeatRequest(
        _ sequence: Int32, _ believed: Knowledge, _ origin: Origin, _ now: Instant, _ actions: inout [GossipAction]
    ) {
        var believed = believed
        believed.node = configuration.node
        believed.version = 0
        if believed.generation != 0 { meetOwn(believed, now, &actions) }
        let message = GossipMessage.heartbeat(
            sequence: sequence, generation: generation, incarnation: own.standing.incarnation)
        answer(message, to: origin, &actions)
    }

    mutating func takeHeartbeat(
        _ sequence: Int32, _ generation: Int32, _ incarnation: Int32, _ origin: Origin, _ now: Instant,
        _ actions: inout [GossipAction]
    ) {
        guard let slot = table.slot(of: origin.node) else { return }
        confirm(slot, generation, incarnation, now, &actions)
        let record = table.records[slot]
        guard generation >= record.generation else { return }
        if let index = watches.firstIndex(where: { $0.node == origin.node }),
            sequence &- watches[index].heartbeatSequence > 0
        {
            watches[index].heartbeatSequence = sequence
            watches[index].heartbeat(at: now.nanoseconds, interval: intervalSeconds)
        }
        for errand in errands where errand.sequence == sequence && errand.node == origin.node {
            report(errand, isReached: true, generation, incarnation, &actions)
        }
        errands.removeAll { $0.sequence == sequence && $0.node == origin.node }
    }

    /// A member said, itself or through a helper, that it is alive in this incarnation.
    private mutating func confirm(
        _ slot: Int, _ generation: Int32, _ incarnation: Int32, _ now: Instant, _ actions: inout [GossipAction]
    ) {
        let record = table.records[slot]
        if generation == record.generation {
            setStanding(Standing(.alive, incarnation: incarnation), of: slot, now, &actions)
        } else if generation > record.generation {
            // Another life of it: its state comes by an exchange.
            beginExchange(with: slot, isStream: false, &actions)
        }
    }

    mutating func takeProbeRequest(
        _ sequence: Int32, _ node: Int32, _ origin: Origin, _ now: Instant, _ actions: inout [GossipAction]
    ) {
        guard table.slot(of: origin.node) != nil else { return }
        guard errands.count < 64, node != configuration.node, let slot = table.slot(of: node) else {
            let isReached = node == configuration.node
            let message = GossipMessage.probeResult(
                sequence: sequence, node: node, isReached: isReached, generation: isReached ? generation : 0,
                incarnation: isReached ? own.standing.incarnation : 0)
            answer(message, to: origin, &actions)
            return
        }
        let errand = Errand(
            asker: origin.node, askerSequence: sequence, node: node, sequence: takeSequence(),
            until: now.nanoseconds.adding(probeTimeout / 4 * 3))
        errands.append(errand)
        requestHeartbeat(of: slot, errand.sequence, &actions)
    }

    mutating func runErrands(_ now: Instant, _ actions: inout [GossipAction]) {
        guard !errands.isEmpty else { return }
        for errand in errands where errand.until <= now.nanoseconds { report(errand, isReached: false, 0, 0, &actions) }
        errands.removeAll { $0.until <= now.nanoseconds }
    }

    private mutating func report(
        _ errand: Errand, isReached: Bool, _ generation: Int32, _ incarnation: Int32, _ actions: inout [GossipAction]
    ) {
        guard let slot = table.slot(of: errand.asker) else { return }
        let message = GossipMessage.probeResult(
            sequence: errand.askerSequence, node: errand.node, isReached: isReached, generation: generation,
            incarnation: incarnation)
        send(message, toMember: slot, isStream: false, &actions)
    }

    mutating func takeProbeResult(
        _ sequence: Int32, _ node: Int32, isReached: Bool, _ generation: Int32, _ incarnation: Int32,
        _ now: Instant, _ actions: inout [GossipAction]
    ) {
        guard let index = watches.firstIndex(where: { $0.node == node }), watches[index].probeSequence == sequence,
            let slot = table.slot(of: node)
        else { return }
        if isReached {
            confirm(slot, generation, incarnation, now, &actions)
            if generation >= table.records[slot].generation { watches[index].heard(at: now.nanoseconds) }
        } else if case .probing(let since, let rounds, let denials) = watches[index].phase {
            watches[index].phase = .probing(since: since, rounds: rounds, denials: denials + 1)
        }
    }
}
