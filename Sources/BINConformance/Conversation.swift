import BINMessages
import BINWire
import Synchronization

/// What cases talk with: the runner's nodes that are members by now, and what is known of the target.
final class Conversation: Sendable {
    let target: ConformanceTarget
    /// The node that most cases use.
    let main: ScriptedNode
    /// A second one, which sees what the target passes on.
    let beside: ScriptedNode
    private let state = Mutex(State())

    private struct State {
        var targetNode: Int32 = 0
        var besideIsMember = false
        var takesStrangers = false
        var strangers = 2
        /// The request of a sync that the target waits for.
        var openRequest: Heard?
        /// The capability of a sync that came to a bad end.
        var failedRequest: String?
        var takenCapabilities: Set<String> = []
        var numbers = 0
    }

    /// How long an answer may take that waits for no timer.
    static let soon = Duration.seconds(3)
    /// How long something that must not come is waited for, after a PONG has shown that the packet was read: servers handle
    /// packets with several workers.
    static let settling = Duration.milliseconds(300)

    init(_ target: ConformanceTarget, main: ScriptedNode, beside: ScriptedNode) {
        self.target = target
        self.main = main
        self.beside = beside
    }

    /// The id of the target, which it tells itself.
    var targetNode: Int32 { state.withLock { $0.targetNode } }

    /// Why there is no second member, if there is none.
    var lacksBeside: ConformanceVerdict? {
        state.withLock { $0.besideIsMember } ? nil : .skipped("the target takes no second node that it was not told of")
    }

    /// Why no node can be introduced to the target, if none can.
    var lacksStrangers: ConformanceVerdict? {
        lacksBeside
            ?? (state.withLock { $0.takesStrangers }
                ? nil : .skipped("the target takes no nodes that it was not told of"))
    }

    /// Releases that send no PING to whom they sent something else.
    private static let sparingPings = ReleaseSet(
        .series(3, 4, 12...), .series(3, 5, 5...), .from((3, 6), through: (4, 1)))

    /// Why PINGs, and what becomes of a link without PONGs, cannot be seen, if they cannot.
    var needsNoPings: ConformanceVerdict? {
        guard Self.sparingPings.contains(target.release) else { return nil }
        let lately = ContinuousClock.now - .seconds(2)
        let isBusy = main.journal.entries(since: 0).last { !$0.capability.hasPrefix("clusterer-") }.map {
            $0.at > lately
        }
        return isBusy == true ? .skipped("the target broadcasts all the time, and then needs no PING (CL-28)") : nil
    }

    /// The capabilities of the target and their states, as it announced them last.
    var capabilities: [String: Int32] {
        var states: [String: Int32] = [:]
        for heard in main.journal.entries(since: 0) {
            guard let update = heard.message(CapabilityUpdate.self) else { continue }
            for record in update.nodes where record.node == targetNode {
                for capability in record.capabilities { states[heard.text(capability.capability)] = capability.state }
            }
        }
        return states
    }

    /// The request of a sync that the target waits for.
    var openRequest: Heard? { state.withLock { $0.openRequest } }

    /// The capability of a sync that came to a bad end.
    var failedRequest: String? { state.withLock { $0.failedRequest } }

    /// Notes which sync the target waits for, and which came to a bad end.
    func setOpenRequest(_ request: Heard?, failed: String?) {
        state.withLock {
            $0.openRequest = request
            $0.failedRequest = failed
        }
    }

    /// A capability that the target has no data of, another one each time.
    func takePending() -> String? {
        let pending = capabilities.filter { capability, state in
            state == 0 && Catalogue.declared.hasSync(capability: capability, in: target.release) != false
        }.keys.sorted()
        return state.withLock { state in
            guard let name = pending.first(where: { !state.takenCapabilities.contains($0) }) else { return nil }
            state.takenCapabilities.insert(name)
            return name
        }
    }

    /// A number that no other case gets.
    func nextNumber() -> Int {
        state.withLock { state in
            state.numbers += 1
            return state.numbers
        }
    }

    // MARK: Joining

    /// Makes both nodes members.
    /// - Throws: ``ConformanceFault`` when the first one does not become one.
    func begin() async throws {
        try await join(main)
        do {
            try await join(beside)
            state.withLock { $0.besideIsMember = true }
            try await introduce(main, neighbours: [targetNode, beside.id])
            try await findStrangers()
        } catch is ConformanceFault {}
        // What was said so far is passed on before the first case looks at what is.
        _ = try await settle(main)
    }

