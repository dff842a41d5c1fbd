import Metrics
import Synchronization

/// The metrics of this room, with the dimensions each carries. All are counters except where said.
///
/// Every metric carries the dimension `transport` (`tcp`, `tls` or `udp`); those with a reason also `reason`.
public enum TransportMetric: String, Hashable, Sendable, CaseIterable {
    /// Connections that were accepted or established.
    case connectionsOpened = "bin_connections_opened"
    /// Connections that ended. Reasons: ``CloseReason``.
    case connectionsClosed = "bin_connections_closed"
    /// Connections closed right after they were accepted. Reasons: `total_limit`, `address_limit`; `gone` when the peer
    /// broke it before.
    case connectionsRefused = "bin_connections_refused"
    /// Attempts to accept a connection that failed, as with too many open files.
    case acceptsFailed = "bin_accepts_failed"
    /// Attempts to connect that failed.
    case connectsFailed = "bin_connects_failed"
    /// Packets that were handed on.
    case packetsReceived = "bin_packets_received"
    /// Bytes of those packets.
    case bytesReceived = "bin_bytes_received"
    /// Packets that were not handed on. Reasons: the code of the `WireError`; `rate_limit` for datagrams.
    case packetsRefused = "bin_packets_refused"
    /// How often reading from a connection was suspended. Reasons: `unread`, `rate_limit`.
    case readsPaused = "bin_reads_paused"
    /// Packets that the operating system took.
    case packetsSent = "bin_packets_sent"
    /// Bytes of those packets.
    case bytesSent = "bin_bytes_sent"
    /// Packets that were taken from a caller and could not be sent. Reasons: ``LossReason``.
    case packetsLost = "bin_packets_lost"
}

/// Counts what a transport does: into swift-metrics, and readable for tests and for status commands.
public final class TransportCounters: Sendable {
    private struct Key: Hashable {
        var metric: TransportMetric
        var reason: String?
    }

    private struct Entry {
        var counter: Counter
        var value: Int
    }

    private let transport: String
    private let factory: any MetricsFactory
    private let entries = Mutex<[Key: Entry]>([:])

    init(transport: String, factory: any MetricsFactory = MetricsSystem.factory) {
        self.transport = transport
        self.factory = factory
    }

    /// What was counted so far; without a reason, of all reasons together.
    public func value(_ metric: TransportMetric, reason: String? = nil) -> Int {
        entries.withLock { entries in
            if let reason { return entries[Key(metric: metric, reason: reason)]?.value ?? 0 }
            return entries.reduce(0) { $1.key.metric == metric ? $0 + $1.value.value : $0 }
        }
    }

    /// Counts, and returns the new value, so that a log line can be written for the 1st, 2nd, 4th, 8th … time only.
    @discardableResult
    func add(_ metric: TransportMetric, _ count: Int = 1, reason: String? = nil) -> Int {
        entries.withLock { entries in
            let key = Key(metric: metric, reason: reason)
            var entry = entries[key] ?? Entry(counter: makeCounter(key), value: 0)
            entry.value += count
            entry.counter.increment(by: count)
            entries[key] = entry
            return entry.value
        }
    }

    private func makeCounter(_ key: Key) -> Counter {
        var dimensions = [("transport", transport)]
        if let reason = key.reason { dimensions.append(("reason", reason)) }
        return Counter(label: key.metric.rawValue, dimensions: dimensions, factory: factory)
    }
}

/// Why a connection ended.
public enum CloseReason: String, Hashable, Sendable {
    /// The peer closed it.
    case peer
    /// The peer, or the network, broke it.
    case broken
    /// The peer broke a framing rule.
    case framing
    /// Nothing came for the idle time-out.
    case idle
    /// A packet was still incomplete when its time was over.
    case incompletePacket = "incomplete_packet"
    /// The peer took nothing for the write time-out.
    case writeTimeout = "write_timeout"
    /// A certificate was refused or the TLS handshake failed.
    case tls
    /// We ended.
    case shutdown
}

extension Int {
    /// Whether a line about the thing counted should be logged: for the 1st, 2nd, 4th, 8th … time.
    var isWorthALine: Bool { self > 0 && self & (self - 1) == 0 }
}
