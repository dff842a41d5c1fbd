import BINMessages
import BINTransport

/// Tells every registration that nodes of `release` send to `server`, until the task is cancelled.
func receiveRegistrations(_ server: TCPServer, from release: Release, tell: (String) -> Void) async throws {
    var consumer = ReplicationConsumer(release: release)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        for await batch in server.packets {
            batch.forEach { bytes, header in
                do throws(DecodingFailure) {
                    for event in try consumer.events(of: bytes, header) {
                        switch event.change {
                        case .contactInserted(let contact), .contactUpdated(let contact), .contactSynced(let contact):
                            tell("\(contact.aor.name) is at \(contact.uri) until \(contact.expires)")
                        case .contactDeleted(let key): tell("\(key.aor.name) left \(key.uri)")
                        default: break
                        }
                    }
                } catch {
                    tell("refused: \(error)")
                }
            }
        }
        try await group.waitForAll()
    }
}
