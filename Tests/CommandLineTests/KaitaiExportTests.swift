import BINMessages
import Foundation
import Testing

@testable import opensips_bin

@Suite struct KaitaiExportTests {
    /// The messages whose bodies the file describes.
    static let described = [
        "aor-insert", "aor-delete", "contact-insert", "contact-update", "contact-delete", "profile-counters",
        "pipe-counters", "aggregate-edge", "aggregate-core",
    ]

    static let candidates = Catalogue.declared.capabilities.flatMap { $0.families.flatMap(\.candidates) }
        .filter { described.contains($0.name.description) }

    /// The names of the fields of a type, as the specification writes them, in the order of the file.
    private func names(ofType id: String) throws -> [String] {
        let lines = KaitaiExport.text.split(separator: "\n")
        let start = try #require(lines.firstIndex(of: "  \(id):"), "no type \(id)")
        let type = lines[(start + 1)...].prefix { $0.hasPrefix("    ") }
        return type.compactMap { line in
            let text = line.drop { $0 == " " }
            return text.hasPrefix("-orig-id: ") ? String(text.dropFirst("-orig-id: ".count)) : nil
        }
    }

    /// The names of fields in wire order, those of conditions included, and the groups that are repeated.
    private func flat(_ fields: [FieldDeclaration]) -> (names: [String], groups: [(list: String, [FieldDeclaration])]) {
        var names: [String] = []
        var groups: [(String, [FieldDeclaration])] = []
        for field in fields {
            switch field.shape {
            case .condition(_, let inner):
                let (innerNames, innerGroups) = flat(inner)
                names += innerNames
                groups += innerGroups
            case .records(_, let inner):
                names.append(field.name)
                groups.append((field.name, inner))
            default: names.append(field.name)
            }
        }
        return (names, groups)
    }

    private func isSubsequence(_ names: [String], of all: [String]) -> Bool {
        var rest = all[...]
        return names.allSatisfy { name in
            guard let index = rest.firstIndex(of: name) else { return false }
            rest = rest[(index + 1)...]
            return true
        }
    }

    @Test("every field of every layout stands in its type, in the order of the wire", arguments: candidates.indices)
    func fields(_ index: Int) throws {
        let candidate = Self.candidates[index]
        let (names, groups) = flat(candidate.fields)
        let type = candidate.name.description.split(separator: "-").joined(separator: "_")
        #expect(isSubsequence(names, of: try self.names(ofType: type)))
        for (list, inner) in groups {
            #expect(isSubsequence(flat(inner).names, of: try self.names(ofType: KaitaiGroup.recordType(list))))
        }
    }

    @Test func everyLayoutHasAName() {
        #expect(Set(Self.candidates.map { "\($0.name)" }).count == Self.described.count)
        for candidate in Self.candidates {
            for layout in candidate.layouts { #expect(KaitaiExport.text.contains("    -orig-id: \(layout.name)\n")) }
        }
    }

    @Test func identifiersAreLowerSnakeCase() {
        #expect(KaitaiText.identifier("nextClabel") == "next_clabel")
        #expect(KaitaiText.identifier("contact and Call-ID") == "contact_and_call_id")
        #expect(KaitaiText.identifier("URI parameters") == "uri_parameters")
        #expect(KaitaiText.identifier("U-K") == "u_k")
    }

    @Test func scalarsThatYAMLWouldReadOtherwiseAreQuoted() {
        #expect(KaitaiText.scalar("name of the pipe") == "name of the pipe")
        #expect(KaitaiText.scalar("no") == "'no'")
        #expect(KaitaiText.scalar("2.1") == "'2.1'")
        #expect(KaitaiText.scalar("-1 unspecified") == "'-1 unspecified'")
        #expect(KaitaiText.scalar("the sender's own: count") == "'the sender''s own: count'")
    }

    @Test func checkIsCleanAfterAnExportAndNotAfterAChange() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try Tool.run(["spec", "export", folder.path]).status == 0)
        #expect(try Tool.run(["spec", "export", "--check", folder.path]).status == 0)
        let file = folder.appendingPathComponent("kaitai/opensips_bin.ksy")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text == KaitaiExport.text)
        try Data((text + "\n").utf8).write(to: file)
        let result = try Tool.run(["spec", "export", "--check", folder.path])
        #expect(result.status == 3)
        #expect(result.errors.contains("opensips_bin.ksy is stale"))
    }
}
