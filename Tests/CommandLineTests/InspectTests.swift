import Foundation
import Testing

@testable import opensips_bin

/// Runs the built tool as a person or a script would.
struct Tool {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
        var lines: [Substring] { output.split(separator: "\n") }
    }

    /// The tool stands beside the test bundle.
    static let path: String = {
        var directory = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        for _ in 0..<4 {
            let candidate = directory.appendingPathComponent("opensips-bin")
            var isDirectory: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isDirectory), !isDirectory.boolValue
            {
                return candidate.path
            }
            directory.deleteLastPathComponent()
        }
        return "opensips-bin"
    }()

    static let captures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Corpus/captures").path

    static func run(_ arguments: [String], input: Data? = nil) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        func file(_ name: String, _ content: Data = Data()) throws -> FileHandle {
            let url = directory.appendingPathComponent(name)
            try content.write(to: url)
            return try name == "input" ? FileHandle(forReadingFrom: url) : FileHandle(forWritingTo: url)
        }
        process.standardInput = try file("input", input ?? Data())
        process.standardOutput = try file("output")
        process.standardError = try file("errors")
        try process.run()
        process.waitUntilExit()
        func text(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: directory.appendingPathComponent(name)), as: UTF8.self)
        }
        return Result(status: process.terminationStatus, output: try text("output"), errors: try text("errors"))
    }
}

@Suite struct InspectTests {
    private func json(_ line: Substring?) throws -> [String: Any] {
        let parsed = try JSONSerialization.jsonObject(with: Data((line ?? "").utf8))
        return try #require(parsed as? [String: Any])
    }

    @Test func `an empty list is called none, and no line ends in a blank`() throws {
        let result = try Tool.run(["inspect", "-v", "\(Tool.captures)/4.0.1/clusterer-mesh3.pcap"])
        #expect(result.lines.contains { $0.hasSuffix("nodeIds: none") })
        #expect(!result.lines.contains { $0.hasSuffix(" ") })
    }

    @Test func `each packet is one JSON object with exactly the documented keys`() throws {
        let result = try Tool.run(["inspect", "--json", "\(Tool.captures)/4.0.1/usrloc.pcap"])
        #expect(result.status == 0)
        #expect(result.errors == "")
        #expect(result.lines.count == 126)
        for line in result.lines {
            let object = try json(line)
            var keys: Set = [
                "time", "transport", "source", "destination", "framing", "length", "version", "capability", "type",
                "message",
                "layout", "fields",
            ]
            if object["routing"] != nil { keys.insert("routing") }
            #expect(Set(object.keys) == keys)
            let isInternal = object["capability"] as? String == "clusterer-internal"
            #expect((object["routing"] == nil) == isInternal)
        }
    }

    @Test func `the fields of a contact have the names and types of the specification`() throws {
        let result = try Tool.run([
            "inspect", "--json", "--filter", "message=contact-insert && aor=bob", "\(Tool.captures)/4.0.1/usrloc.pcap",
        ])
        let object = try json(result.lines.first)
        #expect(object["time"] as? Double == 1795345922.172052)
        #expect(object["transport"] as? String == "tcp")
        #expect(object["source"] as? String == "127.0.34.1:60319")
        #expect(object["framing"] as? String == "2.3")
        #expect(object["version"] as? Int == 5)
        #expect(object["layout"] as? String == "U-K")
        #expect(object["routing"] as? [String: Int] == ["cluster": 1, "source": 1, "destination": 2])
        let fields = try #require(object["fields"] as? [String: Any])
        #expect(fields["aor"] as? String == "bob")
        #expect(fields["callid"] as? String == "c-bob")
        #expect(fields["cseq"] as? Int == 1)
        #expect(fields["userAgent"] as? String == "Zoiper rv2.10.20")
        #expect(fields["q"] as? Int == 700)
        #expect(fields["expires"] as? Int == 1_795_346_822)
        #expect(fields["methods"] as? [String] == ["ALL"])
        #expect(fields["flags"] as? [String] == [])
        #expect(fields["contactId"] as? Int == 932_456_229_098_236_742)
    }

    @Test func `a datagram of 2_1 has no version and no routing`() throws {
        let result = try Tool.run(["inspect", "--json", "\(Tool.captures)/2.1/usrloc.pcap"])
        let object = try json(result.lines.first)
        #expect(object["transport"] as? String == "udp")
        #expect(object["framing"] as? String == "2.1")
        #expect(object["version"] is NSNull)
        #expect(object["routing"] == nil)
    }

    @Test func `chunks of a sync are shown with the fields of the inner capability`() throws {
        let result = try Tool.run([
            "inspect", "--json", "--filter", "message=SYNC", "\(Tool.captures)/4.0.1/usrloc.pcap",
        ])
        let fields = try #require(try json(result.lines.first)["fields"] as? [String: Any])
        let chunks = try #require(fields["chunks"] as? [[String: Any]])
        #expect(fields["capability"] as? String == "usrloc-contact-repl")
        #expect(chunks.count == 28)
        #expect(chunks.filter { $0["kind"] as? Int == 0 }.count + chunks.filter { $0["contact"] != nil }.count == 28)
    }

    @Test func `dialog variables and profiles are lists, in both forms`() throws {
        for (capture, typed) in [("3.1/dialog", false), ("3.4.18/dialog-socktag", true)] {
            let result = try Tool.run([
                "inspect", "--json", "--filter", "message=created", "\(Tool.captures)/\(capture).pcap",
            ])
            let fields = try #require(try json(result.lines.first)["fields"] as? [String: Any])
            let variables = try #require(fields["vars"] as? [[String: Any]])
            #expect(variables.allSatisfy { $0["name"] != nil && $0["value"] != nil && ($0["type"] != nil) == typed })
            let profiles = try #require(fields["profiles"] as? [[String: Any]])
            #expect(profiles.contains { $0["name"] as? String == "caller" && $0["suffix"] as? String == "/b" })
        }
    }

