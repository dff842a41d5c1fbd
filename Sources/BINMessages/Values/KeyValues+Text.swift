extension KeyValues: ExpressibleByDictionaryLiteral {
    /// The keys and values in their order.
    public init(dictionaryLiteral elements: (String, Value)...) {
        for (key, value) in elements { self[key] = value }
    }
}

extension KeyValues.Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) { self = .string(value) }

    public init(integerLiteral value: Int32) { self = .integer(value) }
}

extension KeyValues {
    /// Whether there is no key.
    public var isEmpty: Bool { entries.isEmpty }

    /// Whether a string has a zero byte, which no server can read.
    var hasZeroByte: Bool {
        entries.contains { entry in
            if entry.key.utf8.contains(0) { return true }
            return if case .string(let string) = entry.value { string.utf8.contains(0) } else { false }
        }
    }

    /// The text form as servers write it (UL-10): no spaces, keys in their order, and the empty string for the empty map.
    ///
    /// Escaped are quotation mark, backslash and the bytes below 32, with the short escapes where there are some.
    public var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the text form.
    func append(to bytes: inout [UInt8]) {
        guard !entries.isEmpty else { return }
        var separator = UInt8(ascii: "{")
        for entry in entries {
            bytes.append(separator)
            separator = UInt8(ascii: ",")
            KeyValues.append(entry.key, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            switch entry.value {
            case .string(let string): KeyValues.append(string, to: &bytes)
            case .integer(let integer): bytes.append(contentsOf: "\(integer)".utf8)
            }
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func append(_ string: String, to bytes: inout [UInt8]) {
        let backslash = UInt8(ascii: "\\")
        bytes.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), backslash: bytes += [backslash, byte]
            case 0x08: bytes += [backslash, UInt8(ascii: "b")]
            case 0x09: bytes += [backslash, UInt8(ascii: "t")]
            case 0x0A: bytes += [backslash, UInt8(ascii: "n")]
            case 0x0C: bytes += [backslash, UInt8(ascii: "f")]
            case 0x0D: bytes += [backslash, UInt8(ascii: "r")]
            case 0..<0x20: bytes += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
