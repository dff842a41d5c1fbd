import BINMessages
import BINWire
import TestSupport

/// Changes one field of a message and leaves the others in their places.
struct FieldMutation {
    /// The message, or the packet it stands in.
    let bytes: [UInt8]
    /// Its fields.
    let nodes: [FieldNode]
    /// Bytes of a length in front of a string.
    let prefix: Int

    /// Numbers at which something changes.
    private static let edges: [Int32] = [
        0, 1, -1, 2, 3, 7, 8, 16, 127, 128, 255, 256, 257, 1000, 32_767, 32_768, 65_515, 65_535, 65_536, .max, .min,
        SyncChunks.marker, Routing.bridgeDestination,
    ]
    private static let lengths = [0, 1, 2, 4, 8, 23, 24, 25, 64, 255, 256, 300, 2000]

    func mutated(_ random: inout SeededRandom) -> [UInt8] {
        let places = nodes.indices.filter { nodes[$0].isField }
        guard let place = places.randomElement(using: &random) else { return bytes }
        let node = nodes[place]
        let start = Int(node.offset)
        let range = start..<(start + Int(node.length))
        guard range.upperBound <= bytes.count else { return bytes }
        switch random.below(9) {
        case 0, 1: return replacing(range, value(of: node, &random))
        case 2:
            return node.kind == .text ? damaged(lengthAt: start, &random) : replacing(range, value(of: node, &random))
        case 3: return replacing(range, bytes[range] + bytes[range])
        case 4: return replacing(range, [])
        case 5:
            let other = nodes[places[random.below(places.count)]]
            let source = Int(other.offset)..<Int(other.offset + other.length)
            return source.upperBound <= bytes.count ? replacing(range, bytes[source]) : bytes
        case 6: return Array(bytes[..<(start + random.below(range.count + 1))])
        case 7: return withOneMore(listAfter: place)
        default: return bytes + random.bytes(random.below(9))
        }
    }

    private func replacing(_ range: Range<Int>, _ new: some Collection<UInt8>) -> [UInt8] {
        var changed = bytes
        changed.replaceSubrange(range, with: new)
        return changed
    }

    /// Another value for a field of the same kind, with its length where it has one.
    private func value(of node: FieldNode, _ random: inout SeededRandom) -> [UInt8] {
        let number =
            random.oneIn(3)
            ? Int32(truncatingIfNeeded: node.value) &+ Int32(random.below(5)) &- 2
            : Self.edges.randomElement(using: &random) ?? 0
        switch node.kind {
        case .integer, .count:
            return integer(number)
        case .value32: return length(4) + integer(number)
        case .value64: return length(8) + integer(number) + integer(random.oneIn(2) ? 0 : number)
        case .text:
            let examples = FillValues.examples(node.meaning)
            if let example = examples.randomElement(using: &random), !random.oneIn(4) {
                return length(example.utf8.count) + Array(example.utf8)
            }
            let count = Self.lengths.randomElement(using: &random) ?? 0
            return length(count)
                + (random.oneIn(2) ? random.bytes(count) : [UInt8](repeating: UInt8(ascii: "a"), count: count))
        default: return random.bytes(random.below(40))
        }
    }

    private func integer(_ value: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(number32: UInt32(bitPattern: value))
        return bytes
    }

    private func length(_ value: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        if prefix == 2 {
            bytes.append(number16: value)
        } else {
            bytes.append(number32: UInt32(truncatingIfNeeded: value))
        }
        return bytes
    }

    private func damaged(lengthAt start: Int, _ random: inout SeededRandom) -> [UInt8] {
        guard start + prefix <= bytes.count else { return bytes }
        let edge = Int(Self.edges.randomElement(using: &random) ?? 0)
        return replacing(start..<(start + prefix), length(edge))
    }

    /// Doubles the first element of the list behind a count, and counts it.
    private func withOneMore(listAfter place: Int) -> [UInt8] {
        guard nodes[place].kind == .count,
            let list = nodes[place...].firstIndex(where: { $0.kind == .beginRecords || $0.kind == .beginList })
        else { return bytes }
        var depth = 0
        var element: Range<Int>?
        for node in nodes[(list + 1)...] {
            if node.isField {
                let end = Int(node.offset + node.length)
                element = (element?.lowerBound ?? Int(node.offset))..<end
                if depth == 0 { break }
            } else if node.kind == .beginRecord || node.kind == .beginRecords || node.kind == .beginList {
                depth += 1
            } else if node.kind == .endRecord || node.kind == .endRecords || node.kind == .endList {
                depth -= 1
                if depth <= 0 { break }
            }
        }
        guard let element, element.upperBound <= bytes.count else { return bytes }
        var changed = bytes
        changed.insert(contentsOf: bytes[element], at: element.upperBound)
        let count = Int(nodes[place].offset)
        changed.replaceSubrange(count..<(count + 4), with: integer(Int32(truncatingIfNeeded: nodes[place].value + 1)))
        return changed
    }
}
