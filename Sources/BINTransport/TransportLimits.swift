import BINWire

/// What one listener or connection may take from the peers. Every value is a bound; none is a target.
public struct TransportLimits: Hashable, Sendable {
    /// Connections at a time.
    public var connections = 4096
    /// Connections at a time from one address. OpenSIPS opens one a peer, more after it lost track of some.
    public var connectionsPerAddress = 64
    /// Bytes of one connection that were read from the socket and not yet taken by the consumer; then its reading is
    /// suspended, and in the end its sender waits. One read of 64 KiB may exceed it.
    public var unreadBytes = 1 << 20
    /// The same in packets.
    public var unreadPackets = 16384
    /// Packets a second from one address; nil for any number. A TCP peer that sends more is read more slowly; datagrams
    /// beyond it are dropped and counted. Not applied to a peer that we connected to.
    public var packetsPerSecond: Int?
    /// How long a connection may be silent; nil for ever. OpenSIPS closes after 120 s.
    public var idleTimeout: Duration? = .seconds(120)
    /// How long a packet may take from its first byte to its last. OpenSIPS: 4 s.
    public var packetTimeout: Duration = .seconds(4)
    /// The largest packet, in bytes: 65,535, or 65,515 as from 4.0 on.
    public var maximumPacketLength = Framing.maximumLength
    /// Bytes of answers on one connection that the peer did not take yet; further answers are refused.
    public var unsentBytes = 1 << 20
    /// How long a peer that connected to us may take nothing while answers wait; nil for ever. For connections that we
    /// open, see ``TCPClient/Configuration/writeTimeout``.
    public var writeTimeout: Duration? = .seconds(30)

    /// The defaults.
    public init() {}
}

/// A token bucket: how many packets a second, with a burst of one second. The time is handed in.
struct PacketRate: Sendable {
    let perSecond: Int
    private var tokens: Double
    private var last: ContinuousClock.Instant

    init(perSecond: Int, now: ContinuousClock.Instant) {
        self.perSecond = Swift.max(1, perSecond)
        self.tokens = Double(self.perSecond)
        self.last = now
    }

    /// Takes `count` tokens, going into debt if there are fewer, and says how long to wait until the debt is paid.
    mutating func take(_ count: Int, now: ContinuousClock.Instant) -> Duration {
        refill(now)
        tokens -= Double(count)
        return tokens >= 0 ? .zero : .seconds(-tokens / Double(perSecond))
    }

    /// Takes one token if there is one.
    mutating func takeOne(now: ContinuousClock.Instant) -> Bool {
        refill(now)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    private mutating func refill(_ now: ContinuousClock.Instant) {
        guard now > last else { return }
        let elapsed = (now - last) / .seconds(1)
        tokens = Swift.min(Double(perSecond), tokens + elapsed * Double(perSecond))
        last = now
    }
}
