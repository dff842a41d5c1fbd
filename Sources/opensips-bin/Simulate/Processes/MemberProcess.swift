import BINHTTP
import BINText
import Foundation
import NIOHTTP1

/// A member of the gossip in a process of its own, as a test from the outside sees it.
final class MemberProcess {
    let id: Int
    private let arguments: [String]
    private let folder: URL
    private let call: HTTPCall
    private var process: Process?
    /// When each life began and how it ended, in seconds since 1970.
    private(set) var lives: [Life] = []

    /// One run of the process.
    struct Life {
        var output: URL
        var killedAt: Double?
        /// Spans in which the process was stopped.
        var stops: [(from: Double, to: Double)] = []
    }

    init(id: Int, arguments: [String], host: String, port: Int, folder: URL) {
        (self.id, self.arguments, self.folder) = (id, arguments, folder)
        call = HTTPCall(host: host, port: port)
    }

    deinit { process?.terminate() }

    var isRunning: Bool { process?.isRunning ?? false }

    func start() throws {
        let output = folder.appendingPathComponent("\(id)-\(lives.count).jsonl")
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        lives.append(Life(output: output))
    }

    /// Ends it as a crash does.
    func kill() {
        guard let process, isRunning else { return }
        lives[lives.count - 1].killedAt = Date().timeIntervalSince1970
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Nothing of it runs for a while.
    func pause(seconds: Double) async throws {
        guard let process, isRunning else { return }
        let start = Date().timeIntervalSince1970
        Foundation.kill(process.processIdentifier, SIGSTOP)
        defer {
            Foundation.kill(process.processIdentifier, SIGCONT)
            lives[lives.count - 1].stops.append((start, Date().timeIntervalSince1970))
        }
        try await Task.sleep(for: .seconds(seconds))
    }

    /// The ids of those that it takes as alive or suspected; nil when it does not answer.
    func present() async -> Set<Int>? {
        guard let members = await object("/members")?["members"]?.array else { return nil }
        var present: Set<Int> = []
        for member in members where ["alive", "suspected"].contains(member.plain("status")) {
            if let id = Int(member.plain("node")) { present.insert(id) }
        }
        return present
    }

    /// The owner of each flag as it knows it; nil when it does not answer.
    func owners() async -> [String: Int]? {
        guard let flags = await object("/owners")?["flags"]?.array else { return nil }
        var owners: [String: Int] = [:]
        for flag in flags { owners[flag.plain("flag")] = Int(flag.plain("owner")) }
        return owners
    }

    private func object(_ path: String) async -> JSONValue? {
        guard isRunning, let (_, body) = try? await call.ask(.GET, path) else { return nil }
        return try? JSONParser.parse(body)
    }

    /// A time in which it owned a flag.
    struct Tenure {
        var node: Int
        var flag: String
        var fence: UInt64
        var from: Double
        /// Nil while it goes on.
        var to: Double?
    }

    /// All times in which it owned a flag, by what it said.
    func tenures() -> [Tenure] {
        var tenures: [Tenure] = []
        for life in lives {
            var open: [String: Tenure] = [:]
            for line in (try? String(contentsOf: life.output, encoding: .utf8))?.split(separator: "\n") ?? [] {
                guard let event = try? JSONParser.parse(Array(line.utf8)), let time = Double(event.plain("time")) else {
                    continue
                }
                let flag = event.plain("flag")
                switch event.plain("event") {
                case "acquired":
                    open[flag] = Tenure(
                        node: id, flag: flag, fence: UInt64(event.plain("fence")) ?? 0, from: time, to: nil)
                case "lost":
                    guard var tenure = open.removeValue(forKey: flag) else { continue }
                    // A process that was stopped meanwhile did nothing from there on, and says so when it wakes.
                    let stop = life.stops.first { $0.from >= tenure.from && $0.to <= time + 0.05 && time - $0.to < 1 }
                    tenure.to = stop?.from ?? time
                    tenures.append(tenure)
                default: continue
                }
            }
            for tenure in open.values {
                var tenure = tenure
                tenure.to = life.killedAt
                tenures.append(tenure)
            }
        }
        return tenures
    }
}
