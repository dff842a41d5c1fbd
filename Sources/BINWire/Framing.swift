/// The three generations of BIN framing (Spec/framing.md).
///
/// A generation fixes the header, the width of string lengths and the size limits. It says nothing about the fields:
/// those belong to the release of the sender.
@frozen
public enum Framing: UInt8, Hashable, Sendable, CaseIterable {
    /// OpenSIPS 2.1: one packet a UDP datagram, CRC-32 instead of a length, no version, 32-bit string lengths.
    case v2_1
    /// OpenSIPS 2.2: TCP, 16-bit length and version each followed by two undefined bytes, 32-bit string lengths.
    case v2_2
    /// OpenSIPS 2.3 and later: TCP or TLS, 32-bit length, 16-bit version, 16-bit string lengths.
    case v2_3

    /// The four bytes every packet begins with, `P4CK`, as a little-endian number.
    public static let magic: UInt32 = 0x4B43_3450

    /// The largest packet in bytes that any release up to 3.6 sends or accepts.
    public static let maximumLength = 65535

    /// The largest packet in bytes from 4.0 on: twenty bytes are kept for what a relay appends.
    public static let maximumLengthSince4_0 = 65515

    /// The largest UDP payload over IPv4, in bytes; a 2.1 packet cannot be longer on the wire.
    public static let maximumDatagram = 65507

    /// Bytes before the capability name.
    @inlinable
    public var fixedHeaderSize: Int {
        switch self {
        case .v2_1, .v2_3: 12
        case .v2_2: 16
        }
    }

    /// Bytes of the smallest packet: fixed header, a capability name of one byte, the type.
    ///
    /// 2.1 receivers drop datagrams under 18 bytes, one more than the fields need; so does this library.
    @inlinable
    public var minimumLength: Int {
        switch self {
        case .v2_1: 18
        case .v2_2: 21
        case .v2_3: 17
        }
    }

    /// Bytes of the length in front of a string.
    @inlinable
    public var textLengthSize: Int { self == .v2_3 ? 2 : 4 }

    /// The number of bytes of the beginning of a packet that tell its total length in a stream.
    @inlinable
    public var lengthPrefixSize: Int { self == .v2_3 ? 8 : 6 }
}

extension Framing: CustomStringConvertible {
    /// The first series that used it: `2.1`, `2.2` or `2.3`.
    public var description: String {
        switch self {
        case .v2_1: "2.1"
        case .v2_2: "2.2"
        case .v2_3: "2.3"
        }
    }
}
