import BINMessages

// Going away. The protocol has no word for it (Spec/clusterer.md, CL-37), but a way to say that a link is down.

extension ClusterMember {
    /// Goes away: tells every neighbour that the link to it is down from here, and takes part no more.
    ///
    /// A server that hears so pings at once, finds nobody and has the link down after its retries, instead of after the next
    /// unanswered PING; and when this node comes back soon, the link comes up anew there, with everything that is exchanged
    /// then. Without it a server that has not missed a node yet tells it nothing when it is back.
    public mutating func leave(at now: Instant, into actions: inout [ClusterAction]) {
        guard isStarted, isEnabled, dialect.layout != nil, dialect.layout != .a else { return }
        for index in table.indices where table[index].isNeighbour {
            linkSequence = next(linkSequence)
            send(announceLinkPacket(index, isUp: false, now), to: index, &actions)
        }
        isStarted = false
    }
}
