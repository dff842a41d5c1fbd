/// A case and how it ended.
public struct ConformanceResult: Sendable {
    /// The case.
    public let test: ConformanceCase
    /// How it ended.
    public let verdict: ConformanceVerdict
    /// How long it took.
    public let duration: Duration
}

/// Runs cases against a live node, in the manner of h2spec.
///
/// The runner plays two members of the cluster, and strangers where a case needs one. The target keeps those nodes in its
/// table until it is restarted, so it should not be one that anybody needs.
public struct ConformanceRunner: Sendable {
    /// The node that is tested, and who the runner is.
    public let target: ConformanceTarget
    /// What is run, in this order.
    public let cases: [ConformanceCase]

    /// A runner of `cases`.
    public init(target: ConformanceTarget, cases: [ConformanceCase] = ConformanceCase.all) {
        self.target = target
        self.cases = cases.filter { ($0.isGossip == target.speaksGossip) && (target.isHostile || !$0.isHostile) }
    }

    /// Why nothing could be tested.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Runs all cases.
    /// - Parameter report: is handed each result as it comes.
    /// - Throws: ``Failure`` when the target cannot be reached, or does not take the runner as a member.
    public func run(report: @escaping @Sendable (ConformanceResult) -> Void) async throws {
        if let fault = target.fault { throw Failure(description: fault) }
        do {
            guard !target.speaksGossip else { return try await runGossip(report) }
            let main = try await ScriptedNode.listening(0, target)
            let beside = try await ScriptedNode.listening(1, target)
            try await main.whileRunning {
                try await beside.whileRunning {
                    let conversation = Conversation(target, main: main, beside: beside)
                    try await conversation.begin()
                    try await run(report) { test in
                        guard case .cluster(let run) = test.run else { return nil }
                        return try await run(conversation)
                    } whileAlive: {
                        try await isAlive(conversation)
                    }
                }
            }
        } catch let fault as ConformanceFault {
            throw Failure(description: fault.description)
        }
    }

    private func runGossip(_ report: @escaping @Sendable (ConformanceResult) -> Void) async throws {
        let conversation = try await GossipConversation.listening(target)
        try await conversation.whileRunning {
            try await conversation.begin()
            try await run(report) { test in
                guard case .gossip(let run) = test.run else { return nil }
                return try await run(conversation)
            } whileAlive: {
                try await conversation.digest() != nil
            }
        }
    }

    /// Runs the cases, one after the other, as long as the target answers.
    /// - Parameters:
    ///   - body: runs one; nil when it is of another kind.
    ///   - isAlive: whether the target answers.
    private func run(
        _ report: @Sendable (ConformanceResult) -> Void,
        _ body: (ConformanceCase) async throws -> ConformanceVerdict?, whileAlive isAlive: () async throws -> Bool
    ) async throws {
        var lost: String?
        for test in cases {
            let start = ContinuousClock.now
            var verdict: ConformanceVerdict
            if let lost {
                verdict = .skipped(lost)
            } else {
                do {
                    guard let seen = try await body(test) else { continue }
                    verdict = seen
                } catch let error as CancellationError {
                    throw error
                } catch {
                    verdict = .failed("\(error)")
                }
                if case .skipped = verdict {
                } else if try await !isAlive() {
                    lost = "the target stopped answering in \(test.id)"
                    verdict = .failed("\(verdict.detail); the target does not answer any more")
                }
            }
            report(ConformanceResult(test: test, verdict: verdict, duration: ContinuousClock.now - start))
        }
    }

    /// Whether the target still answers the first node; one that has lost its connection, or its link, may join again.
    private func isAlive(_ conversation: Conversation) async throws -> Bool {
        do {
            if try await conversation.main.fence() != nil { return true }
            try await conversation.join(conversation.main)
            return true
        } catch is ConformanceFault {
            return false
        } catch let error as CancellationError {
            throw error
        } catch {
            return false
        }
    }
}
