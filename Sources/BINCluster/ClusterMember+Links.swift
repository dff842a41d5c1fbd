import BINMessages
import BINWire

// The own links: pings, and what follows when one comes up or goes down (CL-30, CL-31).

extension ClusterMember {
    /// 2.2 tries a node that failed again after this time (CL-2).
    private static let revival: Int64 = 30_000_000_000
    /// 2.2 gives a node up after so many failures.
    private static let failureLimit = 3

    func linkDueAt(_ index: Int) -> Int64 {
        guard dialect.layout == nil else { return table[index].link.dueAt(configuration.timing) }
        guard table[index].link.state == .down else { return .max }
        return (table[index].link.lastPing ?? .min).adding(ClusterMember.revival)
    }

    mutating func tickLink(_ index: Int, _ now: Instant, _ actions: inout [ClusterAction]) {
        guard dialect.layout != nil else {
            guard linkDueAt(index) <= now.nanoseconds else { return }
            table[index].failures = 0
            changeLink(index, now, &actions) { $0.assume(.up, at: now) }
            return
        }
        let retries = table[index].pingRetries
        let timing = configuration.timing
        let step = changeLink(index, now, &actions) { $0.tick(at: now, retries: retries, timing) }
        if case .ping(let requestsNodeList) = step { sendPing(to: index, requestsNodeList, &actions) }
    }

    private mutating func sendPing(to index: Int, _ requestsNodeList: Bool, _ actions: inout [ClusterAction]) {
        var ping = Ping()
        ping.origin = origin
        ping.requestsNodeList = requestsNodeList ? 1 : 0
        send(ping, to: index, &actions)
    }

    /// Changes a link, and does all that follows from it.
    @discardableResult
    mutating func changeLink<Result>(
        _ index: Int, _ now: Instant, _ actions: inout [ClusterAction], listed: [Int32] = [],
        _ change: (inout Link) -> Result
    ) -> Result {
        let before = table[index].link.state
        let result = change(&table[index].link)
        let after = table[index].link.state
        guard before != after else { return result }
        actions.append(.event(.linkChanged(table[index].id, after)))
        if after == .up { linkCameUp(index, now, &actions, listed: listed) }
        if before == .up { linkWentDown(index, now, &actions) }
        return result
    }

    private mutating func linkCameUp(
        _ index: Int, _ now: Instant, _ actions: inout [ClusterAction], listed: [Int32]
    ) {
        routesAreStale = true
        table[index].linkRule.linkCameUp(at: now)
        table[index].topologyRule.linkCameUp(at: now)
        table[index].capabilityRule.linkCameUp(at: now)
        guard dialect.layout != nil else { return }
        announceLink(index, isUp: true, now, &actions)
        sendTopology(to: index, knows: listed, now, &actions)
        sendCapabilities(to: index, requiresReply: true, now, &actions)
        // A node that could be reached over others all the time never comes up; it is told of tags here.
        announcePendingTags(to: index, now, &actions)
    }

    private mutating func linkWentDown(_ index: Int, _ now: Instant, _ actions: inout [ClusterAction]) {
        routesAreStale = true
        tagsUnconfirmed(at: table[index].id, &actions)
        guard dialect.layout != nil else { return }
        announceLink(index, isUp: false, now, &actions)
    }

    /// Sets a link back, so that it is pinged anew.
    mutating func restartLink(_ index: Int, _ now: Instant, _ actions: inout [ClusterAction]) {
        guard dialect.layout != nil else { return }
        changeLink(index, now, &actions) { $0.restart() }
    }

    /// A routable packet came from a node whose link is down: it lives.
    mutating func reviveLink(_ index: Int, _ now: Instant, _ actions: inout [ClusterAction]) {
        guard table[index].link.state == .down, table[index].reviveLimit.allows(at: now) else { return }
        restartLink(index, now, &actions)
    }

    // MARK: What the transport notices

