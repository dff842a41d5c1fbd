#if Redis
    import Foundation
    import Testing

    #if canImport(Glibc)
        import Glibc
    #endif

    @testable import BINStore

    /// Redis servers of a test, on ports that were free, in a folder of their own.
    final class RedisServers {
        /// Whether there is a server to start.
        static let areInstalled = FileManager.default.isExecutableFile(atPath: server)
        private static let server = "/usr/bin/redis-server"

        private let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        private var processes: [RedisAddress: Process] = [:]
        private(set) var addresses: [RedisAddress] = []

        /// Starts `count` servers: single ones, or for a cluster.
        init(_ count: Int, cluster: Bool) async throws {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            for _ in 0..<count {
                // The port of the cluster's own bus is 10,000 above.
                let address = RedisAddress("127.0.0.1", try RedisServers.freePort(below: 55_000))
                addresses.append(address)
                try start(address, cluster: cluster)
            }
            for address in addresses {
                try await RedisServers.wait { try RedisServers.ask(address, "PING").string == "PONG" }
            }
        }

        deinit {
            for process in processes.values where process.isRunning {
                Foundation.kill(process.processIdentifier, SIGKILL)
            }
            for process in processes.values { process.waitUntilExit() }
            try? FileManager.default.removeItem(at: directory)
        }

        private func start(_ address: RedisAddress, cluster: Bool) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: RedisServers.server)
            var arguments = ["--port", "\(address.port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
            arguments += ["--dir", directory.path, "--daemonize", "no"]
            if cluster {
                arguments += ["--cluster-enabled", "yes", "--cluster-config-file", "nodes-\(address.port).conf"]
                arguments += ["--cluster-node-timeout", "1000", "--cluster-replica-validity-factor", "0"]
                arguments += ["--repl-diskless-sync-delay", "0"]
            }
            process.arguments = arguments
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            processes[address] = process
        }

        /// Makes a cluster of them: three with slots, three that copy them.
        func join() async throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/redis-cli")
            process.arguments =
                ["--cluster", "create"] + addresses.map(\.description) + ["--cluster-replicas", "1", "--cluster-yes"]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
            for address in addresses {
                try await RedisServers.wait {
                    let info = try RedisServers.ask(address, "CLUSTER INFO").string ?? ""
                    return info.contains("cluster_state:ok")
                        && info.contains("cluster_known_nodes:\(self.addresses.count)")
                }
            }
            // Each copy is up to date before anything is lost.
            for address in addresses {
                try await RedisServers.wait {
                    let info = try RedisServers.ask(address, "INFO replication").string ?? ""
                    return info.contains("role:master")
                        ? info.contains("state=online") : info.contains("link_status:up")
                }
            }
        }

        /// The servers that have slots now.
        func primaries() throws -> [RedisAddress] {
            try addresses.filter { address in
                guard processes[address]?.isRunning == true else { return false }
                return (try RedisServers.ask(address, "INFO replication").string ?? "").contains("role:master")
            }
        }

        func kill(_ address: RedisAddress) {
            guard let process = processes[address] else { return }
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

        /// Starts it again, empty but for what it knows of the cluster.
        func restart(_ address: RedisAddress) throws { try start(address, cluster: true) }

        /// Asks one server something.
        static func ask(_ address: RedisAddress, _ words: String) throws -> RedisReply {
            try RedisConnection(address).run([words.split(separator: " ").map { Array($0.utf8) }])[0]
        }

        static func wait(seconds: Int = 60, _ condition: () throws -> Bool) async throws {
            let end = ContinuousClock.now + .seconds(seconds)
            while true {
                if (try? condition()) == true { return }
                try #require(ContinuousClock.now < end, "it does not happen")
                try await Task.sleep(for: .milliseconds(50))
            }
        }

        /// A port that nobody listens on.
        private static func freePort(below limit: UInt16) throws -> Int32 {
            for _ in 0..<200 {
                let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                defer { close(descriptor) }
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_addr.s_addr = inet_addr("127.0.0.1")
                address.sin_port = UInt16.random(in: 20_000..<limit).bigEndian
                let isFree = withUnsafePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                    }
                }
                if isFree { return Int32(UInt16(bigEndian: address.sin_port)) }
            }
            throw StoreFailure("no port is free")
        }
    }
#endif
