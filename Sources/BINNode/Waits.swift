/// What somebody waits for.
enum Awaited: Hashable {
    /// That a node confirms some of what was sent in bulk.
    case confirmation(Int32)
    /// That a node can be reached.
    case nodeUp(Int32)
    /// That the own link to a node is up.
    case linkUp(Int32)
    /// The answer to a PING with this number, or to a later one.
    case pong(Int32, UInt64)
    /// The reply to a message with this tag.
    case reply([UInt8])
}

/// Tasks that wait for something that happens in the cluster, each until its time is over.
struct Waits {
    typealias Continuation = CheckedContinuation<Result<[UInt8], NodeError>, Never>

    private struct Wait {
        var awaited: Awaited
        var deadline: Int64
        var timeout: NodeError
        var continuation: Continuation
    }

    private var waits: [UInt64: Wait] = [:]
    private var lastID: UInt64 = 0

    /// A number for one more wait.
    mutating func nextID() -> UInt64 {
        lastID += 1
        return lastID
    }

    mutating func add(
        _ id: UInt64, _ awaited: Awaited, deadline: Int64, timeout: NodeError, _ continuation: Continuation
    ) {
        waits[id] = Wait(awaited: awaited, deadline: deadline, timeout: timeout, continuation: continuation)
    }

    /// It happened, for all that wait for such a thing.
    mutating func resume(_ reply: [UInt8] = [], where isMeant: (Awaited) -> Bool) {
        end(.success(reply)) { isMeant($0.awaited) }
    }

    /// The caller of one wait was cancelled.
    mutating func cancel(_ id: UInt64) {
        waits.removeValue(forKey: id)?.continuation.resume(returning: .failure(.cancelled))
    }

    /// Ends the waits whose time is over.
    mutating func expire(at now: Int64) {
        for (id, wait) in waits where wait.deadline <= now {
            waits[id] = nil
            wait.continuation.resume(returning: .failure(wait.timeout))
        }
    }

    /// Nothing will happen any more.
    mutating func stop() { end(.failure(.stopped)) { _ in true } }

    private mutating func end(_ result: Result<[UInt8], NodeError>, where isMeant: (Wait) -> Bool) {
        for (id, wait) in waits where isMeant(wait) {
            waits[id] = nil
            wait.continuation.resume(returning: result)
        }
    }
}
