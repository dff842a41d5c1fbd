/// The packet that carries other packets, deflated: capability `ext-deflate` (Spec/extensions/deflate.md).
public enum Envelope {
    /// Name of the capability, which a node that accepts envelopes announces.
    public static let capability = "ext-deflate"
    /// Type of the packet.
    public static let type: Int32 = 1
    /// Version of the format.
    public static let version: Int16 = 1
    /// The most packets that one envelope may hold.
    public static let maximumPackets = 65_535

    /// Bytes of an envelope beside its payload, with a trailer inside of a cluster: header 27, fields 16, trailer 12.
    public static let overhead = 55

    static let capabilityBytes = Array(capability.utf8)

    /// Bytes of the fields before the payload.
    static let fixedFields = 16

    /// Whether the packet with this header is one, whatever its type and version.
    ///
    /// - Parameters:
    ///   - header: the header.
    ///   - bytes: the packet that it was read from.
    public static func isEnvelope(_ header: PacketHeader, _ bytes: RawSpan) -> Bool {
        // The length tells nearly all others apart without a look at the name.
        guard header.capability.length == UInt32(capabilityBytes.count), header.framing == .v2_3 else { return false }
        return isCapability(capabilityBytes, header, bytes)
    }

    /// Whether the packet belongs to the capability `name`.
    static func isCapability(_ name: [UInt8], _ header: PacketHeader, _ bytes: RawSpan) -> Bool {
        guard let found = try? header.capability.bytes(in: bytes), found.byteCount == name.count else { return false }
        for index in name.indices where found.uint8(uncheckedAt: index) != name[index] { return false }
        return true
    }
}
