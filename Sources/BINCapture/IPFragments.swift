import BINWire

/// Puts fragmented IP packets together, in bounded memory: of overlapping parts the one that came first counts.
struct IPFragments {
    /// Which fragments belong together.
    struct Key: Hashable {
        var source: IPAddress
        var destination: IPAddress
        var identification: UInt32
        /// IPv4 counts per protocol; IPv6 does not, there it is 0.
        var transport: UInt8
    }

    /// A payload that has all its parts.
    struct Whole {
        var transport: UInt8
        var bytes: [UInt8]
    }

    private struct Partial {
        var bytes: [UInt8] = []
        /// The parts that are there, in order, none touching the next.
        var ranges: [Range<Int>] = []
        var totalLength: Int?
        var transport: UInt8?
        var began: CaptureTime
    }

    private static let largestPayload = 65_535
    /// Smaller parts than that many make no sense of any real link.
    private static let mostRanges = 1024

    private let limits: CaptureLimits
    private var partials: [Key: Partial] = [:]
    private var bufferedBytes = 0
    /// Packets given up because parts did not come, contradicted each other or would have cost too much memory.
    private(set) var abandoned: UInt64 = 0

    init(limits: CaptureLimits) {
        self.limits = limits
    }

    /// Takes a fragment in.
    /// - Returns: the payload when this was the last part missing.
    mutating func receive(
        _ part: RawSpan, of packet: InternetPacket, _ fragment: InternetPacket.Fragment, at time: CaptureTime
    ) -> Whole? {
        let isIPv6 = packet.source.isIPv6
        let key = Key(
            source: packet.source, destination: packet.destination, identification: fragment.identification,
            transport: isIPv6 ? 0 : packet.transport)
        let end = fragment.offset + part.byteCount
        // All parts but the last are multiples of eight bytes long.
        guard packet.missingBytes == 0, part.byteCount > 0, end <= IPFragments.largestPayload,
            !fragment.hasMore || part.byteCount % 8 == 0
        else {
            abandoned += 1
            return nil
        }
        dropAged(at: time)
        var partial = partials.removeValue(forKey: key) ?? Partial(began: time)
        bufferedBytes -= partial.bytes.count
        guard insert(part, at: fragment, transport: packet.transport, into: &partial) else {
            abandoned += 1
            return nil
        }
        if let total = partial.totalLength, partial.ranges == [0..<total], let transport = partial.transport {
            return Whole(transport: transport, bytes: partial.bytes)
        }
        makeRoom(for: partial.bytes.count)
        bufferedBytes += partial.bytes.count
        partials[key] = partial
        return nil
    }

    /// Copies those bytes of a part that are not there yet.
    private func insert(
        _ part: RawSpan, at fragment: InternetPacket.Fragment, transport: UInt8, into partial: inout Partial
    ) -> Bool {
        let range = fragment.offset..<(fragment.offset + part.byteCount)
        if !fragment.hasMore {
            guard partial.totalLength == nil || partial.totalLength == range.upperBound else { return false }
            partial.totalLength = range.upperBound
        }
        let farthest = Swift.max(partial.ranges.last?.upperBound ?? 0, range.upperBound)
        if let total = partial.totalLength, farthest > total { return false }
        if fragment.offset == 0, partial.transport == nil { partial.transport = transport }
        if partial.bytes.count < range.upperBound {
            partial.bytes.append(contentsOf: repeatElement(0, count: range.upperBound - partial.bytes.count))
        }
        var position = range.lowerBound
        var merged = range
        var kept: [Range<Int>] = []
        kept.reserveCapacity(partial.ranges.count + 1)
        for known in partial.ranges {
            if known.upperBound < range.lowerBound || known.lowerBound > range.upperBound {
                kept.append(known)
                continue
            }
            let gap = position..<Swift.max(known.lowerBound, position)
            copy(part, from: position - range.lowerBound, to: gap, &partial)
            position = Swift.max(position, known.upperBound)
            merged = Swift.min(merged.lowerBound, known.lowerBound)..<Swift.max(merged.upperBound, known.upperBound)
        }
        if position < range.upperBound {
            copy(part, from: position - range.lowerBound, to: position..<range.upperBound, &partial)
        }
        let place = kept.firstIndex { $0.lowerBound > merged.lowerBound } ?? kept.count
        kept.insert(merged, at: place)
        partial.ranges = kept
        return kept.count <= IPFragments.mostRanges
    }

    private func copy(_ part: RawSpan, from offset: Int, to range: Range<Int>, _ partial: inout Partial) {
        for index in 0..<range.count {
            partial.bytes[range.lowerBound + index] = part.uint8(uncheckedAt: offset + index)
        }
    }

    private mutating func dropAged(at time: CaptureTime) {
        guard !partials.isEmpty else { return }
        let oldest = time.nanosecondsSinceEpoch.subtractingReportingOverflow(limits.fragmentAge).partialValue
        for (key, partial) in partials where partial.began.nanosecondsSinceEpoch < oldest { drop(key) }
    }

    /// Gives up the oldest ones until another `count` bytes are within the limits.
    private mutating func makeRoom(for count: Int) {
        while !partials.isEmpty,
            partials.count >= limits.fragmentedPackets || bufferedBytes + count > limits.fragmentBytes
        {
            guard let oldest = partials.min(by: { $0.value.began < $1.value.began }) else { return }
            drop(oldest.key)
        }
    }

    private mutating func drop(_ key: Key) {
        guard let partial = partials.removeValue(forKey: key) else { return }
        bufferedBytes -= partial.bytes.count
        abandoned += 1
    }
}
