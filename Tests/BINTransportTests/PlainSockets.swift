import NIOCore

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Sockets with nothing around them, for connections by the thousands.
final class PlainSockets {
    private var descriptors: [CInt] = []

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    deinit { closeAll() }

    /// Opens one that is bound to an address of this machine and not connected yet.
    func open(from source: SocketAddress) throws {
        #if canImport(Darwin)
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { throw Self.failure("socket") }
        descriptors.append(descriptor)
        guard source.withSockAddr({ bind(descriptor, $0, socklen_t($1)) }) == 0 else { throw Self.failure("bind") }
    }

    /// Connects the one that was opened as number `index`, and sends one byte.
    func connect(_ index: Int, to target: SocketAddress, sending byte: UInt8) throws {
        let descriptor = descriptors[index]
        #if canImport(Darwin)
            let result = target.withSockAddr { Darwin.connect(descriptor, $0, socklen_t($1)) }
        #else
            let result = target.withSockAddr { Glibc.connect(descriptor, $0, socklen_t($1)) }
        #endif
        guard result == 0 else { throw Self.failure("connect") }
        var byte = byte
        // One that was refused is closed already; that is no failure of the test.
        #if canImport(Darwin)
            _ = send(descriptor, &byte, 1, 0)
        #else
            _ = send(descriptor, &byte, 1, CInt(MSG_NOSIGNAL))
        #endif
    }

    func closeAll() {
        for descriptor in descriptors { close(descriptor) }
        descriptors = []
    }

    private static func failure(_ call: String) -> Failure {
        Failure(description: "\(call): \(String(cString: strerror(errno)))")
    }
}

/// How many files this process may have open.
enum OpenFiles {
    #if canImport(Darwin)
        private static let resource = RLIMIT_NOFILE
    #else
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #endif

    /// Asks for room for so many, or for as many as the system allows.
    /// - Returns: how many there may be.
    static func allow(_ count: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, rlim_t(count)))
        guard setrlimit(resource, &limit) == 0 else { return 0 }
        return Int(clamping: limit.rlim_cur)
    }

    /// Whether this run has room for a test that leaves none to others.
    static var mayBeRestricted: Bool { getenv("BIN_TESTS_ALONE") != nil }

    /// Takes all room but for so many more than are open.
    static func restrict(toFurther count: Int32) -> Bool {
        var limit = rlimit()
        let next = dup(0)
        guard next >= 0, getrlimit(resource, &limit) == 0 else { return false }
        close(next)
        limit.rlim_cur = rlim_t(next + count)
        return setrlimit(resource, &limit) == 0
    }
}
