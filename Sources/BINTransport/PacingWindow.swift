/// How many packets may be under way to a peer beyond the last one that it confirmed.
///
/// OpenSIPS 4.0 closes a connection on which it gets more packets than its workers' queue holds (TR-9, TR-10 in
/// Spec/framing.md): a bulk sender stays at most 200 packets ahead. A confirmation is anything that shows that the peer
/// still reads, such as the PONG to a PING that was sent behind the packets.
///
/// Packets are numbered from 1 in the order they were queued. A pure value: no clock, no I/O.
public struct PacingWindow: Hashable, Sendable {
    /// Packets that may be unconfirmed.
    public let limit: Int
    /// The number of the packet admitted last.
    public private(set) var admitted: UInt64 = 0
    /// Every packet up to this number is confirmed.
    public private(set) var confirmed: UInt64 = 0
    private var askedAt: UInt64 = 0

    /// A window of `limit` packets, at least 1.
    public init(limit: Int) {
        self.limit = Swift.max(1, limit)
    }

    /// Packets that are not confirmed.
    public var unconfirmed: Int { Int(admitted - confirmed) }

    /// Whether one more packet may go.
    public var isOpen: Bool { unconfirmed < limit }

    /// Notes that the packet `number` goes, whether the window is open or not.
    ///
    /// Numbers rise; those that were not noted count as well.
    /// - Returns: whether a confirmation should be asked for now: once when half of the window is used, and when it is full.
    public mutating func admit(_ number: UInt64) -> Bool {
        admitted = Swift.max(admitted, number)
        let half = UInt64(Swift.max(1, limit / 2))
        guard admitted - Swift.max(askedAt, confirmed) >= half || unconfirmed == limit else { return false }
        askedAt = admitted
        return true
    }

    /// Notes that the peer has read everything up to the packet `number`. Older confirmations change nothing, and a
    /// number beyond what was admitted counts as the last admitted.
    public mutating func confirm(through number: UInt64) {
        confirmed = Swift.max(confirmed, Swift.min(number, admitted))
    }
}
