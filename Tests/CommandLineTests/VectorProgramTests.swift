import BINText
import Foundation
import Testing

@testable import opensips_bin

@Suite struct VectorProgramTests {
    static let vectors = ConformanceTests.specification.appendingPathComponent("vectors").path
    static let hasPython = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

    private func run(_ options: [String] = [], _ program: [String]) throws -> (
        status: Int32, output: String, errors: String
    ) {
        let result = try Tool.run(["vectors", "run", "--vectors", Self.vectors] + options + ["--"] + program)
        return (result.status, result.output, result.errors)
    }

    @Test(.enabled(if: hasPython)) func `a decoder in Python that knows only the layouts answers all vectors`() throws {
        let result = try run(["--json"], ["python3", "\(Self.vectors)/decode.py"])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let sums = try JSONParser.parse(Array(result.output.utf8))
        #expect(sums["failed"]?.integer == 0)
        // Only the envelopes are left out.
        let envelopes = try VectorCheck(
            Array(try Data(contentsOf: URL(fileURLWithPath: "\(Self.vectors)/ext-deflate.json"))))
        #expect(sums["skipped"]?.integer == Int64(envelopes.tests))
    }

    @Test func `a program that reads everything, and finds nothing in it, fails`() throws {
        let answer = #"sed -u 's/.*"tcId":\([0-9]*\).*/{"tcId":\1,"result":"valid","fields":{}}/'"#
        let result = try run(["--only", "pua.json", "--json"], ["sh", "-c", answer])
        #expect(result.status == 3)
        let lines = try result.output.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
        #expect(lines.last?["tests"] == lines.last?["failed"])
        #expect(lines.first?["file"]?.string == "pua.json")
    }

    @Test func `a program that refuses everything passes what must be refused, but for the reason`() throws {
        let answer = #"sed -u 's/.*"tcId":\([0-9]*\).*/{"tcId":\1,"result":"invalid"}/'"#
        let program = ["sh", "-c", answer]
        let plain = try JSONParser.parse(
            Array(try run(["--only", "pua.json", "--json"], program).output.split(separator: "\n").last!.utf8))
        let strict = try JSONParser.parse(
            Array(
                try run(["--only", "pua.json", "--json", "--reasons"], program).output.split(separator: "\n").last!.utf8
            ))
        #expect((plain["passed"]?.integer ?? 0) > 10)
        // What may be read or not remains.
        #expect((strict["passed"]?.integer ?? 0) < 5)
    }

    @Test(arguments: [
        (["true"], "ended before"), (["sh", "-c", "while read -r line; do echo nonsense; done"], "is no JSON"),
        (["sh", "-c", "while read -r line; do echo '{\"tcId\":1}'; done"], "does not have the tcId"),
        (["sh", "-c", "cat >/dev/null"], "does not answer"), (["/nowhere/decoder"], "cannot be started"),
    ])
    func `a program that does not keep to the protocol ends with one sentence and status 1`(
        program: [String], word: String
    ) throws {
        let result = try run(["--only", "pua.json", "--timeout", "1"], program)
        #expect(result.status == 1)
        #expect(result.errors.contains(word), "\(result.errors)")
    }

    @Test func `a program is needed`() throws {
        #expect(try Tool.run(["vectors", "run"]).status == 2)
    }
}
