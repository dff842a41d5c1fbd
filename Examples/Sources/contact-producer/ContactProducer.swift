import BINMessages
import BINTransport
import BINWire
import Foundation

/// Feeds made-up contacts to one peer, as node 7 of cluster 1 to node 2.
@main struct ContactProducer {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst().map { $0 }
        guard arguments.count == 3, let release = Release(arguments[1]), let count = Int(arguments[2]), count >= 0
        else {
            FileHandle.standardError.write(Data("usage: contact-producer ENDPOINT RELEASE COUNT\n".utf8))
            exit(2)
        }
        var producer = try ReplicationProducer(for: release, routing: Routing(cluster: 1, source: 7, destination: 2))
        var configuration = TCPClient.Configuration()
        if release < Release(2, 3, 0) { configuration.framing = .v2_2 }
        let client = try TCPClient(BINEndpoint(parsing: arguments[0]), configuration: configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            group.addTask {
                for await event in client.events {
                    if case .connectFailed(let reason, _) = event {
                        FileHandle.standardError.write(Data("cannot connect: \(reason)\n".utf8))
                    }
                }
            }
            let now = UInt64(Date().timeIntervalSince1970)
            for number in 0..<count {
                let contact = madeUp(number, at: now)
                try await client.send(try producer.insert(AoRRecord(contact.aor)))
                try await client.send(try producer.insert(contact))
            }
            // A shutdown waits only for a connection that stands, so first everything has to be on its way.
            while client.writtenThrough < UInt64(count) * 2 { try await Task.sleep(for: .milliseconds(10)) }
            client.shutdown()
        }
        FileHandle.standardError.write(Data("sent \(count) contacts\n".utf8))
    }

    private static func madeUp(_ number: Int, at now: UInt64) -> Contact {
        var contact = Contact(
            AddressOfRecord("user\(number)"), uri: "sip:user\(number)@192.0.2.1", expires: now + 3600)
        contact.callID = "\(number)@contact-producer"
        contact.userAgent = "contact-producer"
        contact.cseq = 1
        contact.socket = "udp:127.0.0.1:5060"
        contact.lastModified = now
        return contact
    }
}
