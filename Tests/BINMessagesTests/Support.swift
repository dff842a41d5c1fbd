import BINMessages
import BINWire

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
