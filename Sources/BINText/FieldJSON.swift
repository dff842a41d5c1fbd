package import BINMessages
import BINWire

/// Writes the fields of a described packet as one JSON object.
///
/// Values are decoded as far as that loses nothing: what could not be written back to the same bytes from its decoded form
/// (key/values with spaces, dialog variables in the form of another release) stays the text it is.
package struct FieldJSON {
    private let json: JSONWriter
    private let output: OutputBuffer
    /// What the sender may run; decides between the layouts of packets inside of dialog variables.
    package var releases = ReleaseSet.all

    package init(_ output: OutputBuffer) {
        self.output = output
        json = JSONWriter(output: output)
    }

    /// The object `{…}` of all fields.
    package func object(_ nodes: [FieldNode], _ bytes: RawSpan) {
        output.append(UInt8(ascii: "{"))
        var needsComma = false
        var isInList = false
        var variable = Text()
        for node in nodes {
            switch node.kind {
            case .integer, .text, .value64, .value32, .count, .bytes:
                if node.meaning == .chunkMarker { continue }
                if isInList {
                    comma(&needsComma)
                } else {
                    name(node.name, &needsComma)
                }
                if node.meaning == .variableName { variable = node.text }
                if node.meaning != .variableValue || !embedded(variable, node.text, bytes) { value(node, bytes) }
                needsComma = true
            case .beginList, .beginRecords:
                name(node.name, &needsComma)
                output.append(UInt8(ascii: "["))
                needsComma = false
                isInList = node.kind == .beginList
            case .endList, .endRecords:
                output.append(UInt8(ascii: "]"))
                needsComma = true
                isInList = false
            case .beginRecord:
                comma(&needsComma)
                output.append(UInt8(ascii: "{"))
                needsComma = false
            case .beginGroup:
                name(node.name, &needsComma)
                output.append(UInt8(ascii: "{"))
                needsComma = false
            case .endRecord, .endGroup:
                output.append(UInt8(ascii: "}"))
                needsComma = true
            }
        }
        output.append(UInt8(ascii: "}"))
    }

    private func comma(_ needsComma: inout Bool) {
        if needsComma { output.append(UInt8(ascii: ",")) }
        needsComma = false
    }

    private func name(_ name: StaticString, _ needsComma: inout Bool) {
        comma(&needsComma)
        output.append(UInt8(ascii: "\""))
        output.append(name)
        output.append("\":" as StaticString)
    }

    /// The value of one field.
    package func value(_ node: FieldNode, _ bytes: RawSpan) {
        switch node.kind {
        case .integer, .value32, .count:
            if let names = node.meaning.flagNames {
                strings(names.names(in: Int32(truncatingIfNeeded: node.value)))
            } else {
                output.append(node.value)
            }
        case .value64:
            if node.meaning == .contactID {
                output.append(UInt64(bitPattern: node.value))
            } else {
                output.append(node.value)
            }
        case .text:
            if let text = try? node.text.bytes(in: bytes) { self.text(text, node.meaning) }
        case .bytes:
            if let text = try? node.text.bytes(in: bytes) { json.hex(text) }
        default:
            break
        }
    }

    private func text(_ text: RawSpan, _ meaning: Meaning) {
        switch meaning {
        case .keyValues:
            if text.byteCount == 0 {
                output.append("{}" as StaticString)
            } else if text.byteCount > 2, KeyValues(text) != nil {
                // Compact JSON already: it goes out as it is.
                output.append(text)
            } else {
                json.text(text)
            }
        case .flagNames: flagNames(text)
        case .rawAddress: address(text)
        case .untypedVariables: variables(text, .untyped)
        case .typedVariables: variables(text, .typed)
        case .untypedProfiles: profiles(text, .untyped)
        case .typedProfiles: profiles(text, .typed)
        default: json.text(text)
        }
    }

    private func address(_ text: RawSpan) {
        guard let address = RawAddress(text) else { return json.text(text) }
        output.append("{\"family\":" as StaticString)
        output.append(UInt64(address.family))
        output.append(",\"length\":" as StaticString)
        output.append(UInt64(address.length))
        output.append(",\"address\":\"" as StaticString)
        output.append(address.text)
        output.append(UInt8(ascii: "\""))
        if address.unused.contains(where: { $0 != 0 }) {
            output.append(",\"unused\":" as StaticString)
            json.hex(Array(address.unused).span.bytes)
        }
        output.append(UInt8(ascii: "}"))
    }

    private func strings(_ strings: [String]) {
        output.append(UInt8(ascii: "["))
        for (index, string) in strings.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            json.string(string)
        }
        output.append(UInt8(ascii: "]"))
    }

    private func flagNames(_ text: RawSpan) {
        guard let string = text.validatedString() else { return json.text(text) }
        let names = string.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        if string.isEmpty {
            output.append("[]" as StaticString)
        } else if names.contains("") {
            json.text(text)
        } else {
            strings(names)
        }
    }

    private func variables(_ text: RawSpan, _ form: DialogText.Form) {
        guard let records = DialogText.records(text, form) else { return json.text(text) }
        list(records) { record in
            output.append("\"name\":" as StaticString)
            bytes(record.name)
            if form == .typed {
                output.append(",\"type\":" as StaticString)
                output.append(UInt64(record.type))
            }
            output.append(",\"value\":" as StaticString)
            if record.type == 2, let number = Int64(String(decoding: record.value, as: UTF8.self)) {
                output.append(number)
            } else if !embedded(record.name.span.bytes, record.value.span.bytes) {
                bytes(record.value)
            }
        }
    }

    /// The value of a dialog variable as an object; false when it holds no packet.
    private func embedded(_ variable: Text, _ value: Text, _ bytes: RawSpan) -> Bool {
        guard let name = try? variable.bytes(in: bytes), let value = try? value.bytes(in: bytes) else { return false }
        return embedded(name, value)
    }

    private func embedded(_ variable: RawSpan, _ value: RawSpan) -> Bool {
        guard
            let (header, description) = Interpreter.embeddedPacket(
                inVariable: variable, value: value, releases: releases)
        else { return false }
        output.append("{\"capability\":" as StaticString)
        json.text(value.extracting(Int(header.capability.offset)..<header.typeOffset))
        output.append(",\"type\":" as StaticString)
        output.append(Int64(header.type))
        output.append(",\"version\":" as StaticString)
        output.append(Int64(header.version))
        output.append(",\"message\":" as StaticString)
        json.string(description.message?.description ?? "")
        output.append(",\"layout\":" as StaticString)
        json.string(description.layout ?? "")
        output.append(",\"fields\":" as StaticString)
        object(description.nodes, value)
        output.append(UInt8(ascii: "}"))
        return true
    }

    private func profiles(_ text: RawSpan, _ form: DialogText.Form) {
        guard let records = DialogText.records(text, form), records.allSatisfy({ $0.type == 1 }) else {
            return json.text(text)
        }
        list(records) { record in
            let (name, suffix) = DialogProfile.split(record.name)
            output.append("\"name\":" as StaticString)
            bytes(name)
            output.append(",\"suffix\":" as StaticString)
            json.string(suffix)
            output.append(",\"value\":" as StaticString)
            bytes(record.value)
        }
    }

    private func list(_ records: [DialogText.Record], _ body: (DialogText.Record) -> Void) {
        output.append(UInt8(ascii: "["))
        for (index, record) in records.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "{"))
            body(record)
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: "]"))
    }

    private func bytes(_ array: [UInt8]) { json.text(array.span.bytes) }
}
