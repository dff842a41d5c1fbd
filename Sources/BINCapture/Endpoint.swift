/// An IPv4 or IPv6 address as two numbers; it allocates nothing.
@frozen
public struct IPAddress: Hashable, Sendable, BitwiseCopyable {
    /// The first eight bytes of an IPv6 address in network order; 0 for IPv4.
    public let high: UInt64
    /// The last eight bytes of an IPv6 address, or the four of an IPv4 address, in network order.
    public let low: UInt64
    /// Whether it is an IPv6 address, IPv4-mapped ones included.
    public let isIPv6: Bool

    /// An IPv4 address, `0x7F000001` being 127.0.0.1.
    @inlinable
    public init(ipv4: UInt32) {
        self.high = 0
        self.low = UInt64(ipv4)
        self.isIPv6 = false
    }

    /// An IPv4 address from its four numbers.
    @inlinable
    public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        self.init(ipv4: UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth))
    }

    /// An IPv6 address; `high` holds its first eight bytes, the first of them in the most significant place.
    @inlinable
    public init(ipv6High high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
        self.isIPv6 = true
    }
}

extension IPAddress: CustomStringConvertible {
    /// The text form: dotted decimal, or what BSD's `inet_ntop` and RFC 5952 write for IPv6.
    public var description: String {
        guard isIPv6 else { return dottedDecimal }
        var groups = [UInt16](repeating: 0, count: 8)
        for index in 0..<4 {
            groups[index] = UInt16(truncatingIfNeeded: high >> UInt64(48 - 16 * index))
            groups[index + 4] = UInt16(truncatingIfNeeded: low >> UInt64(48 - 16 * index))
        }
        let zeros = longestZeros(groups)
        // An embedded IPv4 address is written as one: ::ffff:192.0.2.1 and ::192.0.2.1.
        if zeros == 0..<6 || (zeros == 0..<5 && groups[5] == 0xFFFF) {
            return (zeros.count == 6 ? "::" : "::ffff:") + dottedDecimal
        }
        let hexadecimal = groups.map { String($0, radix: 16) }
        guard zeros.count >= 2 else { return hexadecimal.joined(separator: ":") }
        return hexadecimal[..<zeros.lowerBound].joined(separator: ":") + "::"
            + hexadecimal[zeros.upperBound...].joined(separator: ":")
    }

    private var dottedDecimal: String {
        "\(low >> 24 & 0xFF).\(low >> 16 & 0xFF).\(low >> 8 & 0xFF).\(low & 0xFF)"
    }

    /// The first of the longest runs of zero groups.
    private func longestZeros(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for index in 0...8 where index == 8 || groups[index] != 0 {
            if index - start > longest.count { longest = start..<index }
            start = index + 1
        }
        return longest
    }
}

/// One end of a conversation: address and port.
@frozen
public struct Endpoint: Hashable, Sendable, BitwiseCopyable {
    /// The IP address.
    public let address: IPAddress
    /// The UDP or TCP port.
    public let port: UInt16

    /// An end of a conversation.
    @inlinable
    public init(_ address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }
}

extension Endpoint: CustomStringConvertible {
    /// `127.0.0.1:5555` or `[::1]:5555`.
    public var description: String { address.isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)" }
}
