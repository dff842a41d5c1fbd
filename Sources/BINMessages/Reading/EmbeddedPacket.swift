public import BINWire

extension Interpreter {
    /// The capability of the packet that a dialog variable holds; nil for variables that hold none.
    private static func capability(inVariable name: String) -> String? {
        switch name {
        case "siprecX_ctx": "siprec"
        case "_rtp_relay_ctx_": "rtp_relay_ctx"
        default: nil
        }
    }

    /// Reads the packet that is the value of a dialog variable (Spec/dialog-contexts.md).
    ///
    /// siprec and rtp_relay keep their state in variables, as packets of their own without a trailer.
    /// - Parameters:
    ///   - name: name of the variable.
    ///   - value: its value, escapes resolved.
    ///   - releases: what the sender may run.
    /// - Returns: what the packet says, with offsets that count from the beginning of `value`; nil when the value is not
    ///   exactly one packet that was read to its last byte and is the same when it is written anew.
    public static func embeddedPacket(
        inVariable name: RawSpan, value: RawSpan, releases: ReleaseSet = .all
    ) -> (header: PacketHeader, description: PacketDescription)? {
        // Most variables are short texts; they are told by their first bytes.
        guard value.byteCount >= Framing.v2_3.minimumLength, value.uint32(uncheckedAt: 0) == Framing.magic,
            let variable = name.validatedString(), let expected = capability(inVariable: variable),
            let header = try? PacketHeader(datagram: value, framing: .v2_3),
            header.capability.string(in: value) == expected
        else { return nil }
        var description = PacketDescription()
        var interpreter = Interpreter()
        interpreter.interpret(
            value, header, from: SenderAddress(high: 0, low: 0), knowing: releases, into: &description)
        var writer = PacketWriter()
        description.verify(value, header, using: &writer)
        return description.failure == nil ? (header, description) : nil
    }
}
