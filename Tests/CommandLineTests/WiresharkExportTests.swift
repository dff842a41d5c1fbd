import BINMessages
import Foundation
import Testing

@testable import opensips_bin

@Suite struct WiresharkExportTests {
    /// Every field, list and group of `fields`, however deep.
    private func names(_ fields: [FieldDeclaration]) -> [(name: String, kind: WiresharkFields.Kind)] {
        fields.flatMap { field in
            let own = WiresharkFields.kind(field).map { [(field.name, $0)] } ?? []
            switch field.shape {
            case .records(_, let inner), .condition(_, let inner), .textCondition(_, let inner), .remainder(let inner),
                .group(let inner):
                return own + names(inner)
            default: return own
            }
        }
    }

    @Test func everyDeclaredFieldHasADisplayField() throws {
        let text = WiresharkExport.text
        let end = try #require(text.components(separatedBy: "BIN.fields = {\n").last)
        let table = try #require(end.components(separatedBy: "\n}").first)
        var keys: [String: String] = [:]
        for line in table.split(separator: "\n") {
            let columns = line.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
            #expect(keys.updateValue("\(columns[5])/\(columns[3])", forKey: columns[1]) == nil, "\(columns[1]) twice")
        }
        let shown = Set(keys.values)
        var count = 0
        for capability in Catalogue.declared.capabilities {
            for candidate in capability.families.flatMap(\.candidates) {
                for (name, kind) in names(candidate.fields) {
                    #expect(shown.contains("\(name)/\(kind.rawValue)"))
                    count += 1
                }
            }
        }
        #expect(count > 1000)
    }

    @Test func namesOfTheHeaderAreNotTaken() {
        let fields = WiresharkFields(.declared)
        for entry in fields.entries { #expect(!WiresharkFields.reserved.contains(entry.key)) }
        #expect(fields.key("cflags", .integer) == "cflags")
        #expect(fields.key("cflags", .text) == "cflags_text")
        #expect(fields.key("type", .integer) == "type_integer")
    }

    @Test func everyLayoutIsThere() {
        let text = WiresharkExport.text
        for capability in Catalogue.declared.capabilities {
            #expect(text.contains("capability(\"\(capability.name)\", "))
            for layout in capability.families.flatMap(\.candidates).flatMap(\.layouts) {
                #expect(text.contains("{\"\(layout.name)\", {"))
            }
        }
    }

    @Test func quotedTextsAreLua() {
        #expect(LuaText.quoted("a\"b\\c\n") == "\"a\\\"b\\\\c\\n\"")
    }

    @Test func checkFindsAStaleDissector() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try Tool.run(["spec", "export", folder.path]).status == 0)
        #expect(try Tool.run(["spec", "export", "--check", folder.path]).status == 0)
        let script = folder.appendingPathComponent("wireshark/opensips-bin.lua")
        let text = try String(contentsOf: script, encoding: .utf8)
        try (text + "-- changed\n").write(to: script, atomically: true, encoding: .utf8)
        let result = try Tool.run(["spec", "export", "--check", folder.path])
        #expect(result.status == 3)
        #expect(result.errors.contains("opensips-bin.lua is stale"))
    }
}
