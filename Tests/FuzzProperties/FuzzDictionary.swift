import BINMessages
import BINWire

/// Words that bring a fuzzer past the first comparisons, taken from the declarations.
public enum FuzzDictionary {
    /// The words, in the format of libFuzzer.
    public static var text: String {
        var words: Set<[UInt8]> = [Array("P4CK".utf8)]
        var numbers: Set<Int32> = [
            SyncChunks.marker, Routing.bridgeDestination, DeflateDictionary.bin1.id, -1, 65_535, 65_536,
        ]
        for candidate in MessageInputs.candidates {
            words.insert(Array(candidate.identity.capability.utf8))
            if let type = candidate.identity.type { numbers.insert(type) }
            if let version = candidate.identity.version { numbers.insert(Int32(version)) }
            let hints = FillHints(candidate.fields)
            numbers.formUnion(hints.integers.values.joined())
            words.formUnion(hints.texts.values.joined().map { Array($0.utf8) })
            collect(candidate.fields, &words, &numbers)
        }
        for key in MessageInputs.keys {
            var bytes: [UInt8] = []
            bytes.append(number32: key)
            words.insert(bytes)
        }
        for number in numbers {
            var bytes: [UInt8] = []
            bytes.append(number32: UInt32(bitPattern: number))
            words.insert(bytes)
        }
        return words.filter { !$0.isEmpty && $0.count <= 64 }.map(entry).sorted().joined(separator: "\n") + "\n"
    }

    private static func collect(_ fields: [FieldDeclaration], _ words: inout Set<[UInt8]>, _ numbers: inout Set<Int32>)
    {
        for field in fields {
            words.formUnion(FillValues.examples(field.meaning).map { Array($0.utf8) })
            if let domain = FillValues.domain(field.meaning) {
                numbers.formUnion([domain.lowerBound, domain.upperBound])
            }
            switch field.shape {
            case .count(let limit): numbers.formUnion([limit, limit &+ 1])
            case .fixedText(let size): numbers.insert(size)
            case .records(_, let inner), .condition(_, let inner), .textCondition(_, let inner), .remainder(let inner),
                .group(let inner):
                collect(inner, &words, &numbers)
            default: break
            }
        }
    }

    private static func entry(_ word: [UInt8]) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text = "\""
        for byte in word {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += "\\" + String(Unicode.Scalar(byte))
            case 0x20..<0x7F: text += String(Unicode.Scalar(byte))
            default:
                text +=
                    "\\x" + String(Unicode.Scalar(digits[Int(byte >> 4)]))
                    + String(Unicode.Scalar(digits[Int(byte & 15)]))
            }
        }
        return text + "\""
    }
}
