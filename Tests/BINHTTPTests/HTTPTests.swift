import BINCluster
import BINHTTP
import BINNode
import BINText
import CoreMetrics
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

/// A listener with what it answers, and calls to it, for the time of `body`.
private func serving<Result: Sendable>(
    _ respond: @escaping @Sendable (HTTPRequest) async -> HTTPResponse,
    _ configure: (inout HTTPListener.Configuration) -> Void = { _ in },
    _ body: @escaping @Sendable (HTTPCall) async throws -> Result
) async throws -> Result {
    var configuration = HTTPListener.Configuration(host: "127.0.0.1", port: 0)
    configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    configure(&configuration)
    let listener = try await HTTPListener.bind(configuration, respond: respond)
    let call = HTTPCall(host: "127.0.0.1", port: listener.localAddress.port ?? 0)
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask {
            try await listener.run()
            return nil
        }
        group.addTask { try await body(call) }
        defer { group.cancelAll() }
        while let result = try await group.next() {
            if let result { return result }
        }
        throw CancellationError()
    }
}

private func echo(_ request: HTTPRequest) -> HTTPResponse {
    let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ";")
    return .text(.ok, "\(request.method.rawValue) \(request.path) \(query) \(request.body.count)")
}

@Suite(.timeLimit(.minutes(1))) struct HTTPListenerTests {
    @Test(arguments: [
        ("/state/a%20b%2F%C3%BC?x=1&y=a+b", "GET /state/a b/ü x=1;y=a b 0\n"), ("/", "GET /  0\n"),
        ("/?a", "GET / a= 0\n"),
    ])
    func `paths and queries are decoded`(target: String, answer: String) async throws {
        let (status, body) = try await serving(echo) { try await $0.ask(.GET, target) }
        #expect(status == .ok)
        #expect(String(decoding: body, as: UTF8.self) == answer)
    }

    @Test(arguments: ["/%", "/%4", "/%zz", "/%+1", "/%ff", "nowhere"])
    func `a path that cannot be read is refused`(target: String) async throws {
        #expect(try await serving(echo) { try await $0.ask(.GET, target).status } == .badRequest)
    }

    @Test func `what is encoded is decoded to the same`() async throws {
        let text = "a/b ü%+?&=#\"\\~.-_"
        let (_, body) = try await serving(echo) { try await $0.ask(.GET, "/" + RequestTarget.encode(text)) }
        #expect(String(decoding: body, as: UTF8.self) == "GET /\(text)  0\n")
    }

    @Test func `a listener that ends while clients come takes nothing down with it`() async throws {
        for pause in 0..<60 {
            var configuration = HTTPListener.Configuration(host: "127.0.0.1", port: 0)
            configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            configuration.requestTimeout = .milliseconds(200)
            let listener = try await HTTPListener.bind(configuration, respond: echo)
            let call = HTTPCall(host: "127.0.0.1", port: listener.localAddress.port ?? 0)
            let running = Task { try await listener.run() }
            let clients = (0..<20).map { _ in Task { try? await call.ask(.GET, "/").status } }
            try await Task.sleep(for: .microseconds(pause * 100))
            running.cancel()
            _ = await running.result
            for client in clients {
                let status = await client.value
                #expect(status == nil || status == .ok)
            }
        }
    }

    @Test func `a body that is too long is refused`() async throws {
        try await serving(echo, { $0.bodyBytes = 100 }) { call in
            let longest = try await call.ask(.PUT, "/x", body: [UInt8](repeating: 1, count: 100))
            #expect(longest.status == .ok)
            let longer = try await call.ask(.PUT, "/x", body: [UInt8](repeating: 1, count: 101))
            #expect(longer.status == .payloadTooLarge)
        }
    }

    @Test func `beyond the connections that are allowed a client is turned away, and served when there is room`()
        async throws
    {
        let forever = AsyncStream<[UInt8]> { $0.yield(Array("first\n".utf8)) }
        try await serving(
            {
                $0.path == "/forever" ? HTTPResponse(status: .ok, type: "text/plain", body: .stream(forever)) : echo($0)
            }, { $0.connections = 1 }
        ) {
            call in
            try await call.follow(.GET, "/forever") { _, line in
                #expect(line == "first")
                return false
            }
            // The place is free once the listener has noticed that the reader went.
            let following = Task { try await call.follow(.GET, "/forever") { _, _ in true } }
            defer { following.cancel() }
            try await Task.sleep(for: .milliseconds(200))
            await #expect(throws: (any Error).self) { _ = try await call.ask(.GET, "/") }
        }
    }

    @Test func `nobody is there`() async throws {
        let port = try await serving(echo) { $0.port }
        let call = HTTPCall(host: "127.0.0.1", port: port)
        await #expect(throws: HTTPCallError.notReached("connection refused")) { _ = try await call.ask(.GET, "/") }
    }

    @Test func `who gives no answer is not waited for`() async throws {
        try await serving({ _ in
            try? await Task.sleep(for: .seconds(30))
            return .text(.ok, "late")
        }) { call in
            var hasty = call
            hasty.timeout = .milliseconds(100)
            let impatient = hasty
            await #expect(throws: HTTPCallError.timeout) { _ = try await impatient.ask(.GET, "/") }
        }
    }
}

