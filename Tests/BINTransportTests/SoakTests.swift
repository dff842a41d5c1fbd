import BINTransport
import NIOCore
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct SoakTests {
    /// Packets of different lengths back to back, numbered anew each time they are sent.
    private struct Block {
        private(set) var bytes: [UInt8] = []
        private var places: [Int] = []

        init(source: Int32, packets: Int, using random: inout SeededRandom) {
            for _ in 0..<packets {
                let next = packet(source: source, length: Int.random(in: 270...310, using: &random))
                // Behind the header of 35 bytes and the number of the source.
                places.append(bytes.count + 39)
                bytes += next
            }
        }

        mutating func number(from first: Int32) {
            for (index, place) in places.enumerated() {
                let number = UInt32(bitPattern: first) + UInt32(index)
                bytes[place] = UInt8(truncatingIfNeeded: number)
                bytes[place + 1] = UInt8(truncatingIfNeeded: number >> 8)
                bytes[place + 2] = UInt8(truncatingIfNeeded: number >> 16)
            }
        }
    }

    @Test func `a million contact-sized packets from eight connections`() async throws {
        let each: Int32 = 125_000
        try await withServer { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for source in Int32(0)..<8 {
                    group.addTask {
                        var random = SeededRandom(seed: UInt64(source) + 1)
                        let peer = try await RawPeer(to: server.localAddress)
                        var block = Block(source: source, packets: 125, using: &random)
                        for first in stride(from: Int32(0), to: each, by: 125) {
                            block.number(from: first)
                            var position = 0
                            while position < block.bytes.count {
                                let end = min(
                                    block.bytes.count, position + Int.random(in: 1...30_000, using: &random))
                                try await peer.write(block.bytes[position..<end])
                                position = end
                            }
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
