import BINWire

/// Checks, before anything is queued, that bytes are exactly one packet that the receiver will take.
enum PacketCheck {
    static func stream(_ packet: [UInt8], framing: Framing, maximum: Int) throws(SendError) {
        try stream(packet.span.bytes, framing: framing, maximum: maximum)
    }

    static func stream(_ packet: RawSpan, framing: Framing, maximum: Int) throws(SendError) {
        guard packet.byteCount <= maximum else { throw .tooLong(length: packet.byteCount, maximum: maximum) }
        try check(packet, framing)
    }

    static func datagram(_ packet: [UInt8], framing: Framing, maximum: Int) throws(SendError) {
        guard packet.count <= maximum else { throw .tooLong(length: packet.count, maximum: maximum) }
        try check(packet.span.bytes, framing)
    }

    private static func check(_ packet: RawSpan, _ framing: Framing) throws(SendError) {
        do throws(WireError) {
            _ = try PacketHeader(datagram: packet, framing: framing)
        } catch {
            throw .refused(error)
        }
    }
}
