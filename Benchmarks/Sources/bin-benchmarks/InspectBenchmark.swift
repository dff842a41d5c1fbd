import BINCapture
import BINWire

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How fast the command line turns a capture into JSON, as a whole process with the system's own accounting.
struct InspectBenchmark {
    let megabytes: Double
    let processorSeconds: Double
    let peakMegabytes: Double

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameters:
    ///   - tool: path of `opensips-bin`.
    ///   - packet: what the capture is filled with; contact and node change from packet to packet.
    ///   - size: bytes of the capture.
    init(tool: String, packet: [UInt8], size: Int) throws {
        let path = "/tmp/opensips-bin-benchmark-\(getpid()).pcap"
        defer { unlink(path) }
        megabytes = Double(try InspectBenchmark.writeCapture(path, packet, size)) / 1e6
        var best = (seconds: Double.infinity, peak: 0.0)
        for _ in 0..<3 {
            let run = try InspectBenchmark.run(tool, path)
            if run.seconds < best.seconds { best = run }
        }
        processorSeconds = best.seconds
        peakMegabytes = best.peak
    }

    private static func writeCapture(_ path: String, _ packet: [UInt8], _ size: Int) throws -> Int {
        guard let file = fopen(path, "w") else { throw Failure(description: "\(path) cannot be written") }
        defer { fclose(file) }
        var writer = CaptureFileWriter()
        var written = 0
        var count: Int64 = 0
        while written < size {
            let origin = PacketOrigin(
                time: CaptureTime(nanosecondsSinceEpoch: 1_800_000_000_000_000_000 + count * 10_000), transport: .tcp,
                source: Endpoint(IPAddress(127, 0, 0, UInt8(1 + count % 8)), port: 40_000),
                destination: Endpoint(IPAddress(127, 0, 1, 1), port: 5555))
            try writer.append(packet.span.bytes, from: origin)
            count += 1
            if count % 1000 == 0 {
                let bytes = writer.takeBytes()
                fwrite(bytes, 1, bytes.count, file)
                written += bytes.count
            }
        }
        return written
    }

    private static func run(_ tool: String, _ path: String) throws -> (seconds: Double, peak: Double) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        let words: [String] = [tool, "inspect", "--json", path]
        var arguments: [UnsafeMutablePointer<CChar>?] = []
        for word in words { arguments.append(strdup(word)) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        guard posix_spawn(&process, tool, &actions, nil, arguments, environ) == 0 else {
            throw Failure(description: "\(tool) cannot be started")
        }
        var status: CInt = 0
        var usage = rusage()
        guard wait4(process, &status, 0, &usage) == process, status == 0 else {
            throw Failure(description: "\(tool) ended with status \(status)")
        }
        let user = Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
        let system = Double(usage.ru_stime.tv_sec) + Double(usage.ru_stime.tv_usec) / 1e6
        return (user + system, Double(usage.ru_maxrss) / 1000)
    }
}
