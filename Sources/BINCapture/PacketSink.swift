public import BINWire

/// A moment as a capture file states it.
@frozen
public struct CaptureTime: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Nanoseconds since 1970-01-01 00:00:00 UTC, exact; files with finer stamps are rounded down.
    public var nanosecondsSinceEpoch: Int64

    /// A moment.
    @inlinable
    public init(nanosecondsSinceEpoch: Int64) {
        self.nanosecondsSinceEpoch = nanosecondsSinceEpoch
    }

    /// Whether `left` is the earlier one.
    @inlinable
    public static func < (left: CaptureTime, right: CaptureTime) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }
}

/// What carried a captured packet.
@frozen
public enum CapturedTransport: String, Hashable, Sendable {
    /// A datagram of its own (OpenSIPS 2.1).
    case udp
    /// A piece of a TCP stream (2.2 and later).
    case tcp
}

/// When a packet was captured, and between whom.
@frozen
public struct PacketOrigin: Hashable, Sendable, BitwiseCopyable {
    /// Capture time of the datagram, or of the TCP segment which completed the packet.
    public var time: CaptureTime
    /// What carried it.
    public var transport: CapturedTransport
    /// Who sent it.
    public var source: Endpoint
    /// Whom it was sent to.
    public var destination: Endpoint

    /// An origin.
    @inlinable
    public init(time: CaptureTime, transport: CapturedTransport, source: Endpoint, destination: Endpoint) {
        self.time = time
        self.transport = transport
        self.source = source
        self.destination = destination
    }
}

/// Something about a stream or datagram that is neither a packet nor an error of its sender.
@frozen
public enum CaptureNotice: Hashable, Sendable {
    /// `bytes` of a BIN stream are not in the capture.
    case gap(bytes: UInt64)
    /// The capture begins in the middle of a stream; `bytes` of it lie before the first whole packet.
    case skipped(bytes: UInt64)
    /// Behind a gap or a framing error, `bytes` were passed over until the next plausible packet.
    case resynchronised(skippedBytes: UInt64)
    /// A gap, the end of the stream or of the capture cut a packet short; `bytes` of it are there.
    case incomplete(bytes: Int)
    /// Behind a gap or a framing error, `bytes` were passed over, and no packet came until the end of the stream.
    case unread(bytes: UInt64)
    /// A stream was given up to keep memory bounded; if it goes on, it is taken up again as one begun in the middle.
    case evicted
    /// A BIN datagram was captured without its last `missingBytes`.
    case cutDatagram(missingBytes: Int)
}

/// Receives what a ``PacketAssembler`` finds, in the order of completion.
public protocol PacketSink {
    /// A whole packet.
    /// - Parameters:
    ///   - bytes: the packet, header and trailer included; valid during the call.
    ///   - header: its checked header.
    ///   - origin: when, and between whom.
    mutating func receive(_ bytes: RawSpan, _ header: PacketHeader, from origin: PacketOrigin)

    /// Bytes that stand where a packet should and break a framing rule.
    /// - Parameters:
    ///   - bytes: what is there, at most one largest packet; valid during the call.
    ///   - framing: what it was read as; nil when that is not clear either.
    ///   - error: the broken rule, with the offset in `bytes`.
    ///   - streamOffset: offset in the TCP stream of the first of `bytes`; 0 for a datagram.
    ///   - origin: when, and between whom.
    mutating func refuse(
        _ bytes: RawSpan, _ framing: Framing?, _ error: WireError, streamOffset: UInt64, from origin: PacketOrigin)

    /// Something else that whoever looks at the packets should know.
    mutating func notice(_ notice: CaptureNotice, from origin: PacketOrigin)

    /// A sender closed a TCP connection, or broke it off; what it sent before may still come behind this. It need not be implemented.
    mutating func ended(from origin: PacketOrigin)
}

extension PacketSink {
    /// Nothing is done.
    public mutating func ended(from origin: PacketOrigin) {}
}
