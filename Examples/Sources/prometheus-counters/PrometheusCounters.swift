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
        let table = Mutex(CounterTable())
        let clock = ContinuousClock()
        let server = try await TCPServer.bind(to: BINEndpoint(parsing: arguments[0]))
        var consumer = ReplicationConsumer(release: release)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                try await serveText(on: port) { table.withLock { $0.text(at: clock.now) } }
            }
            for await batch in server.packets {
                batch.forEach { bytes, header in
                    do throws(DecodingFailure) {
                        let events = try consumer.events(of: bytes, header)
                        table.withLock { table in for event in events { table.take(event, at: clock.now) } }
                    } catch {
                        FileHandle.standardError.write(Data("\(batch.connection.peer): \(error)\n".utf8))
                    }
                }
            }
        }
    }
}
