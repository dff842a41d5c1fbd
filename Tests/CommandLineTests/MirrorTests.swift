import Foundation
import FoundationNetworking
import Testing

/// `opensips-bin mirror`, beside a member that serves what it keeps.
@Suite struct MirrorTests {
    @Test(arguments: [
        (["mirror"], "--to"),
        (["mirror", "--to", "mysql:x", "--id", "9", "--listen", "bin:127.0.0.1:1", "--release", "4.0"], "mysql:x"),
        (["mirror", "--to", "redis://", "--id", "9", "--listen", "bin:127.0.0.1:1", "--release", "4.0"], "redis://"),
        (["mirror", "--to", "sqlite:x"], "--release"),
    ])
    func `wrong use is said, with status 2`(arguments: [String], part: String) throws {
        let result = try Tool.run(arguments)
        #expect(result.status == 2)
        #expect(result.errors.contains(part), "\(result.errors)")
    }

    #if SQLite
        @Test func `a file holds what the cluster holds, also after the mirror was away`() async throws {
            let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            let file = directory.appendingPathComponent("mirror.db").path
            // Members know each other by address.
            let net = "127.77.\(Int.random(in: 1...250))."
            let first = Int.random(in: 1...60) * 4
            let port = Int.random(in: 20_000...50_000)
            func url(_ member: Int) -> String { "\(net)\(first + member):\(port)" }
            let serving = try RunningTool([
                "join", "--id", "1", "--listen", "bin:\(url(1))", "--release", "4.0", "--serve", "usrloc-contact-repl",
                "--seed", "--no-packets", "--json", "--log", "info",
            ])
            try await serving.addressesLogged()
            func send(_ action: String, _ arguments: [String]) throws {
                let result = try Tool.run(
                    [
                        "send", "contact", "--action", action, "--to", "tcp:\(url(1))", "--as-member", "bin:\(url(2))",
                        "--node-id", "2", "--to-node", "1", "--release", "4.0",
                    ] + arguments)
                #expect(result.status == 0, "\(result.errors)")
            }
            try send(
                "insert",
                ["--aor", "user{n}", "--contact", "sip:user{n}@10.0.0.1", "--count", "50", "--callid", "c{n}"])
            func mirror(untilItHas count: Int) async throws {
                let mirror = try RunningTool([
                    "mirror", "--from", "1=bin:\(url(1))", "--id", "3", "--listen", "bin:\(url(3))", "--release", "4.0",
                    "--to", "sqlite:\(file)", "--json", "--http", "127.0.0.1:0",
                ])
                let isDone = await happens {
                    mirror.lines.contains {
                        $0.contains("\"event\":\"mirror\"") && $0.contains("\"waiting\":0,\"contacts\":\(count),")
                            && $0.contains("\"synced\":[\"usrloc-contact-repl\"]")
                    }
                }
                #expect(isDone, "\(mirror.output) \(mirror.errors)")
                let page = try #require(
                    mirror.errors.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("http://") })
                let (health, _) = try await URLSession.shared.data(from: try #require(URL(string: page + "healthz")))
                #expect(String(decoding: health, as: UTF8.self) == "ok\n")
                let (metrics, _) = try await URLSession.shared.data(from: try #require(URL(string: page + "metrics")))
                let text = String(decoding: metrics, as: UTF8.self)
                #expect(text.contains("bin_mirror_held{kind=\"contacts\"} \(count).0\n"), "\(text)")
                #expect(text.contains("bin_mirror_records_waiting 0.0\n") && text.contains("bin_mirror_failing 0.0\n"))
                #expect(try await mirror.interrupt(SIGTERM) == 0)
            }
            func stored() throws -> [String: Int] {
                let result = try Tool.run(["contacts", "--store", file, "--json"])
                #expect(result.status == 0, "\(result.errors)")
                var stored: [String: Int] = [:]
                for line in result.lines {
                    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                    stored[object?["aor"] as? String ?? ""] = object?["cseq"] as? Int
                }
                return stored
            }
            try await mirror(untilItHas: 50)
            #expect(try stored() == Dictionary(uniqueKeysWithValues: (1...50).map { ("user\($0)", 1) }))
            let contact = ["--contact", "sip:user7@10.0.0.1", "--callid", "c7", "--aor", "user7"]
            try send("delete", contact + ["--cseq", "2"])
            try send("update", ["--contact", "sip:user8@10.0.0.1", "--callid", "c8", "--aor", "user8", "--cseq", "9"])
            // Nobody told the file; the next sync does.
            #expect(try stored().count == 50)
            try await mirror(untilItHas: 49)
            let after = try stored()
            #expect(after.count == 49)
            #expect(after["user7"] == nil)
            #expect(after["user8"] == 9)
            _ = try await serving.interrupt(SIGTERM)
        }

        @Test func `a file that is no database is one clear sentence`() throws {
            let result = try Tool.run(["contacts", "--store", "/dev/null"])
            #expect(result.status == 1)
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
    #endif
}
