import Foundation
import Testing

/// The built tool while it runs: what it has said so far, and a way to end it.
final class RunningTool {
    private let process = Process()
    private let directory: URL

    init(_ arguments: [String]) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for name in ["output", "errors"] { try Data().write(to: directory.appendingPathComponent(name)) }
        process.executableURL = URL(fileURLWithPath: Tool.path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: directory.appendingPathComponent("output"))
        process.standardError = try FileHandle(forWritingTo: directory.appendingPathComponent("errors"))
        try process.run()
    }

    deinit {
        if process.isRunning { process.terminate() }
        try? FileManager.default.removeItem(at: directory)
    }

    var output: String { text("output") }
    var errors: String { text("errors") }
    var lines: [Substring] { output.split(separator: "\n") }

    private func text(_ name: String) -> String {
        String(decoding: (try? Data(contentsOf: directory.appendingPathComponent(name))) ?? Data(), as: UTF8.self)
    }

    /// Where it listens: what stands behind `listening on`, for each transport.
    func addresses(_ count: Int = 1) async throws -> [String] {
        let found = await happens { self.announced.count >= count }
        try #require(found, "it does not listen: \(errors)")
        return announced
    }

    /// Waits until a member says that it listens, which it does where `info` is logged.
    func addressesLogged() async throws {
        let found = await happens { self.errors.contains("member of cluster") }
        try #require(found, "it does not listen: \(errors)")
    }

    private var announced: [String] {
        errors.split(separator: "\n").compactMap { line in
            line.range(of: "listening on ").map { String(line[$0.upperBound...]) }
        }
    }

    /// Interrupts it as Ctrl-C does, and waits for its end.
    func interrupt(_ signal: Int32 = SIGINT) async throws -> Int32 {
        kill(process.processIdentifier, signal)
        return try await end()
    }

    /// Waits for its end.
    func end(within limit: Duration = .seconds(30)) async throws -> Int32 {
        let ended = await happens(within: limit) { !self.process.isRunning }
        try #require(ended, "it does not end: \(errors)")
        return process.terminationStatus
    }
}

/// Waits until something holds, for a bounded time.
func happens(within limit: Duration = .seconds(30), _ condition: () -> Bool) async -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return condition()
}
