#if Redis
    import Foundation
    import Testing

    /// `opensips-bin contacts` and `dialogs` of what a mirror wrote into Redis.
    @Suite struct StoredRedisTests {
        private static let server = "/usr/bin/redis-server"

        /// A server on a port of its own, without a trace on the disk.
        private final class RedisProcess {
            let url: String
            private let process = Process()

            init() throws {
                let port = Int.random(in: 20_000...50_000)
                url = "redis://127.0.0.1:\(port)"
                process.executableURL = URL(fileURLWithPath: StoredRedisTests.server)
                process.arguments = [
                    "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no",
                ]
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                try process.run()
            }

            deinit {
                // A child inherits that the threads of a test block SIGTERM.
                kill(process.processIdentifier, SIGKILL)
            }
        }

        @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: server), "redis-server is not installed"))
        func `what is printed is what the mirror wrote, as lines of JSON and as a table`() async throws {
            let redis = try RedisProcess()
            let cluster = LoopbackCluster()
            let member = try await cluster.joined()
            let mirror = try RunningTool(["mirror", "--to", redis.url, "--json", "--log", "info"] + cluster.visitor(3))
            try await mirror.addressesLogged()
            let contacts = ["--aor", "user{n}", "--contact", "sip:user{n}@10.0.0.1", "--callid", "c{n}"]
            try await cluster.send(["contact", "--count", "20"] + contacts, from: 2, to: 3)
            #expect(
                await happens { mirror.lines.contains { $0.contains("\"waiting\":0,\"contacts\":20,") } },
                "\(mirror.output) \(mirror.errors)")
            let listing = try await cluster.output(["contacts", "--store", redis.url, "--json"])
            let found = try listing.lines.map { line in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return "\(object?["aor"] ?? "") \(object?["contact"] ?? "") \(object?["callid"] ?? "")"
            }
            #expect(Set(found) == Set((1...20).map { "user\($0) sip:user\($0)@10.0.0.1 c\($0)" }))
            #expect(found.count == 20)
            let table = try await cluster.output(["contacts", "--store", redis.url, "--aor", "user7"])
            #expect(table.output.contains("sip:user7@10.0.0.1"), "\(table.output)")
            #expect(!table.output.contains("user8"), "\(table.output)")
            #expect(table.errors.contains("1 contact"))
            let dialogs = try await cluster.output(["dialogs", "--store", redis.url, "--json"])
            #expect(dialogs.output.isEmpty, "\(dialogs.errors)")
            try await cluster.send(
                ["profile", "--profile", "trunk", "--value", "a", "--count", "17"], from: 2, to: 3)
            try await cluster.send(["pipe", "--name", "gw", "--limit", "100", "--count", "7"], from: 2, to: 3)
            let isThere = await happens {
                mirror.lines.contains { $0.contains("\"waiting\":0,") && $0.contains("\"profiles\":1,\"pipes\":1,") }
            }
            #expect(isThere, "\(mirror.output)")
            let profiles = try await cluster.output(["profiles", "--store", redis.url, "--json"])
            #expect(
                profiles.output
                    == #"{"profile":"trunk","value":"a","dialogs":0,"count":17,"nodes":{"2":17}}"# + "\n",
                "\(profiles.errors)")
            let pipes = try await cluster.output(["pipes", "--store", redis.url, "--json"])
            #expect(
                pipes.output
                    == #"{"pipe":"gw","algorithm":"TAILDROP","limit":100,"flags":["bin"],"count":7,"nodes":{"2":7}}"#
                    + "\n", "\(pipes.errors)")
            #expect(try await mirror.interrupt(SIGTERM) == 0)
            _ = try await member.interrupt(SIGTERM)
        }

        @Test func `a server that is not there is one clear sentence`() throws {
            let result = try Tool.run(["contacts", "--store", "redis://127.0.0.1:1"])
            #expect(result.status == 1)
            #expect(result.errors == "opensips-bin: Redis: 127.0.0.1:1: Connection refused\n")
        }

        @Test(arguments: [
            ["contacts", "--store", "redis:"], ["dialogs", "--store", "redis://:1"],
            ["profiles", "--store", "redis://127.0.0.1:0"], ["pipes", "--store", "redis://"],
        ])
        func `what is no store of the command is wrong use`(arguments: [String]) throws {
            let result = try Tool.run(arguments)
            #expect(result.status == 2)
            #expect(result.errors.contains("is no store"), "\(result.errors)")
        }
    }
#endif
