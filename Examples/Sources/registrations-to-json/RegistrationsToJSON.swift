import BINMessages
import BINTransport
import Foundation

/// Listens for nodes of one release and writes what happens to contacts as JSON, a line each.
@main struct RegistrationsToJSON {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 2, let address = arguments.first, let release = arguments.last.flatMap({ Release($0) })
        else {
            FileHandle.standardError.write(Data("usage: registrations-to-json ENDPOINT RELEASE\n".utf8))
            exit(2)
        }
        let server = try await TCPServer.bind(to: BINEndpoint(parsing: address))
        var consumer = ReplicationConsumer(release: release)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            for await batch in server.packets {
                var lines = Data()
                try batch.forEach { bytes, header in
                    do {
                        for event in try consumer.events(of: bytes, header) {
                            guard let line = Line(event) else { continue }
                            lines += try encoder.encode(line)
                            lines.append(UInt8(ascii: "\n"))
                        }
                    } catch let failure as DecodingFailure {
                        FileHandle.standardError.write(Data("\(batch.connection.peer): \(failure)\n".utf8))
                    }
                }
                FileHandle.standardOutput.write(lines)
            }
            try await group.waitForAll()
        }
    }
}

/// What a line says.
struct Line: Encodable {
    var change: String
    var aor: String
    var uri: String
    var callID: String
    var node: Int32?
    var expires: UInt64?
    var received: String?
    var userAgent: String?

    /// Nil for events that are not about one contact.
    init?(_ event: ReplicationEvent) {
        switch event.change {
        case .contactInserted(let contact): self.init("insert", contact.key, contact)
        case .contactUpdated(let contact): self.init("update", contact.key, contact)
        case .contactSynced(let contact): self.init("sync", contact.key, contact)
        case .contactDeleted(let key): self.init("delete", key)
        default: return nil
        }
        node = event.origin.node
    }

    private init(_ change: String, _ key: ContactKey, _ contact: Contact? = nil) {
        self.change = change
        aor = key.aor.name
        uri = key.uri
        callID = key.callID
        expires = contact?.expires
        received = contact?.received
        userAgent = contact?.userAgent
    }
}
