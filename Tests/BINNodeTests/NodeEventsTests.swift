import Synchronization
import Testing

@testable import BINNode

/// Readers of events that come and go while events are posted.
@Suite(.timeLimit(.minutes(2))) struct NodeEventsTests {
    @Test func `readers that are cancelled while events come stand in nobody's way`() async {
        let events = NodeEvents<Int>()
        let isDone = Flag()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var number = 0
                while !isDone.isRaised {
                    events.post(number)
                    number += 1
                    if number.isMultiple(of: 16) { await Task.yield() }
                }
            }
            group.addTask {
                for _ in 0..<20_000 {
                    let stream = events.stream()
                    let reader = Task { for await _ in stream {} }
                    await Task.yield()
                    reader.cancel()
                }
                isDone.raise()
            }
        }
        #expect(events.missed >= 0)
        events.finish()
    }

    @Test func `every reader gets all events in their order, and those of the time before it are not told`() async {
        let events = NodeEvents<Int>()
        events.post(0)
        let first = events.stream()
        events.post(1)
        let second = events.stream()
        for number in 2..<100 { events.post(number) }
        events.finish()
        #expect(await first.reduce(into: []) { $0.append($1) } == Array(1..<100))
        #expect(await second.reduce(into: []) { $0.append($1) } == Array(2..<100))
        #expect(await events.stream().reduce(into: []) { $0.append($1) } == [])
    }
}

private final class Flag: Sendable {
    private let value = Atomic(false)

    var isRaised: Bool { value.load(ordering: .relaxed) }

    func raise() { value.store(true, ordering: .relaxed) }
}
