import BINCapture
import BINText
import Foundation
import TestSupport
import Testing

@testable import opensips_bin

@Suite struct ConvertTests {
    /// What must be the same of a packet before and after.
    private func essence(_ line: Substring) throws -> String {
        let object = try JSONParser.parse(Array(line.utf8))
        let output = OutputBuffer(descriptor: -1)
        for name in [
            "time", "transport", "source", "destination", "framing", "length", "version", "capability", "type",
            "fields", "routing",
        ] {
            (object[name] ?? .null).writeCompact(to: JSONWriter(output: output))
            output.append(" ")
        }
        return output.string
    }

    @Test(arguments: [
        "2.1/dialog", "2.1/usrloc", "2.2/usrloc", "2.2/dialog", "2.3/join", "2.4/sync", "2.4.2/sync", "3.0.5/sync",
        "3.1/tmrepl",
        "3.1/shtag", "3.4.18/b2b", "3.4.18/dialog-socktag", "3.4.18/presence", "3.4.18/status", "3.4.18/mid_registrar",
        "3.6.8/usrloc", "4.0.1/ratelimit", "4.0.1/usrloc-big", "4.0.1/tm-anycast", "4.0.1/cachedb_local",
        "master/dialog-socktag",
    ])
    func `what inspect prints becomes the same packets again`(capture: String) throws {
        let before = try Tool.run(["inspect", "--json", "\(Tool.captures)/\(capture).pcap"])
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appendingPathComponent("again.pcap").path
        let conversion = try Tool.run(["convert", "--pcap", file, "-"], input: Data(before.output.utf8))
        #expect(conversion.status == 0)
        #expect(conversion.errors == "")
        let after = try Tool.run(["inspect", "--json", "--verify", file])
        #expect(after.status == 0)
        #expect(try after.lines.map(essence).sorted() == before.lines.map(essence).sorted())
    }

    @Test func `a packet can be written by hand`() throws {
        let line =
            #"{"capability":"clusterer-internal","type":0,"fields":{"clusterId":1,"sourceNodeId":7,"reqNodeList":1}}"#
        let result = try Tool.run(["convert", "--raw", "-", "-"], input: Data(line.utf8))
        #expect(result.status == 0)
        #expect(result.output.utf8.count == 46)
        #expect(result.output.hasPrefix("P4CK"))
    }

    @Test func `of layouts that a packet may have the one is taken that has all of its fields`() throws {
        let line = """
            {"capability":"b2be-entities-repl","type":4,"version":1,"layout":"B2B-A|B2B-C|B2B-B|B2B-D","fields":{"entityType":1,\
            "tag0":"t","tag1":"","callid":"","ruri":"","fromUri":"","fromDname":"","toUri":"","toDname":"","routeSet0":"",\
            "routeSet1":"","sendSock":"","logicKey":"","modName":"b2b_logic","state":4,"cseq0":1,"cseq1":2,"lastMethod":3,\
            "lastReplyCode":200,"lastInviteCseq":1,"contact0":"","contact1":"","legTag":"","tail":{"tupleInfo":2,"state":30958,\
            "nextScenarioState":6758,"lifetime":14114,"valuesCount":0,"values":[]}}}
            """
        let composed = try PacketComposer().compose(try JSONParser.parse(Array(line.utf8)))
        // The end of the packet: kind of tuple, state, next state, lifetime, number of values.
        #expect(composed.bytes.suffix(20) == bytes("02000000 ee780000 661a0000 22370000 00000000")[...])
    }

