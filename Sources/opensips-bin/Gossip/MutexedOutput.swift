import BINText
import Synchronization

/// Standard output for several tasks, each of which writes whole lines.
final class MutexedOutput: Sendable {
    private struct State: ~Copyable {
        let output = OutputBuffer(flushThreshold: 4096)
    }

    private let state = Mutex(State())

    /// Whether nobody reads any more.
    var isClosed: Bool { state.withLock { $0.output.isClosed } }

    func write(_ body: (OutputBuffer) -> Void) {
        state.withLock { state in
            body(state.output)
            state.output.flush()
        }
    }
}