@Suite struct PrometheusTests {
    @Test func `counters, gauges and timers are written as Prometheus reads them`() {
        let registry = PrometheusRegistry()
        let counter = registry.makeCounter(label: "bin.packets", dimensions: [("peer", "a\"b\\c\nd")])
        counter.increment(by: 2)
        registry.makeCounter(label: "bin.packets", dimensions: [("peer", "a\"b\\c\nd")]).increment(by: 1)
        registry.makeRecorder(label: "nodes", dimensions: [], aggregate: false).record(Int64(4))
        registry.makeTimer(label: "wait", dimensions: []).recordNanoseconds(1_500_000_000)
        #expect(
            registry.text == """
                # TYPE bin_packets_total counter
                bin_packets_total{peer="a\\"b\\\\c\\nd"} 3
                # TYPE nodes gauge
                nodes 4.0
                # TYPE wait_seconds summary
                wait_seconds_count 1
                wait_seconds_sum 1.5

                """)
    }
}

/// The site of a member that runs alone.
@Suite(.timeLimit(.minutes(1))) struct GossipSiteTests {
    private func site<Result: Sendable>(
        _ body: @escaping @Sendable (HTTPCall, GossipNode) async throws -> Result
    ) async throws -> Result {
        let url = NodeURL(host: "127.0.0.1", port: UInt16.random(in: 10_000..<32_000))
        var member = GossipConfiguration(cluster: 1, node: 5, url: url)
        member.flags = [FlagConfiguration("vip", preferred: [5, 6])]
        member.timing = GossipTiming(interval: .milliseconds(50))
        var configuration = GossipNode.Configuration(member: member)
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let node = try GossipNode(configuration)
        return try await serving(GossipSite(node, member).respond) { call in
            try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask {
                    try await node.run()
                    return nil
                }
                group.addTask { try await body(call, node) }
                defer { group.cancelAll() }
                while let result = try await group.next() {
                    if let result { return result }
                }
                throw CancellationError()
            }
        }
    }

    private func json(_ call: HTTPCall, _ path: String) async throws -> [String: Any] {
        let (status, body) = try await call.ask(.GET, path)
        #expect(status == .ok)
        return try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    }

    @Test func `members, state and owners are told, and a key is set, read and deleted`() async throws {
        try await site { call, node in
            let written = try await call.ask(.PUT, "/state/a%2Fb", body: [0xFF, 0])
            #expect(written.status == .ok)
            let state = try await json(call, "/state?node=5&key=a/b")["state"] as? [[String: Any]]
            #expect((state?.first?["value"] as? [String: String]) == ["hex": "ff00"])
            let deleted = try await call.ask(.DELETE, "/state/a/b")
            #expect(deleted.status == .ok)
            #expect(await node.value(Array("a/b".utf8), of: 5) == nil)
            let members = try await json(call, "/members")
            #expect(members["node"] as? Int == 5)
            let member = try #require((members["members"] as? [[String: Any]])?.first)
            #expect(member["status"] as? String == "alive")
            #expect(member["self"] as? Bool == true)
            while await node.owns("vip") == nil { try await Task.sleep(for: .milliseconds(20)) }
            let flags = try await json(call, "/owners")["flags"] as? [[String: Any]]
            #expect(flags?.first?["owner"] as? Int == 5)
            #expect((flags?.first?["fence"] as? String).flatMap { UInt64($0) } == (await node.owns("vip")))
        }
    }

    @Test func `a change is an event that is sent at once`() async throws {
        try await site { call, node in
            let first = try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask {
                    let found = Mutex<String?>(nil)
                    try await call.follow(.GET, "/events") { _, line in
                        guard line.contains("\"state\"") else { return true }
                        found.withLock { $0 = line }
                        return false
                    }
                    return found.withLock { $0 }
                }
                group.addTask {
                    for round in 0..<200 {
                        try? await node.set([UInt8(ascii: "k")], to: Array("\(round)".utf8))
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
            #expect(first?.hasPrefix("data: {\"event\":\"state\",\"node\":5,\"key\":\"k\",\"value\":\"") == true)
        }
    }

    @Test(arguments: [
        (HTTPMethod.PUT, "/state/url", HTTPResponseStatus.badRequest), (.PUT, "/state/own/vip", .badRequest),
        (.PUT, "/state/", .badRequest), (.POST, "/state/k", .methodNotAllowed), (.PUT, "/members", .methodNotAllowed),
        (.GET, "/elsewhere", .notFound), (.GET, "/state?node=x", .badRequest), (.GET, "/metrics", .notFound),
        (.GET, "/healthz", .serviceUnavailable), (.GET, "/", .ok),
    ])
    func `what cannot be done is answered with its status`(
        method: HTTPMethod, path: String, status: HTTPResponseStatus
    ) async throws {
        #expect(try await site { call, _ in try await call.ask(method, path, body: [1]).status } == status)
    }

    @Test func `a state that is full is said`() async throws {
        try await site { call, _ in
            let large = [UInt8](repeating: 1, count: 10_000)
            let first = try await call.ask(.PUT, "/state/a", body: large)
            #expect(first.status == .ok)
            let second = try await call.ask(.PUT, "/state/b", body: large)
            #expect(second.status == .insufficientStorage)
        }
    }
}
