import BINText
import Foundation
import Testing

@testable import opensips_bin

@Suite struct TopologyTests {
    @Test func `a capture shows links, capabilities and who took which tag last`() throws {
        let result = try Tool.run(["topology", "--json", "\(Tool.captures)/4.0.1/clusterer-mesh3.pcap"])
        #expect(result.status == 0)
        let topology = try JSONParser.parse(Array(result.output.utf8))
        #expect(topology["cluster"]?.integer == 1)
        let nodes = try #require(topology["nodes"]?.array)
        #expect(nodes.map { $0["node"]?.integer } == [1, 2, 3])
        #expect(nodes.map { $0["neighbours"]?.array?.map(\.integer) } == [[2, 3], [1, 3], [1, 2]])
        #expect(nodes.map { $0["tags"]?.array?.map(\.string) } == [[], ["vip1"], ["vip2"]])
        for node in nodes { #expect(node["capabilities"]?.array?.count == 4) }
    }

    @Test func `a link of which only one end knows is drawn as such`() {
        var topology = ClusterTopology(cluster: 1)
        topology.nodes = [1: .init(neighbours: [2, 3]), 2: .init(neighbours: [1]), 3: .init()]
        let output = OutputBuffer(descriptor: -1)
        topology.printDot(output)
        #expect(output.string.contains("n1 -- n2;"))
        #expect(output.string.contains("n1 -- n3 [style=dashed"))
        let text = OutputBuffer(descriptor: -1)
        topology.printText(text)
        #expect(text.string.contains("links: 2, 3 (one way)"))
    }

    @Test(arguments: [
        (["topology"], "--from"), (["topology", "x.pcap", "--from", "1=bin:127.0.0.1:1"], "--from"),
        (["topology", "x.pcap", "--dot", "--json"], "--dot"),
        (["contacts", "--id", "9", "--listen", "bin:127.0.0.1:1", "--release", "4.0"], "--from"),
        (["contacts", "--from", "nobody", "--id", "9", "--listen", "bin:127.0.0.1:1", "--release", "4.0"], "nobody"),
        (["join", "--id", "0", "--listen", "bin:127.0.0.1:1", "--release", "4.0"], "0"),
        (["join", "--id", "9", "--listen", "sip:127.0.0.1:1", "--release", "4.0"], "sip:"),
        (["join", "--id", "9", "--listen", "bin:127.0.0.1:1", "--release", "2.1"], "2.1"),
        (
            [
                "diff", "--a", "1=bin:127.0.0.1:1", "--b", "1=bin:127.0.0.1:2", "--id", "9", "--listen",
                "bin:127.0.0.1:3", "--release", "4.0",
            ], "two nodes"
        ),
    ])
    func `what is wrong is said in one sentence, with status 2`(arguments: [String], word: String) throws {
        let result = try Tool.run(arguments)
        #expect(result.status == 2)
        #expect(result.errors.contains(word), "\(result.errors)")
    }

    @Test(arguments: [
        ["join"], ["topology", "--from", "1=bin:127.0.0.1:9"], ["contacts", "--from", "1=bin:127.0.0.1:9"],
        ["ping", "--from", "1=bin:127.0.0.1:9"], ["message", "send", "hello", "--from", "1=bin:127.0.0.1:9"],
        ["profiles", "--from", "1=bin:127.0.0.1:9"], ["tag", "activate", "vip", "--from", "1=bin:127.0.0.1:9"],
    ])
    func `an address that cannot be listened on ends a command at once, with status 1`(command: [String]) async throws {
        // Of no interface of this machine.
        let running = try RunningTool(command + ["--id", "9", "--listen", "bin:192.0.2.1:5599", "--release", "4.0"])
        #expect(try await running.end() == 1)
        #expect(running.errors.contains("cannot join from bin:192.0.2.1:5599: "), "\(running.errors)")
    }

    @Test func `nodes that agree differ in nothing, and each difference is named`() throws {
        func record(_ json: String) throws -> SyncedRecord {
            SyncedRecord(json: Array(json.utf8), fields: try JSONParser.parse(Array(json.utf8)))
        }
        let alice = try record(#"{"aor":"alice","contact":"sip:a","callid":"1","cseq":1,"sock":"x"}"#)
        let newer = try record(#"{"aor":"alice","contact":"sip:a","callid":"1","cseq":2,"sock":"y"}"#)
        let bob = try record(#"{"aor":"bob","contact":"sip:b","callid":"2","cseq":1,"sock":""}"#)
        #expect(ContactComparison([alice, bob], [bob, alice], ignoring: []).differences.isEmpty)
        let comparison = ContactComparison([alice, bob], [newer], ignoring: ["sock"])
        #expect(comparison.differences.count == 2)
        guard case .fields(_, let fields) = comparison.differences[0],
            case .onlyOnFirst(let only) = comparison.differences[1]
        else {
            Issue.record("\(comparison.differences)")
            return
        }
        #expect(fields.map(\.name) == ["cseq"])
        #expect(only.text("aor") == "bob")
        guard case .onlyOnSecond(let second)? = ContactComparison([], [bob], ignoring: []).differences.first else {
            Issue.record("nothing is only on the second")
            return
        }
        #expect(second.text("aor") == "bob")
    }
}
