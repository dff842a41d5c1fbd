/// A member of the gossip: who is there, what each says of itself, who owns what (Spec/extensions/gossip.md).
///
/// It does no I/O and reads no clock. Packets, moments and a seed are handed in; what is to be done comes out as ``GossipAction``s.
/// ``start(at:)`` is called once, ``tick(at:)`` at ``nextTick`` and later, ``receive(_:from:overStream:at:)`` for every packet.
public struct GossipMember: Sendable {
    /// What the member was told.
    public let configuration: GossipConfiguration
    /// The generation of this life of the node.
    public private(set) var generation: Int32
    /// Whether this node has the state of the cluster.
    public internal(set) var hasJoined = false
    /// Whether this node has left.
    public internal(set) var hasLeft = false

    var table = MemberTable()
    var random: GossipRandom
    var health = LocalHealth()
    var startedAt: Int64
    var nextRound: Int64
    var latenessNotedUntil: Int64 = .min
    var sequence: Int32 = 0

    // Exchanges
    var exchangesLeft = 0
    var forgotten: [Int32: Knowledge] = [:]
    /// What was known of the members before this life.
    var rememberedPlaces: [(node: Int32, url: [UInt8])] = []

    // Detection
    var watches: [ArrivalWatch] = []
    var watchedVersion: UInt64 = .max
    var errands: [Errand] = []
    let silenceDeviations: Double
    let interval: Int64
    let intervalSeconds: Double

    // Ownership
    var flags: [FlagState]
    var ownTombstones: [(version: Int32, at: Int64)] = []

    // Disk
    var storedAt: Int64 = .min
    var membersChanged = true
    var mustStore = true

    var conflicts = 0
    var roundsDone: UInt64 = 0

    /// A request of another node to reach a third one.
    struct Errand: Sendable {
        let asker: Int32
        let askerSequence: Int32
        let node: Int32
        let sequence: Int32
        let until: Int64
    }

    /// A member that has not started. What ``GossipConfiguration/check()`` refuses, such as flags beyond 64, it leaves out.
    /// - Parameters:
    ///   - memory: what the node stored in its last life (``GossipAction/store(_:)``); nil when there is nothing.
    ///   - seed: where its random numbers begin; another one at every start.
    ///   - now: the moment.
    public init(_ configuration: GossipConfiguration, memory: [UInt8]? = nil, seed: UInt64, at now: Instant) {
        self.configuration = configuration
        random = GossipRandom(seed: seed)
        interval = Swift.max(1_000_000, configuration.timing.interval.wholeNanoseconds)
        intervalSeconds = Double(interval) / 1e9
        silenceDeviations = PhiScale.deviations(phi: configuration.timing.phi)
        startedAt = now.nanoseconds
        nextRound = now.nanoseconds
        let past = memory.flatMap { Memory(decoding: $0) }
        let clock = Int32(clamping: Swift.max(1, now.unixSeconds))
        generation = Swift.max(clock, (past?.generation ?? 0).addingClamped(1))
        rememberedPlaces = past?.members ?? []
        flags = configuration.flags.prefix(GossipConfiguration.mostFlags).map { flag in
            FlagState(
                flag, memory: past?.flags.first { $0.flag == flag.name }, startedAt: now.nanoseconds,
                lease: configuration.timing.lease.wholeNanoseconds)
        }
        let description: [([UInt8], String)] = [
            (GossipKey.url, configuration.url.description), (GossipKey.site, configuration.site),
            (GossipKey.rack, configuration.rack), (GossipKey.groups, configuration.groups.joined(separator: " ")),
        ]
        var entries: [StateEntry] = []
        for (key, text) in description where !text.isEmpty {
            entries.append(
                StateEntry(key: key, version: Int32(entries.count + 1), value: Array(text.utf8.prefix(1024))))
        }
        table.insert(
            MemberRecord(
                node: configuration.node, generation: generation, version: Int32(entries.count), floor: 0,
                standing: Standing(.alive, incarnation: 0), since: now.nanoseconds, entries: entries))
    }

    /// The place of the own record: always the first, because it is never removed.
    static let ownSlot = 0

    var own: MemberRecord { table.records[GossipMember.ownSlot] }

    /// Begins. Neighbours are asked at the first tick.
    public mutating func start(at now: Instant) -> [GossipAction] {
        var actions: [GossipAction] = []
        nextRound = now.nanoseconds.adding(Int64(random.below(Int(interval))))
        store(at: now, &actions)
        return actions
    }

    /// The next moment at which ``tick(at:)`` has something to do, in nanoseconds of the clock that is handed in.
    public var nextTick: Int64 {
        var next = nextRound
        for watch in watches {
            if case .probing(let since, _, _) = watch.phase {
                // A look right after the helpers' time is over.
                let look = since.adding(probeTimeout)
                if look > latestTick { next = Swift.min(next, look) }
            }
        }
        for errand in errands { next = Swift.min(next, errand.until) }
        for flag in flags { if let until = flag.heldUntil { next = Swift.min(next, until) } }
        return next
    }

    var latestTick: Int64 = .min
    var probeTimeout: Int64 { configuration.timing.probeTimeout.wholeNanoseconds }

    /// Does what is due.
    public mutating func tick(at now: Instant) -> [GossipAction] {
        var actions: [GossipAction] = []
        guard !hasLeft else { return actions }
        noteLateness(now)
        latestTick = now.nanoseconds
        runErrands(now, &actions)
        expireLeases(now, &actions)
        judgeWatches(now, isRound: now.nanoseconds >= nextRound, &actions)
        if now.nanoseconds >= nextRound {
            // Not all at the same moment: up to a tenth of a round earlier or later.
            let jitter = Int64(random.below(Int(interval / 5) + 1)) - interval / 10
            nextRound = now.nanoseconds.adding(interval + jitter)
            round(now, &actions)
        }
        finish(now, &actions)
        return actions
    }

    /// What every step ends with.
    mutating func finish(_ now: Instant, _ actions: inout [GossipAction]) {
        let isDue = membersChanged && (storedAt == .min || now.nanoseconds >= storedAt.adding(storeInterval))
        // What was promised to another node must be on disk before the promise is sent.
        if mustStore || isDue { store(at: now, &actions) }
    }

    private var storeInterval: Int64 { configuration.timing.storeInterval.wholeNanoseconds }

    /// When this node was asleep or swamped, silence in that time is not held against others.
    mutating func noteLateness(_ now: Instant) {
        guard nextRound != startedAt else { return }
        let since = Swift.max(nextRound, latenessNotedUntil)
        let late = now.nanoseconds.subtractingClamped(since)
        guard late > interval / 2 else { return }
        latenessNotedUntil = now.nanoseconds
        for index in watches.indices { watches[index].forgive(late) }
        health.worsen()
    }

    /// Another number for the own life, higher than one that was heard of.
    mutating func renewGeneration(above other: Int32) {
        generation = other.addingClamped(1)
        let generation = generation
        table.update(GossipMember.ownSlot) {
            $0.generation = generation
            $0.standing = Standing(.alive, incarnation: 0)
        }
        mustStore = true
    }

    mutating func takeSequence() -> Int32 {
        sequence = sequence == .max ? 1 : sequence + 1
        return sequence
    }
}

extension Int32 {
    /// The sum, or the greatest number.
    func addingClamped(_ other: Int32) -> Int32 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

extension Int64 {
    /// The difference, or the nearest number that fits.
    func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }
}
