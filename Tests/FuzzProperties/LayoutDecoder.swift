public import Foundation

/// A second decoder, deliberately simple: it knows nothing but `Spec/layouts.json`, which it reads at run time.
///
/// It shares no code with the library, so that both would have to make the same mistake.
public struct LayoutDecoder: Sendable {
    struct Refusal: Error {}

    /// A message in one layout, as the file has it.
    public struct Entry: Sendable {
        public let capability: String
        public let message: String
        public let type: Int?
        public let version: Int?
        public let framing: String
        public let routing: String
        public let layoutNames: [String]
        let fields: [Field]
    }

    /// A field as the file has it.
    struct Field: Sendable {
        var name: String
        var type: String
        var size: Int?
        var limit: Int?
        /// The name of the field that counts this list.
        var counter: String?
        /// The name of the field that a condition looks at.
        var watched: String
        var equals: Int?
        var differs: Int?
        var equalsText: String?
        var isNoneOf: [String]?
        var fields: [Field]

        init(_ object: [String: Any]) {
            name = object["name"] as? String ?? ""
            type = object["type"] as? String ?? ""
            size = object["size"] as? Int
            limit = object["limit"] as? Int
            counter = object["count"] as? String
            watched = object["field"] as? String ?? ""
            equals = object["equals"] as? Int
            differs = object["differs"] as? Int
            equalsText = object["equalsText"] as? String
            isNoneOf = object["isNoneOf"] as? [String]
            fields = (object["fields"] as? [[String: Any]] ?? []).map(Field.init)
        }
    }

    public let entries: [Entry]

    public init(contentsOf url: URL) throws {
        let file = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
        entries = (file?["messages"] as? [[String: Any]] ?? []).map { message in
            Entry(
                capability: message["capability"] as? String ?? "", message: message["message"] as? String ?? "",
                type: message["type"] as? Int, version: message["version"] as? Int,
                framing: message["framing"] as? String ?? "", routing: message["routing"] as? String ?? "",
                layoutNames: (message["layouts"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String },
                fields: (message["fields"] as? [[String: Any]] ?? []).map(Field.init))
        }
    }

    /// Decodes a body to its last byte.
    public func decode(_ body: [UInt8], _ entry: Entry) throws -> FieldValue {
        var reader = Reader(bytes: body, wide: entry.framing != "2.3", mayOmit: entry.framing == "2.2")
        let group = try decode(&reader, entry.fields, [:])
        guard reader.position == body.count else { throw Refusal() }
        return .group(group)
    }

    /// Decodes as much of a body as the entry needs; for chunks without a size.
    public func decodePrefix(_ body: [UInt8], _ entry: Entry) throws -> (value: FieldValue, length: Int) {
        var reader = Reader(bytes: body, wide: false, mayOmit: false)
        let group = try decode(&reader, entry.fields, [:])
        return (.group(group), reader.position)
    }

    private struct Reader {
        let bytes: [UInt8]
        let wide: Bool
        var mayOmit: Bool
        var position = 0

        mutating func number(_ size: Int) throws -> UInt64 {
            guard position + size <= bytes.count else { throw Refusal() }
            var value: UInt64 = 0
            for index in (0..<size).reversed() { value = value << 8 | UInt64(bytes[position + index]) }
            position += size
            return value
        }

        mutating func integer() throws -> Int32 { Int32(truncatingIfNeeded: try number(4)) }

        mutating func text() throws -> [UInt8] {
            if mayOmit, position == bytes.count {
                mayOmit = false
                return []
            }
            let length = wide ? Int(try integer()) : Int(try number(2))
            guard length >= 0, position + length <= bytes.count else { throw Refusal() }
            defer { position += length }
            return Array(bytes[position..<(position + length)])
        }
    }

    private func decode(
        _ reader: inout Reader, _ fields: [Field], _ outer: [String: FieldValue]
    ) throws -> [String: FieldValue] {
        var group: [String: FieldValue] = [:]
        func known(_ name: String) -> FieldValue? { group[name] ?? outer[name] }
        for field in fields {
            let name = field.name
            let count = field.counter.flatMap { known($0)?.number }.map { Int($0) }
            switch field.type {
            case "integer": group[name] = .number(Int64(try reader.integer()))
            case "count":
                let value = try reader.integer()
                guard value >= 0, Int(value) <= field.limit ?? 0 else { throw Refusal() }
                group[name] = .number(Int64(value))
            case "text": group[name] = .text(String(decoding: try reader.text(), as: UTF8.self))
            case "fixedText":
                let text = try reader.text()
                guard text.count == field.size else { throw Refusal() }
                group[name] = .text(String(decoding: text, as: UTF8.self))
            case "value64", "value32":
                var value = Reader(bytes: try reader.text(), wide: false, mayOmit: false)
                let size = field.type == "value64" ? 8 : 4
                guard value.bytes.count == size else { throw Refusal() }
                let bits = try value.number(size)
                group[name] = .number(size == 8 ? Int64(bitPattern: bits) : Int64(Int32(truncatingIfNeeded: bits)))
            case "integers":
                var values: [FieldValue] = []
                for _ in 0..<(count ?? 0) { values.append(.number(Int64(try reader.integer()))) }
                group[name] = .list(values)
            case "texts":
                var values: [FieldValue] = []
                for _ in 0..<(count ?? 0) { values.append(.text(String(decoding: try reader.text(), as: UTF8.self))) }
                group[name] = .list(values)
            case "records":
                var values: [FieldValue] = []
                var left = count ?? .max
                while left > 0, count != nil || reader.position < reader.bytes.count {
                    values.append(.group(try decode(&reader, field.fields, visible(group, outer))))
                    left -= 1
                }
                group[name] = .list(values)
            case "rest":
                group[name] = .text(String(decoding: reader.bytes[reader.position...], as: UTF8.self))
                reader.position = reader.bytes.count
            case "condition":
                guard holds(field, known(field.watched)) else { continue }
                let present = try decode(&reader, field.fields, visible(group, outer))
                group.merge(present) { _, new in new }
            case "remainder":
                guard reader.position < reader.bytes.count else { continue }
                let present = try decode(&reader, field.fields, visible(group, outer))
                group.merge(present) { _, new in new }
            case "group": group[name] = .group(try decode(&reader, field.fields, visible(group, outer)))
            default: throw Refusal()
            }
        }
        return group
    }

    /// What fields further in can refer to.
    private func visible(_ group: [String: FieldValue], _ outer: [String: FieldValue]) -> [String: FieldValue] {
        outer.isEmpty ? group : group.merging(outer) { mine, _ in mine }
    }

    private func holds(_ condition: Field, _ value: FieldValue?) -> Bool {
        if let expected = condition.equals { return value?.number == Int64(expected) }
        if let other = condition.differs { return value?.number != Int64(other) }
        // Byte by byte: strings are equal, too, when they only look the same.
        let text = Array((value?.text ?? "").utf8)
        if let expected = condition.equalsText { return text == Array(expected.utf8) }
        if let others = condition.isNoneOf { return !others.contains { text == Array($0.utf8) } }
        return !text.isEmpty
    }
}
