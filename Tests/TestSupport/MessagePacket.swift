public import BINMessages
public import BINWire

/// Strings in one run of bytes, for messages that are built by hand.
public struct Arena {
    /// What the texts refer to.
    public private(set) var bytes: [UInt8] = []

    /// Nothing.
    public init() {}

    /// A text.
    public mutating func text(_ string: String) -> Text { data(Array(string.utf8)) }

    /// A text of any bytes.
    public mutating func data(_ content: [UInt8]) -> Text {
        let start = bytes.count
        bytes += content
        return Text(offset: UInt32(start), length: UInt32(bytes.count - start))
    }

    /// A list of texts.
    public mutating func list(_ strings: [String]) -> TextList {
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

/// A whole packet of `message` in `layout`; empty for a message that is no packet.
public func packet<M: Message>(
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
