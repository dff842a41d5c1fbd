import BINWire

/// Turns captured frames into BIN packets: link layer, IP with its fragments, UDP, TCP with its lost, doubled and
/// misordered segments.
///
/// The ports do not matter unless they are given. A TCP stream is BIN when it opens with the magic or, if its opening was
/// not captured, shows a plausible header; a datagram is when it begins with the magic. Whatever else is on the wire is
/// counted and ignored.
/// No input makes it trap, and its memory is bounded by ``CaptureLimits``.
public struct PacketAssembler: Sendable {
    private let ports: Set<UInt16>?
    private var fragments: IPFragments
    private var streams = TCPReassembly()
    private var context: StreamContext

    /// An assembler that has seen nothing.
    /// - Parameters:
    ///   - limits: bounds of its memory.
    ///   - ports: if not nil, only datagrams and segments from or to one of these are looked at.
    public init(limits: CaptureLimits = CaptureLimits(), ports: Set<UInt16>? = nil) {
        self.ports = ports
        self.fragments = IPFragments(limits: limits)
        let nobody = Endpoint(IPAddress(ipv4: 0), port: 0)
        self.context = StreamContext(
            origin: PacketOrigin(
                time: CaptureTime(nanosecondsSinceEpoch: 0), transport: .tcp, source: nobody, destination: nobody),
            limits: limits)
    }

    /// What was met so far.
    public var counters: CaptureCounters {
        var counters = context.counters
        counters.abandonedFragments = fragments.abandoned
        return counters
    }

    /// Number of directions of TCP connections that are followed now.
    public var followedStreams: Int { streams.count }

    /// Takes in a frame.
    /// - Parameters:
    ///   - frame: the captured bytes.
    ///   - linkType: what they begin with.
    ///   - originalLength: number of bytes on the wire. What is missing at the end is taken for lost.
    ///   - time: when it was captured.
    ///   - sink: is given every packet that the frame completes.
    public mutating func receive(
        frame: RawSpan, linkType: LinkType, originalLength: Int, at time: CaptureTime,
        into sink: inout some PacketSink
    ) {
        context.counters.frames += 1
        context.counters.frameBytes &+= UInt64(frame.byteCount)
        context.origin.time = time
        switch LinkLayer.content(of: frame, linkType: linkType) {
        case .internetProtocol(let offset):
            guard let packet = InternetPacket(frame, at: offset) else {
                context.counters.damagedFrames += 1
                return
            }
            if let fragment = packet.fragment {
                receive(fragment, of: packet, in: frame, &sink)
            } else {
                receive(packet, in: frame, &sink)
            }
        case .other: context.counters.framesOfOtherProtocols += 1
        case .tooShort: context.counters.damagedFrames += 1
        case .unknownLinkType: context.counters.framesOfUnknownLinkType += 1
        }
    }

    /// Ends the capture: reports what is unfinished and lost in all streams, and forgets them.
    public mutating func finish(into sink: inout some PacketSink) {
        context.origin.transport = .tcp
        streams.finish(&context, &sink)
    }

    private mutating func receive(
        _ fragment: InternetPacket.Fragment, of packet: InternetPacket, in frame: RawSpan, _ sink: inout some PacketSink
    ) {
        let part = frame.extracting(packet.payload)
        guard let whole = fragments.receive(part, of: packet, fragment, at: context.origin.time) else { return }
        var joined = packet
        joined.transport = whole.transport
        joined.payload = 0..<whole.bytes.count
        joined.fragment = nil
        let bytes = unsafe whole.bytes.span.bytes
        // IPv6 may have further headers behind that of the fragment; a fragment in a fragment is nonsense.
        if packet.source.isIPv6, !joined.passExtensionHeaders(bytes) || joined.fragment != nil {
            context.counters.damagedFrames += 1
            return
        }
        receive(joined, in: bytes, &sink)
    }

    /// Takes in a whole IP packet.
    private mutating func receive(_ packet: InternetPacket, in frame: RawSpan, _ sink: inout some PacketSink) {
        guard packet.transport == 6 || packet.transport == 17 else {
            context.counters.framesOfOtherProtocols += 1
            return
        }
        guard packet.payload.count >= 8 else {
            context.counters.damagedFrames += 1
            return
        }
        let start = packet.payload.lowerBound
        let sourcePort = frame.uint16(bigEndianAt: start)
        let destinationPort = frame.uint16(bigEndianAt: start + 2)
        if let ports, !ports.contains(sourcePort), !ports.contains(destinationPort) { return }
        context.origin.source = Endpoint(packet.source, port: sourcePort)
        context.origin.destination = Endpoint(packet.destination, port: destinationPort)
        if packet.transport == 17 {
            context.origin.transport = .udp
            receiveDatagram(packet, in: frame, &sink)
            return
        }
        context.origin.transport = .tcp
        guard let segment = TCPSegment(frame, packet.payload, missingBytes: packet.missingBytes) else {
            context.counters.damagedFrames += 1
            return
        }
        streams.receive(segment, in: frame, &context, &sink)
    }

    private mutating func receiveDatagram(_ packet: InternetPacket, in frame: RawSpan, _ sink: inout some PacketSink) {
        let start = packet.payload.lowerBound
        let stated = Int(frame.uint16(bigEndianAt: start + 4))
        let available = packet.payload.count
        // A length of 0 stands for a datagram that only its IP length measures.
        let length = stated == 0 ? available + packet.missingBytes : stated
        guard length >= 8, length <= available + packet.missingBytes else {
            context.counters.damagedFrames += 1
            return
        }
        let datagram = frame.extracting((start + 8)..<(start + Swift.min(length, available)))
        guard datagram.byteCount >= 4, datagram.uint32(uncheckedAt: 0) == Framing.magic else {
            context.counters.ignoredDatagrams += 1
            return
        }
        if length > available {
            sink.notice(.cutDatagram(missingBytes: length - available), from: context.origin)
            return
        }
        // What begins with the magic is meant as BIN; if it cannot be told which, it is refused as 2.1, which uses UDP.
        var framing: Framing?
        if case .packet(let detected) = Framing.detect(datagram: datagram) { framing = detected }
        do throws(WireError) {
            let header = try PacketHeader(datagram: datagram, framing: framing ?? .v2_1)
            context.counters.packets += 1
            sink.receive(datagram, header, from: context.origin)
        } catch {
            context.counters.refused += 1
            sink.refuse(datagram, framing, error, streamOffset: 0, from: context.origin)
        }
    }
}

extension PacketAssembler {
    /// Reads a capture to its end and finishes the streams, also when the capture turns out to be damaged.
    /// - Throws: ``CaptureError``, after everything before the damage was handed to the sink.
    public mutating func receive(
        contentsOf reader: inout CaptureFileReader, into sink: inout some PacketSink
    ) throws(CaptureError) {
        defer { finish(into: &sink) }
        while let frame = try reader.next() {
            receive(
                frame: reader.bytes(of: frame), linkType: frame.linkType, originalLength: frame.originalLength,
                at: frame.time, into: &sink)
        }
    }
}
