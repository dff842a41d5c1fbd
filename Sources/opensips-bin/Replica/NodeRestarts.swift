import BINCapture

/// When nodes of a capture ended and began anew, as their connections tell.
///
/// A process that ends closes all its connections at once, whatever it runs and however it ends: that is looked for, as a node that comes
/// back quickly may say nothing that tells it from the one before.
struct NodeRestarts {
    private struct Connection: Hashable {
        let ends: Set<Endpoint>

        init(_ origin: PacketOrigin) { ends = [origin.source, origin.destination] }
    }

    private struct Host {
        var open: Set<Connection> = []
        /// What it closed lately; the other side may have sent more before it noticed.
        var closed: Set<Connection> = []
        /// When it began to close connections, and how many it closed since.
        var closing: (since: CaptureTime, count: Int)?
        /// When it closed all; nil as soon as it is connected again.
        var endedAt: CaptureTime?
        var restarts: [CaptureTime] = []
    }

    private var hosts: [IPAddress: Host] = [:]

    /// A process that ends closes everything within this time, in nanoseconds.
    private static let moment: Int64 = 500_000_000
    private static let hostLimit = 4096
    private static let connectionLimit = 1024

    /// When the node at an address began anew: the moments at which the one before had ended.
    func restarts(at address: IPAddress) -> [CaptureTime] { hosts[address]?.restarts ?? [] }

    /// A packet was seen.
    mutating func notePacket(_ origin: PacketOrigin) {
        guard origin.transport == .tcp else { return }
        let connection = Connection(origin)
        for address in [origin.source.address, origin.destination.address] {
            guard hosts[address] != nil || hosts.count < NodeRestarts.hostLimit else { continue }
            var host = hosts[address] ?? Host()
            guard !host.closed.contains(connection), host.open.count < NodeRestarts.connectionLimit else { continue }
            // A connection that nothing was sent over before may turn up behind the end.
            if let ended = host.endedAt, host.restarts.last != ended { host.restarts.append(ended) }
            host.endedAt = nil
            host.open.insert(connection)
            hosts[address] = host
        }
    }

    /// A connection was closed by the sender of `origin`, unless it was closed before.
    mutating func noteEnd(_ origin: PacketOrigin) {
        let connection = Connection(origin)
        let closer = origin.source.address
        guard var host = hosts[closer], host.open.remove(connection) != nil else { return }
        hosts[origin.destination.address]?.open.remove(connection)
        let now = origin.time
        if let closing = host.closing,
            now.nanosecondsSinceEpoch &- closing.since.nanosecondsSinceEpoch < NodeRestarts.moment
        {
            host.closing = (closing.since, closing.count + 1)
        } else {
            host.closing = (now, 1)
            host.closed = []
        }
        host.closed.insert(connection)
        // The last one of a node that closes what is idle goes alone.
        if host.open.isEmpty, let closing = host.closing, closing.count > 1 { host.endedAt = closing.since }
        hosts[closer] = host
    }
}
