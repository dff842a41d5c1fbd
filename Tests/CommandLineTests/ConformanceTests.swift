import BINConformance
import BINText
import Foundation
import Testing

@testable import opensips_bin

@Suite struct ConformanceTests {
    static let specification = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Spec")

    @Test func `the cases of the specification are those that are run`() throws {
        let file = Self.specification.appendingPathComponent("conformance/cases.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let tables = try #require(text.range(of: "## By requirement")).lowerBound
        let rows = text[..<tables].split(separator: "\n").filter { $0.hasPrefix("| ") && $0.contains("/") }
        let written = rows.map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(written.map(\.first) == ConformanceCase.all.map(\.id))
        #expect(written.map { $0[2] } == ConformanceCase.all.map(\.sent))
        #expect(written.map { $0[3] } == ConformanceCase.all.map(\.expected))
        #expect(text == ConformanceExport.text)
    }

    @Test func `every case has a number of its own and rules that exist`() throws {
        #expect(Set(ConformanceCase.all.map(\.id)).count == ConformanceCase.all.count)
        for test in ConformanceCase.all {
            #expect(!test.rules.isEmpty)
            for rule in test.rules {
                let file = Self.specification.appendingPathComponent("\(ConformanceExport.file(of: rule)).md")
                let text = try String(contentsOf: file, encoding: .utf8)
                #expect(text.contains("<a id=\"\(rule)\">"), "\(test.id) names \(rule)")
            }
        }
    }

    @Test func `a member that keeps contacts does what the cases ask for, and the report says so`() async throws {
        let port = UInt16.random(in: 10_000..<32_000)
        let network = UInt8.random(in: 70..<250)
        let observer = try RunningTool([
            "join", "--cluster", "1", "--id", "1", "--listen", "bin:127.0.\(network).1:\(port)", "--release", "4.0",
            "--log", "info", "--serve", "usrloc-contact-repl", "--serve", "dialog-dlg-repl", "--seed", "--tag", "vip",
        ])
        try await observer.addressesLogged()
        // A seed calls its data complete after five seconds without a donor (CL-51).
        let isSeed = await happens { observer.output.components(separatedBy: "synced, as the first node").count == 3 }
        try #require(isSeed, "\(observer.output)")
        let junit = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).xml")
        defer { try? FileManager.default.removeItem(at: junit) }
        let runner = try RunningTool([
            "conformance", "--target", "bin:127.0.\(network).1:\(port)", "--release", "4.0", "--as-node", "9", "--json",
            "--junit", junit.path, "--active-tag", "vip", "--only", "join", "--only", "routing", "--only", "contacts",
            "--only", "dialogs",
            "--only", "donor", "--only", "tags", "--only", "robustness/14", "--only", "robustness/15", "--only",
            "robustness/16", "--only", "robustness/17", "--only", "robustness/18", "--hostile",
        ])
        #expect(try await runner.end() == 0, "\(runner.output)\(runner.errors)")
        let lines = try runner.lines.map { try JSONParser.parse(Array($0.utf8)) }
        let groups: Set<ConformanceGroup> = [.join, .routing, .contacts, .dialogs, .donor, .tags]
        let cases = ConformanceCase.all.filter {
            groups.contains($0.group) || $0.group == .robustness && (14...18).contains($0.number)
        }
        #expect(lines.map { $0["case"]?.string } == cases.map(\.id) + [nil])
        // Nothing is missing from a seed, so a request for it is not refused.
        #expect(lines.filter { $0["verdict"]?.string == "skipped" }.map { $0["case"]?.string } == ["donor/6"])
        #expect(lines.last?["passed"]?.integer == Int64(cases.count - 1))
        let report = try String(contentsOf: junit, encoding: .utf8)
        #expect(report.contains("<testsuite name=\"tags\" tests=\"3\" failures=\"0\" skipped=\"0\""))
        #expect(report.contains("<skipped message=\"the target announced no capability with state 0\"/>"))
        #expect(try await observer.interrupt() == 0)
    }

    @Test func `a target that does not do what the release does fails, with status 1`() async throws {
        let port = UInt16.random(in: 10_000..<32_000)
        let network = UInt8.random(in: 70..<250)
        let observer = try RunningTool([
            "join", "--cluster", "1", "--id", "1", "--listen", "bin:127.0.\(network).1:\(port)", "--release", "4.0",
            "--log", "info",
        ])
        try await observer.addressesLogged()
        // 3.1 has other numbers for some messages, CAP_UPDATE among them.
        let runner = try RunningTool([
            "conformance", "--target", "bin:127.0.\(network).1:\(port)", "--release", "3.1.17", "--as-node", "9",
            "--only", "link/2", "--only", "link/11",
        ])
        #expect(try await runner.end() == 1, "\(runner.output)\(runner.errors)")
        #expect(runner.output.contains("  passed  link/2"))
        #expect(runner.output.contains("  failed  link/11"))
        #expect(runner.output.hasSuffix("\n1 passed, 1 failed, 0 skipped\n"))
        #expect(try await observer.interrupt() == 0)
    }

    @Test func `a target that is no member of a cluster is said, with status 3`() async throws {
        // Whatever listens reads packets and answers none, so it is no member of a cluster.
        let listener = try RunningTool(["listen", "--tcp", "127.0.0.1:0"])
        let address = try #require(try await listener.addresses().first)
        let runner = try RunningTool([
            "conformance", "--target", "bin:\(address.split(separator: ":").suffix(2).joined(separator: ":"))",
            "--release", "4.0", "--as-node", "9", "--only", "link/1", "--patience", "1",
        ])
        #expect(try await runner.end() == 3)
        #expect(runner.errors.contains("answers no PING"), "\(runner.errors)")
        #expect(try await listener.interrupt() == 0)
    }

    @Test(arguments: [
        (["conformance"], "--target"), (["conformance", "--target", "bin:127.0.0.1:1"], "--release"),
        (["conformance", "--target", "bin:127.0.0.1:1", "--release", "4.0"], "--as-node"),
        (["conformance", "--target", "udp:127.0.0.1:1", "--release", "4.0", "--as-node", "9"], "udp:"),
        (["conformance", "--target", "bin:127.0.0.1:1", "--release", "2.3", "--as-node", "9"], "2.4"),
        (["conformance", "--target", "bin:10.0.0.1:1", "--release", "4.0", "--as-node", "9"], "--listen"),
        (
            [
                "conformance", "--target", "bin:10.0.0.1:1", "--release", "4.0", "--as-node", "9", "--listen",
                "bin:10.0.0.2:1", "--hostile",
            ], "--force"
        ),
        (["conformance", "--list", "--only", "nothing/1"], "nothing/1"),
        (
            [
                "conformance", "--target", "bin:127.0.0.1:1", "--release", "4.0", "--as-node", "9", "--only",
                "robustness/1",
            ], "--hostile"
        ),
    ])
    func `wrong use is said in one sentence, with status 2`(arguments: [String], word: String) throws {
        let result = try Tool.run(arguments)
        #expect(result.status == 2)
        #expect(result.errors.contains(word), "\(result.errors)")
    }
}