    /// A packet could not be sent to a node.
    ///
    /// Its link is tried anew. A packet that can go another way is sent there (CL-35).
    /// - Parameters:
    ///   - id: the node it was to be sent to.
    ///   - packet: the packet, when it is to be tried another way.
    public mutating func sendFailed(
        to id: Int32, packet: [UInt8]? = nil, at now: Instant, into actions: inout [ClusterAction]
    ) {
        guard let index = table.index(of: id) else { return }
        if dialect.layout == nil {
            table[index].failures += 1
            if table[index].failures >= ClusterMember.failureLimit {
                changeLink(index, now, &actions) { $0.assume(.down, at: now) }
            }
        } else if table[index].link.state == .up {
            restartLink(index, now, &actions)
        } else {
            let retries = table[index].pingRetries
            changeLink(index, now, &actions) { $0.pingFailed(retries: retries) }
        }
        settle(now, &actions)
        if let packet { sendAnotherWay(packet, avoiding: id, &actions) }
    }

    /// A connection to a node was closed. Servers close those that were idle, so this only makes us look sooner.
    public mutating func connectionClosed(to id: Int32, at now: Instant, into actions: inout [ClusterAction]) {
        guard let index = table.index(of: id), table[index].isNeighbour, dialect.layout != nil else { return }
        guard table[index].reviveLimit.allows(at: now) else { return }
        table[index].link.notePing(at: now)
        sendPing(to: index, false, &actions)
    }

    /// Asks a node whether it still reads (TR-10).
    ///
    /// A bulk sender does so behind every hundred packets or so, and stays within 200 of the last one confirmed.
    /// - Returns: the number that ``ClusterEvent/pong(_:ping:roundTrip:)`` will report; nil when there is no link that is up.
    public mutating func ping(_ id: Int32, at now: Instant, into actions: inout [ClusterAction]) -> UInt64? {
        guard let index = table.index(of: id), table[index].isNeighbour, dialect.layout != nil else { return nil }
        let number = table[index].link.notePing(at: now)
        sendPing(to: index, false, &actions)
        return number
    }

    // MARK: Packets about links

    /// PING of a node that is known.
    mutating func takePing(
        _ ping: Ping, _ index: Int, _ source: PacketSource, _ now: Instant, _ actions: inout [ClusterAction]
    ) {
        var pong = Pong()
        pong.origin = origin
        if ping.requestsNodeList != 0 {
            let asker = table[index].id
            pong.nodes = table.nodes.map(\.id).filter { $0 != asker }
        }
        answer(pong, source, table[index].dialect, &actions)
        if table[index].link.state == .down {
            let retries = table[index].pingRetries
            var timing = configuration.timing
            timing.nodeTimeout = .zero
            let step = changeLink(index, now, &actions) { $0.tick(at: now, retries: retries, timing) }
            if case .ping(let requestsNodeList) = step { sendPing(to: index, requestsNodeList, &actions) }
        }
    }

    mutating func takePong(_ pong: Pong, _ index: Int, _ now: Instant, _ actions: inout [ClusterAction]) {
        let number = changeLink(index, now, &actions, listed: pong.nodes) { $0.pong(at: now) }
        guard let number else { return }
        tagsConfirmed(by: table[index].id)
        actions.append(
            .event(.pong(table[index].id, ping: number, roundTrip: table[index].link.roundTrip ?? .zero)))
    }

    /// The node does not know this one: it is told, and pinged anew.
    mutating func takeUnknownID(
        _ index: Int, _ source: PacketSource, _ now: Instant, _ actions: inout [ClusterAction]
    ) throws(Refusal) {
        guard table[index].descriptionLimit.allows(at: now) else {
            throw refusal(.rateLimited, node: table[index].id, from: source)
        }
        if dialect.layout == .a {
            sendJoinRequest(to: index, &actions)
        } else {
            sendDescription(to: index, &actions)
        }
        if table[index].link.state == .up, !table[index].flapLimit.allows(at: now) {
            throw refusal(.rateLimited, node: table[index].id, from: source)
        }
        restartLink(index, now, &actions)
    }
}
