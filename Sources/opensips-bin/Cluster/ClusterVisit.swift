import ArgumentParser
import BINCluster
import BINNode
import BINText
import BINTransport
import BINWire

/// A short membership: joins, does one thing, and leaves.
struct ClusterVisit {
    /// Why it came to nothing.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let node: ClusterNode
    private let url: NodeURL

    init(_ configuration: ClusterNode.Configuration, handlers: [any CapabilityHandler] = []) throws {
        node = try ClusterNode(configuration, handlers: handlers)
        url = configuration.member.url
    }

    /// Runs the node for the time of `body`.
    /// - Throws: ``Failure``, or what `body` throws.
    func run<Result: Sendable>(_ body: @escaping @Sendable (ClusterNode) async throws -> Result) async throws -> Result
    {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                do {
                    try await node.run()
                    return nil
                } catch {
                    throw JoinFailure(description: "cannot join from \(url): \(SocketFailure(error))")
                }
            }
            group.addTask { try await body(node) }
            group.addTask {
                // Ctrl-C ends a visit at once.
                while !Interruption.isRequested, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(50)) }
                return nil
            }
            defer { group.cancelAll() }
            do {
                while let result = try await group.next() {
                    if let result { return result }
                    if Interruption.isRequested { throw Failure(description: "interrupted") }
                }
            } catch {
                group.cancelAll()
                // That the node does not run says more than what comes of it.
                while let rest = await group.nextResult() {
                    if case .failure(let failure as JoinFailure) = rest { throw failure }
                }
                throw error
            }
            throw Failure(description: "the node ended")
        }
    }

    /// Why the node does not run.
    private struct JoinFailure: Error, CustomStringConvertible {
        let description: String
    }

    /// Waits until a node can be reached.
    static func waitUntilUp(_ node: ClusterNode, _ id: Int32, seconds: Int) async throws {
        do throws(NodeError) {
            try await node.waitUntilUp(id, .seconds(seconds))
        } catch {
            throw Failure(description: "the link to node \(id) does not come up: \(error)")
        }
    }
}

extension ParsableCommand {
    /// Does what a command is for, and ends with one sentence and status 1 when it fails.
    func ending<Result>(_ body: () async throws -> Result) async throws -> Result {
        Interruption.ignoreBrokenPipes()
        Interruption.watch()
        do {
            return try await body()
        } catch let code as ExitCode {
            throw code
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(1)
        }
    }
}
