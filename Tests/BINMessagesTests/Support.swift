import BINMessages
import BINWire

/// Strings in one run of bytes, for messages that are built by hand.
struct Arena {
    private(set) var bytes: [UInt8] = []

    mutating func text(_ string: String) -> Text {
        let start = bytes.count
        bytes.append(contentsOf: string.utf8)
        return Text(offset: UInt32(start), length: UInt32(bytes.count - start))
    }

    mutating func list(_ strings: [String]) -> TextList {
        let start = bytes.count
        for string in strings {
            bytes.append(UInt8(truncatingIfNeeded: string.utf8.count))
            bytes.append(UInt8(truncatingIfNeeded: string.utf8.count >> 8))
            bytes.append(contentsOf: string.utf8)
        }
        let extent = Text(offset: UInt32(start), length: UInt32(bytes.count - start))
        return TextList(extent: extent, count: Int32(strings.count))
    }
}

/// A whole packet of `message` in `layout`.
func packet<M: Message>(
    _ message: M, in layout: M.Layout, from arena: [UInt8],
    routing: Routing? = Routing(cluster: 1, source: 1, destination: 2)
) throws -> [UInt8] {
    guard let identity = M.identity(in: layout), let type = identity.type else { return [] }
    var message = message
    var writer = PacketWriter()
    let name = Array(identity.capability.utf8)
    try writer.begin(capability: name.span.bytes, type: type, version: identity.version ?? 0, framing: layout.framing)
    try message.encode(from: arena.span.bytes, in: layout, into: &writer)
    try writer.finish(routing: identity.routing == .trailer ? routing : nil)
    return writer.copyBytes()
}

/// What an interpreter that has seen nothing says of a packet.
func describe(_ packet: [UInt8], _ framing: Framing, release: Release? = nil) throws -> PacketDescription {
    var interpreter = Interpreter(release: release)
    var description = PacketDescription()
    let header = try PacketHeader(datagram: packet.span.bytes, framing: framing)
    interpreter.interpret(packet.span.bytes, header, from: SenderAddress(high: 0, low: 0), into: &description)
    return description
}

/// `name=value` of every field, in order; texts in quotes.
func fields(_ description: PacketDescription, _ packet: [UInt8]) -> [String] {
    description.nodes.filter(\.isField).map { node in
        switch node.kind {
        case .text, .bytes:
            let start = Int(node.text.offset)
            let text = String(decoding: packet[start..<(start + Int(node.text.length))], as: UTF8.self)
            return "\(node.name)=\"\(text)\""
        default: return "\(node.name)=\(node.value)"
        }
    }
}
