package import BINMessages
import BINWire

/// The fields of a packet as `inspect --json` prints them, read back: the opposite of ``FieldJSON``.
package struct JSONFields: FieldSource {
    private let object: JSONValue
    private let composer: PacketComposer

    /// - Parameters:
    ///   - object: the object of fields.
    ///   - composer: makes the packets that are inside of fields.
    package init(_ object: JSONValue, _ composer: PacketComposer) {
        self.object = object
        self.composer = composer
    }

    package var names: [String] {
        guard case .object(let members) = object else { return [] }
        return members.map(\.name)
    }

    package func integer(_ name: String, _ meaning: Meaning) -> Int64? {
        guard let value = object[name] else { return nil }
        if let names = meaning.flagNames, let array = value.array {
            let strings = array.compactMap(\.string)
            guard strings.count == array.count else { return nil }
            return names.value(of: strings).map(Int64.init)
        }
        return meaning == .contactID ? value.bits64 : value.integer
    }

    package func bytes(_ name: String, _ meaning: Meaning) -> [UInt8]? {
        guard let value = object[name] else { return nil }
        switch meaning {
        case .keyValues: return keyValues(value)
        case .flagNames:
            guard let names = value.array else { return value.bytes }
            return Array(names.compactMap(\.string).joined(separator: " ").utf8)
        case .untypedVariables: return variables(value, .untyped)
        case .typedVariables: return variables(value, .typed)
        case .untypedProfiles: return profiles(value, .untyped)
        case .typedProfiles: return profiles(value, .typed)
        case .rawAddress: return address(value)
        case .chunks, .unsizedChunks: return composer.chunks(value, of: object, sized: meaning == .chunks)
        default: return value.bytes ?? composer.embedded(value)
        }
    }

    package func integers(_ name: String) -> [Int64]? {
        guard let array = object[name]?.array else { return nil }
        let integers = array.compactMap(\.integer)
        return integers.count == array.count ? integers : nil
    }

    package func texts(_ name: String) -> [[UInt8]]? {
        guard let array = object[name]?.array else { return nil }
        let texts = array.compactMap(\.bytes)
        return texts.count == array.count ? texts : nil
    }

    package func records(_ name: String) -> [any FieldSource]? {
        object[name]?.array?.map { JSONFields($0, composer) }
    }

    package func group(_ name: String) -> (any FieldSource)? {
        object[name].map { JSONFields($0, composer) }
    }

    /// An empty object is the empty text; a text is what it is.
    private func keyValues(_ value: JSONValue) -> [UInt8]? {
        guard case .object(let members) = value, value["hex"] == nil || members.count != 1 else { return value.bytes }
        guard !members.isEmpty else { return [] }
        return Array(value.text.utf8)
    }

    private func variables(_ value: JSONValue, _ form: DialogText.Form) -> [UInt8]? {
        guard let list = value.array else { return value.bytes }
        var records: [DialogText.Record] = []
        for item in list {
            guard let name = item["name"]?.bytes, let content = item["value"] else { return nil }
            let type = UInt8(exactly: item["type"]?.integer ?? 1) ?? 1
            let bytes = content.integer.map { Array("\($0)".utf8) } ?? content.bytes ?? composer.embedded(content)
            guard let bytes, type == 1 || type == 2 else { return nil }
            records.append(DialogText.Record(name: name, type: type, value: bytes))
        }
        return DialogText.write(records, form)
    }

    private func profiles(_ value: JSONValue, _ form: DialogText.Form) -> [UInt8]? {
        guard let list = value.array else { return value.bytes }
        var records: [DialogText.Record] = []
        for item in list {
            guard let name = item["name"]?.bytes, let content = item["value"]?.bytes else { return nil }
            let suffix = Array((item["suffix"]?.string ?? "").utf8)
            records.append(DialogText.Record(name: name + suffix, value: content))
        }
        return DialogText.write(records, form)
    }

    private func address(_ value: JSONValue) -> [UInt8]? {
        guard let family = value["family"]?.integer, let length = value["length"]?.integer else { return value.bytes }
        guard let text = value["address"]?.string else { return nil }
        var bytes: [UInt8] = []
        if length == 4 {
            bytes = text.split(separator: ".").compactMap { UInt8($0) }
        } else {
            for group in text.split(separator: ":") {
                guard let number = UInt16(group, radix: 16) else { return nil }
                bytes += [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
            }
        }
        guard bytes.count == Int(length) else { return nil }
        bytes += value["unused"]?.bytes ?? [UInt8](repeating: 0, count: 16 - bytes.count)
        guard bytes.count == 16 else { return nil }
        var image: [UInt8] = []
        for number in [family, length] {
            for index in 0..<4 { image.append(UInt8(truncatingIfNeeded: number >> Int64(8 * index))) }
        }
        return image + bytes
    }
}
