import BINCluster
import BINSimulation
import Foundation

/// Members of the gossip as processes on this machine, with a network between them that is parted, and nodes that are killed and stopped.
/// What is observed from outside must be what the simulator holds the state machine to.
final class ProcessTrial {
    /// What was observed.
    struct Result {
        var acquisitions = 0
        /// Seconds from the start of the last process until all knew all.
        var join = 0.0
        /// Seconds from a kill until all others took the node as down.
        var detections: [Double] = []
        /// Seconds from the kill of the owner of the quorum flag until another owned it.
        var takeovers: [Double] = []
        /// Seconds from the end of a partition until all knew all.
        var heals: [Double] = []
        var violations: [String] = []
    }

    private let round: Double
    private let members: [MemberProcess]
    private let proxy: LoopbackProxy
    private let folder: URL
    private var random: GossipRandom
    private var result = Result()
    /// Called with a sentence for each thing that is done.
    var onStep: ((String) -> Void)?

    init(count: Int, round: Double, seed: UInt64) throws {
        self.round = round
        random = GossipRandom(seed: seed)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("gossip-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // Another part of the loopback network, and another port, for each trial that runs at a time.
        let base = 2 * Int.random(in: 10..<120)
        let port = Int.random(in: 10_000..<32_000)
        let (real, shown) = ("127.0.\(base)", "127.0.\(base + 1)")
        proxy = LoopbackProxy(count: count, real: real, shown: shown, port: port)
        let folder = folder
        members = (1...count).map { id in
            let arguments = [
                "gossip", "--id", "\(id)", "--listen", "bin:\(shown).\(id):\(port)", "--bind", "\(real).\(id)",
                "--neighbour", "bin:\(shown).\(id == 1 ? 2 : 1):\(port)", "--round", "\(round)", "--json",
                "--http", "\(real).\(id):\(port + 1)", "--memory", folder.appendingPathComponent("memory-\(id)").path,
                "--flag", "strict=1,2,3,4,5:quorum", "--flag", "soft=2,1,3",
            ]
            return MemberProcess(id: id, arguments: arguments, host: "\(real).\(id)", port: port + 1, folder: folder)
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static var now: Double { Date().timeIntervalSince1970 }

    /// Runs for at least `seconds`: a kill of the owner and a partition always, further faults while there is time.
    func run(seconds: Double) async throws -> Result {
        try await proxy.start()
        defer {
            for member in members { member.kill() }
            proxy.close()
        }
        let end = Self.now + seconds
        for member in members { try member.start() }
        result.join = await converge(Set(members.map(\.id)), "after the start")
        await waitForOwners("after the start")
        try await killOwner()
        try await part()
        while Self.now < end, result.violations.isEmpty, !Interruption.isRequested {
            switch random.below(4) {
            case 0: try await killOwner()
            case 1: try await part()
            case 2: try await sleepOwner()
            default: try await lose()
            }
        }
        await converge(Set(members.map(\.id)), "at the end")
        await waitForOwners("at the end")
        // Whoever interrupts it gets no verdict, and leaves no process behind.
        guard !Interruption.isRequested else { throw CancellationError() }
        judge()
        return result
    }

    private var tenures: [MemberProcess.Tenure] { members.flatMap { $0.tenures() } }

    private func say(_ text: String) { onStep?(text) }

    /// Waits until every running node takes exactly `ids` as present.
    @discardableResult
    private func converge(_ ids: Set<Int>, _ occasion: String) async -> Double {
        let start = Self.now
        let bound = Double(GossipScenario.convergenceBound) * round + 10
        var wrong: [Int] = []
        while Self.now - start < bound, !Interruption.isRequested {
            wrong = []
            for member in members where ids.contains(member.id) && member.isRunning {
                if await member.present() != ids { wrong.append(member.id) }
            }
            if wrong.isEmpty { return Self.now - start }
            try? await Task.sleep(for: .seconds(round / 4))
        }
        result.violations.append("views of nodes \(wrong) are not right \(Int(bound)) s \(occasion)")
        return Self.now - start
    }

    /// Waits until every flag has one owner, in the view of all.
    private func waitForOwners(_ occasion: String) async {
        let start = Self.now
        let bound = Double(GossipScenario.ownershipBound) * round + 10
        while Self.now - start < bound, !Interruption.isRequested {
            var views: Set<[String: Int]> = []
            for member in members where member.isRunning { views.insert(await member.owners() ?? [:]) }
            if views.count == 1, views.first?.count == 2 { return }
            try? await Task.sleep(for: .seconds(round / 2))
        }
        result.violations.append("not each flag has an owner \(Int(bound)) s \(occasion)")
    }

    private func owner() async -> MemberProcess? {
        for member in members where member.isRunning {
            if let owner = await member.owners()?["strict"] { return members.first { $0.id == owner } }
        }
        return nil
    }

    // MARK: Faults

    private func killOwner() async throws {
        guard let owner = await owner() else { return }
        let killed = Self.now
        say("node \(owner.id), which owns the quorum flag, is killed")
        owner.kill()
        let rest = Set(members.map(\.id)).subtracting([owner.id])
        await converge(rest, "after node \(owner.id) was killed")
        result.detections.append(Self.now - killed)
        var taken: Double?
        while taken == nil, Self.now - killed < 60 * round + 10, !Interruption.isRequested {
            let later = tenures.filter { tenure in tenure.flag == "strict" && tenure.from > killed }
            taken = later.map(\.from).min()
            if taken == nil { try await Task.sleep(for: .seconds(round / 2)) }
        }
        guard let taken else { return result.violations.append("nobody took the flag of node \(owner.id)") }
        result.takeovers.append(taken - killed)
        say("the flag is taken over after \(seconds(taken - killed))")
        try owner.start()
        await converge(Set(members.map(\.id)), "after node \(owner.id) came back")
    }

    private func part() async throws {
        var sides = members.map { _ in random.below(2) }
        if Set(sides).count == 1 { sides[0] = 1 - sides[0] }
        let halves = [0, 1].map { side in Set(members.map(\.id).filter { sides[$0 - 1] == side }) }
        say("\(halves[0].sorted()) and \(halves[1].sorted()) are parted")
        proxy.setRules(LoopbackProxy.Rules(sides: sides))
        await converge(halves[0], "after a partition")
        await converge(halves[1], "after a partition")
        // Long enough for the flags to move.
        try await Task.sleep(for: .seconds(15 * round))
        proxy.setRules(LoopbackProxy.Rules())
        let healed = await converge(Set(members.map(\.id)), "after a partition healed")
        result.heals.append(healed)
        say("the partition healed after \(seconds(healed))")
        await waitForOwners("after a partition healed")
    }

    private func sleepOwner() async throws {
        guard let owner = await owner() else { return }
        let rounds = 5 + Double(random.below(20))
        say("node \(owner.id), which owns the quorum flag, does nothing for \(seconds(rounds * round))")
        try await owner.pause(seconds: rounds * round)
        await converge(Set(members.map(\.id)), "after node \(owner.id) slept")
    }

    private func lose() async throws {
        say("a fifth of the datagrams is lost for \(seconds(20 * round))")
        proxy.setRules(LoopbackProxy.Rules(loss: 0.2))
        try await Task.sleep(for: .seconds(20 * round))
        proxy.setRules(LoopbackProxy.Rules())
        await converge(Set(members.map(\.id)), "after loss")
    }

    private func seconds(_ value: Double) -> String { String(format: "%.1f s", value) }

    // MARK: Judgement

    /// With quorum no two owners at a time, each later one with a higher number; and no number twice.
    private func judge() {
        let all = tenures
        result.acquisitions = all.count
        for (flag, tenures) in Dictionary(grouping: all, by: \.flag)
        where Set(tenures.map(\.fence)).count < tenures.count {
            result.violations.append("a fencing number of \(flag) was given twice")
        }
        let strict = all.filter { $0.flag == "strict" }.sorted { $0.from < $1.from }
        for (earlier, later) in zip(strict, strict.dropFirst()) {
            if later.fence <= earlier.fence {
                result.violations.append(
                    "node \(later.node) has fencing number \(later.fence) after \(earlier.fence) of node \(earlier.node)"
                )
            }
            if earlier.to.map({ $0 > later.from }) ?? true {
                result.violations.append(
                    "nodes \(earlier.node) and \(later.node) own the quorum flag at the same time, for "
                        + seconds((earlier.to ?? later.from) - later.from))
            }
        }
    }
}
