import Foundation
import Testing

/// `opensips-bin profiles` and `pipes` in a live cluster.
@Suite struct CounterCommandTests {
    private static func objects(_ tool: RunningTool) throws -> [NSDictionary] {
        try tool.lines.map { try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? NSDictionary) }
    }

    @Test func `profiles prints what a node said while it listened`() async throws {
        let cluster = LoopbackCluster()
        let member = try await cluster.joined()
        let listening = try RunningTool(
            ["profiles", "--json", "--for", "8", "--log", "info"] + cluster.visitor(3))
        try await listening.addressesLogged()
        try await cluster.send(["profile", "--profile", "trunk", "--value", "a", "--count", "17"], from: 2, to: 3)
        try await cluster.send(["profile", "--profile", "total", "--count", "4"], from: 2, to: 3)
        #expect(try await listening.end() == 0, "\(listening.errors)")
        #expect(
            try Self.objects(listening) == [
                ["profile": "trunk", "value": "a", "count": 17, "nodes": ["2": 17]],
                ["profile": "total", "value": NSNull(), "count": 4, "nodes": ["2": 4]],
            ])
        _ = try await member.interrupt(SIGTERM)
    }

    @Test func `pipes prints what a node said while it listened`() async throws {
        let cluster = LoopbackCluster()
        let member = try await cluster.joined()
        let listening = try RunningTool(["pipes", "--json", "--for", "8", "--log", "info"] + cluster.visitor(3))
        try await listening.addressesLogged()
        let pipe = ["pipe", "--name", "gw", "--limit", "100", "--algorithm", "tailDrop", "--count", "7"]
        try await cluster.send(pipe, from: 2, to: 3)
        #expect(try await listening.end() == 0, "\(listening.errors)")
        let found = try #require(try Self.objects(listening).first)
        #expect(found["pipe"] as? String == "gw")
        #expect(found["limit"] as? Int == 100)
        #expect(found["count"] as? Int == 7)
        #expect(found["nodes"] as? [String: Int] == ["2": 7])
        _ = try await member.interrupt(SIGTERM)
    }

    @Test func `silence is said, and is no failure`() async throws {
        let cluster = LoopbackCluster()
        let member = try await cluster.joined()
        let listening = try RunningTool(["profiles", "--json", "--for", "1"] + cluster.visitor(3))
        #expect(try await listening.end() == 0)
        #expect(listening.output.isEmpty)
        #expect(listening.errors.contains("nothing was heard in 1 s"), "\(listening.errors)")
        _ = try await member.interrupt(SIGTERM)
    }

    @Test func `a node that cannot be reached is one sentence and status 1`() async throws {
        let cluster = LoopbackCluster()
        let listening = try RunningTool(["pipes", "--timeout", "1"] + cluster.visitor(3))
        #expect(try await listening.end() == 1)
        #expect(listening.errors.contains("the link to node 1 does not come up"), "\(listening.errors)")
    }

    @Test(arguments: [
        (["--capture", "x.pcap", "--node", "1", "--for", "3"], "--for goes with --from"),
        (
            [
                "--from", "1=bin:127.0.0.1:1", "--id", "3", "--listen", "bin:127.0.0.1:2", "--release", "4.0", "--for",
                "0",
            ],
            "--for is a number of seconds from 1 to 86400"
        ),
        (["--capture", "x.pcap", "--node", "1", "--expiry", "99999999999"], "--expiry is a number of seconds"),
    ])
    func `wrong use is one clear sentence and status 2`(arguments: [String], sentence: String) throws {
        for command in ["profiles", "pipes"] {
            let result = try Tool.run([command] + arguments)
            #expect(result.status == 2)
            #expect(result.errors.contains(sentence), "\(result.errors)")
        }
    }
}
