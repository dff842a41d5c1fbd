import Foundation

/// A Redis server of its own on this machine, without persistence, for as long as it is measured.
final class RedisServer {
    struct Failure: Error, CustomStringConvertible { let description: String }

    let port = UInt16.random(in: 20_000..<32_000)
    private let process = Process()

    init() throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/redis-server") else {
            throw Failure(description: "there is no /usr/bin/redis-server")
        }
        process.executableURL = URL(fileURLWithPath: "/usr/bin/redis-server")
        process.arguments = ["--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        for _ in 0..<100 {
            if (try? RedisConnection(port: port)) != nil { return }
            usleep(50_000)
        }
        throw Failure(description: "redis-server does not answer")
    }

    /// Its resident memory in bytes.
    var memory: Int { residentMemory(of: "\(process.processIdentifier)") }

    // A child of a thread that blocks signals is deaf to SIGTERM.
    deinit { kill(process.processIdentifier, SIGKILL) }
}

/// The resident memory of a process in bytes.
func residentMemory(of process: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return (line?.split(separator: " ").dropLast().last).flatMap { Int($0) }.map { $0 * 1024 } ?? 0
}

/// A connection that waits for each answer, as a program that needs the value does.
final class RedisConnection {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 4096)

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw RedisServer.Failure(description: "no connection to Redis")
        }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    /// A command as Redis reads it.
    static func command(_ words: [String]) -> [UInt8] {
        Array(("*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()).utf8)
    }

    /// Sends a command, and waits for some bytes of an answer.
    @discardableResult
    func ask(_ command: [UInt8]) -> Int {
        _ = command.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
        return receive()
    }

    /// Waits for something that Redis sends.
    @discardableResult
    func receive() -> Int { recv(descriptor, &buffer, buffer.count, 0) }
}
