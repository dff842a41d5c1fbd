/// One whole packet with bytes of its own, for those who keep packets beyond the buffer they arrived in.
///
/// The fast path does not make one: it hands a `RawSpan` and a ``PacketHeader`` on.
public struct Packet: Hashable, Sendable {
    /// All bytes, header and trailer included.
    public let bytes: [UInt8]
    /// The checked header.
    public let header: PacketHeader

    /// Checks that `bytes` are exactly one packet; for 2.1 also its CRC-32.
    /// - Throws: ``WireError``.
    public init(_ bytes: [UInt8], framing: Framing) throws(WireError) {
        self.header = try PacketHeader(datagram: unsafe bytes.span.bytes, framing: framing)
        self.bytes = bytes
    }

    /// The capability name; bytes that are not UTF-8 are replaced.
    public var capability: String { String(decoding: capabilityBytes, as: UTF8.self) }

    /// The bytes of the capability name.
    public var capabilityBytes: ArraySlice<UInt8> {
        bytes[Int(header.capability.offset)..<header.typeOffset]
    }
}
