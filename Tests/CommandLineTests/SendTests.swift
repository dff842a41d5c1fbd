import BINText
import Foundation
import Testing

@testable import opensips_bin

/// `send` from flags, to `listen` and, as a member, to a member of our own.
@Suite(.timeLimit(.minutes(5)), .serialized) struct SendTests {
    private func fields(_ line: Substring) throws -> JSONValue {
        try #require(try JSONParser.parse(Array(line.utf8))["fields"])
    }

    @Test(arguments: [
        "2.2.8", "2.3", "2.4.0", "2.4.2", "2.4.11", "3.0.0", "3.1.0", "3.1.17", "3.5", "3.6.8", "4.0", "master",
    ])
    func `a contact from flags has the layout of the release`(release: String) async throws {
        let listener = try RunningTool([
            "listen", "--tcp", "127.0.0.1:0", "--json", "--release", release, "--count", "4",
        ])
        let address = try #require(try await listener.addresses().first)
        let send = try Tool.run([
            "send", "contact", "--to", address, "--release", release, "--node-id", "7", "--to-node", "1", "--aor",
            "user{n}",
            "--contact", "sip:user{n}@10.0.0.1:5060", "--callid", "call-{n}", "--cseq", "3", "--q", "0.25",
            "--user-agent",
            "test", "--received", "sip:192.0.2.{n}:5060", "--count", "2", "--sock", "udp:10.0.0.1:5060",
        ])
        #expect(send.status == 0, "\(send.errors)")
        #expect(try await listener.end() == 0)
        #expect(!listener.output.contains("\"error\""))
        let lines = listener.lines
        #expect(
            lines.map { $0.contains("aor-insert") } == [true, false, true, false], "an AoR comes before its contact")
        for (number, line) in zip(1..., [lines[1], lines[3]]) {
            let fields = try fields(line)
            #expect(fields["aor"]?.string == "user\(number)")
            #expect(fields["contact"]?.string == "sip:user\(number)@10.0.0.1:5060")
            #expect(fields["callid"]?.string == "call-\(number)")
            #expect(fields["received"]?.string == "sip:192.0.2.\(number):5060")
            #expect(fields["cseq"]?.integer == 3)
            #expect(fields["q"]?.integer == 250)
        }
    }

    @Test func `2_1 gets a datagram`() async throws {
        let listener = try RunningTool(["listen", "--udp", "127.0.0.1:0", "--json", "--count", "2"])
        let address = try #require(try await listener.addresses().first)
        let send = try Tool.run([
            "send", "contact", "--to", address, "--release", "2.1", "--aor", "alice", "--contact", "sip:alice@10.0.0.1",
            "--sock", "udp:10.0.0.1:5060",
        ])
        #expect(send.status == 0, "\(send.errors)")
        #expect(try await listener.end() == 0)
        #expect(listener.lines.allSatisfy { $0.contains(#""framing":"2.1""#) })
    }

    @Test func `counts of a profile and of a pipe arrive`() async throws {
        let listener = try RunningTool(["listen", "--tcp", "127.0.0.1:0", "--json", "--count", "2"])
        let address = try #require(try await listener.addresses().first)
        let way = ["--to", address, "--release", "4.0", "--node-id", "2", "--to-node", "1"]
        #expect(
            try Tool.run(["send", "profile", "--profile", "trunk", "--value", "a", "--count", "17"] + way).status == 0)
        #expect(
            try Tool.run(
                ["send", "pipe", "--name", "p", "--limit", "100", "--algorithm", "red", "--count", "5"] + way
            ).status == 0)
        #expect(try await listener.end() == 0)
        let profile = try #require(try fields(listener.lines[0])["profiles"]?.array?.first)
        #expect(profile["counter"]?.integer == 17)
        let pipe = try #require(try fields(listener.lines[1])["pipes"]?.array?.first)
        #expect(pipe["pipeName"]?.string == "p")
        #expect(pipe["limit"]?.integer == 100)
    }

    @Test(arguments: ["3.4.18", "4.0.1"])
    func `as a member it is taken by a member, and nothing is lost`(release: String) async throws {
        let port = Int.random(in: 20000..<30000)
        let member = try RunningTool([
            "join", "--cluster", "3", "--id", "1", "--listen", "bin:127.0.0.1:\(port)", "--release", release, "--json",
            "--filter", "message=contact-insert", "--log", "info",
        ])
        try await member.addressesLogged()
        let send = try Tool.run([
            "send", "contact", "--to", "tcp:127.0.0.1:\(port)", "--as-member", "bin:127.0.0.2:\(port)", "--node-id",
            "2",
            "--to-node", "1", "--cluster", "3", "--release", release, "--aor", "u{n}", "--contact", "sip:u{n}@h",
            "--count",
            "2000", "--window", "50",
        ])
        #expect(send.status == 0, "\(send.errors)")
        #expect(send.errors == "opensips-bin: 4000 packets sent\n")
        #expect(await happens { member.lines.filter { $0.contains(#""event":"packet""#) }.count == 2000 })
        #expect(try await member.interrupt() == 0)
        let packets = member.lines.filter { $0.contains(#""event":"packet""#) }
        for (number, line) in zip(1..., packets) {
            let packet = try #require(try JSONParser.parse(Array(line.utf8))["packet"])
            #expect(packet["fields"]?["aor"]?.string == "u\(number)", "in order")
            #expect(packet["routing"]?["source"]?.integer == 2)
            #expect(packet["routing"]?["destination"]?.integer == 1)
        }
        #expect(member.lines.contains { $0.contains(#""event":"node_up","node":2"#) })
    }

    @Test func `a node that is not there is named, with status 1`() throws {
        let send = try Tool.run([
            "send", "contact", "--to", "tcp:127.0.0.1:1", "--as-member", "bin:127.0.0.2:29871", "--node-id", "2",
            "--to-node", "1", "--release", "4.0", "--aor", "u", "--contact", "sip:u@h", "--connect-timeout", "1",
            "--log",
            "error",
        ])
        #expect(send.status == 1)
        #expect(
            send.errors == """
                opensips-bin: 0 packets sent
                opensips-bin: the link to node 1 at bin:127.0.0.1:1 does not come up: no way led to node 1 in time

                """)
    }

    @Test(arguments: [
        (["contact", "--aor", "a", "--contact", "sip:a"], "--release"),
        (["contact", "--aor", "a", "--contact", "sip:a", "--release", "4.0"], "--node-id"),
        (["contact", "--aor", "a", "--contact", "sip:a", "--release", "4.0", "--node-id", "1"], "--to-node"),
        (["contact", "--aor", "a", "--contact", "sip:a", "--release", "9.9"], "9.9"),
        (["pipe", "--name", "p", "--limit", "1", "--count", "1", "--algorithm", "magic"], "--release"),
        (["lines", "--as-member", "bin:127.0.0.2:1"], "--as-member"),
    ])
    func `what is missing is named, with status 2`(arguments: [String], word: String) throws {
        let result = try Tool.run(["send"] + arguments + ["--to", "tcp:127.0.0.1:1"])
        #expect(result.status == 2)
        #expect(result.errors.contains(word))
    }

    @Test func `what a release does not have is said, with status 3`() throws {
        let result = try Tool.run([
            "send", "pipe", "--name", "p", "--limit", "1", "--count", "1", "--release", "2.1", "--to",
            "udp:127.0.0.1:1",
        ])
        #expect(result.status == 3)
        #expect(result.errors == "opensips-bin: 2.1.5 has no rate-limit pipes\n")
    }
}
