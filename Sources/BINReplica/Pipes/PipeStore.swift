public import BINMessages
import BINWire

/// A pipe as a list shows it.
public struct PipeStatus: Hashable, Sendable {
    /// Name, limit and algorithm, and what a broadcast says of this node (RL-1).
    public var own: PipeCount
    /// What all nodes counted: our current count and what the others said and still counts.
    public var total: Int
}

/// Rate-limit pipes: what this node counted, and what the others said (Spec/ratelimit.md).
public struct PipeStore: Sendable {
    /// How pipes count.
    public let parameters: PipeParameters
    private let rules: PipeRules
    private var pipes: [String: PipeCounter] = [:]
    /// When the interval that is counted began.
    private var intervalStart: ReplicaTime?

    /// No pipes.
    init(release: Release, parameters: PipeParameters = PipeParameters()) {
        self.parameters = parameters
        rules = PipeRules(release)
    }

    /// Number of pipes.
    public var count: Int { pipes.count }

    // MARK: Decisions

    /// Whether a call may pass the pipe, which is made if there is none; the call is counted.
    /// - Parameters:
    ///   - pipe: name, from 3.3 on without `/b`.
    ///   - limit: the limit; calls a second, or in an interval with `limit_per_interval`; for a sliding window in the window.
    ///   - algorithm: what the pipe limits by. A pipe that exists keeps its own.
    ///   - load: how loaded this node is.
    ///   - now: the time, never before that of the call before.
    /// - Throws: ``ReplicaRefusal`` when there are too many pipes.
    public mutating func check(
        _ pipe: String, limit: Int32, _ algorithm: PipeAlgorithm, load: NodeLoad = NodeLoad(), at now: ReplicaTime
    ) throws(ReplicaRefusal) -> Bool {
        advance(to: now)
        if pipes[pipe] == nil {
            guard pipes.count < parameters.pipeLimit else { throw ReplicaRefusal(.limit(.pipes)) }
            pipes[pipe] = PipeCounter(algorithm: algorithm, flags: .bin, limit: limit, lastUse: now)
        }
        pipes[pipe]?.limit = limit
        pipes[pipe]?.lastUse = now
        pipes[pipe]?.lastLocalUse = now
        return pipes[pipe]?.hit(load, at: now, parameters) ?? true
    }

    /// Whether a pipe is over its limit now, without counting anything; nil when there is no such pipe.
    public func isOverLimit(_ pipe: String, at now: ReplicaTime) -> Bool? {
        guard let counter = pipes[pipe] else { return nil }
        let total = counter.current + counter.othersSum(at: now, parameters)
        switch counter.algorithm {
        case .tailDrop: return total > Int(counter.limit) * parameters.factor
        case .slidingWindow: return total > Int(counter.limit)
        case .red: return counter.load > 1
        case .none, .feedback, .network: return false
        }
    }

    /// Ends the intervals that are over at `now`.
    public mutating func advance(to now: ReplicaTime) {
        let interval = max(1, parameters.interval)
        guard let start = intervalStart else {
            intervalStart = now
            return
        }
        guard now > start else { return }
        let passed = (now.milliseconds - start.milliseconds) / interval
        guard passed > 0 else { return }
        intervalStart = start.advanced(by: passed * interval)
        for name in Array(pipes.keys) { pipes[name]?.endInterval(gap: passed > 1, parameters) }
    }

    // MARK: Lists

    /// The pipe `name`.
    public func status(of name: String, at now: ReplicaTime) -> PipeStatus? {
        pipes[name].map { status(name, $0, now) }
    }

    /// All pipes in the order of their names.
    public func statuses(at now: ReplicaTime) -> [PipeStatus] {
        pipes.sorted { $0.key < $1.key }.map { status($0.key, $0.value, now) }
    }

    /// What a node said last of a pipe, as long as it counts.
    public func count(of pipe: String, from node: Int32, at now: ReplicaTime) -> Int {
        pipes[pipe]?.peers.count(of: node, at: now, expiry: parameters.peerExpiry) ?? 0
    }

    /// What each node said last of a pipe, as long as it counts.
    public func counts(of pipe: String, at now: ReplicaTime) -> [Int32: Int] {
        pipes[pipe]?.peers.counts(at: now, expiry: parameters.peerExpiry) ?? [:]
    }

    private func status(_ name: String, _ pipe: PipeCounter, _ now: ReplicaTime) -> PipeStatus {
        PipeStatus(own: count(name, pipe), total: pipe.current + pipe.othersSum(at: now, parameters))
    }

    private func count(_ name: String, _ pipe: PipeCounter) -> PipeCount {
        PipeCount(
            name: name, algorithm: pipe.algorithm, limit: pipe.limit, count: pipe.advertised, flags: pipe.flags)
    }

    // MARK: From peers

