public import BINMessages
import BINWire

/// The fields of a description as plain values, lists of groups as lists of dictionaries.
public indirect enum FieldValue: Equatable, Sendable {
    case number(Int64)
    case text(String)
    case list([FieldValue])
    case group([String: FieldValue])

    public subscript(name: String) -> FieldValue? {
        if case .group(let fields) = self { fields[name] } else { nil }
    }
    public var number: Int64? { if case .number(let value) = self { value } else { nil } }
    public var text: String? { if case .text(let value) = self { value } else { nil } }
    public var list: [FieldValue] { if case .list(let values) = self { values } else { [] } }
    public var groups: [FieldValue] { list }

    public static func fields(_ nodes: [FieldNode], _ bytes: [UInt8]) -> FieldValue {
        var position = 0
        return group(nodes, bytes, &position)
    }

    private static func group(_ nodes: [FieldNode], _ bytes: [UInt8], _ position: inout Int) -> FieldValue {
        var fields: [String: FieldValue] = [:]
        while position < nodes.count {
            let node = nodes[position]
            position += 1
            switch node.kind {
            case .endRecord, .endGroup: return .group(fields)
            case .beginGroup: fields[node.name.description] = group(nodes, bytes, &position)
            case .beginList, .beginRecords:
                var values: [FieldValue] = []
                while nodes[position].kind != .endList, nodes[position].kind != .endRecords {
                    if nodes[position].kind == .beginRecord {
                        position += 1
                        values.append(group(nodes, bytes, &position))
                    } else {
                        values.append(value(nodes[position], bytes))
                        position += 1
                    }
                }
                position += 1
                fields[node.name.description] = .list(values)
            default: fields[node.name.description] = value(node, bytes)
            }
        }
        return .group(fields)
    }

    private static func value(_ node: FieldNode, _ bytes: [UInt8]) -> FieldValue {
        switch node.kind {
        case .text, .bytes:
            let start = Int(node.text.offset)
            return .text(String(decoding: bytes[start..<(start + Int(node.text.length))], as: UTF8.self))
        default: return .number(node.value)
        }
    }
}
