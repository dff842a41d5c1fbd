import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Whether somebody asked the program to end: Ctrl-C or `kill`.
enum Interruption {
    private static let flag = Atomic<Bool>(false)

    /// From now on SIGINT and SIGTERM set ``isRequested`` instead of ending the program at once.
    static func watch() {
        // A signal handler may do very little; storing into an atomic is allowed.
        signal(SIGINT) { _ in Interruption.flag.store(true, ordering: .relaxed) }
        signal(SIGTERM) { _ in Interruption.flag.store(true, ordering: .relaxed) }
    }

    /// A reader that went away is found by the failing write, not by a signal.
    static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    static var isRequested: Bool { flag.load(ordering: .relaxed) }
}
