/// How much memory an assembler may hold, and how long it looks for packets. Nothing else depends on the capture's size.
public struct CaptureLimits: Hashable, Sendable {
    /// Directions of TCP connections followed at a time; the one unused longest goes first. At least 2.
    public var flows = 65_536
    /// Bytes held by all directions together: unfinished packets and segments out of order.
    public var bufferedBytes = 64 * 1024 * 1024
    /// Bytes of segments out of order that one direction may hold before what is missing counts as lost.
    public var heldBytes = 1024 * 1024
    /// Number of segments out of order that one direction may hold before what is missing counts as lost.
    public var heldSegments = 256
    /// Bytes searched in a stream begun in the middle before it counts as not BIN. A packet has at most 64 KiB.
    public var searchedBytes: UInt64 = 256 * 1024
    /// Fragmented IP packets put together at a time.
    public var fragmentedPackets = 256
    /// Bytes of parts of fragmented IP packets.
    public var fragmentBytes = 4 * 1024 * 1024
    /// How long to wait for the parts of a fragmented IP packet, in nanoseconds of capture time.
    public var fragmentAge: Int64 = 30_000_000_000

    /// The limits as documented at each.
    public init() {}
}

/// What an assembler has met so far.
public struct CaptureCounters: Hashable, Sendable {
    /// Frames handed in.
    public var frames: UInt64 = 0
    /// Bytes of those frames, as captured.
    public var frameBytes: UInt64 = 0
    /// Frames of a link type that is not read.
    public var framesOfUnknownLinkType: UInt64 = 0
    /// Frames that carry neither IPv4 nor IPv6, or neither UDP nor TCP in them.
    public var framesOfOtherProtocols: UInt64 = 0
    /// Frames whose headers are cut or contradict themselves.
    public var damagedFrames: UInt64 = 0
    /// Fragmented IP packets that were never whole.
    public var abandonedFragments: UInt64 = 0
    /// Packets handed to the sink.
    public var packets: UInt64 = 0
    /// Framing errors handed to the sink.
    public var refused: UInt64 = 0
    /// Datagrams that are not BIN.
    public var ignoredDatagrams: UInt64 = 0
    /// Directions of TCP connections in which BIN was found.
    public var streams: UInt64 = 0
    /// Directions of TCP connections that carried data, but none that is BIN.
    public var ignoredStreams: UInt64 = 0
    /// Directions of TCP connections given up to keep memory bounded.
    public var evictedStreams: UInt64 = 0

    /// All at zero.
    public init() {}
}
