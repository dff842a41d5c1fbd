import BINMessages
import BINText
import BINWire

/// `Spec/wireshark/opensips-bin.lua`: a Wireshark dissector, its tables from the declarations.
struct WiresharkExport {
    /// The whole file.
    static var text: String {
        let catalogue = Catalogue.declared
        let fields = WiresharkFields(catalogue)
        return [
            heading(fields), WiresharkReader.text, WiresharkRules.text, tables(catalogue, fields),
            WiresharkInterpreter.text, WiresharkTree.text, WiresharkDissector.text,
        ].joined(separator: "\n")
    }

    private static func heading(_ fields: WiresharkFields) -> String {
        let suffixed = fields.entries.filter { $0.key != $0.name }.map {
            "--   opensips-bin.\($0.key): \($0.name) where it is \(described($0.kind))"
        }
        return """
            -- opensips-bin.lua: BIN, the replication protocol of OpenSIPS servers, for Wireshark 3.6 and later.
            --
            -- Written by 'opensips-bin spec export' from the declarations of the messages; do not edit.
            -- SPDX-License-Identifier: Apache-2.0
            --
            -- How to use it is told in README.md beside this file. Filter names are 'opensips-bin.' and the name of the field
            -- in layouts.json. Names that the header has already, and names that carry another kind of value in another
            -- message, end in the kind:
            --
            \(suffixed.joined(separator: "\n"))


            """
    }

    private static func described(_ kind: WiresharkFields.Kind) -> String {
        switch kind {
        case .integer: "a 32-bit integer"
        case .text: "a text"
        case .value64, .id: "a 64-bit number"
        case .bytes: "bytes"
        case .list: "a list or a group of fields"
        }
    }

    // MARK: Tables

    private static func tables(_ catalogue: Catalogue, _ fields: WiresharkFields) -> String {
        var layouts = WiresharkLayouts(fields)
        var messages = ""
        for capability in catalogue.capabilities {
            let routing = capability.families.first { $0.type != nil }?.candidates.last?.identity.routing ?? .trailer
            messages += "capability(\(LuaText.quoted(capability.name)), \(LuaText.quoted("\(routing)")))\n"
            for family in capability.families {
                for candidate in family.candidates {
                    messages += message(candidate, layouts.number(of: candidate.fields))
                }
            }
        }
        return """
            ------------------------------------------------------------------------------------------------------------------------
            -- Tables
            ------------------------------------------------------------------------------------------------------------------------

            \(releases)
            \(names)
            \(summaries)
            BIN.fields = {
            \(fields.entries.map(entry).joined(separator: "\n"))
            }

            -- Lists of fields, in wire order.
            do
            local integer, text, fixed, value64, value32, count = BIN.integer, BIN.text, BIN.fixed, BIN.value64, BIN.value32, BIN.count
            local integers, texts, records, rest, group = BIN.integers, BIN.texts, BIN.records, BIN.rest, BIN.group
            local when, unless, remainder = BIN.when, BIN.unless, BIN.remainder
            local L = BIN.lists
            \(layouts.text)end

            -- Messages: type (nil: a chunk of a sync), version, framing, name, layouts and the releases of each, fields.
            do
            local capability, message, L = BIN.capability, BIN.message, BIN.lists
            \(messages)end

            """
    }

    private static func entry(_ field: WiresharkFields.Entry) -> String {
        var columns = [field.key, field.kind.rawValue, field.name, field.note]
        if let meaning = field.meaning, meaning.numberNames != nil { columns.append("\(meaning)") }
        return "  " + LuaText.list(columns) + ","
    }

    private static func message(_ candidate: MessageCandidate, _ list: Int) -> String {
        let identity = candidate.identity
        let layouts = candidate.layouts.map { "{\(LuaText.quoted($0.name)), \(ranges($0.releases))}" }
        return "message(" + (identity.type.map { "\($0)" } ?? "nil") + ", "
            + (identity.version.map { "\($0)" } ?? "nil") + ", \"\(candidate.framing)\", "
            + LuaText.quoted(candidate.name.description) + ", {" + layouts.joined(separator: ", ") + "}, L[\(list)])\n"
    }

    /// Pairs of the places of first and last releases, counted from 1.
    private static func ranges(_ releases: ReleaseSet) -> String {
        var numbers: [Int] = []
        var isInside = false
        for (index, release) in Release.known.enumerated() {
            let contains = releases.contains(release)
            if contains, !isInside { numbers.append(index + 1) }
            if !contains, isInside { numbers.append(index) }
            isInside = contains
        }
        if isInside { numbers.append(Release.known.count) }
        return "{" + numbers.map { "\($0)" }.joined(separator: ", ") + "}"
    }

    private static var releases: String {
        var lines = ""
        var line = " "
        for release in Release.known {
            if line.utf8.count > 108 {
                lines += line + "\n"
                line = " "
            }
            line += " \"\(release)\","
        }
        return "-- Every known release, oldest first.\nBIN.releases = {\n\(lines)\(line)\n}\n"
    }

    /// What numbers and bits mean.
    private static var names: String {
        var numbers = "-- Words for numbers, by meaning.\nBIN.number_names = {\n"
        var flags = """
            -- Names of bits from the lowest, by meaning; 'all' is what all bits together are called.
            BIN.flag_names = {

            """
        for meaning in Meaning.allCases {
            if let (base, names) = meaning.numberNames {
                let pairs = names.enumerated().map { "[\(base + Int64($0.offset))] = \(LuaText.quoted($0.element))" }
                numbers += "  \(meaning) = {" + pairs.joined(separator: ", ") + "},\n"
            }
            if let names = meaning.flagNames {
                let all = names.nameOfAll.map { ", all = \(LuaText.quoted($0))" } ?? ""
                flags += "  \(meaning) = {" + names.names.map(LuaText.quoted).joined(separator: ", ") + all + "},\n"
            }
        }
        return numbers + "}\n\n" + flags + "}\n"
    }

    /// The fields that the info column shows.
    private static var summaries: String {
        """
        -- What the info column shows: fields by their value alone, fields with their name, lists by their first elements.
        BIN.bare = \(LuaText.set(PacketSummary.bareFields))
        BIN.named = \(LuaText.set(PacketSummary.namedFields))
        BIN.shown_elements = \(PacketSummary.shownElements)

        """
    }
}
