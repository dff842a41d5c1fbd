import NIOCore
import TestSupport
import Testing

@testable import BINTransport

@Suite struct PacingTests {
    @Test func `window opens with confirmations`() {
        var window = PacingWindow(limit: 4)
        let asked = (1...4).map { window.admit($0) }
        #expect(asked == [false, true, false, true], "when half of it is used, and when it is full")
        #expect(!window.isOpen)
        window.confirm(through: 3)
        #expect(window.isOpen)
        #expect(window.unconfirmed == 1)
        window.confirm(through: 1)
        #expect(window.confirmed == 3)
        window.confirm(through: 99)
        #expect(window.confirmed == 4)
    }

    @Test func `unpaced packets may exceed it`() {
        var window = PacingWindow(limit: 1)
        let asked = window.admit(1)
        #expect(asked)
        _ = window.admit(2)
        #expect(window.unconfirmed == 2)
        #expect(!window.isOpen)
        window.confirm(through: 2)
        #expect(window.isOpen)
    }

    @Test func `never more than the limit under way`() {
        var random = SeededRandom(seed: 4)
        var window = PacingWindow(limit: 200)
        var number: UInt64 = 0
        var asked = 0
        for _ in 0..<10_000 {
            while window.isOpen, Int.random(in: 0..<8, using: &random) != 0 {
                number += 1
                if window.admit(number) { asked += 1 }
            }
            #expect(window.unconfirmed <= 200)
            if Bool.random(using: &random) { window.confirm(through: UInt64.random(in: 0...number, using: &random)) }
        }
        #expect(asked > 0)
    }

    @Test func `backoff grows to its limit`() {
        var random = SeededRandom(seed: 1)
        var backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(1))
        var limit = Duration.milliseconds(100)
        for _ in 0..<20 {
            let wait = backoff.next(using: &random)
            #expect(wait >= limit / 2 && wait <= limit)
            limit = min(limit * 2, .seconds(1))
        }
        backoff.reset()
        let short = backoff.next(using: &random)
        #expect(short <= .milliseconds(100))
    }

    @Test func `rate allows a burst and then its speed`() {
        let now = ContinuousClock.now
        var rate = PacketRate(perSecond: 10, now: now)
        let burst = rate.take(10, now: now)
        let debt = rate.take(5, now: now)
        let paid = rate.take(0, now: now + .milliseconds(500))
        #expect(burst == .zero && debt == .milliseconds(500) && paid == .zero)
        let tooEarly = rate.takeOne(now: now + .milliseconds(500))
        let inTime = rate.takeOne(now: now + .milliseconds(700))
        #expect(!tooEarly && inTime)
    }

    @Test func `queue keeps order and numbers`() {
        var queue = SendQueue(maximumBytes: 10_000, maximumPackets: 100, chunkSize: 600)
        let packets = (1...10).map { packet(sequence: Int32($0), length: 200) }
        for packet in packets { _ = queue.append(packet.span.bytes) }
        #expect(queue.packets == 10 && queue.bytes == 2000)
        let dropped = queue.dropOldest()
        #expect(dropped == 1)
        let first = queue.beginWrite()
        #expect(first.map { Array($0.readableBytesView) } == packets[1] + packets[2])
        let second = queue.beginWrite()
        #expect(second?.readableBytes == 600)
        let written = queue.endWrite()
        #expect(written.packets == 2 && written.bytes == 400)
        #expect(queue.writtenThrough == 3)
        queue.putBack()
        #expect(queue.packets == 7)
        let again = queue.beginWrite()
        #expect(again.map { Array($0.readableBytesView) } == packets[3] + packets[4] + packets[5])
        let uncertain = queue.giveUpWriting()
        #expect(uncertain == 4...6)
        let rest = queue.removeAll()
        #expect(rest == [7...9, 10...10])
        #expect(queue.isEmpty)
    }
}
