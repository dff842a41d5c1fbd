import BINMessages
import BINTransport
import BINWire
import Foundation
import NIOCore
import Testing

/// What the articles show is what is compiled here.
@Suite(.timeLimit(.minutes(1))) struct TutorialTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The first block of Swift code in an article.
    private static func code(in article: String) throws -> Substring {
        let begin = try #require(article.range(of: "```swift\n"))
        let end = try #require(article.range(of: "```\n", range: begin.upperBound..<article.endIndex))
        return article[begin.upperBound..<end.lowerBound]
    }

    @Test func `the article shows the code that is compiled here, in 30 lines`() throws {
        let article = try String(
            contentsOf: Self.root.appendingPathComponent(
                "Sources/BINMessages/BINMessages.docc/ReceiveRegistrations.md"),
            encoding: .utf8)
        let source = try String(
            contentsOf: Self.root.appendingPathComponent("Tests/TutorialTests/ReceiveRegistrations.swift"),
            encoding: .utf8)
        #expect(try Self.code(in: article) == source)
        #expect(source.split(separator: "\n").filter { !$0.hasPrefix("import") }.count <= 30)
    }

    @Test func `it tells what a producer sends`() async throws {
        let release = Release(4, 0, 1)
        let server = try await TCPServer.bind(to: BINEndpoint(.bin, host: "127.0.0.1", port: 0))
        let port = try #require(server.localAddress.port)
        let client = try TCPClient(BINEndpoint(.bin, host: "127.0.0.1", port: port))
        let (lines, line) = AsyncStream.makeStream(of: String.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await receiveRegistrations(server, from: release) { line.yield($0) } }
            group.addTask { try await client.run() }
            var producer = try ReplicationProducer(
                for: release, routing: Routing(cluster: 1, source: 7, destination: 2))
            let contact = Contact(AddressOfRecord("alice"), uri: "sip:a@10.0.0.9", expires: 1_700_000_000)
            try await client.send(try producer.insert(contact))
            try await client.send(try producer.delete(contact.key))
            var old = try ReplicationProducer(
                for: Release(3, 1, 0), routing: Routing(cluster: 1, source: 7, destination: 2))
            try await client.send(try old.insert(contact))
            var iterator = lines.makeAsyncIterator()
            #expect(await iterator.next() == "alice is at sip:a@10.0.0.9 until 1700000000")
            #expect(await iterator.next() == "alice left sip:a@10.0.0.9")
            let refusal = try #require(await iterator.next())
            #expect(refusal.hasPrefix("refused: usrloc-contact-repl") && refusal.hasSuffix("no layout has version 2"))
            group.cancelAll()
        }
    }
}
