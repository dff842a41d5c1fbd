import BINText
import Foundation
import Testing

@testable import opensips_bin

/// `listen`, `replay` and `send` against each other, as processes.
@Suite(.timeLimit(.minutes(5)), .serialized) struct ListenTests {
    /// What must be the same of a packet that travelled: everything but time, way and length of the listing.
    private func essence(_ line: Substring) throws -> String {
        let object = try JSONParser.parse(Array(line.utf8))
        let output = OutputBuffer(descriptor: -1)
        for name in ["framing", "length", "version", "capability", "type", "fields", "routing"] {
            (object[name] ?? .null).writeCompact(to: JSONWriter(output: output))
            output.append(" ")
        }
        return output.string
    }

    private func temporaryFile(_ name: String) -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString)-\(name)").path
    }

    @Test(arguments: [
        "2.1/dialog", "2.2/usrloc", "2.2/dialog", "2.4.2/sync", "3.1/tmrepl", "3.4.18/b2b", "3.6.8/usrloc",
        "4.0.1/ratelimit", "4.0.1/usrloc-big", "master/dialog-socktag",
    ])
    func `what replay sends is what listen shows and writes`(capture: String) async throws {
        let recording = temporaryFile("listen.pcap")
        defer { try? FileManager.default.removeItem(atPath: recording) }
        let transport = capture.hasPrefix("2.1") ? "udp" : "tcp"
        let listener = try RunningTool([
            "listen", "--\(transport)", "127.0.0.1:0", "--json", "--write", recording,
        ])
        let address = try #require(try await listener.addresses().first)
        let path = "\(Tool.captures)/\(capture).pcap"
        let replay = try Tool.run([
            "replay", path, "--to", address.replacingOccurrences(of: "bin:", with: "tcp:"), "--speed", "max",
        ])
        #expect(replay.status == 0, "\(replay.errors)")
        let before = try Tool.run(["inspect", "--json", path])
        #expect(await happens { listener.lines.count >= before.lines.count })
        #expect(try await listener.interrupt() == 0)
        #expect(try listener.lines.map(essence) == before.lines.map(essence), "the order is kept")
        let after = try Tool.run(["inspect", "--json", recording])
        #expect(try after.lines.map(essence) == before.lines.map(essence))
    }

    @Test func `send makes packets of JSON lines`() async throws {
        let listener = try RunningTool(["listen", "--tcp", "127.0.0.1:0", "--json"])
        let address = try #require(try await listener.addresses().first)
        let before = try Tool.run(["inspect", "--json", "\(Tool.captures)/4.0.1/usrloc.pcap"])
        let send = try Tool.run(["send", "--to", address, "-"], input: Data(before.output.utf8))
        #expect(send.status == 0)
        #expect(send.errors == "opensips-bin: 126 packets sent\n")
        #expect(await happens { listener.lines.count >= 126 })
        #expect(try await listener.interrupt(SIGTERM) == 0)
        #expect(listener.errors.hasSuffix("126 packets received, 1 connections\n"))
        #expect(try listener.lines.map(essence) == before.lines.map(essence))
    }

    @Test func `a line that is no packet is named, and the others are sent`() async throws {
        let listener = try RunningTool(["listen", "--tcp", "127.0.0.1:0", "--count", "2"])
        let address = try #require(try await listener.addresses().first)
        let ping =
            #"{"capability":"clusterer-internal","type":0,"fields":{"clusterId":1,"sourceNodeId":7,"reqNodeList":1}}"#
        let send = try Tool.run(["send", "--to", address], input: Data("\(ping)\n{\n\(ping)".utf8))
        #expect(send.status == 3)
        #expect(send.errors.contains("line 2: "))
        #expect(send.errors.contains("2 packets sent, 1 left out"))
        #expect(try await listener.end() == 0, "--count ends it")
    }

    @Test func `other ids are put where each generation keeps them`() async throws {
        let listener = try RunningTool(["listen", "--tcp", "127.0.0.1:0", "--json"])
        let address = try #require(try await listener.addresses().first)
        let ids = ["--node-id", "41", "--to-node", "42", "--cluster", "43", "--speed", "max", "--to", address]
        #expect(try Tool.run(["replay", "\(Tool.captures)/4.0.1/usrloc.pcap"] + ids).status == 0)
        #expect(try Tool.run(["replay", "\(Tool.captures)/2.2/usrloc.pcap"] + ids).status == 0)
        #expect(await happens { listener.lines.count == 126 + 28 })
        #expect(try await listener.interrupt() == 0)
        for line in listener.lines {
            let object = try JSONParser.parse(Array(line.utf8))
            #expect(object["error"] == nil)
            if object["framing"]?.string == "2.2" {
                #expect((object["fields"]?["serverId"] ?? object["fields"]?["machineId"])?.integer == 41)
            } else if let routing = object["routing"] {
                #expect(routing["cluster"]?.integer == 43)
                #expect(routing["source"]?.integer == 41)
                #expect(routing["destination"]?.integer == 42)
            } else {
                #expect(object["fields"]?["clusterId"]?.integer == 43)
                #expect(object["fields"]?["sourceNodeId"]?.integer == 41)
            }
        }
    }

    @Test func `only what passes the filter is replayed`() async throws {
        let listener = try RunningTool(["listen", "--udp", "127.0.0.1:0", "--json"])
        let address = try #require(try await listener.addresses().first)
        let replay = try Tool.run([
            "replay", "\(Tool.captures)/4.0.1/usrloc.pcap", "--to", address, "--speed", "max", "--filter",
            "message=contact-insert && source=1",
        ])
        #expect(replay.status == 0)
        let sent = try #require(replay.errors.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        #expect(sent > 0)
        #expect(await happens { listener.lines.count == sent })
        #expect(listener.lines.allSatisfy { $0.contains(#""message":"contact-insert""#) })
        #expect(try await listener.interrupt() == 0)
    }

    @Test func `garbage closes its connection, says why, and the others are served`() async throws {
        let listener = try RunningTool(["listen", "--tcp", "127.0.0.1:0"])
        let address = try #require(try await listener.addresses().first)
        let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
        let garbage = try #require(PlainSocket(port: port))
        garbage.write(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        #expect(await happens { listener.errors.contains("the packet does not begin with P4CK") })
        let replay = try Tool.run([
            "replay", "\(Tool.captures)/4.0.1/usrloc.pcap", "--to", address, "--speed", "max",
        ])
        #expect(replay.status == 0)
        #expect(await happens { listener.lines.count >= 126 })
        #expect(try await listener.interrupt() == 0)
        #expect(listener.errors.hasSuffix("126 packets received, 2 connections, 1 refused\n"))
    }

    @Test func `an address that is taken ends with status 1 and one sentence`() async throws {
        let listener = try RunningTool(["listen", "--tcp", "127.0.0.1:0"])
        let address = try #require(try await listener.addresses().first)
        let second = try Tool.run(["listen", "--tcp", String(address.dropFirst("bin:".count))])
        #expect(second.status == 1)
        #expect(second.errors == "opensips-bin: cannot listen on \(address): address already in use\n")
        #expect(try await listener.interrupt() == 0)
    }

    @Test func `a target that does not answer ends with status 1 and one reason`() throws {
        let replay = try Tool.run([
            "replay", "\(Tool.captures)/4.0.1/usrloc.pcap", "--to", "tcp:127.0.0.1:1", "--speed", "max", "--log",
            "error",
            "--connect-timeout", "1",
        ])
        #expect(replay.status == 1)
        #expect(
            replay.errors == """
                opensips-bin: 0 packets sent, 126 lost
                opensips-bin: cannot connect to bin:127.0.0.1:1: connection refused

                """)
    }

    @Test func `recorded times are kept, faster by the factor`() async throws {
        let listener = try RunningTool(["listen", "--udp", "127.0.0.1:0", "--json"])
        let address = try #require(try await listener.addresses().first)
        let path = "\(Tool.captures)/4.0.1/usrloc.pcap"
        #expect(try Tool.run(["replay", path, "--to", address, "--speed", "50x"]).status == 0)
        #expect(await happens { listener.lines.count == 126 })
        #expect(try await listener.interrupt() == 0)
        func span(_ lines: [Substring]) throws -> Double {
            let times = try lines.map { line -> Double in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return try #require(object?["time"] as? Double)
            }
            return try #require(times.max()) - #require(times.min())
        }
        let recorded = try span(try Tool.run(["inspect", "--json", path]).lines)
        // Never faster than asked for; how much slower is the machine's affair.
        #expect(try span(listener.lines) >= recorded / 50 * 0.98)
    }

    @Test(arguments: [
        (["listen"], "--tcp, --udp and --tls"), (["listen", "--tcp", "x:y:z"], "x"),
        (["listen", "--tcp", "127.0.0.1:99999"], "99999"),
        (["listen", "--tls", "127.0.0.1:0"], "TLS"), (["listen", "--tcp", "127.0.0.1:0", "--json", "-v"], "--json"),
        (["listen", "--tcp", "127.0.0.1:0", "--log", "loud"], "loud"),
        (["replay", "--to", "udp:127.0.0.1:1"], "files"),
        (["replay", "x.pcap"], "--to"), (["replay", "x.pcap", "--to", "smoke:1.2.3.4:5"], "smoke"),
        (["replay", "x.pcap", "--to", "tcp:1.2.3.4:5", "--speed", "fast"], "fast"),
        (["send", "--to", "tcp:1.2.3.4:5", "--from", "elsewhere"], "elsewhere"),
    ])
    func `wrong use is one sentence and status 2`(arguments: [String], word: String) throws {
        let result = try Tool.run(arguments)
        #expect(result.status == 2)
        #expect(result.errors.contains(word))
        #expect(result.output == "")
    }

    @Test(arguments: [
        ["replay", "/nowhere.pcap", "--to", "tcp:127.0.0.1:1"], ["send", "--to", "tcp:127.0.0.1:1", "/nowhere.json"],
        ["listen", "--tcp", "127.0.0.1:0", "--write", "/nowhere/x.pcap"],
    ])
    func `a file that cannot be opened is named, with status 1`(arguments: [String]) throws {
        let result = try Tool.run(arguments)
        #expect(result.status == 1)
        #expect(result.errors.contains("/nowhere"))
        #expect(result.errors.split(separator: "\n").count == 1)
    }
}
