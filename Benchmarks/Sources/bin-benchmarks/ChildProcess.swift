#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// This program once more, in another role, with its standard output at hand.
struct ChildProcess {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let role: String
    private var process: pid_t = 0
    private let output: UnsafeMutablePointer<FILE>

    /// Starts `bin-benchmarks child role numbers…`.
    init(_ role: String, _ numbers: UInt64...) throws {
        self.role = role
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0, let file = fdopen(ends[0], "r") else { throw Failure(description: "no pipe") }
        output = file
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        posix_spawn_file_actions_addclose(&actions, ends[1])
        let words = [CommandLine.arguments[0], "child", role] + numbers.map { "\($0)" }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        let result = posix_spawn(&process, words[0], &actions, nil, arguments, environ)
        close(ends[1])
        guard result == 0 else { throw Failure(description: "\(words[0]) cannot be started") }
    }

    /// The numbers of the next line that it prints.
    func numbers(_ count: Int) throws -> [Double] {
        var line = [CChar](repeating: 0, count: 512)
        guard fgets(&line, CInt(line.count), output) != nil else {
            throw Failure(description: "\(role) ended without a word")
        }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let numbers = text.split { $0 == " " || $0 == "\n" }.compactMap { Double($0) }
        guard numbers.count == count else { throw Failure(description: "\(role) said: \(text)") }
        return numbers
    }

    /// Waits for its end.
    /// - Returns: the processor time that it took, in seconds.
    @discardableResult
    func finish() throws -> Double {
        var status: CInt = 0
        var usage = rusage()
        guard wait4(process, &status, 0, &usage) == process, status == 0 else {
            throw Failure(description: "\(role) ended with status \(status)")
        }
        fclose(output)
        let user = Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
        return user + Double(usage.ru_stime.tv_sec) + Double(usage.ru_stime.tv_usec) / 1e6
    }
}
