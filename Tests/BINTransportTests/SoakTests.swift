import BINTransport
import NIOCore
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct SoakTests {
    @Test func `hundred thousand packets from eight connections`() async throws {
        let each: Int32 = 12_500
        try await withServer { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for source in Int32(0)..<8 {
                    group.addTask {
                        var random = SeededRandom(seed: UInt64(source) + 1)
                        let peer = try await RawPeer(to: server.localAddress)
                        var pending: [UInt8] = []
                        for sequence in 0..<each {
                            let length = Int.random(in: 270...310, using: &random)
                            pending += packet(source: source, sequence: sequence, length: length)
                            guard pending.count > 40_000 || sequence == each - 1 else { continue }
                            var position = 0
                            while position < pending.count {
                                let end = min(
                                    pending.count, position + Int.random(in: 1...20_000, using: &random))
                                try await peer.write(pending[position..<end])
                                position = end
                            }
                            pending.removeAll(keepingCapacity: true)
                        }
                    }
                }
                var next = [Int32](repeating: 0, count: 8)
                var reordered = 0
                var total = 0
                for await batch in server.packets {
                    batch.forEach { bytes, header in
                        let (source, sequence) = numbers(bytes, header)
                        if next[Int(source)] != sequence { reordered += 1 }
                        next[Int(source)] = sequence + 1
                    }
                    total += batch.count
                    if total == 8 * Int(each) { break }
                }
                #expect(reordered == 0)
                #expect(next == [Int32](repeating: each, count: 8))
                #expect(server.counters.value(.packetsReceived) == total)
                try await group.waitForAll()
            }
        }
    }
}
