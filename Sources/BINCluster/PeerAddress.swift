/// An IP address as numbers, for the check of where a packet came from (Spec/clusterer.md, CL-19).
///
/// IPv4 addresses inside of IPv6 (`::ffff:a.b.c.d`), as sockets for both families report them, are the IPv4 address.
@frozen
public struct PeerAddress: Hashable, Sendable, BitwiseCopyable {
    /// The first eight bytes of an IPv6 address in network order; 0 for IPv4.
    public let high: UInt64
    /// The last eight bytes of an IPv6 address, or the four of an IPv4 address, in network order.
    public let low: UInt64
    /// Whether it is an IPv6 address.
    public let isIPv6: Bool

    /// An IPv4 address, `0x7F000001` being 127.0.0.1.
    public init(ipv4: UInt32) {
        self.high = 0
        self.low = UInt64(ipv4)
        self.isIPv6 = false
    }

    /// An IPv6 address; `high` holds its first eight bytes, the first of them in the most significant place.
    public init(ipv6High high: UInt64, low: UInt64) {
        let isMapped = high == 0 && low >> 32 == 0xFFFF
        self.high = high
        self.low = isMapped ? low & 0xFFFF_FFFF : low
        self.isIPv6 = !isMapped
    }

    /// Reads `10.0.0.7` or `2001:db8::7`, without brackets; nil for anything else, names among it.
    public init?(_ text: some StringProtocol) {
        if let value = PeerAddress.dottedDecimal(text) {
            self.init(ipv4: value)
        } else if let (high, low) = PeerAddress.hexadecimalGroups(text) {
            self.init(ipv6High: high, low: low)
        } else {
            return nil
        }
    }

    private static func dottedDecimal(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: "." as Character, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            // No leading zeros: some read them as octal.
            guard part.count <= 3, part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                part.count == 1 || !part.hasPrefix("0"),
                let number = UInt8(part)
            else { return nil }
            value = value << 8 | UInt32(number)
        }
        return value
    }

    private static func hexadecimalGroups(_ text: some StringProtocol) -> (high: UInt64, low: UInt64)? {
        guard text.utf8.count <= 45, text.contains(":") else { return nil }
        var before: [UInt16] = []
        var after: [UInt16] = []
        var seesGap = false
        var parts = text.split(separator: ":" as Character, omittingEmptySubsequences: false).map { String($0) }
        // A gap at either end leaves two empty parts there; one of them belongs to the gap.
        let beginsWithGap = parts.count > 2 && parts[0].isEmpty && parts[1].isEmpty
        if beginsWithGap { parts.removeFirst() }
        if parts.count > (beginsWithGap ? 1 : 2), parts[parts.count - 1].isEmpty, parts[parts.count - 2].isEmpty {
            parts.removeLast()
        }
        for (index, part) in parts.enumerated() {
            if part.isEmpty {
                guard !seesGap else { return nil }
                seesGap = true
                continue
            }
            var groups: [UInt16] = []
            if index == parts.count - 1, let embedded = dottedDecimal(part) {
                groups = [UInt16(embedded >> 16), UInt16(embedded & 0xFFFF)]
            } else {
                guard part.utf8.count <= 4, !part.hasPrefix("+"), !part.hasPrefix("-"),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                groups = [group]
            }
            if seesGap { after += groups } else { before += groups }
        }
        let missing = 8 - before.count - after.count
        guard seesGap ? missing >= 1 : missing == 0 else { return nil }
        let groups = before + [UInt16](repeating: 0, count: missing) + after
        let halves = [groups[0..<4], groups[4..<8]].map { $0.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
        return (halves[0], halves[1])
    }
}

extension PeerAddress: CustomStringConvertible {
    /// Dotted decimal, or eight groups of hexadecimal digits.
    public var description: String {
        guard isIPv6 else { return "\(low >> 24 & 0xFF).\(low >> 16 & 0xFF).\(low >> 8 & 0xFF).\(low & 0xFF)" }
        return [high, low].map { half in
            (0..<4).map { String(half >> UInt64(48 - 16 * $0) & 0xFFFF, radix: 16) }.joined(separator: ":")
        }.joined(separator: ":")
    }
}

/// Where a packet came from.
@frozen
public struct PacketSource: Hashable, Sendable, BitwiseCopyable {
    /// The address of the other end; its port says nothing (TR-4).
    public var address: PeerAddress
    /// The number under which whoever drives the member knows the connection, for answers on it.
    public var connection: UInt64

    /// A source.
    @inlinable
    public init(address: PeerAddress, connection: UInt64) {
        self.address = address
        self.connection = connection
    }
}