    /// Applies the counters of a peer (RL-12, RL-13).
    mutating func apply(
        _ records: [Pipe], _ packet: RawSpan, from node: Int32, hasFlags: Bool, at now: ReplicaTime,
        _ changes: inout ReplicaChanges
    ) {
        for record in records {
            guard let name = make(record, packet, hasFlags, now, &changes) else { continue }
            pipes[name]?.lastUse = now
            let before = pipes[name]?.peers.set(node, record.counter, at: now)
            note(name, before ?? nil, record.counter, &changes)
        }
    }

    /// Applies the counters of another cluster (RL-5).
    mutating func apply(
        _ aggregate: PipeAggregate, _ packet: RawSpan, at now: ReplicaTime, _ changes: inout ReplicaChanges
    ) {
        guard parameters.usesBridges else { return changes.ignore(.packet, .bridgingOff) }
        for record in aggregate.pipes {
            guard let name = make(record, packet, true, now, &changes) else { continue }
            pipes[name]?.lastUse = now
            let before = pipes[name]?.clusters.set(aggregate.sourceCluster, record.counter, at: now)
            note(name, before ?? nil, record.counter, &changes)
        }
    }

    /// The pipe of a record, made if there is none; nil when it cannot be.
    private mutating func make(
        _ record: Pipe, _ packet: RawSpan, _ hasFlags: Bool, _ now: ReplicaTime, _ changes: inout ReplicaChanges
    ) -> String? {
        guard let name = record.name.string(in: packet) else {
            changes.ignore(.packet, .nameNotUTF8)
            return nil
        }
        if pipes[name] == nil {
            guard pipes.count < parameters.pipeLimit else {
                changes.ignore(.pipe(name), .limit(.pipes))
                return nil
            }
            pipes[name] = PipeCounter(
                algorithm: PipeAlgorithm(rawValue: record.algorithm) ?? .none,
                flags: hasFlags ? PipeFlags(rawValue: record.flags & 3) : .bin, limit: record.limit, lastUse: now)
            changes.append(.pipe(name), .inserted)
        }
        return name
    }

    private func note(_ name: String, _ before: Int32?, _ count: Int32, _ changes: inout ReplicaChanges) {
        guard let before else { return changes.ignore(.pipe(name), .limit(.peers)) }
        if before != count { changes.append(.pipe(name), .updated) }
    }

    // MARK: Broadcasts

    /// What is to be broadcast in a round (RL-7, RL-8), in the order of the names. Pipes that stand at 0 are among them; who
    /// writes the packets leaves them out after a while.
    public mutating func round(at now: ReplicaTime) -> [PipeCount] {
        advance(to: now)
        var counts: [PipeCount] = []
        for (name, pipe) in pipes.sorted(by: { $0.key < $1.key }) {
            guard rules.sendsFlaggedOnly ? pipe.flags.contains(.bin) : !pipe.flags.contains(.cachedb) else { continue }
            if rules.leavesUnusedOut {
                guard let use = pipe.lastLocalUse, use.advanced(by: parameters.pipeExpiry) >= now else { continue }
            }
            counts.append(count(name, pipe))
        }
        return counts
    }

    /// What a bridge node tells another cluster (RL-3): of each TAILDROP pipe with the BIN flag what this cluster counted.
    public mutating func bridgeRound(at now: ReplicaTime) -> [PipeCount] {
        advance(to: now)
        var counts: [PipeCount] = []
        for (name, pipe) in pipes.sorted(by: { $0.key < $1.key })
        where pipe.algorithm == .tailDrop && pipe.flags.contains(.bin) {
            var count = count(name, pipe)
            count.count = Int32(clamping: pipe.current + pipe.peers.sum(at: now, expiry: parameters.peerExpiry))
            counts.append(count)
        }
        return counts
    }

    // MARK: Time

    /// Ends intervals, forgets what peers said too long ago (RL-15), and takes out pipes that were not used for long (RL-17).
    mutating func expire(at now: ReplicaTime, into changes: inout ReplicaChanges) {
        advance(to: now)
        for (name, pipe) in pipes {
            let isOver: Bool
            switch rules.expiryMargin {
            case .none: isOver = pipe.lastUse.advanced(by: parameters.pipeExpiry) < now
            case .interval:
                isOver =
                    isUnusedHere(pipe, now)
                    && pipe.lastUse.advanced(by: parameters.pipeExpiry).advanced(by: parameters.interval) < now
            case .peers:
                let expiry = max(parameters.peerExpiry, parameters.usesBridges ? parameters.bridgeExpiry : 0)
                isOver = isUnusedHere(pipe, now) && pipe.lastUse.advanced(by: expiry) < now
            }
            if isOver {
                pipes[name] = nil
                changes.append(.pipe(name), .expired)
            } else if pipe.hasExpiredPeers(at: now, parameters) {
                pipes[name]?.forgetPeers(at: now, parameters)
                changes.append(.pipe(name), .updated)
            }
        }
    }

    private func isUnusedHere(_ pipe: PipeCounter, _ now: ReplicaTime) -> Bool {
        pipe.lastLocalUse.map { $0.advanced(by: parameters.pipeExpiry) < now } ?? true
    }
}
