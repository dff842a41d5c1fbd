import BINText

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension Terminal {
    /// Colours when `descriptor` is a terminal and `NO_COLOR` is not set.
    init(descriptor: CInt = 1) {
        self.init(hasColour: isatty(descriptor) == 1 && getenv("NO_COLOR") == nil)
    }

    /// Whether standard error is a terminal.
    static var standardErrorIsTerminal: Bool { isatty(2) == 1 }

    /// Whether standard output is a terminal.
    static var standardOutputIsTerminal: Bool { isatty(1) == 1 }

    /// Says what is wrong, in a line of its own on standard error.
    static func complain(_ line: String) { writeToStandardError("opensips-bin: \(line)\n") }

    /// Writes to standard error.
    static func writeToStandardError(_ text: String) {
        var bytes = ArraySlice(text.utf8)
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
