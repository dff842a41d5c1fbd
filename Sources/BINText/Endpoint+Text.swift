package import BINCapture

extension Endpoint {
    /// Reads `127.0.0.1:5555` or `[::1]:5555`.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            guard let address = IPAddress(ipv6: String(host.dropFirst().dropLast())) else { return nil }
            self.init(address, port: port)
            return
        }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4, let first = parts[0], let second = parts[1], let third = parts[2], let fourth = parts[3]
        else {
            return nil
        }
        self.init(IPAddress(first, second, third, fourth), port: port)
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
            for part in half.split(separator: ":", omittingEmptySubsequences: false) where !half.isEmpty {
                let octets = part.split(separator: ".").compactMap { UInt8($0) }
                if octets.count == 4 {
                    numbers += [UInt16(octets[0]) << 8 | UInt16(octets[1]), UInt16(octets[2]) << 8 | UInt16(octets[3])]
                } else {
                    guard let number = UInt16(part, radix: 16) else { return nil }
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
