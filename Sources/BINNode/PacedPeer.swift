import BINTransport

/// How far ahead of a peer's confirmations a bulk sender is.
///
/// A PONG shows that the peer has read everything that stood before the PING (TR-10 in Spec/framing.md).
struct PacedPeer {
    private var window: PacingWindow
    /// Packets sent so far.
    private var sent: UInt64 = 0
    /// PINGs on their way, and the packet that each stands behind.
    private var pings: [(ping: UInt64, behind: UInt64)] = []
    /// The node that was pinged last: the peer, or the one that passes packets on to it.
    private(set) var confirmer: Int32?

    init(window: Int) { self.window = PacingWindow(limit: window) }

    /// Whether one more packet may go.
    var isOpen: Bool { window.isOpen }

    /// Whether everything that was sent is confirmed.
    var isConfirmed: Bool { window.unconfirmed == 0 }

    /// Notes a packet that went out.
    /// - Returns: whether a PING is to go behind it.
    mutating func noteSent() -> Bool {
        sent += 1
        return window.admit(sent)
    }

    /// Notes a PING that went out to `node`.
    mutating func notePing(_ number: UInt64, of node: Int32) {
        // Each node's PINGs have numbers of their own.
        if confirmer != node { pings = [] }
        confirmer = node
        pings.append((number, sent))
    }

    /// A PING, and with it every earlier one, was answered.
    mutating func confirm(_ number: UInt64) {
        while let first = pings.first, first.ping <= number {
            window.confirm(through: first.behind)
            pings.removeFirst()
        }
    }

    /// The link was set back: which PINGs will still be answered is not known.
    mutating func forgetPings() { pings = [] }
}
