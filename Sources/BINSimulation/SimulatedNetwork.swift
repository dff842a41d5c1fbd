import BINCluster

/// What happens to packets on their way.
package struct SimulatedNetwork: Sendable {
    /// The part of datagrams that is lost.
    package var loss = 0.0
    /// The part of datagrams that comes twice.
    package var duplication = 0.0
    /// The part of datagrams that comes much later than others, so after ones that were sent later.
    package var straggling = 0.0
    /// Shortest and longest time on the way, in nanoseconds.
    package var delay: ClosedRange<Int64> = 200_000...5_000_000
    /// The side of a partition that each node is on; empty for none.
    package var sides: [UInt8] = []
    /// Whether packets go from side 1 to side 0 although not the other way.
    package var isOneWay = false
    /// Pairs that lose everything in one direction: source × 2³² + destination.
    package var deaf: Set<UInt64> = []

    package init() {}

    /// Whether a packet gets through at all.
    func isOpen(from source: Int, to destination: Int) -> Bool {
        if !deaf.isEmpty, deaf.contains(UInt64(source) << 32 | UInt64(destination)) { return false }
        guard !sides.isEmpty, source < sides.count, destination < sides.count else { return true }
        return sides[source] == sides[destination] || (isOneWay && sides[source] == 1)
    }

    /// The times on the way of a datagram: none when it is lost, two when it is doubled.
    func datagram(from source: Int, to destination: Int, using random: inout GossipRandom) -> [Int64] {
        guard isOpen(from: source, to: destination), !random.happens(loss) else { return [] }
        var delays = [time(using: &random)]
        if duplication > 0, random.happens(duplication) { delays.append(time(using: &random)) }
        if straggling > 0, random.happens(straggling) { delays[0] += Int64(random.below(3_000_000_000)) }
        return delays
    }

    /// The time on the way of a packet on a stream, which is not lost unless the way back is closed too; nil then.
    func stream(from source: Int, to destination: Int, using random: inout GossipRandom) -> Int64? {
        guard isOpen(from: source, to: destination), isOpen(from: destination, to: source) else { return nil }
        var delay = 2 * time(using: &random)
        // What is lost is sent again, after a fifth of a second and then twice as long each time.
        var pause: Int64 = 200_000_000
        while loss > 0, pause < 6_400_000_000, random.happens(loss) {
            delay += pause
            pause *= 2
        }
        return delay
    }

    private func time(using random: inout GossipRandom) -> Int64 {
        delay.lowerBound + Int64(random.below(Int(delay.upperBound - delay.lowerBound) + 1))
    }
}

extension GossipRandom {
    /// True with a probability.
    mutating func happens(_ probability: Double) -> Bool {
        probability > 0 && Double(next() >> 11) * 0x1p-53 < probability
    }
}
