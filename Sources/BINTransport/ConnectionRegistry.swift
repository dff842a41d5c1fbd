import NIOCore
import Synchronization

/// The connections of one listener, counted in total and by address, with the packet rate of each address.
final class ConnectionRegistry: Sendable {
    enum Refusal: String {
        case total = "total_limit"
        case address = "address_limit"
    }

    private struct Peer {
        var connections = 0
        var rate: PacketRate?
    }

    private struct State {
        var channels: [ObjectIdentifier: (channel: any Channel, closing: CloseReasonBox)] = [:]
        var peers: [String: Peer] = [:]
        var closed = false
    }

    private let limits: TransportLimits
    private let state = Mutex(State())

    init(limits: TransportLimits) {
        self.limits = limits
    }

    var count: Int { state.withLock { $0.channels.count } }

    /// Enters a connection, or says why there is no room for it.
    func enter(_ channel: any Channel, address: String, closing: CloseReasonBox) -> Refusal? {
        state.withLock { state in
            guard !state.closed, state.channels.count < limits.connections else { return .total }
            var peer = state.peers[address] ?? Peer()
            guard peer.connections < limits.connectionsPerAddress else { return .address }
            peer.connections += 1
            state.peers[address] = peer
            state.channels[ObjectIdentifier(channel)] = (channel, closing)
            return nil
        }
    }

    func leave(_ channel: any Channel, address: String) {
        state.withLock { state in
            guard state.channels.removeValue(forKey: ObjectIdentifier(channel)) != nil else { return }
            guard var peer = state.peers[address] else { return }
            peer.connections -= 1
            state.peers[address] = peer.connections > 0 ? peer : nil
        }
    }

    /// How long the address must not be read from after `packets` more of them.
    func charge(_ packets: Int, address: String) -> Duration {
        guard let perSecond = limits.packetsPerSecond else { return .zero }
        return state.withLock { state in
            guard var peer = state.peers[address] else { return .zero }
            let now = ContinuousClock.now
            var rate = peer.rate ?? PacketRate(perSecond: perSecond, now: now)
            let wait = rate.take(packets, now: now)
            peer.rate = rate
            state.peers[address] = peer
            return wait
        }
    }

    /// All connections, which are to be closed now; none is entered any more.
    func close() -> [any Channel] {
        state.withLock { state in
            state.closed = true
            for entry in state.channels.values { entry.closing.set(.shutdown) }
            return state.channels.values.map(\.channel)
        }
    }
}