    @Test func `statistics count by kind and say which releases fit`() throws {
        let text = try Tool.run(["inspect", "--stats", "\(Tool.captures)/3.1/usrloc.pcap"])
        #expect(text.status == 0)
        #expect(text.output.contains("3.1.7–3.1.17"))
        let statistics = try Tool.run(["inspect", "--stats", "--json", "\(Tool.captures)/3.1/usrloc.pcap"])
        let object = try json(statistics.lines.first)
        let packets = try #require(object["packets"] as? [[String: Any]])
        #expect(packets.compactMap { $0["packets"] as? Int }.reduce(0, +) == 52)
        let nodes = try #require(object["nodes"] as? [[String: Any]])
        #expect(nodes.count == 2)
        #expect((nodes[0]["releases"] as? [String])?.first == "3.1.7")
    }

    @Test func `hexadecimal output shows every byte once`() throws {
        let result = try Tool.run(["inspect", "-x", "\(Tool.captures)/2.2/usrloc.pcap"])
        var next = 0
        var packets = 0
        for line in result.lines where line.hasPrefix("    ") {
            let columns = line.dropFirst(4).split(separator: " ", maxSplits: 1)
            let offset = try #require(Int(columns[0], radix: 16))
            if offset == 0 {
                packets += 1
                next = 0
            }
            #expect(offset == next, "\(line)")
            next = offset + line.dropFirst(11).prefix(47).split(separator: " ").count
        }
        #expect(packets == 28)
    }

    @Test func `verification reproduces every packet and says so`() throws {
        let result = try Tool.run(["inspect", "--verify", "--stats", "\(Tool.captures)/2.4/sync.pcap"])
        #expect(result.status == 0)
        #expect(result.errors == "opensips-bin: 350 packets verified, 0 not reproduced\n")
    }

    @Test func `several files and standard input are read`() throws {
        let file = "\(Tool.captures)/2.1/usrloc.pcap"
        let two = try Tool.run(["inspect", file, "\(Tool.captures)/2.2/usrloc.pcap"])
        #expect(two.lines.count == 23 + 28)
        let piped = try Tool.run(["inspect", "-"], input: Data(contentsOf: URL(fileURLWithPath: file)))
        #expect(piped.lines.count == 23)
    }

    @Test func `only packets of a port are read when one is named`() throws {
        let file = "\(Tool.captures)/2.2/usrloc.pcap"
        #expect(try Tool.run(["inspect", "--port", "5522", file]).lines.count == 28)
        #expect(try Tool.run(["inspect", "--port", "1", file]).lines.isEmpty)
    }

    @Test(arguments: [
        (["inspect"], "name a capture file"), (["inspect", "--filter", "aor", "x"], "key=value"),
        (["inspect", "--release", "7.7", "x"], "no release"), (["inspect", "--json", "-x", "x"], "do not go with"),
        (["inspect", "--frobnicate", "x"], "Unknown option"),
        (["inspect", "x", "--interface", "lo"], "cannot be combined"),
        (["unheard-of"], "Unexpected argument"), (["inspect", "--filter", "cseq>many", "x"], "not a number"),
    ])
    func `wrong use is said in a sentence and ends with status 2`(arguments: [String], words: String) throws {
        let result = try Tool.run(arguments)
        #expect(result.status == 2)
        #expect(result.output == "")
        #expect(result.errors.contains(words), "\(result.errors)")
    }

    @Test func `an unreadable file is said in a sentence and ends with status 1`() throws {
        let missing = try Tool.run(["inspect", "/nowhere/at-all.pcap"])
        #expect(missing.status == 1)
        #expect(missing.errors.contains("/nowhere/at-all.pcap cannot be opened: No such file or directory"))
        let text = try Tool.run(["inspect", "-"], input: Data("INVITE sip:x SIP/2.0\r\n\r\n".utf8))
        #expect(text.status == 1)
        #expect(text.errors.contains("neither pcap nor pcapng"))
        let empty = try Tool.run(["inspect", "-"])
        #expect(empty.status == 1)
    }

    @Test func `a capture that is cut short shows what is there and ends with status 1`() throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(Tool.captures)/2.1/usrloc.pcap"))
        let result = try Tool.run(["inspect", "-"], input: data.dropLast(30))
        #expect(result.lines.count == 22)
        #expect(result.status == 1)
        #expect(result.errors.contains("the capture ends inside of the record"))
    }

    @Test func `a packet that cannot be decoded is shown with its reason and the status is 3`() throws {
        var data = try Data(contentsOf: URL(fileURLWithPath: "\(Tool.captures)/2.1/usrloc.pcap"))
        data[data.count - 1] ^= 0xFF
        let result = try Tool.run(["inspect", "--json", "-"], input: data)
        #expect(result.status == 3)
        #expect(result.lines.count == 23)
        let error = try #require(try json(result.lines.last)["error"] as? [String: Any])
        #expect(error["offset"] as? Int == 4)
        #expect(error["reason"] as? String == "the checksum is wrong")
    }

    @Test func `a reader that goes away ends the output quietly`() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c",
            "'\(Tool.path)' inspect -x '\(Tool.captures)'/*/*.pcap 2>&1 >/dev/full | grep -v 'not declared' ; '\(Tool.path)' inspect -x '\(Tool.captures)/2.4/sync.pcap' | head -1",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(output.split(separator: "\n").count == 1, "\(output)")
    }
}