    @Test func `a value that is no field of the packet is refused, not left out`() throws {
        let line = """
            {"capability":"clusterer-internal","type":0,"fields":{"clusterId":1,"sourceNodeId":7,"reqNodeList":1,"nodeCount":2}}
            """
        let result = try Tool.run(["convert", "--raw", "-", "-"], input: Data(line.utf8))
        #expect(result.status == 3)
        #expect(
            result.errors.hasSuffix("there is a value for nodeCount, which the message does not have here\n"),
            "\(result.errors)")
    }

    @Test func `a sync without chunks needs no capability that is text`() throws {
        let line = """
            {"capability":"clusterer-extra","type":10,"version":1,"layout":"CL-B v1","fields":{"capability":{"hex":"e2d194fb"},\
            "chunks":[]},"routing":{"cluster":2,"source":3,"destination":2}}
            """
        let composed = try PacketComposer().compose(try JSONParser.parse(Array(line.utf8)))
        #expect(
            composed.bytes
                == bytes(
                    """
                    5034434b 31000000 0100 0f00 636c757374657265722d6578747261 0a000000
                    0400 e2d194fb 02000000 03000000 02000000
                    """))
    }

    @Test func `nor does a sync whose chunks are all empty`() throws {
        let line = """
            {"capability":"clusterer-extra","type":10,"version":1,"layout":"CL-B v1","fields":{"capability":{"hex":"e2d194fb"},\
            "chunks":[{}]},"routing":{"cluster":2,"source":3,"destination":2}}
            """
        let composed = try PacketComposer().compose(try JSONParser.parse(Array(line.utf8)))
        #expect(
            composed.bytes
                == bytes(
                    """
                    5034434b 35000000 0100 0f00 636c757374657265722d6578747261 0a000000
                    0400 e2d194fb b54a0506 02000000 03000000 02000000
                    """))
    }

    @Test func `a chunk without a size that was left empty stays empty`() throws {
        let line = """
            {"capability":"clusterer-extra","type":10,"version":1,"layout":"CL-B v1/D-E|D-F|D-G",\
            "fields":{"capability":"dialog-dlg-repl","chunks":[{}]}}
            """
        let composed = try PacketComposer().compose(try JSONParser.parse(Array(line.utf8)))
        #expect(
            composed.bytes
                == bytes(
                    """
                    5034434b 34000000 0100 0f00 636c757374657265722d6578747261 0a000000
                    0f00 6469616c6f672d646c672d7265706c b54a0506
                    """))
    }

    @Test func `the number of copies of a relay context is that of the list`() throws {
        let fields = """
            {"relay":"rtpengine","ctxState":["engaged"],"branch":1,"sessState":["disabled"],"set":2,"node":"n","\
            callerLeg":{"index":3,"state":["disabled"],"tag":"t","flagSelf":"f","flagPeer":"f","flagIp":"f","fla\
            gType":"f","flagIface":"f","flagBody":"f","flagDelete":"f"},"calleeLeg":{"index":4,"state":["disable\
            d"],"tag":"t","flagSelf":"f","flagPeer":"f","flagIp":"f","flagType":"f","flagIface":"f","flagBody":"\
            f","flagDelete":"f"},"copiesCount":1,"copies":[{"id":"i","toTag":"t"}],"callid":"c","fromTag":"f","t\
            oTag":"t","flags":"f","delete":"d"}
            """
        let line = #"{"capability":"rtp_relay_ctx","type":0,"version":4,"fields":"# + fields + "}"
        let composed = try PacketComposer().compose(try JSONParser.parse(Array(line.utf8)))
        let expected = """
            5034434b9400000004000d007274705f72656c61795f637478000000000900727470656e67696e6501000000010000000100
            00000200000001006e0300000001000000010074010066010066010066010066010066010066010066040000000100000001
            007401006601006601006601006601006601006601006601000000010069010074010063010066010074010066010064
            """
        #expect(composed.bytes == bytes(expected))
    }

    @Test(arguments: [
        ("{", "no name of a member"), ("[]", "there is no capability"), (#"{"capability":"x"}"#, "there is no type"),
        (#"{"capability":"x","type":1}"#, "is not declared"), (#"{"capability":"pua","type":1}"#, "the field presUri"),
        (#"{"capability":"pua","type":1,"framing":"9"}"#, "there is no framing '9'"),
        (#"{"capability":"pua","type":1,"routing":{}}"#, "the routing lacks"),
        (
            #"{"capability":"clusterer-internal","type":0,"fields":{"clusterId":1,"sourceNodeId":3000000000,"reqNodeList":1}}"#,
            "sourceNodeId"
        ),
        (
            #"{"capability":"clusterer-internal","type":0,"fields":{"clusterId":1,"sourceNodeId":3,"reqNodeList":1},"source":"here"}"#,
            "no address and port"
        ),
    ])
    func `a line that makes no packet is named with its reason`(line: String, words: String) throws {
        let good = #"{"capability":"clusterer-internal","type":4,"fields":{"clusterId":1,"sourceNodeId":7}}"#
        let result = try Tool.run(["convert", "--raw", "-", "-"], input: Data("\(good)\n\(line)\n".utf8))
        #expect(result.status == 3)
        #expect(result.output.utf8.count == 42)
        #expect(result.errors.hasPrefix("opensips-bin: line 2: "), "\(result.errors)")
        #expect(result.errors.contains(words), "\(result.errors)")
    }

    @Test(
        arguments: [
            (["convert", "-"], 2), (["convert", "--raw", "a", "--pcap", "b", "-"], 2),
            (["convert", "--raw", "-", "/nowhere/x"], 1),
        ] as [([String], Int32)])
    func `wrong use and unreadable files are told apart`(arguments: [String], status: Int32) throws {
        #expect(try Tool.run(arguments).status == status)
    }
}

@Suite struct JSONParserTests {
    @Test func `integers are exact and members keep their order`() throws {
        let value = try JSONParser.parse(
            Array(#" {"b":18446744073709551615,"a":[-9223372036854775808,1.50,true,null,"\ud83d\ude00\u00e9/"]} "#.utf8)
        )
        #expect(value["b"]?.bits64 == -1)
        #expect(value["b"]?.integer == nil)
        #expect(
            value["a"]
                == .array([.number("-9223372036854775808"), .number("1.50"), .bool(true), .null, .string("😀é/")]))
        let output = OutputBuffer(descriptor: -1)
        value.writeCompact(to: JSONWriter(output: output))
        #expect(
            output.string
                == #"{"b":18446744073709551615,"a":[-9223372036854775808,1.50,true,null,"😀é/"]}"#)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\"}", "nul", "+1", "01x", "\"", "\"\\x\"", "\"\\ud800\"", "1 2", "{\"a\":1,}",
        "\"\u{1}\"", "-", ".",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: JSONError.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test func `nesting is bounded`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try JSONParser.parse(Array(deep.utf8)) }
    }

    @Test func `random text is answered`() {
        var random = SeededRandom.printed()
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                Array("{}[]\",:\\u0eE-1.9tfn ".utf8).randomElement() ?? 0
            }
            _ = try? JSONParser.parse(text)
        }
    }
}
