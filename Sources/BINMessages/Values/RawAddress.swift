import BINWire

/// An address as the memory image of a structure of the sender's host, 24 bytes (Spec/tm.md, source address).
///
/// Four bytes each for the number of the address family and the length, then 16 bytes of which `length` are the address.
public struct RawAddress: Hashable, Sendable {
    /// Number of the address family on the sender's operating system; on Linux 2 for IPv4 and 10 for IPv6.
    public var family: UInt32
    /// Bytes of the address: 4 for IPv4, 16 for IPv6.
    public var length: UInt32
    /// The 16 bytes; for IPv4 the last 12 mean nothing, senders leave there what was in memory.
    public var bytes: [UInt8]

    /// Size of the structure in bytes.
    public static let size: Int32 = 24

    /// Reads the structure; nil when there are not 24 bytes, or the length is none of 4 and 16.
    public init?(_ source: RawSpan) {
        guard source.byteCount == Int(RawAddress.size) else { return nil }
        family = source.uint32(uncheckedAt: 0)
        length = source.uint32(uncheckedAt: 4)
        guard length == 4 || length == 16 else { return nil }
        bytes = (8..<24).map { source.uint8(uncheckedAt: $0) }
    }

    /// The bytes behind the address, which mean nothing; empty for IPv6.
    public var unused: ArraySlice<UInt8> { bytes[Int(length)...] }

    /// Whether family and length belong together where they are known to.
    var isConsistent: Bool { family == 2 ? length == 4 : family != 10 || length == 16 }

    /// The address in its usual form: `192.0.2.1`, or eight groups of hexadecimal digits without a shortened run of zeros.
    public var text: String {
        if length == 4 { return bytes[..<4].map { "\($0)" }.joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map {
            String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
        }.joined(separator: ":")
    }
}
