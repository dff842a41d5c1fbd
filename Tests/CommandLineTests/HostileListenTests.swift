import BINText
import Foundation
import Testing

@testable import opensips_bin

@Suite struct HostileListenTests {
    /// What breaks a stream; everything else is the matter of one packet.
    static let breaksStream: Set = [
        "badMagic", "packetTooShort", "packetTooLong", "lengthMismatch", "badCapabilityLength", "capabilityPastEnd",
    ]

    @Test func `every packet that must be refused is shown as such, and whoever comes behind is served`() async throws {
        let listener = try RunningTool(["listen", "--tcp", "127.0.0.1:0", "--json"])
        let address = try #require(try await listener.addresses().first)
        let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
        var shown = 0
        let folder = ConformanceTests.specification.appendingPathComponent("vectors").path
        let shared = try #require(PlainSocket(port: port))
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        where name.hasSuffix(".json") && !name.hasSuffix(".schema.json") {
            let file = try JSONParser.parse(Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))))
            for group in file["testGroups"]?.array ?? [] where group["framing"]?.string == "2.3" {
                for test in group["tests"]?.array ?? [] where test["result"]?.string == "invalid" {
                    let packet = try #require(test["packet"]?.string.flatMap { JSONValue.bytes(hex: $0) })
                    if test["stream"] != nil || Self.breaksStream.contains(test["error"]?["reason"]?.string ?? "") {
                        // Its connection ends, which is not to be written to any more.
                        let alone = try #require(PlainSocket(port: port))
                        alone.write(packet)
                    } else {
                        shared.write(packet)
                        shown += 1
                    }
                }
            }
        }
        #expect(shown > 2000)
        let good = "5034434b2e00000001001200636c757374657265722d696e7465726e616c00000000010000000700000001000000"
        shared.write(try #require(JSONValue.bytes(hex: good)))
        let isShown = await happens { listener.output.contains("\"reqNodeList\":1}") }
        #expect(isShown)
        #expect(try await listener.interrupt() == 0, "\(listener.errors)")
        let lines = try listener.lines.map { try JSONParser.parse(Array($0.utf8)) }
        #expect(lines.count { $0["error"] != nil } >= shown)
    }

    @Test(arguments: ["2.1", "2.3"])
    func `datagrams that must be refused are, one by one`(framing: String) async throws {
        let listener = try RunningTool(["listen", "--udp", "127.0.0.1:0", "--json"])
        let address = try #require(try await listener.addresses().first)
        let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
        let socket = try #require(PlainSocket(port: port, sendsDatagrams: true))
        let file = try JSONParser.parse(
            Array(
                try Data(contentsOf: ConformanceTests.specification.appendingPathComponent("vectors/framing.json"))))
        var good: [UInt8]?
        var refused = 0
        for group in file["testGroups"]?.array ?? [] where group["framing"]?.string == framing {
            for test in group["tests"]?.array ?? [] where test["stream"] == nil {
                let packet = try #require(test["packet"]?.string.flatMap { JSONValue.bytes(hex: $0) })
                if test["result"]?.string == "valid" { good = good ?? packet }
                guard test["result"]?.string == "invalid", packet.count < 65_000 else { continue }
                socket.write(packet)
                refused += 1
            }
        }
        #expect(refused > 5)
        let last = try #require(good)
        socket.write(last)
        let isShown = await happens { listener.lines.contains { !$0.contains("\"error\"") } }
        #expect(isShown, "\(listener.output)\(listener.errors)")
        #expect(try await listener.interrupt() == 0, "\(listener.errors)")
        let lines = try listener.lines.map { try JSONParser.parse(Array($0.utf8)) }
        #expect(lines.count { $0["error"] == nil } == 1)
    }
}
