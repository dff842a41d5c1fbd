package import BINCapture

extension Endpoint {
    /// Reads `127.0.0.1:5555` or `[::1]:5555`.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(digits: text[text.index(after: colon)...]) else {
            return nil
        }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            guard let address = IPAddress(ipv6: String(host.dropFirst().dropLast())) else { return nil }
            self.init(address, port: port)
            return
        }
        guard let octets = IPAddress.octets(host) else { return nil }
        self.init(IPAddress(octets[0], octets[1], octets[2], octets[3]), port: port)
    }
}

extension IPAddress {
    /// Reads an IPv6 address: eight groups, one run of zeros shortened, the last two possibly as an IPv4 address.
    package init?(ipv6 text: String) {
        let halves = text.components(separatedBy: "::")
        guard halves.count <= 2 else { return nil }
        var groups: [[UInt16]] = []
        for half in halves {
            var numbers: [UInt16] = []
            let parts = half.isEmpty ? [] : half.split(separator: ":", omittingEmptySubsequences: false)
            for (place, part) in parts.enumerated() {
                let isLast = place == parts.count - 1 && groups.count == halves.count - 1
                if isLast, let octets = IPAddress.octets(part) {
                    numbers += [UInt16(octets[0]) << 8 | UInt16(octets[1]), UInt16(octets[2]) << 8 | UInt16(octets[3])]
                } else {
                    guard let number = UInt16(digits: part, radix: 16), part.utf8.count <= 4 else { return nil }
                    numbers.append(number)
                }
            }
            groups.append(numbers)
        }
        let known = groups.reduce(0) { $0 + $1.count }
        guard halves.count == 2 ? known < 8 : known == 8 else { return nil }
        let all = groups[0] + [UInt16](repeating: 0, count: 8 - known) + (groups.count > 1 ? groups[1] : [])
        let high = all[..<4].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
        let low = all[4...].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
        self.init(ipv6High: high, low: low)
    }

    /// The four numbers of an IPv4 address.
    fileprivate static func octets(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8(digits: $0) }
        let octets = parts.compactMap(\.self)
        return parts.count == 4 && octets.count == 4 ? octets : nil
    }
}

extension FixedWidthInteger {
    /// A number written with nothing but digits, without a sign.
    fileprivate init?(digits: some StringProtocol, radix: Int = 10) {
        guard digits.utf8.first != UInt8(ascii: "+"), digits.utf8.first != UInt8(ascii: "-") else { return nil }
        self.init(digits, radix: radix)
    }
}

extension String {
    /// The parts between each `separator`.
    fileprivate func components(separatedBy separator: String) -> [String] {
        var parts: [String] = [""]
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(separator) {
                parts.append("")
                rest = rest.dropFirst(separator.count)
            } else {
                parts[parts.count - 1].append(rest.removeFirst())
            }
        }
        return parts
    }
}
