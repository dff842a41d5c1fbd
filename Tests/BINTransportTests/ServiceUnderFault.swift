import BINTransport
import BINWire
import NIOCore
import Synchronization
import Testing

/// A listener with a decent peer, to be looked at while others misbehave.
final class ServiceUnderFault: Sendable {
    let server: TCPServer
    let lines: LogLines
    /// The source number of the decent peer's packets.
    static let decent: Int32 = 99
    private let client: TCPClient
    private let sent = Mutex<Int32>(0)
    private let seen = Mutex<(next: Int32, gaps: Int)>((0, 0))

    private init(server: TCPServer, client: TCPClient, lines: LogLines) {
        self.server = server
        self.client = client
        self.lines = lines
    }

    /// Runs both for the time of `body`.
    /// - Parameter answers: whether the listener answers each packet with itself.
    static func run(
        _ configuration: TCPServer.Configuration = .init(), answers: Bool = false,
        _ body: (ServiceUnderFault) async throws -> Void
    ) async throws {
        let lines = LogLines()
        var configuration = configuration
        configuration.logger = lines.logger
        try await withServer(configuration) { server in
            try await withClient(to: endpoint(server.localAddress)) { client in
                let service = ServiceUnderFault(server: server, client: client, lines: lines)
                let serving = Task { await service.serve(answers: answers) }
                #expect(await service.goesOn())
                try await body(service)
                #expect(await service.goesOn())
                serving.cancel()
                await serving.value
            }
        }
    }

    private func serve(answers: Bool) async {
        for await batch in server.packets {
            for index in 0..<batch.count {
                let (source, sequence) = batch.withPacket(at: index) { numbers($0, $1) }
                if source == Self.decent {
                    seen.withLock { seen in
                        if sequence != seen.next { seen.gaps += 1 }
                        seen.next = sequence + 1
                    }
                }
                if answers { try? await batch.connection.send(batch.bytes(at: index)) }
            }
        }
    }

    /// Sends a hundred packets more as the decent peer, and waits until all that it ever sent have arrived in order.
    func goesOn() async -> Bool {
        let first = sent.withLock { sent in
            sent += 100
            return sent - 100
        }
        for sequence in first..<(first + 100) {
            guard (try? await client.send(packet(source: Self.decent, sequence: sequence))) != nil else { return false }
        }
        return await happens { seen.withLock { $0 == (first + 100, 0) } }
    }
}
