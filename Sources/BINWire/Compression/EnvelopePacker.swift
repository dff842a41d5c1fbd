/// Gathers packets for one peer and hands them on, in order, as envelopes where that saves something and plain where not.
///
/// ```swift
/// var packer = EnvelopePacker(routing: Routing(cluster: 1, source: 3, destination: 2))
/// packer.peerAccepts = true                      // the peer announced the capability `ext-deflate`
/// for packet in packets { try packer.add(packet) { connection.send($0) } }
/// packer.flush { connection.send($0) }
/// ```
///
/// It has no clock: whoever uses it decides how long packets may wait, and calls ``flush(_:)`` then, at the latest when there is
/// nothing more to send.
public struct EnvelopePacker: ~Copyable {
    /// What is packed, and how.
    public struct Policy: Hashable, Sendable {
        /// 1 (fast) to 9 (small).
        public var level = 6
        /// The dictionary; nil for none. The receiver must know it.
        public var dictionary: DeflateDictionary? = .bin1
        /// The largest envelope in bytes.
        public var maximumLength = Framing.maximumLengthSince4_0
        /// How many bytes of packets are gathered before an envelope is made without being asked for.
        ///
        /// Deflate looks back 32 KiB, so more than twice that gains little.
        public var batchSize = 65_536
        /// What is shorter than this, all packets at hand together, goes plain without a try; bytes.
        public var smallestBatch = 128
        /// An envelope must be shorter than its packets by at least one part in so many, or they go plain.
        public var smallestSaving = 8
        /// What the receiver accepts.
        public var limits = InflationLimits()

        /// The usual policy.
        public init() {}
    }

    /// What was made of the packets so far.
    public struct Counters: Hashable, Sendable {
        /// Packets that went plain.
        public var plainPackets: UInt64 = 0
        /// Packets that went in envelopes.
        public var packedPackets: UInt64 = 0
        /// Envelopes.
        public var envelopes: UInt64 = 0
        /// Bytes of the packets that went in envelopes.
        public var packedBytes: UInt64 = 0
        /// Bytes of the envelopes.
        public var envelopeBytes: UInt64 = 0
    }

    /// What is packed, and how.
    public let policy: Policy
    /// The trailer of the envelopes: from this node to the peer. The packets inside keep their own.
    public let routing: Routing
    /// Whether the peer is known to accept envelopes. While it is not, every packet goes plain and none waits.
    ///
    /// When it becomes false, call ``flush(_:)``: what was gathered then goes plain.
    public var peerAccepts = false
    /// What was made of the packets so far.
    public private(set) var counters = Counters()

    private var deflater: Deflater
    private var writer: PacketWriter
    private var batch: [UInt8] = []
    /// Where each packet of the batch ends.
    private var ends: [Int] = []

    /// Bytes of packets that wait.
    public var pendingBytes: Int { batch.count }
    /// Number of packets that wait.
    public var pendingPackets: Int { ends.count }

    /// A packer for one peer.
    /// - Parameters:
    ///   - routing: the trailer of its envelopes.
    ///   - policy: what is packed, and how; values that make no sense are taken for the nearest that do.
    public init(routing: Routing, policy: Policy = Policy()) {
        var policy = policy
        policy.maximumLength = Swift.min(Swift.max(policy.maximumLength, 256), Framing.maximumLength)
        policy.batchSize = Swift.min(Swift.max(policy.batchSize, 1), policy.limits.maximumSize)
        policy.smallestSaving = Swift.max(policy.smallestSaving, 2)
        self.policy = policy
        self.routing = routing
        deflater = Deflater(level: policy.level, capacity: policy.maximumLength)
        writer = PacketWriter(maximumLength: policy.maximumLength)
    }

    private static let internalCapability = Array("clusterer-internal".utf8)

    /// Takes one packet; hands on what is due.
    ///
    /// Packets of `clusterer-internal` measure and repair links, so they do not wait, and envelopes are not packed again; both
    /// go plain, behind what waited.
    /// - Parameters:
    ///   - packet: exactly one packet of 2.3 framing.
    ///   - send: gets packets in order; the bytes are valid only during the call.
    /// - Throws: ``WireError`` when `packet` is not one; it is then not taken.
    public mutating func add(_ packet: RawSpan, _ send: (RawSpan) -> Void) throws(WireError) {
        let header = try PacketHeader(datagram: packet, framing: .v2_3)
        let goesPlain =
            !peerAccepts || packet.byteCount > policy.limits.maximumSize || Envelope.isEnvelope(header, packet)
            || Envelope.isCapability(EnvelopePacker.internalCapability, header, packet)
        if goesPlain || batch.count + packet.byteCount > policy.batchSize || ends.count == Envelope.maximumPackets {
            flush(send)
        }
        guard !goesPlain else {
            counters.plainPackets += 1
            send(packet)
            return
        }
        unsafe packet.withUnsafeBytes { unsafe batch.append(contentsOf: $0) }
        ends.append(batch.count)
    }

