import BINText
import Foundation

/// A program that answers questions, a line each.
final class VectorProgram {
    /// Why it could not be asked.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The longest answer that is read, in bytes.
    private static let longestLine = 16 << 20

    private let process = Process()
    private let questions = Pipe()
    private let answers = Pipe()
    private let timeout: Int
    private let name: String
    private var unread: [UInt8] = []

    /// Starts the program; a name without a slash is looked for in `PATH`.
    init(_ program: [String], timeout: Int) throws {
        self.timeout = timeout
        name = program.first ?? ""
        process.executableURL = URL(fileURLWithPath: name.contains("/") ? name : "/usr/bin/env")
        process.arguments = name.contains("/") ? Array(program.dropFirst()) : program
        process.standardInput = questions
        process.standardOutput = answers
        do {
            try process.run()
        } catch {
            throw Failure(description: "\(name) cannot be started: \(error.localizedDescription)")
        }
    }

    /// Asks one question and waits for the answer, so a program need not read ahead.
    func ask(_ line: String) throws -> [UInt8] {
        // A program that is gone is found here or by the missing answer, whichever comes first.
        do {
            try questions.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
        } catch {
            throw Failure(description: "\(name) ended before it had answered everything")
        }
        return try nextLine()
    }

    private func nextLine() throws -> [UInt8] {
        let end = ContinuousClock.now + .seconds(timeout)
        var searched = 0
        while true {
            if let newline = unread[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeFirst(newline + 1) }
                return Array(unread[..<newline])
            }
            searched = unread.count
            guard unread.count <= Self.longestLine else { throw Failure(description: "\(name) answers without an end") }
            let left = Int((end - ContinuousClock.now) / .milliseconds(1))
            var descriptor = pollfd(
                fd: answers.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard left > 0, poll(&descriptor, 1, CInt(clamping: left)) > 0 else {
                throw Failure(description: "\(name) does not answer within \(timeout) s")
            }
            let data = answers.fileHandleForReading.availableData
            guard !data.isEmpty else { throw Failure(description: "\(name) ended before it had answered everything") }
            unread.append(contentsOf: data)
        }
    }

    /// Closes its input, and ends it when it does not end by itself.
    func end() {
        try? questions.fileHandleForWriting.close()
        for _ in 0..<100 where process.isRunning { Thread.sleep(forTimeInterval: 0.01) }
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }
}
