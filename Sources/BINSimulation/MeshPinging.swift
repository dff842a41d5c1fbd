import BINCluster
import BINMessages
import BINWire

/// What the clusterer's pinging costs and finds in a cluster of a size for which it was not made: every node pings every other one
/// over TCP (Spec/clusterer.md, links). Links do not depend on each other, so some are followed and the rest are like them.
package struct MeshPinging: Sendable {
    /// Number of nodes.
    package var nodes = 1000
    /// The seed.
    package var seed: UInt64 = 1
    /// The part of TCP segments that is lost.
    package var loss = 0.0
    /// Links that are followed.
    package var sample = 20_000
    /// For how long, in seconds.
    package var seconds = 60.0

    /// Times of the clusterer, in seconds: `ping_interval`, `ping_timeout`; and the number of retries.
    private static let interval = 4.0
    private static let timeout = 1.0
    private static let retries = 3
    /// What TCP does with a lost segment: it is sent again after 200 ms, and then twice as long each time.
    private static let firstRetransmission = 0.2
    private static let roundTrip = 0.005
    private static let headers = 40

    package init() {}

    /// What was measured.
    package struct Result: Sendable {
        package var bytesPerNodeSecond: Double
        package var detection: (median: Double, maximum: Double)
        /// Links that were taken as down in the time, though the node was there, in the whole cluster.
        package var falsePositives: Double
    }

    /// Bytes of a PING and a PONG.
    package static var packetSizes: (ping: Int, pong: Int) {
        func size<Body: Message>(_ message: Body) -> Int where Body.Layout == ClustererLayout {
            var message = message
            var writer = PacketWriter()
            let name = Array("clusterer-internal".utf8)
            do throws(WireError) {
                try writer.begin(capability: name.span.bytes, type: 0, version: 1, framing: .v2_3)
                try message.encode(from: name.span.bytes, in: .cSync3, into: &writer)
                try writer.finish()
            } catch {
                return 0
            }
            return writer.copyBytes().count
        }
        return (size(Ping()), size(Pong()))
    }

    package func run() -> Result {
        var random = GossipRandom(seed: seed)
        let (ping, pong) = MeshPinging.packetSizes
        let perLink = Double(ping + pong + 2 * MeshPinging.headers) / MeshPinging.interval
        var detections: [Double] = []
        var falseDowns = 0
        for _ in 0..<sample {
            // A crash at any moment of the cycle; then one ping and its retries in vain.
            let untilPing = MeshPinging.interval * random.part
            detections.append(untilPing + MeshPinging.timeout * (Double(MeshPinging.retries) + 1.5))
            var time = MeshPinging.interval * random.part
            while time < seconds {
                var failures = 0
                // A PONG in time ends it; the next PING goes out when the last one is overdue.
                while failures <= MeshPinging.retries, !isAnswered(&random) { failures += 1 }
                if failures > MeshPinging.retries {
                    falseDowns += 1
                    break
                }
                time += MeshPinging.interval + Double(failures) * MeshPinging.timeout
            }
        }
        detections.sort()
        let links = Double(nodes) * Double(nodes - 1)
        return Result(
            bytesPerNodeSecond: perLink * Double(nodes - 1),
            detection: (detections[detections.count / 2], detections[detections.count - 1]),
            falsePositives: Double(falseDowns) / Double(sample) * links)
    }

    private func isAnswered(_ random: inout GossipRandom) -> Bool {
        var elapsed = MeshPinging.roundTrip
        for _ in 0..<2 {
            var pause = MeshPinging.firstRetransmission
            while random.happens(loss) {
                elapsed += pause
                pause *= 2
                if elapsed > MeshPinging.timeout { return false }
            }
        }
        return elapsed <= MeshPinging.timeout
    }
}

extension GossipRandom {
    /// A number from 0 to 1.
    var part: Double {
        mutating get { Double(next() >> 11) * 0x1p-53 }
    }
}
