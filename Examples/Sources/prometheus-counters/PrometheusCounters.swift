import BINMessages
import BINTransport
import Foundation
import Synchronization

/// Listens for profile counters and rate-limit pipes and serves them as Prometheus text.
@main struct PrometheusCounters {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst().map { $0 }
        guard arguments.count == 3, let release = Release(arguments[1]), let port = Int(arguments[2]) else {
            FileHandle.standardError.write(Data("usage: prometheus-counters ENDPOINT RELEASE HTTP-PORT\n".utf8))
            exit(2)
        }
        let store = CounterStore()
        let server = try await TCPServer.bind(to: BINEndpoint(parsing: arguments[0]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask { try await serveText(on: port) { store.text() } }
            group.addTask {
                var consumer = ReplicationConsumer(release: release)
                for await batch in server.packets { store.take(batch, &consumer) }
            }
            // Whichever ends first, by an error or not, ends all.
            try await group.next()
            group.cancelAll()
        }
    }
}

/// The table, for those who fill it and those who read it.
final class CounterStore: Sendable {
    private let table = Mutex(CounterTable())
    private let clock = ContinuousClock()

    func take(_ batch: InboundPackets, _ consumer: inout ReplicationConsumer) {
        batch.forEach { bytes, header in
            do throws(DecodingFailure) {
                let events = try consumer.events(of: bytes, header)
                let time = clock.now
                table.withLock { table in for event in events { table.take(event, at: time) } }
            } catch {
                FileHandle.standardError.write(Data("\(batch.connection.peer): \(error)\n".utf8))
            }
        }
    }

    func text() -> String { table.withLock { $0.text(at: clock.now) } }
}
