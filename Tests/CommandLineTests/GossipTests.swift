import Foundation
import FoundationNetworking
import Testing

/// Members of the gossip as a person starts and asks them.
@Suite(.timeLimit(.minutes(2)), .serialized) struct GossipCommandTests {
    private func json(_ line: Substring?) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data((line ?? "").utf8)) as? [String: Any])
    }

    private func page(_ tool: RunningTool) async throws -> String {
        let found = await happens { tool.errors.contains("page at ") && tool.errors.hasSuffix("/\n") }
        try #require(found, "it does not serve: \(tool.errors)")
        let line = try #require(tool.errors.split(separator: "\n").first { $0.contains("page at ") })
        return String(try #require(line.split(separator: " ").last))
    }

    @Test func `two members are asked, told and followed from the shell`() async throws {
        let port = Int.random(in: 10_000..<32_000)
        let common = ["--round", "0.1", "--http", "127.0.0.1:0", "--json", "--flag", "vip=2,1:quorum"]
        let one = try RunningTool(["gossip", "--id", "1", "--listen", "bin:127.0.0.1:\(port)"] + common)
        let first = try await page(one)
        let two = try RunningTool(
            ["gossip", "--id", "2", "--listen", "bin:127.0.0.2:\(port)", "--neighbour", "bin:127.0.0.1:\(port)"]
                + common)
        let second = try await page(two)
        #expect(await happens { one.output.contains("\"event\":\"member_up\",\"node\":2") })
        let members = try Tool.run(["members", "--json", "--http", first])
        #expect(members.status == 0)
        #expect(try members.lines.map { try json($0)["status"] as? String } == ["alive", "alive"])

        let watch = try RunningTool(["state", "watch", "trunk", "--count", "2", "--json", "--http", second])
        #expect(await happens { watch.lines.isEmpty })
        try await Task.sleep(for: .milliseconds(300))
        #expect(try Tool.run(["state", "set", "trunk", "up & über", "--http", first]).status == 0)
        #expect(await happens { watch.lines.count == 1 })
        #expect(try Tool.run(["state", "get", "trunk", "--of", "1", "--http", second]).output == "up & über\n")
        let deleted = try Tool.run(["state", "delete", "trunk", "--json", "--http", first])
        #expect(deleted.status == 0 && deleted.output == #"{"key":"trunk","value":null}"# + "\n")
        #expect(try await watch.end() == 0)
        #expect(try json(watch.lines.last)["value"] is NSNull)
        #expect(try Tool.run(["state", "get", "trunk", "--http", first]).status == 3)
        let refused = try Tool.run(["state", "set", "url", "x", "--http", first])
        #expect(refused.status == 1 && refused.errors.contains("gossip uses itself"))

        #expect(await happens { two.output.contains("\"event\":\"acquired\",\"flag\":\"vip\"") })
        #expect(await happens { (try? Tool.run(["owners", "--http", first]))?.status == 0 })
        let owner = try json(try Tool.run(["owners", "--json", "--http", first]).lines.first)
        #expect(owner["owner"] as? Int == 2)
        #expect((owner["fence"] as? String).flatMap { UInt64($0) } != nil)

        #expect(try await two.interrupt() == 0)
        #expect(await happens { one.output.contains("\"event\":\"member_left\",\"node\":2") })
        #expect(try Tool.run(["owners", "--http", first]).status == 3)
        #expect(try await one.interrupt(SIGTERM) == 0)
        #expect(try Tool.run(["members", "--http", first]).errors.contains("no member of the gossip answers"))
    }

    @Test func `a member of a cluster tells its nodes, its metrics and whether it is well`() async throws {
        let (network, port) = (UInt8.random(in: 70..<250), UInt16.random(in: 10_000..<32_000))
        func join(_ id: Int, _ more: [String]) throws -> RunningTool {
            try RunningTool(
                [
                    "join", "--id", "\(id)", "--listen", "bin:127.0.\(network).\(id):\(port)", "--release", "4.0",
                ] + more)
        }
        let one = try join(1, ["--http", "127.0.0.1:0"])
        let found = await happens { one.errors.contains("nodes and metrics at ") && one.errors.hasSuffix("/\n") }
        try #require(found, "\(one.errors)")
        let address = String(try #require(one.errors.split(whereSeparator: \.isWhitespace).last))
        func get(_ path: String) async throws -> (status: Int, text: String) {
            let (data, response) = try await URLSession.shared.data(from: try #require(URL(string: address + path)))
            return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
        }
        #expect(try await get("healthz") == (503, "no other node is reached\n"))
        let two = try join(2, ["--neighbour", "1=bin:127.0.\(network).1:\(port)"])
        for _ in 0..<1000 where try await get("healthz").status != 200 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try await get("healthz") == (200, "ok\n"))
        let nodes = try json(try await get("nodes").text[...])
        let other = try #require((nodes["nodes"] as? [[String: Any]])?.first)
        #expect(other["node"] as? Int == 2 && other["link"] as? String == "up" && other["via"] as? Int == 2)
        #expect(try await get("metrics").text.contains("bin_node_links_up{cluster=\"1\"} 1"))
        #expect(try await get("nothing").status == 404)
        #expect(try await two.interrupt() == 0)
        #expect(try await one.interrupt() == 0)
    }

    @Test func `a member of a cluster that gossips too owns flags`() async throws {
        let (network, port) = (UInt8.random(in: 70..<250), UInt16.random(in: 10_000..<32_000))
        func join(_ id: Int, _ more: [String]) throws -> RunningTool {
            let own = ["--id", "\(id)", "--listen", "bin:127.0.\(network).\(id):\(port)", "--release", "4.0", "--json"]
            return try RunningTool(["join", "--gossip", "--round", "0.1", "--flag", "vip=2,1:quorum"] + own + more)
        }
        let one = try join(1, ["--site", "Bonn", "--http", "127.0.0.1:0"])
        let page = try await page(one)
        let two = try join(2, ["--neighbour", "1=bin:127.0.\(network).1:\(port)"])
        #expect(await happens { two.output.contains("\"event\":\"acquired\",\"flag\":\"vip\"") }, "\(two.errors)")
        #expect(try Tool.run(["members", "--http", page]).output.contains("Bonn"))
        #expect(await happens { (try? Tool.run(["owners", "--http", page]))?.status == 0 })
        #expect(try await two.interrupt() == 0)
        #expect(try await one.interrupt() == 0)
        let alone = try Tool.run([
            "join", "--id", "1", "--listen", "bin:127.0.0.1:5", "--release", "4.0", "--flag", "vip=1",
        ])
        #expect(alone.status == 2 && alone.errors.contains("--gossip"))
    }

    /// `simulate processes` does it for as long as one likes.
    @Test func `processes that are killed and parted keep what is promised`() async throws {
        let tool = try RunningTool([
            "simulate", "processes", "--nodes", "9", "--round", "0.2", "--seconds", "0", "--json",
        ])
        #expect(try await tool.end(within: .seconds(100)) == 0)
        let object = try json(tool.lines.first)
        #expect(object["violations"] as? [String] == [])
        #expect((object["takeoverSeconds"] as? [Double])?.count == 1)
        #expect((object["healSeconds"] as? [Double])?.count == 1)
    }

    @Test(arguments: [
        (["--id", "0"], "--id"), (["--id", "1", "--neighbour", "x"], "'x'"),
        (["--id", "1", "--round", "0"], "--round"),
        (["--id", "1", "--flag", "vip"], "NAME="), (["--id", "1", "--flag", "vip=1,1"], "twice"),
        (["--id", "1", "--flag", "vip=1:often"], "often"), (["--id", "1", "--flag", "vip=70000"], "65535"),
        (["--id", "1", "--flag", "a=1", "--flag", "a=2"], "twice"), (["--id", "1", "--http", "here"], "here"),
        (["--id", "1", "--group", "a b"], "spaces"),
    ])
    func `wrong use of gossip is one sentence and status 2`(arguments: [String], word: String) throws {
        let result = try Tool.run(["gossip", "--listen", "bin:127.0.0.1:5"] + arguments)
        #expect(result.status == 2)
        #expect(result.errors.contains(word))
    }

    @Test func `an address that is not here is named, with status 1`() async throws {
        let tool = try RunningTool(["gossip", "--id", "1", "--listen", "bin:192.0.2.1:5700"])
        #expect(try await tool.end() == 1)
        #expect(tool.errors.contains("cannot listen at bin:192.0.2.1:5700"))
    }

    @Test func `a memory of something else is named, with status 1`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try Data("hello".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let result = try Tool.run(["gossip", "--id", "1", "--listen", "bin:127.0.0.1:5", "--memory", path])
        #expect(result.status == 1)
        #expect(result.errors == "opensips-bin: the memory \(path) cannot be read: it is damaged\n")
    }
}