    /// Hands on everything that waits.
    public mutating func flush(_ send: (RawSpan) -> Void) {
        guard !ends.isEmpty else { return }
        // Taken out, so that they can be read while this value changes, and put back, so that the next batch has their memory.
        var packets: [Int] = []
        var bytes: [UInt8] = []
        swap(&packets, &ends)
        swap(&bytes, &batch)
        pack(bytes, packets, 0..<packets.count, send)
        packets.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        swap(&packets, &ends)
        swap(&bytes, &batch)
    }

    /// Sends some packets of a batch: in one envelope, or each half in its own, or plain.
    private mutating func pack(_ batch: [UInt8], _ ends: [Int], _ packets: Range<Int>, _ send: (RawSpan) -> Void) {
        let start = packets.lowerBound == 0 ? 0 : ends[packets.lowerBound - 1]
        let bytes = unsafe batch.span.bytes.extracting(start..<ends[packets.upperBound - 1])
        switch envelope(bytes, count: packets.count) {
        case .made:
            counters.envelopes += 1
            counters.packedPackets += UInt64(packets.count)
            counters.packedBytes += UInt64(bytes.byteCount)
            counters.envelopeBytes += UInt64(writer.bytes.byteCount)
            send(writer.bytes)
        case .doesNotFit where packets.count > 1:
            let middle = packets.lowerBound + packets.count / 2
            pack(batch, ends, packets.lowerBound..<middle, send)
            pack(batch, ends, middle..<packets.upperBound, send)
        case .doesNotFit, .savesNothing:
            var from = start
            for end in ends[packets] {
                counters.plainPackets += 1
                send(unsafe batch.span.bytes.extracting(from..<end))
                from = end
            }
        }
    }

    private enum Attempt {
        case made, doesNotFit, savesNothing
    }

    /// Tries to make an envelope of `bytes`, which are `count` packets.
    private mutating func envelope(_ bytes: RawSpan, count: Int) -> Attempt {
        guard peerAccepts, bytes.byteCount >= policy.smallestBatch else { return .savesNothing }
        let overhead = Envelope.overhead - 12 + routing.size
        let room = policy.maximumLength - overhead
        let worthwhile = bytes.byteCount - bytes.byteCount / policy.smallestSaving - overhead
        guard worthwhile > 0 else { return .savesNothing }
        let limit = Swift.min(room, worthwhile)
        guard deflater.deflate(bytes, dictionary: policy.dictionary, limit: limit) else {
            return worthwhile <= room ? .savesNothing : .doesNotFit
        }
        // The receiver would refuse it; parts of it may still be accepted.
        guard (bytes.byteCount - 1) / Swift.max(policy.limits.maximumRatio, 1) < deflater.bytes.byteCount else {
            return .doesNotFit
        }
        do throws(WireError) {
            try EnvelopePacker.write(deflater, of: bytes, count, policy.dictionary, routing, into: &writer)
        } catch {
            return .doesNotFit
        }
        return .made
    }

    /// Writes the envelope of what `deflater` made of `bytes`.
    private static func write(
        _ deflater: borrowing Deflater, of bytes: RawSpan, _ count: Int, _ dictionary: DeflateDictionary?,
        _ routing: Routing, into writer: inout PacketWriter
    ) throws(WireError) {
        let name = Envelope.capabilityBytes
        try writer.begin(
            capability: unsafe name.span.bytes, type: Envelope.type, version: Envelope.version, framing: .v2_3)
        try writer.write(dictionary?.id ?? 0)
        try writer.write(Int32(truncatingIfNeeded: count))
        try writer.write(Int32(truncatingIfNeeded: bytes.byteCount))
        try writer.write(Int32(bitPattern: DeflateChecksums.crc32(bytes)))
        try writer.writeRaw(deflater.bytes)
        try writer.finish(routing: routing)
    }
}
