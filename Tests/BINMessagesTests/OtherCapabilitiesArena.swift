import BINMessages
import BINWire

/// Collects the texts of a message that a test makes.
struct OtherCapabilitiesArena {
    private(set) var bytes: [UInt8] = []

    /// The place of `string` in the arena.
    mutating func text(_ string: String) -> Text { text(Array(string.utf8)) }

    /// The place of `content` in the arena.
    mutating func text(_ content: [UInt8]) -> Text {
        let text = Text(offset: UInt32(bytes.count), length: UInt32(content.count))
        bytes += content
        return text
    }

    /// A whole packet with `message`; with a trailer where the message has one.
    func packet<M: Message>(_ message: M, in layout: M.Layout) throws -> [UInt8] {
        var message = message
        guard let identity = M.identity(in: layout) else { return [] }
        var writer = PacketWriter()
        let capability = Array(identity.capability.utf8)
        try writer.begin(
            capability: capability.span.bytes, type: identity.type ?? 0, version: identity.version ?? 0,
            framing: layout.framing)
        try message.encode(from: bytes.span.bytes, in: layout, into: &writer)
        let routing = Routing(cluster: 1, source: 2, destination: 3)
        try writer.finish(routing: identity.routing == .trailer ? routing : nil)
        return writer.copyBytes()
    }

    /// What an interpreter that knows nothing says of `packet`.
    static func description(of packet: [UInt8]) throws -> PacketDescription {
        var interpreter = Interpreter()
        var description = PacketDescription()
        let header = try PacketHeader(datagram: packet.span.bytes, framing: .v2_3)
        interpreter.interpret(
            packet.span.bytes, header, from: SenderAddress(high: 0, low: 1), into: &description)
        var writer = PacketWriter()
        description.verify(packet.span.bytes, header, using: &writer)
        return description
    }
}

extension PacketDescription {
    /// The first node of this name.
    func node(_ name: String) -> FieldNode? { nodes.first { $0.name.description == name } }
}
