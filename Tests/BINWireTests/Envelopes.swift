import BINWire

/// Envelopes with any fields, true or not, for tests.
struct RawEnvelope {
    var dictionary: Int32 = 0
    var packetCount: Int32
    var inflatedSize: Int32
    var checksum: UInt32
    var payload: [UInt8]
    var type = Envelope.type
    var version = Envelope.version
    var routing: Routing? = Routing(cluster: 1, source: 3, destination: 2)

    /// An envelope whose fields are true of `packets`.
    init(_ packets: [[UInt8]], dictionary: DeflateDictionary? = nil) {
        let bytes = packets.flatMap { $0 }
        packetCount = Int32(packets.count)
        inflatedSize = Int32(bytes.count)
        // The common CRC-32 is that of 2.1 datagrams, inverted.
        checksum = ~Checksum.compute(bytes.span.bytes)
        payload = deflated(bytes, dictionary: dictionary) ?? []
        self.dictionary = dictionary?.id ?? 0
    }

    /// The packet.
    var bytes: [UInt8] {
        var writer = PacketWriter()
        let name = Array(Envelope.capability.utf8)
        do {
            try writer.begin(capability: name.span.bytes, type: type, version: version, framing: .v2_3)
            try writer.write(dictionary)
            try writer.write(packetCount)
            try writer.write(inflatedSize)
            try writer.write(Int32(bitPattern: checksum))
            try writer.writeRaw(payload.span.bytes)
            try writer.finish(routing: routing)
        } catch {
            return []
        }
        return writer.copyBytes()
    }

    /// What is wrong with it; nil when it was opened.
    func refusal(limits: InflationLimits = InflationLimits(), maximumLength: Int = 65_535) -> WireError? {
        do throws(WireError) {
            _ = try opened(bytes, limits: limits, maximumLength: maximumLength)
            return nil
        } catch {
            return error
        }
    }
}

/// What deflate makes of bytes.
func deflated(_ bytes: [UInt8], level: Int = 6, dictionary: DeflateDictionary? = nil, limit: Int = .max) -> [UInt8]? {
    var deflater = Deflater(level: level, capacity: max(bytes.count * 2, 1000))
    guard deflater.deflate(bytes.span.bytes, dictionary: dictionary, limit: limit) else { return nil }
    return deflater.bytes.withUnsafeBytes { Array($0) }
}

/// What inflate makes of bytes.
func inflated(
    _ bytes: [UInt8], exactly size: Int, limits: InflationLimits = InflationLimits(),
    dictionary: DeflateDictionary? = nil
) throws(WireError) -> [UInt8] {
    var inflater = Inflater(limits: limits)
    try inflater.inflate(bytes.span.bytes, exactly: size, dictionary: dictionary)
    return inflater.bytes.withUnsafeBytes { Array($0) }
}

/// The packets that an opener makes of one packet.
func opened(
    _ packet: [UInt8], limits: InflationLimits = InflationLimits(),
    dictionaries: [DeflateDictionary] = [.bin1], maximumLength: Int = 65_535
) throws(WireError) -> [[UInt8]] {
    var opener = EnvelopeOpener(limits: limits, dictionaries: dictionaries, maximumLength: maximumLength)
    var packets: [[UInt8]] = []
    let header = try PacketHeader(datagram: packet, framing: .v2_3)
    try opener.open(packet.span.bytes, header) { inner, header in
        packets.append(inner.withUnsafeBytes { Array($0) })
        precondition(header.length == inner.byteCount)
    }
    return packets
}

/// What a packer makes of packets.
func packed(
    _ packets: [[UInt8]], accepts: Bool = true, policy: EnvelopePacker.Policy = .init(),
    routing: Routing = Routing(cluster: 1, source: 3, destination: 2)
) throws(WireError) -> (sent: [[UInt8]], counters: EnvelopePacker.Counters) {
    var packer = EnvelopePacker(routing: routing, policy: policy)
    packer.peerAccepts = accepts
    var sent: [[UInt8]] = []
    for packet in packets {
        try packer.add(packet.span.bytes) { bytes in sent.append(bytes.withUnsafeBytes { Array($0) }) }
    }
    packer.flush { bytes in sent.append(bytes.withUnsafeBytes { Array($0) }) }
    return (sent, packer.counters)
}

extension Sample {
    /// A 2.3 packet with text that deflates well, or random bytes that do not.
    static func packet<Random: RandomNumberGenerator>(
        capability: String = "usrloc-contact-repl", size: Int, incompressible: Bool = false, using random: inout Random
    ) -> [UInt8] {
        var writer = PacketWriter()
        let name = Array(capability.utf8)
        let words = ["sip:", "alice", "@192.168.1.", ";transport=udp", "location", "\0\0\0\0", "bob", "5060"]
        var body: [UInt8] = []
        while body.count < size {
            if incompressible {
                body.append(.random(in: 0...255, using: &random))
            } else {
                body += Array((words.randomElement(using: &random) ?? "").utf8)
            }
        }
        do {
            try writer.begin(capability: name.span.bytes, type: 3, version: 5, framing: .v2_3)
            try writer.writeRaw(Array(body.prefix(size)).span.bytes)
            try writer.finish(routing: Routing(cluster: 1, source: 3, destination: 2))
        } catch {
            return []
        }
        return writer.copyBytes()
    }
}

extension Array where Element == UInt8 {
    /// Whether it is an envelope.
    var isEnvelope: Bool {
        guard let header = try? PacketHeader(datagram: self, framing: .v2_3) else { return false }
        return Envelope.isEnvelope(header, span.bytes)
    }
}
