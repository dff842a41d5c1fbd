import BINWire

/// The key/values of contacts and AoRs: one flat, compact JSON object of strings and 32-bit integers (Spec/usrloc.md, kv).
///
/// An empty map is the empty string. `_st` holds the sharing tag that owns a contact, `_urec_kvs` the map of the AoR
/// as a string; other keys belong to other modules.
public struct KeyValues: Hashable, Sendable {
    /// A value.
    public enum Value: Hashable, Sendable {
        /// A string.
        case string(String)
        /// An integer.
        case integer(Int32)
    }

    /// Keys and values in the order of the text.
    public private(set) var entries: [(key: String, value: Value)] = []

    /// No key.
    public init() {}

    /// Reads the text form; nil when it is not one flat, compact JSON object (or empty).
    public init?(_ text: RawSpan) {
        guard text.byteCount > 0 else { return }
        var scanner = JSONScanner(text)
        guard scanner.take(UInt8(ascii: "{")) else { return nil }
        if !scanner.take(UInt8(ascii: "}")) {
            repeat {
                guard let key = scanner.string(), scanner.take(UInt8(ascii: ":")) else { return nil }
                if let string = scanner.string() {
                    entries.append((key, .string(string)))
                } else if let integer = scanner.integer() {
                    entries.append((key, .integer(integer)))
                } else {
                    return nil
                }
            } while scanner.take(UInt8(ascii: ","))
            guard scanner.take(UInt8(ascii: "}")) else { return nil }
        }
        guard scanner.isAtEnd else { return nil }
    }

    /// The map that a receiver makes of `text` (UL-10, UL-12): values that are neither string nor 32-bit integer are left out,
    /// text behind the closing brace is ignored, and a text that is no object is the empty map.
    public init(received text: RawSpan) {
        if let map = KeyValues(text) {
            self = map
            return
        }
        var scanner = JSONScanner(text)
        scanner.skipSpaces()
        guard scanner.take(UInt8(ascii: "{")) else { return }
        var received: [(key: String, value: Value)] = []
        scanner.skipSpaces()
        if !scanner.take(UInt8(ascii: "}")) {
            repeat {
                scanner.skipSpaces()
                guard let key = scanner.string() else { return }
                scanner.skipSpaces()
                guard scanner.take(UInt8(ascii: ":")) else { return }
                scanner.skipSpaces()
                if let string = scanner.string() {
                    received.append((key, .string(string)))
                } else if let integer = scanner.integer() {
                    received.append((key, .integer(integer)))
                } else if !scanner.skipValue(depth: 0) {
                    return
                }
                scanner.skipSpaces()
            } while scanner.take(UInt8(ascii: ","))
            guard scanner.take(UInt8(ascii: "}")) else { return }
        }
        entries = received
    }

    /// The value of `key`; setting nil removes it, a new key is put at the end.
    public subscript(key: String) -> Value? {
        get { entries.first { $0.key == key }?.value }
        set {
            let place = entries.firstIndex { $0.key == key }
            switch (place, newValue) {
            case (let place?, let value?): entries[place].value = value
            case (let place?, nil): entries.remove(at: place)
            case (nil, let value?): entries.append((key, value))
            case (nil, nil): return
            }
        }
    }

    /// Whether both hold the same keys and values in the same order.
    public static func == (left: KeyValues, right: KeyValues) -> Bool {
        left.entries.count == right.entries.count && zip(left.entries, right.entries).allSatisfy { $0 == $1 }
    }

    /// Hashes keys and values.
    public func hash(into hasher: inout Hasher) {
        for entry in entries {
            hasher.combine(entry.key)
            hasher.combine(entry.value)
        }
    }
}

/// Reads the few tokens that compact JSON is made of.
private struct JSONScanner: ~Escapable {
    private let text: RawSpan
    private var position = 0

    @_lifetime(copy text)
    init(_ text: RawSpan) {
        self.text = text
    }

    var isAtEnd: Bool { position == text.byteCount }

    private var next: UInt8? { position < text.byteCount ? text.uint8(uncheckedAt: position) : nil }

    @_lifetime(self: copy self)
    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    @_lifetime(self: copy self)
    mutating func skipSpaces() {
        while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    }

    /// Moves behind a value of any kind; false when there is none or it is nested too deeply.
    @_lifetime(self: copy self)
    mutating func skipValue(depth: Int) -> Bool {
        skipSpaces()
        guard depth < 16, let byte = next else { return false }
        switch byte {
        case UInt8(ascii: "\""):
            return string() != nil
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let isObject = byte == UInt8(ascii: "{")
            let close = UInt8(ascii: isObject ? "}" : "]")
            position += 1
            skipSpaces()
            if take(close) { return true }
            repeat {
                skipSpaces()
                if isObject {
                    guard string() != nil else { return false }
                    skipSpaces()
                    guard take(UInt8(ascii: ":")) else { return false }
                }
                guard skipValue(depth: depth + 1) else { return false }
                skipSpaces()
            } while take(UInt8(ascii: ","))
            return take(close)
        default:
            // A number, true, false or null.
            let start = position
            while let byte = next, isWordByte(byte) { position += 1 }
            return position > start
        }
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    @_lifetime(self: copy self)
    mutating func integer() -> Int32? {
        let start = position
        _ = take(UInt8(ascii: "-"))
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        let digits = text.extracting(start..<position).validatedString() ?? ""
        guard let value = Int32(digits), "\(value)" == digits else {
            position = start
            return nil
        }
        return value
    }

    @_lifetime(self: copy self)
    mutating func string() -> String? {
        let start = position
        guard take(UInt8(ascii: "\"")) else { return nil }
        var bytes: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: bytes, as: UTF8.self) else { return rewind(start) }
                return string
            case UInt8(ascii: "\\"):
                guard escape(into: &bytes) else { return rewind(start) }
            case 0..<0x20:
                return rewind(start)
            default:
                bytes.append(byte)
            }
        }
        return rewind(start)
    }

    @_lifetime(self: copy self)
    private mutating func rewind(_ start: Int) -> String? {
        position = start
        return nil
    }

    @_lifetime(self: copy self)
    private mutating func escape(into bytes: inout [UInt8]) -> Bool {
        guard let byte = next else { return false }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): return unicodeEscape(into: &bytes)
        default: return false
        }
        return true
    }

    @_lifetime(self: copy self)
    private mutating func unicodeEscape(into bytes: inout [UInt8]) -> Bool {
        guard let first = hexQuad() else { return false }
        var code = UInt32(first)
        if (0xD800..<0xDC00).contains(first) {
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let second = hexQuad(),
                (0xDC00..<0xE000).contains(second)
            else { return false }
            code = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { return false }
        bytes.append(contentsOf: String(Character(scalar)).utf8)
        return true
    }

    @_lifetime(self: copy self)
    private mutating func hexQuad() -> UInt16? {
        guard position + 4 <= text.byteCount else { return nil }
        let digits = text.extracting(position..<(position + 4)).validatedString() ?? ""
        guard digits.allSatisfy(\.isHexDigit), let value = UInt16(digits, radix: 16) else { return nil }
        position += 4
        return value
    }
}
