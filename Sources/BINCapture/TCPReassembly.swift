import BINWire

/// All directions of TCP connections that are followed, in bounded memory.
///
/// They stand in an array and are linked by index in the order of their last use, so that a segment costs one look-up
/// and no allocation, and the one unused longest is found at once.
struct TCPReassembly {
    /// One direction of a connection.
    struct Key: Hashable {
        var source: Endpoint
        var destination: Endpoint

        var reversed: Key { Key(source: destination, destination: source) }
    }

    private struct Slot {
        var key: Key
        var stream: TCPStream
        var newer: Int
        var older: Int
    }

    private static let none = -1

    private var places: [Key: Int] = [:]
    private var slots: [Slot] = []
    private var free: [Int] = []
    private var newest = TCPReassembly.none
    private var oldest = TCPReassembly.none
    private var bufferedBytes = 0

    /// Number of directions followed.
    var count: Int { places.count }

    /// Takes in a segment; `context.origin` tells its direction and time.
    mutating func receive(
        _ segment: TCPSegment, in frame: RawSpan, _ context: inout StreamContext, _ sink: inout some PacketSink
    ) {
        let key = Key(source: context.origin.source, destination: context.origin.destination)
        var isReset = segment.isRST
        if let place = place(of: key, segment, &context, &sink) {
            let before = slots[place].stream.bufferedBytes
            slots[place].stream.receive(segment, in: frame, &context, &sink)
            bufferedBytes += slots[place].stream.bufferedBytes - before
            // A reset out of place is somebody else's.
            isReset = isReset && slots[place].stream.isClosed
            if segment.isFIN || isReset { sink.ended(from: context.origin) }
        }
        if isReset, let place = places[key.reversed] {
            // Nobody reads the other direction any more either.
            let origin = context.origin
            context.origin.source = origin.destination
            context.origin.destination = origin.source
            finish(place, &context, &sink)
            context.origin = origin
        }
        while bufferedBytes > context.limits.bufferedBytes, places.count > 1 { evictOldest(&context, &sink) }
    }

    /// Ends all streams, those unused longest first.
    mutating func finish(_ context: inout StreamContext, _ sink: inout some PacketSink) {
        while oldest != TCPReassembly.none {
            let place = oldest
            context.origin.source = slots[place].key.source
            context.origin.destination = slots[place].key.destination
            finish(place, &context, &sink)
            remove(place)
        }
    }

    private mutating func finish(_ place: Int, _ context: inout StreamContext, _ sink: inout some PacketSink) {
        bufferedBytes -= slots[place].stream.bufferedBytes
        slots[place].stream.finish(&context, &sink)
        bufferedBytes += slots[place].stream.bufferedBytes
    }

    /// Where the direction stands, as the newest now; nil when the segment gives no reason to follow it.
    private mutating func place(
        of key: Key, _ segment: TCPSegment, _ context: inout StreamContext, _ sink: inout some PacketSink
    ) -> Int? {
        if newest != TCPReassembly.none, slots[newest].key == key { return newest }
        if let place = places[key] {
            unlink(place)
            linkAsNewest(place)
            return place
        }
        guard segment.isSYN || !segment.payload.isEmpty || segment.missingBytes > 0 else { return nil }
        while places.count >= Swift.max(context.limits.flows, 2) { evictOldest(&context, &sink) }
        let sequence = segment.isSYN ? segment.sequence &+ 1 : segment.sequence
        let slot = Slot(
            key: key, stream: TCPStream(sequence: sequence, isBeginning: segment.isSYN), newer: TCPReassembly.none,
            older: TCPReassembly.none)
        let place: Int
        if let unused = free.popLast() {
            place = unused
            slots[place] = slot
        } else {
            place = slots.count
            slots.append(slot)
        }
        places[key] = place
        linkAsNewest(place)
        return place
    }

    private mutating func evictOldest(_ context: inout StreamContext, _ sink: inout some PacketSink) {
        let place = oldest
        guard place != TCPReassembly.none else { return }
        let origin = context.origin
        context.origin.source = slots[place].key.source
        context.origin.destination = slots[place].key.destination
        let wasOpenBIN = slots[place].stream.isBIN && !slots[place].stream.isClosed
        if !slots[place].stream.isClosed { context.counters.evictedStreams += 1 }
        finish(place, &context, &sink)
        if wasOpenBIN { sink.notice(.evicted, from: context.origin) }
        context.origin = origin
        remove(place)
    }

    private mutating func remove(_ place: Int) {
        bufferedBytes -= slots[place].stream.bufferedBytes
        unlink(place)
        places[slots[place].key] = nil
        slots[place].stream = TCPStream(sequence: 0, isBeginning: false)
        free.append(place)
    }

    private mutating func linkAsNewest(_ place: Int) {
        slots[place].older = newest
        slots[place].newer = TCPReassembly.none
        if newest != TCPReassembly.none { slots[newest].newer = place } else { oldest = place }
        newest = place
    }

    private mutating func unlink(_ place: Int) {
        let newer = slots[place].newer
        let older = slots[place].older
        if newer != TCPReassembly.none { slots[newer].older = older } else { newest = older }
        if older != TCPReassembly.none { slots[older].newer = newer } else { oldest = newer }
    }
}
