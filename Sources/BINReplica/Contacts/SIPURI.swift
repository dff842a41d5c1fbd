import BINWire

/// A SIP URI in its parts, as far as comparing needs them (RFC 3261, 19.1.4). Nothing is copied.
struct SIPURI: ~Escapable {
    let bytes: RawSpan
    /// Scheme, in front of the colon; empty when there is none.
    private(set) var scheme = 0..<0
    /// What stands in front of the `@`.
    private(set) var user = 0..<0
    /// Host and port.
    private(set) var host = 0..<0
    /// Everything from the first `;` behind the host on, that excluded.
    private(set) var parameters = 0..<0
    /// Everything behind the `?`.
    private(set) var headers = 0..<0

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) {
        self.bytes = bytes
        let end = bytes.byteCount
        var start = 0
        if let colon = SIPURI.first(of: UInt8(ascii: ":"), in: bytes, 0..<end) {
            scheme = 0..<colon
            start = colon + 1
        }
        if let at = SIPURI.first(of: UInt8(ascii: "@"), in: bytes, start..<end) {
            user = start..<at
            start = at + 1
        }
        let question = SIPURI.first(of: UInt8(ascii: "?"), in: bytes, start..<end)
        let headersStart = question ?? end
        if question != nil { headers = (headersStart + 1)..<end }
        let semicolon = SIPURI.first(of: UInt8(ascii: ";"), in: bytes, start..<headersStart)
        host = start..<(semicolon ?? headersStart)
        if let semicolon { parameters = (semicolon + 1)..<headersStart }
    }

    private static func first(of byte: UInt8, in bytes: RawSpan, _ range: Range<Int>) -> Int? {
        range.first { bytes.uint8(uncheckedAt: $0) == byte }
    }

    private func range(_ range: Range<Int>, isEqualTo other: borrowing SIPURI, _ otherRange: Range<Int>) -> Bool {
        guard range.count == otherRange.count else { return false }
        for offset in 0..<range.count {
            let left = bytes.uint8(uncheckedAt: range.lowerBound + offset)
            let right = other.bytes.uint8(uncheckedAt: otherRange.lowerBound + offset)
            guard left == right || SIPURI.lowercased(left) == SIPURI.lowercased(right) else { return false }
        }
        return true
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 0x20 : byte
    }

    /// The user parts agree when they do byte for byte once percent escapes are resolved.
    private func hasSameUser(as other: borrowing SIPURI) -> Bool {
        var left = user.lowerBound
        var right = other.user.lowerBound
        while left < user.upperBound, right < other.user.upperBound {
            guard
                SIPURI.unescaped(bytes, &left, user.upperBound)
                    == SIPURI.unescaped(other.bytes, &right, other.user.upperBound)
            else { return false }
        }
        return left == user.upperBound && right == other.user.upperBound
    }

    private static func unescaped(_ bytes: RawSpan, _ position: inout Int, _ end: Int) -> UInt8 {
        let byte = bytes.uint8(uncheckedAt: position)
        position += 1
        guard byte == UInt8(ascii: "%"), position + 2 <= end, let high = digit(bytes.uint8(uncheckedAt: position)),
            let low = digit(bytes.uint8(uncheckedAt: position + 1))
        else { return byte }
        position += 2
        return high * 16 + low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// A parameter: where its name and its value stand.
    struct Parameter {
        var name: Range<Int>
        var value: Range<Int>
    }

    /// The parameter that begins at `position`, which moves behind it; nil behind the last one.
    func nextParameter(_ position: inout Int) -> Parameter? {
        guard position < parameters.upperBound else { return nil }
        let rest = position..<parameters.upperBound
        let end = SIPURI.first(of: UInt8(ascii: ";"), in: bytes, rest) ?? parameters.upperBound
        let equals = SIPURI.first(of: UInt8(ascii: "="), in: bytes, position..<end) ?? end
        defer { position = end + 1 }
        return Parameter(name: position..<equals, value: min(equals + 1, end)..<end)
    }

    /// The value of the parameter `name`, which may be empty; nil when it is not there.
    func value(of name: RawSpan) -> Range<Int>? {
        var position = parameters.lowerBound
        while let parameter = nextParameter(&position) {
            guard parameter.name.count == name.byteCount else { continue }
            let isNamed = (0..<name.byteCount).allSatisfy {
                SIPURI.lowercased(bytes.uint8(uncheckedAt: parameter.name.lowerBound + $0))
                    == SIPURI.lowercased(name.uint8(uncheckedAt: $0))
            }
            if isNamed { return parameter.value }
        }
        return nil
    }

    /// Whether one of these parameters must be in both URIs when it is in one.
    private func mustAgree(_ name: Range<Int>) -> Bool {
        let text = bytes.extracting(name)
        return SIPURI.agreeing.contains { agreeing in
            let word = agreeing.utf8
            return word.count == text.byteCount
                && zip(0..., word).allSatisfy { SIPURI.lowercased(text.uint8(uncheckedAt: $0)) == $1 }
        }
    }

    private static let agreeing = ["user", "ttl", "method", "maddr", "transport"]

    /// Whether each parameter here agrees with that of `other`.
    private func parametersAgree(with other: borrowing SIPURI) -> Bool {
        var position = parameters.lowerBound
        while let parameter = nextParameter(&position) {
            if let value = other.value(of: bytes.extracting(parameter.name)) {
                guard range(parameter.value, isEqualTo: other, value) else { return false }
            } else if mustAgree(parameter.name) {
                return false
            }
        }
        return true
    }

    /// Whether both mean the same. Headers are compared as they are.
    func means(_ other: borrowing SIPURI) -> Bool {
        range(scheme, isEqualTo: other, other.scheme) && hasSameUser(as: other)
            && range(host, isEqualTo: other, other.host) && parametersAgree(with: other)
            && other.parametersAgree(with: self) && range(headers, isEqualTo: other, other.headers)
    }

    /// Whether the values of those of the `names` agree that are in both URIs (UL-4).
    func agrees(with other: borrowing SIPURI, on names: [Text], in source: RawSpan) -> Bool {
        for text in names {
            guard let name = try? text.bytes(in: source) else { return false }
            guard let left = value(of: name), let right = other.value(of: name) else { continue }
            guard bytes.extracting(left).isEqual(other.bytes.extracting(right)) else { return false }
        }
        return true
    }
}
