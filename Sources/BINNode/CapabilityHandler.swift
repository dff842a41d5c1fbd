public import BINCluster
public import BINTransport
public import BINWire

/// What becomes of the packets of one capability: whoever keeps its data, or feeds from them.
///
/// Its functions are called by the node, one at a time and in the order in which the packets of each peer came. They are not
/// asynchronous: while one of them works, the node reads no more, and a peer that sends faster than it is served waits at its
/// socket. What takes long is to be handed on.
public protocol CapabilityHandler: Sendable {
    /// Name of the capability, such as `usrloc-contact-repl`.
    var capability: String { get }

    /// A packet for the capability.
    /// - Parameters:
    ///   - packet: the packet, valid during the call.
    ///   - header: its header.
    ///   - delivery: the node it comes from, and where its fields stand.
    ///   - connection: the connection it came in on; nil for one that was held back during a sync.
    func receive(
        _ packet: RawSpan, _ header: PacketHeader, _ delivery: Delivery, on connection: PacketConnection?)

    /// A part of a sync that this node asked for.
    /// - Parameters:
    ///   - packet: the packet that holds the chunks, valid during the call.
    ///   - header: its header.
    ///   - part: the donor, the version of the data, and where the chunks stand.
    ///   - connection: the connection it came in on.
    /// - Returns: how many chunks were applied. A sync is complete when that adds up to what the donor announced.
    func apply(
        _ packet: RawSpan, _ header: PacketHeader, _ part: SyncPart, on connection: PacketConnection
    ) -> Int

    /// All data of the capability for a node that asked, a chunk at a time, and the version of that data.
    ///
    /// Asked for only where the configuration lets this node serve (``BINCluster/CapabilityConfiguration/servesSync``).
    func chunks(for node: Int32) -> SyncChunkSource?
}

extension CapabilityHandler {
    /// Counts the chunks and does nothing with them.
    public func apply(
        _ packet: RawSpan, _ header: PacketHeader, _ part: SyncPart, on connection: PacketConnection
    ) -> Int { part.count ?? 0 }

    /// Has no data to give.
    public func chunks(for node: Int32) -> SyncChunkSource? { nil }
}

/// Data for a node that syncs from this one.
public struct SyncChunkSource: Sendable {
    /// Version of the data's layout (Spec/clusterer.md, SYNC).
    public var dataVersion: Int16
    /// The next chunk, nil behind the last one. Called by one task at a time.
    public var next: @Sendable () -> [UInt8]?

    /// Chunks of `dataVersion`.
    public init(dataVersion: Int16, next: @escaping @Sendable () -> [UInt8]?) {
        self.dataVersion = dataVersion
        self.next = next
    }
}
