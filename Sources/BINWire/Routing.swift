/// The trailer of a routable packet: which node of which cluster it comes from and which one it is for.
///
/// Every packet of 2.3 and later carries it behind its own fields, except those of the capabilities `clusterer` (2.3) and
/// `clusterer-internal` (2.4 and later), which begin with cluster and source instead (Spec/framing.md).
@frozen
public struct Routing: Hashable, Sendable {
    /// The cluster the packet belongs to; for a bridge packet the cluster it comes from.
    public var cluster: Int32
    /// The node that made the packet.
    public var source: Int32
    /// The node it is for, or ``bridgeDestination``.
    public var destination: Int32
    /// Bridge packets (4.0 and later) only: the cluster it is for.
    public var destinationCluster: Int32?

    /// What a bridge packet carries in place of a destination node: 0xC0000000.
    public static let bridgeDestination = Int32(bitPattern: 0xC000_0000)

    /// The trailer of a packet inside a cluster.
    @inlinable @inline(__always)
    public init(cluster: Int32, source: Int32, destination: Int32) {
        self.cluster = cluster
        self.source = source
        self.destination = destination
        self.destinationCluster = nil
    }

    /// The trailer of a packet from one cluster to another.
    @inlinable @inline(__always)
    public init(bridgeFrom cluster: Int32, to destinationCluster: Int32, source: Int32) {
        self.cluster = cluster
        self.source = source
        self.destination = Routing.bridgeDestination
        self.destinationCluster = destinationCluster
    }

    /// Bytes of the trailer: 12, or 16 for a bridge packet.
    @inlinable @inline(__always)
    public var size: Int { destinationCluster == nil ? 12 : 16 }

    /// Reads the trailer from the end of a packet.
    /// - Parameters:
    ///   - bytes: the packet.
    ///   - header: its header; the trailer lies between body offset and length.
    /// - Throws: ``WireError/Code/trailerMissing`` when the body is too short for it.
    @inlinable @inline(__always)
    public init(trailerOf bytes: RawSpan, header: PacketHeader) throws(WireError) {
        let end = header.length
        guard end <= bytes.byteCount, end - header.bodyOffset >= 12 else {
            throw WireError(.trailerMissing, at: header.bodyOffset)
        }
        let last = Int32(bitPattern: bytes.uint32(uncheckedAt: end - 4))
        if last == Routing.bridgeDestination {
            guard end - header.bodyOffset >= 16 else { throw WireError(.trailerMissing, at: header.bodyOffset) }
            self.init(
                bridgeFrom: Int32(bitPattern: bytes.uint32(uncheckedAt: end - 16)),
                to: Int32(bitPattern: bytes.uint32(uncheckedAt: end - 12)),
                source: Int32(bitPattern: bytes.uint32(uncheckedAt: end - 8)))
        } else {
            self.init(
                cluster: Int32(bitPattern: bytes.uint32(uncheckedAt: end - 12)),
                source: Int32(bitPattern: bytes.uint32(uncheckedAt: end - 8)), destination: last)
        }
    }

    /// A packet without its trailer, its length set right: what a node wants that writes the trailer itself.
    /// - Parameter packet: exactly one packet, in the framing of 2.3 and later.
    /// - Throws: ``WireError`` when it is no packet, or has no trailer.
    public static func removed(from packet: [UInt8]) throws(WireError) -> [UInt8] {
        let header = unsafe try PacketHeader(datagram: packet.span.bytes, framing: .v2_3)
        let trailer = unsafe try Routing(trailerOf: packet.span.bytes, header: header)
        var body = Array(packet.dropLast(trailer.size))
        let length = UInt32(truncatingIfNeeded: body.count)
        for index in 0..<4 { body[4 + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index))) }
        return body
    }
}
