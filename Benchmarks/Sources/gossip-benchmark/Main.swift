import BINCluster
import BINNode
import Foundation
import Logging

/// What the 2015 meeting asked: is state that nodes share among themselves lighter than a Redis beside them?
///
/// Both are measured in one run on one machine: nine members of the gossip in this process, each with sockets of its own, and a Redis server with
/// nine clients. A program that needs a value asks the member in its own process, or Redis over the loopback interface.
@main
struct GossipBenchmark {
    private static let nodes = 9
    private static let keys = 100
    private static let value = [UInt8](repeating: 0x78, count: 32)

    static func main() async throws {
        let before = residentMemory(of: "self")
        let cluster = try members()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in cluster { group.addTask { try await node.run() } }
            while await cluster[Self.nodes - 1].members.count < Self.nodes {
                try await Task.sleep(for: .milliseconds(50))
            }
            for node in cluster { for key in 0..<Self.keys { try await node.set(Self.key(key), to: Self.value) } }
            try await Task.sleep(for: .seconds(10))
            let memory = residentMemory(of: "self") - before
            try await measure(cluster, memory)
            group.cancelAll()
        }
    }

    private static func key(_ number: Int) -> [UInt8] { Array("gateway/\(number)".utf8) }

    private static func members() throws -> [GossipNode] {
        let port = UInt16.random(in: 10_000..<20_000)
        return try (1...nodes).map { id in
            var member = GossipConfiguration(
                cluster: 1, node: Int32(id), url: NodeURL(host: "127.0.0.\(id)", port: port))
            member.neighbours = [NodeURL(host: "127.0.0.\(id == 1 ? 2 : 1)", port: port)]
            var configuration = GossipNode.Configuration(member: member)
            configuration.logger = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }
            return try GossipNode(configuration)
        }
    }

    private static func measure(_ cluster: [GossipNode], _ memory: Int) async throws {
        let server = try RedisServer()
        let filling = try RedisConnection(port: server.port)
        for node in 1...nodes {
            for key in 0..<keys {
                let name = "\(node)/gateway/\(key)"
                filling.ask(RedisConnection.command(["SET", name, String(decoding: value, as: UTF8.self)]))
            }
        }
        let redisMemory = server.memory
        let node = cluster[0]
        // Short trials in turn, so that what else the machine does hits both.
        var ourReads = Latencies(), theirReads = Latencies(), ourWrites = Latencies(), theirWrites = Latencies()
        let get = RedisConnection.command(["GET", "1/gateway/7"])
        for trial in 0..<50 {
            for _ in 0..<200 {
                await ourReads.time { _ = await node.value(key(7), of: 1) }
                theirReads.timeBlocking { filling.ask(get) }
            }
            for round in 0..<200 {
                let text = "value \(trial) \(round)"
                let set = RedisConnection.command(["SET", "1/gateway/9", text])
                await ourWrites.time { try? await node.set(key(9), to: Array(text.utf8)) }
                theirWrites.timeBlocking { filling.ask(set) }
            }
        }
        print("                                    here     Redis    Redis / here")
        line("read, median, µs", ourReads.median, theirReads.median)
        line("read, 99 of 100, µs", ourReads.percentile99, theirReads.percentile99)
        line("update, median, µs", ourWrites.median, theirWrites.median)
        line("update, 99 of 100, µs", ourWrites.percentile99, theirWrites.percentile99)
        let (ours, theirs) = try await throughput(node, server.port)
        print("reads a second, 8 at a time     \(pad(ours / 1000))k  \(pad(theirs / 1000))k      \(two(theirs / ours))")
        let megabyte = 1_048_576.0
        print(
            "memory, 900 keys, MB            \(pad(Double(memory) / megabyte))   \(pad(Double(redisMemory) / megabyte))       "
                + "(here: all nine members)")
        let (spread, published) = try await spreading(cluster, server.port)
        line("until all nine have it, median, ms", spread.median / 1000, published.median / 1000)
        line("until all nine have it, longest, ms", spread.longest / 1000, published.longest / 1000)
    }

    /// Reads of 8 tasks, and of 8 threads with a connection each.
    private static func throughput(_ node: GossipNode, _ port: UInt16) async throws -> (Double, Double) {
        let count = 20_000
        let began = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for key in 0..<count { _ = await node.value(self.key(key % 100), of: 2) } }
            }
        }
        let ours = Double(8 * count) / ((ContinuousClock.now - began) / .seconds(1))
        let connections = try (0..<8).map { _ in try RedisConnection(port: port) }
        let start = ContinuousClock.now
        let threads = connections.map { connection in
            let done = DispatchSemaphore(value: 0)
            let run = UncheckedConnection(connection)
            Thread.detachNewThread {
                for key in 0..<count { run.connection.ask(RedisConnection.command(["GET", "2/gateway/\(key % 100)"])) }
                done.signal()
            }
            return done
        }
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                for done in threads { done.wait() }
                continuation.resume()
            }
        }
        return (ours, Double(8 * count) / ((ContinuousClock.now - start) / .seconds(1)))
    }

    /// From a change to the moment at which nine members, or nine subscribers, have it.
    private static func spreading(_ cluster: [GossipNode], _ port: UInt16) async throws -> (Latencies, Latencies) {
        var ours = Latencies(), theirs = Latencies()
        for round in 0..<20 {
            let text = Array("change \(round)".utf8)
            let writer = cluster[round % nodes]
            let id = Int32(round % nodes + 1)
            let began = ContinuousClock.now
            try await writer.set(Array("news".utf8), to: text)
            for node in cluster {
                while await node.value(Array("news".utf8), of: id) != text {
                    try await Task.sleep(for: .milliseconds(1))
                }
            }
            ours.add(ContinuousClock.now - began)
        }
        let subscribers = try (0..<nodes).map { _ in try RedisConnection(port: port) }
        for subscriber in subscribers { subscriber.ask(RedisConnection.command(["SUBSCRIBE", "news"])) }
        let writer = try RedisConnection(port: port)
        for round in 0..<200 {
            let began = ContinuousClock.now
            writer.ask(RedisConnection.command(["SET", "news", "\(round)"]))
            writer.ask(RedisConnection.command(["PUBLISH", "news", "\(round)"]))
            for subscriber in subscribers { subscriber.receive() }
            theirs.add(ContinuousClock.now - began)
        }
        return (ours, theirs)
    }

    private static func line(_ name: String, _ ours: Double, _ theirs: Double) {
        print(
            name.padding(toLength: 36, withPad: " ", startingAt: 0)
                + "\(pad(ours)) \(pad(theirs))      \(two(theirs / ours))")
    }

    private static func two(_ number: Double) -> String { String(format: "%.2f", number) }
    private static func pad(_ number: Double) -> String { String(format: "%8.2f", number) }
}

/// Used by one thread at a time.
private struct UncheckedConnection: @unchecked Sendable {
    let connection: RedisConnection
    init(_ connection: RedisConnection) { self.connection = connection }
}

/// How long something took, many times, in microseconds.
struct Latencies {
    private var values: [Double] = []

    mutating func add(_ duration: Duration) { values.append(duration / .microseconds(1)) }

    mutating func time(_ body: () async -> Void) async {
        let began = ContinuousClock.now
        await body()
        add(ContinuousClock.now - began)
    }

    mutating func timeBlocking(_ body: () -> Void) {
        let began = ContinuousClock.now
        body()
        add(ContinuousClock.now - began)
    }

    var median: Double { values.sorted()[values.count / 2] }
    var percentile99: Double { values.sorted()[values.count * 99 / 100] }
    var longest: Double { values.max() ?? 0 }
}
