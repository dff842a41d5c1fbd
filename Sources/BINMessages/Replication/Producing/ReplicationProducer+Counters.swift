import BINWire

extension ReplicationProducer {
    // MARK: Profile counters

    /// The packets that tell how many dialogs the own node has in each profile; servers send them every 200 ms (10 ms up to
    /// 3.2), and receivers forget what was not repeated for 10 s.
    ///
    /// A packet is closed behind the record that makes it longer than ``profileChunkSize``. Without counts there is none, only
    /// towards 2.2 one without records as a sign of life (DL-31).
    /// - Throws: ``ProductionFailure``; ``ProductionFailure/notInRelease(_:_:)`` for 2.1.
    public mutating func profileCounts(_ counts: [ProfileCount]) throws(ProductionFailure) -> [[UInt8]] {
        var packets: [[UInt8]] = []
        try profileCounts(counts) { packets.append([UInt8](copying: $0)) }
        return packets
    }

    /// The same, handing each packet to `body`. When something is thrown, packets before were handed over already.
    public mutating func profileCounts(
        _ counts: [ProfileCount], _ body: (RawSpan) -> Void
    ) throws(ProductionFailure) {
        guard let layout = layouts.profile else { throw .notInRelease("profile counters", release) }
        var empty = ProfileCounters()
        empty.serverID = routing.source
        var run = CounterRun(
            empty, in: layout, routing: routing, chunkSize: profileChunkSize, sendsEmpty: layout.hasServerID)
        for count in counts {
            arena.clear()
            var record = try ProfileCounter(count, &arena)
            try run.add(&record, arena, with: &writer, body)
        }
        try run.end(with: &writer, body)
    }

    /// The packet that servers send at once when a value of a profile disappears: a count of 0 (DL-29).
    /// - Throws: ``ProductionFailure``; ``ProductionFailure/notInRelease(_:_:)`` for 2.1.
    public mutating func profileDeleteNotice(
        profile: String, value: String
    ) throws(ProductionFailure) -> [UInt8] {
        let packets = try profileCounts([ProfileCount(profile: profile, value: value, count: 0)])
        return packets[0]
    }

    // MARK: Pipes

    /// The packets of one run over the own pipes; servers make one every 200 ms (10 ms up to 3.2).
    ///
    /// Left out are, as servers do: towards 3.3 and later pipes without ``PipeFlags/bin``, before pipes with
    /// ``PipeFlags/cachedb`` (RL-7); towards 3.6 and later a pipe at 0 that was sent three times since it last counted
    /// (RL-8). A packet is closed behind the record that makes it longer than ``pipeChunkSize`` (RL-9). Without pipes there is
    /// none, only towards 2.2 one without records as a sign of life (RL-10).
    /// - Throws: ``ProductionFailure``; ``ProductionFailure/notInRelease(_:_:)`` for 2.1.
    public mutating func pipeCounts(_ pipes: [PipeCount]) throws(ProductionFailure) -> [[UInt8]] {
        var packets: [[UInt8]] = []
        try pipeCounts(pipes) { packets.append([UInt8](copying: $0)) }
        return packets
    }

    /// The same, handing each packet to `body`. When something is thrown, packets before were handed over already.
    public mutating func pipeCounts(_ pipes: [PipeCount], _ body: (RawSpan) -> Void) throws(ProductionFailure) {
        guard let layout = layouts.pipe else { throw .notInRelease("rate-limit pipes", release) }
        var sent = pipes.filter { layout.hasFlags ? $0.flags.contains(.bin) : !$0.flags.contains(.cachedb) }
        if release >= Release(3, 6, 0) { sent = pipeZeros.run(over: sent) }
        var empty = PipeCounters()
        empty.serverID = routing.source
        var run = CounterRun(
            empty, in: layout, routing: routing, chunkSize: pipeChunkSize, sendsEmpty: layout.hasServerID)
        try run.addAll(sent, &arena, with: &writer, body)
    }

    // MARK: Bridges

    /// The packets that tell a node of another cluster what the own cluster counted (type 10; servers every 500 ms).
    ///
    /// Only pipes with ``PipeFlags/bin`` and TAILDROP are sent, and one at 0 three times. Every packet begins with the source
    /// cluster (RL-6).
    /// - Parameters:
    ///   - pipes: sums over the own cluster.
    ///   - destinationCluster: the cluster of the peer; the own one is that of ``routing``.
    /// - Throws: ``ProductionFailure``; ``ProductionFailure/notInRelease(_:_:)`` before 4.0.
    public mutating func bridgeAggregate(
        _ pipes: [PipeCount], to destinationCluster: Int32
    ) throws(ProductionFailure) -> [[UInt8]] {
        let layout = try aggregateLayout
        let bridge = Routing(bridgeFrom: routing.cluster, to: destinationCluster, source: routing.source)
        guard destinationCluster > 0 else { throw .badRouting(bridge) }
        let sent = bridgeZeros.run(over: pipes.filter { $0.flags.contains(.bin) && $0.algorithm == .tailDrop })
        var empty = PipeAggregateEdge()
        empty.aggregate.sourceCluster = routing.cluster
        var run = CounterRun(empty, in: layout, routing: bridge, chunkSize: pipeChunkSize, sendsEmpty: false)
        var packets: [[UInt8]] = []
        try run.addAll(sent, &arena, with: &writer) { packets.append([UInt8](copying: $0)) }
        return packets
    }

    /// The packets with which an aggregate that was received from another cluster is passed on inside of the own one (type 11,
    /// RL-4): all its pipes, whatever ``BridgeAggregate/hop`` it came by.
    /// - Throws: ``ProductionFailure``; ``ProductionFailure/notInRelease(_:_:)`` before 4.0.
    public mutating func passOn(_ aggregate: BridgeAggregate) throws(ProductionFailure) -> [[UInt8]] {
        let layout = try aggregateLayout
        var empty = PipeAggregateCore()
        empty.aggregate.sourceCluster = aggregate.sourceCluster
        var run = CounterRun(empty, in: layout, routing: routing, chunkSize: pipeChunkSize, sendsEmpty: false)
        var packets: [[UInt8]] = []
        try run.addAll(aggregate.pipes, &arena, with: &writer) { packets.append([UInt8](copying: $0)) }
        return packets
    }

    /// Notes that an aggregate came from another cluster: its pipes, though at 0 here, are told again.
    public mutating func aggregateReceived(_ aggregate: BridgeAggregate) {
        for pipe in aggregate.pipes { bridgeZeros.rearm(pipe.name) }
    }

    private var aggregateLayout: PipeLayout {
        get throws(ProductionFailure) {
            guard let layout = layouts.pipe, layout >= .d else { throw .notInRelease("bridge aggregates", release) }
            return layout
        }
    }
}

extension [UInt8] {
    init(copying bytes: RawSpan) {
        self = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
