#if SQLite
    import Foundation
    import Testing

    /// `opensips-bin profiles` and `pipes` of a file that a mirror writes.
    @Suite struct StoredCounterCommandTests {
        private static func objects(_ command: String, _ file: String) async throws -> [NSDictionary] {
            let tool = try await LoopbackCluster().output([command, "--store", file, "--json"])
            return try tool.lines.map {
                try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? NSDictionary)
            }
        }

        @Test func `a mirror writes what nodes count, and forgets who is silent`() async throws {
            let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            let file = directory.appendingPathComponent("mirror.db").path
            let cluster = LoopbackCluster()
            let member = try await cluster.joined()
            let mirror = try RunningTool(
                ["mirror", "--to", "sqlite:\(file)", "--json", "--log", "info"] + cluster.visitor(3))
            try await mirror.addressesLogged()
            let profile = ["profile", "--profile", "trunk", "--value", "a", "--count", "17"]
            try await cluster.send(profile, from: 2, to: 3)
            let pipe = ["pipe", "--name", "gw", "--limit", "100", "--algorithm", "tailDrop", "--count", "7"]
            try await cluster.send(pipe, from: 2, to: 3)
            func says(_ profiles: Int, _ pipes: Int) -> Bool {
                mirror.lines.contains {
                    $0.contains("\"waiting\":0,") && $0.contains("\"profiles\":\(profiles),\"pipes\":\(pipes),")
                }
            }
            #expect(await happens { says(1, 1) }, "\(mirror.output) \(mirror.errors)")
            #expect(
                try await Self.objects("profiles", file) == [
                    ["profile": "trunk", "value": "a", "dialogs": 0, "count": 17, "nodes": ["2": 17]]
                ])
            #expect(
                try await Self.objects("pipes", file) == [
                    [
                        "pipe": "gw", "algorithm": "TAILDROP", "limit": 100, "flags": ["bin"], "count": 7,
                        "nodes": ["2": 7],
                    ]
                ])
            let table = try await cluster.output(["profiles", "--store", file])
            #expect(table.output.contains("dialogs") && table.output.contains("2: 17"), "\(table.output)")
            // Ten seconds after it spoke last, a node counts for nothing.
            #expect(await happens { says(0, 1) }, "\(mirror.output)")
            #expect(try await Self.objects("profiles", file).isEmpty)
            #expect(try await mirror.interrupt(SIGTERM) == 0)
            _ = try await member.interrupt(SIGTERM)
        }

        @Test func `a file that is no database is one clear sentence`() throws {
            for command in ["profiles", "pipes"] {
                let result = try Tool.run([command, "--store", "/dev/null"])
                #expect(result.status == 1)
                #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
            }
        }

        @Test func `for and expiry do not go with a file`() throws {
            for option in ["--for", "--expiry"] {
                let result = try Tool.run(["pipes", "--store", "x.db", option, "3"])
                #expect(result.status == 2)
                #expect(result.errors.contains(option), "\(result.errors)")
            }
        }
    }
#endif
