#if THREAD_SANITIZER
    import NIOConcurrencyHelpers

    /// The mutex of this room while the thread sanitizer watches (`make sanitize`).
    ///
    /// On Linux the one of `Synchronization` waits with a system call that the sanitizer does not know, so it takes whatever
    /// stands behind that mutex for a race. This one locks with pthreads and has the same face.
    struct Mutex<Value>: @unchecked Sendable {
        // Unchecked: the value is only reached under the lock, as with the mutex that this one stands for.
        private let box: NIOLockedValueBox<Value>

        init(_ value: sending Value) { box = NIOLockedValueBox(value) }

        func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
            try box.withLockedValue(body)
        }
    }
#endif