    /// Finds out whether nodes may introduce themselves, unless the first ones did so: they may be known from an earlier run, or
    /// from a table.
    private func findStrangers() async throws {
        guard !state.withLock({ $0.takesStrangers }) else { return }
        let isTold = try await withStranger { stranger in
            try await stranger.send(try stranger.make { try $0.ping() })
            return try await stranger.journal.wait(since: 0, within: .seconds(2)) { $0.message(UnknownID.self) } != nil
        }
        state.withLock { $0.takesStrangers = isTold }
    }

    /// Makes a node a member, however the target knows it.
    func join(_ node: ScriptedNode) async throws {
        let mark = node.journal.mark
        try await node.send(try node.make { try $0.ping(list: true) })
        let answer = try await node.journal.wait(since: mark, within: target.patience) { heard -> (Int32, Bool)? in
            if let unknown = heard.message(UnknownID.self) { return (unknown.origin.source, true) }
            return heard.message(Pong.self).map { ($0.origin.source, false) }
        }
        guard let (id, isUnknown) = answer else {
            throw ConformanceFault(
                description: "\(target.endpoint) answers no PING of node \(node.id) from \(node.url)")
        }
        state.withLock { $0.targetNode = id }
        if isUnknown {
            state.withLock { $0.takesStrangers = true }
            try await node.send(try node.make { try $0.description(url: node.url) })
        }
        if try await !hasIntroducedItself(to: node, since: mark, within: target.patience / 3) {
            // A link that the target believes to stand is set back by this (CL-16, Links).
            try await node.send(try node.make { try $0.unknownID() })
            // One that stands all the same is as good: the target said already what it knows.
            let isUp = try await hasIntroducedItself(to: node, since: mark, within: target.patience / 3)
            guard isUp || !isUnknown else {
                throw ConformanceFault(description: "\(target.endpoint) does not bring its link to node \(node.id) up")
            }
        }
        try await introduce(node, neighbours: [id])
        _ = try await node.fence()
    }

    private func hasIntroducedItself(
        to node: ScriptedNode, since mark: Int, within limit: Duration
    ) async throws -> Bool {
        try await node.journal.wait(since: mark, within: limit) { $0.message(FullTopologyUpdate.self) } != nil
    }

    /// What a member says when a link comes up (CL-30).
    func introduce(_ node: ScriptedNode, neighbours: [Int32]) async throws {
        let now = node.now
        try await node.send(
            try node.make { try $0.topology(neighbours: neighbours, now: now) },
            try node.make {
                try $0.capabilities([(PacketScript.privateCapability, 1)], requiresReply: true, now: now)
            })
    }

    /// Brings the link of the first node up again after it went down.
    /// - Returns: what the target says of the topology then; nil when it says nothing.
    @discardableResult
    func reviveLink() async throws -> FullTopologyUpdate? {
        let mark = main.journal.mark
        // Wakes a target that gave the node up already.
        try await main.send(try main.make { try $0.ping(list: true) })
        let topology = try await main.journal.wait(since: mark, within: target.patience) {
            $0.message(FullTopologyUpdate.self)
        }
        try await introduce(main, neighbours: lacksBeside == nil ? [targetNode, beside.id] : [targetNode])
        return topology
    }

    /// Runs `body` with a node that the target has never heard of.
    func withStranger<Result: Sendable>(
        _ body: @escaping @Sendable (ScriptedNode) async throws -> Result
    ) async throws -> Result {
        // Those of an earlier run are known, until the target is restarted.
        let known = try await beside.fence(list: true, within: .seconds(1)) ?? []
        let offset = state.withLock { state in
            while known.contains(main.id &+ Int32(state.strangers)) { state.strangers += 1 }
            defer { state.strangers += 1 }
            return state.strangers
        }
        let stranger = try await ScriptedNode.listening(offset, target)
        return try await stranger.whileRunning { try await body(stranger) }
    }

    /// Waits until packets that were read must have been handled, and passed on if they are to be.
    /// - Returns: whether the target answered.
    func settle(_ sender: ScriptedNode) async throws -> Bool {
        let answered = try await sender.fence() != nil
        if state.withLock({ $0.besideIsMember }) { try await beside.fence() }
        try await Task.sleep(for: Self.settling)
        return answered
    }

    /// What the second node got since a mark that is the same kind of update of the same source.
    func flooded<Body: Message>(
        _ type: Body.Type, since mark: Int, _ matches: (Body) -> Bool
    ) -> [Heard] where Body.Layout == ClustererLayout {
        beside.journal.entries(since: mark).filter { $0.message(type).map(matches) ?? false }
    }
}

extension ScriptedNode {
    /// Runs the node for the time of `body`.
    func whileRunning<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await self.run()
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw ConformanceFault(description: "node \(id) of the runner ended")
        }
    }
}
