import BINMessages
import BINWire

/// Puts other node and cluster ids into packets, wherever their generation keeps them: in the trailer, in the first
/// fields of the packets of the clusterer, in the first field of 2.2.
struct NodeRewrite {
    var cluster: Int32?
    /// The node that the packet says it comes from.
    var source: Int32?
    /// The node that it is for.
    var destination: Int32?

    /// Whether packets stay as they are.
    var isIdentity: Bool { cluster == nil && source == nil && destination == nil }

    /// The packet with the new ids. 2.1 has none; what has no room for a trailer stays as it is.
    func applied(to packet: [UInt8], _ header: PacketHeader) -> [UInt8] {
        guard !isIdentity else { return packet }
        var packet = packet
        switch Catalogue.declared.routingKind(of: packet.span.bytes, header) {
        case .none:
            if header.framing == .v2_2, packet.count >= header.bodyOffset + 4 {
                write(source, at: header.bodyOffset, &packet)
            }
        case .leading:
            guard packet.count >= header.bodyOffset + 8 else { break }
            write(cluster, at: header.bodyOffset, &packet)
            write(source, at: header.bodyOffset + 4, &packet)
        case .trailer:
            guard let routing = try? Routing(trailerOf: packet.span.bytes, header: header) else { break }
            let end = header.length
            write(cluster, at: end - routing.size, &packet)
            if routing.destinationCluster == nil {
                write(source, at: end - 8, &packet)
                write(destination, at: end - 4, &packet)
            } else {
                write(source, at: end - 8, &packet)
            }
        }
        return packet
    }

    private func write(_ value: Int32?, at offset: Int, _ packet: inout [UInt8]) {
        guard let value else { return }
        for index in 0..<4 { packet[offset + index] = UInt8(truncatingIfNeeded: value >> Int32(8 * index)) }
    }
}
