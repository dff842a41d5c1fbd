import BINMessages
import BINText
import Foundation
import Testing

@testable import opensips_bin

/// The test vectors that are published, and the commands that run and write them.
@Suite struct VectorTests {
    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Spec/vectors")

    private static let files: [URL] = {
        let files = try? FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
        return (files ?? []).filter { $0.pathExtension == "json" && !$0.lastPathComponent.contains(".schema.") }
            .sorted { $0.path < $1.path }
    }()

    private func folder(_ files: [String: String]) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
        return folder
    }

    @Test func `the published vectors all pass`() throws {
        #expect(Self.files.count > 20)
        for file in Self.files {
            let check = try VectorCheck(Array(Data(contentsOf: file)))
            #expect(check.failures.isEmpty, "\(file.lastPathComponent): \(check.failures.first.map { "\($0)" } ?? "")")
            #expect(check.tests > 0)
        }
    }

    @Test func `the published vectors are those that the declarations and captures give`() throws {
        let result = try Tool.run(["vectors", "generate", "--check", Self.directory.path, "--corpus", Tool.captures])
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test func `each message in each layout has a packet that must be read and three that must not`() throws {
        var groups: [String: (valid: Int, invalid: Int)] = [:]
        for file in Self.files {
            let json = try JSONParser.parse(Array(Data(contentsOf: file)))
            for group in json["testGroups"]?.array ?? [] {
                let numbers = ["type", "version"].map { name in group[name]?.integer.map { "\($0)" } ?? "-" }
                let texts = ["capability", "message", "framing"].map { group[$0]?.string ?? "" }
                for layout in (group["layout"]?.string ?? "").split(separator: "|") {
                    let key = (texts + numbers + ["\(layout)"]).joined(separator: " ")
                    for test in group["tests"]?.array ?? [] {
                        switch test["result"]?.string {
                        case "valid": groups[key, default: (0, 0)].valid += 1
                        case "invalid": groups[key, default: (0, 0)].invalid += 1
                        default: continue
                        }
                    }
                }
            }
        }
        for capability in Catalogue.declared.capabilities {
            for candidate in capability.families.flatMap(\.candidates) where !candidate.isExtension {
                let identity = candidate.identity
                for layout in candidate.layouts {
                    let key = [
                        capability.name, candidate.name.description, "\(candidate.framing)",
                        identity.type.map { "\($0)" } ?? "-", identity.version.map { "\($0)" } ?? "-", layout.name,
                    ].joined(separator: " ")
                    // Sync packets without sizes do not say the version of their chunks.
                    let other = [
                        capability.name, candidate.name.description, "\(candidate.framing)", "-", "-", layout.name,
                    ].joined(separator: " ")
                    let counts = groups[key] ?? groups[other] ?? (0, 0)
                    #expect(counts.valid >= 1, "\(key)")
                    #expect(counts.invalid >= 3, "\(key)")
                }
            }
        }
    }

    @Test func `every rule about envelopes has a vector that breaks it`() throws {
        let json = try JSONParser.parse(
            Array(Data(contentsOf: Self.directory.appendingPathComponent("ext-deflate.json"))))
        let tests = json["testGroups"]?.array?.first?["tests"]?.array ?? []
        let reasons = Set(tests.compactMap { $0["error"]?["reason"]?.string })
        #expect(
            reasons == [
                "undeclaredType", "undeclaredVersion", "integerPastEnd", "trailerMissing", "unknownDictionary",
                "badDeflateData", "badChecksum", "countOutOfRange", "innerPacketCountMismatch",
                "inflatedSizeOutOfRange", "inflatedSizeMismatch", "inflationRatioTooHigh", "deflateDataCutShort",
                "bytesBehindDeflateData", "badInnerPacket", "nestedEnvelope",
            ])
        #expect(tests.compactMap { $0["packets"]?.array?.count } == [1, 3, 3, 3, 3])
    }

    @Test func `every test says in words what it is, and its flags are explained`() throws {
        for file in Self.files {
            let json = try JSONParser.parse(Array(Data(contentsOf: file)))
            for group in json["testGroups"]?.array ?? [] {
                for test in group["tests"]?.array ?? [] {
                    #expect((test["comment"]?.string ?? "").count > 5)
                    for flag in test["flags"]?.array ?? [] {
                        #expect(json["notes"]?[flag.string ?? ""]?["description"] != nil, "\(flag)")
                    }
                }
            }
        }
    }

    @Test func `a vector that does not hold is named with its number, and the status is 3`() throws {
        let file = Self.directory.appendingPathComponent("pua.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        let folder = try folder([
            "pua.json": text.replacingOccurrences(of: "\"etag\":\"etag\"", with: "\"etag\":\"other\"")
        ])
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try Tool.run(["vectors", "check", folder.path])
        #expect(result.status == 3)
        #expect(result.lines.first?.hasPrefix("pua.json: ") == true)
        #expect(result.lines.first?.contains("expected other fields in 3.2.0") == true)
        let json = try Tool.run(["vectors", "check", "--json", folder.path])
        #expect(json.status == 3)
        let failure = try JSONParser.parse(Array((json.lines.first ?? "").utf8))
        #expect(failure["tcId"]?.integer != nil)
        let summary = try JSONParser.parse(Array((json.lines.last ?? "").utf8))
        #expect(summary["failed"]?.integer == 1)
    }

    @Test(
        arguments: [
            "", "[]", "{}", "{\"testGroups\": 1}", "{\"numberOfTests\": 1, \"testGroups\": []}",
            "{\"numberOfTests\": 0, \"testGroups\": [{\"framing\": \"9\"}]}",
            "{\"numberOfTests\": 0, \"testGroups\": [], \"testGroups\": []}", String(repeating: "[", count: 100_000),
        ])
    func `a file that is not one of vectors is named, and the status is 1`(text: String) throws {
        let folder = try folder(["bad.json": text])
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try Tool.run(["vectors", "check", folder.path])
        #expect(result.status == 1)
        #expect(result.errors.contains("bad.json"))
    }

    @Test func `a folder that is not there gives 1, and an option that does not exist 2`() throws {
        #expect(try Tool.run(["vectors", "check", "/no/such/folder"]).status == 1)
        #expect(try Tool.run(["vectors", "generate", "--corpus", "/no/such/folder", "/tmp/none"]).status == 1)
        #expect(try Tool.run(["vectors", "check", "--no-such-option"]).status == 2)
    }

    @Test func `values are compared byte by byte, whatever the order of members`() throws {
        func value(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }
        #expect(try value("{\"a\":1,\"b\":[true,null]}") == value(" { \"b\" : [ true , null ], \"a\" : 1 } "))
        #expect(try value("\"\\u00e9\\ud83d\\ude00\"") == value("\"é😀\""))
        #expect(try value("\"e\\u0301\"") != value("\"é\""))
        #expect(try value("18446744073709551615") != value("18446744073709551614"))
        for text in ["01", "1.", "-", "\"\\ud800\"", "\"\n\"", "{\"a\":1,\"a\":1}", "[1,]", "nul", "1 2"] {
            #expect(throws: JSONError.self, "\(text)") { try value(text) }
        }
    }
}
