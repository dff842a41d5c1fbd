import BINWire

/// Spreads the records of one run over packets (DL-31, RL-9).
struct CounterRun<M: Message> {
    /// What every packet begins with: the message without records.
    private var empty: M
    private let layout: M.Layout
    private let routing: Routing
    private let chunkSize: Int
    /// Whether a run without records is a packet too (2.2).
    private let sendsEmpty: Bool
    private var kind = RoutingKind.none
    private var isOpen = false
    private var recordsInPacket = 0
    private var packets = 0

    init(_ empty: M, in layout: M.Layout, routing: Routing, chunkSize: Int, sendsEmpty: Bool) {
        self.empty = empty
        self.layout = layout
        self.routing = routing
        self.chunkSize = chunkSize
        self.sendsEmpty = sendsEmpty
    }

    /// Adds a record whose texts are in `arena`, and hands a packet that became long enough to `body`.
    mutating func add<Record: FieldGroup>(
        _ record: inout Record, _ arena: borrowing TextArena, with writer: inout PacketWriter, _ body: (RawSpan) -> Void
    ) throws(ProductionFailure) where Record.Layout == M.Layout {
        do throws(WireError) {
            try open(with: &writer)
            let start = writer.offset
            if try !append(&record, arena, with: &writer) {
                guard recordsInPacket > 0 else { throw WireError(.packetFull, at: start) }
                writer.rewind(to: start)
                try close(with: &writer, body)
                try open(with: &writer)
                guard try append(&record, arena, with: &writer) else { throw WireError(.packetFull, at: writer.offset) }
            }
            recordsInPacket += 1
            if writer.offset > chunkSize { try close(with: &writer, body) }
        } catch {
            throw ProductionFailure(error, maximum: writer.maximumLength)
        }
    }

    /// Ends the run with the packet that is not full.
    mutating func end(with writer: inout PacketWriter, _ body: (RawSpan) -> Void) throws(ProductionFailure) {
        do throws(WireError) {
            if !isOpen, packets == 0, sendsEmpty { try open(with: &writer) }
            if isOpen { try close(with: &writer, body) }
        } catch {
            throw ProductionFailure(error, maximum: writer.maximumLength)
        }
    }

    private mutating func open(with writer: inout PacketWriter) throws(WireError) {
        guard !isOpen else { return }
        kind = try ReplicationProducer.begin(M.self, in: layout, with: &writer)
        try empty.encode(from: TextArena(), in: layout, into: &writer)
        isOpen = true
        recordsInPacket = 0
    }

    private mutating func close(with writer: inout PacketWriter, _ body: (RawSpan) -> Void) throws(WireError) {
        try writer.finish(routing: kind == .trailer ? routing : nil)
        isOpen = false
        packets += 1
        body(writer.bytes)
    }

    /// Appends a record; false when it, or the trailer behind it, does not fit.
    private func append<Record: FieldGroup>(
        _ record: inout Record, _ arena: borrowing TextArena, with writer: inout PacketWriter
    ) throws(WireError) -> Bool where Record.Layout == M.Layout {
        do throws(WireError) {
            try record.encode(from: arena, in: layout, into: &writer)
        } catch  where error.code == .packetFull {
            return false
        }
        return writer.offset + (kind == .trailer ? routing.size : 0) <= writer.maximumLength
    }
}

extension CounterRun where M.Layout == PipeLayout {
    /// A whole run over pipes.
    mutating func addAll(
        _ pipes: [PipeCount], _ arena: inout TextArena, with writer: inout PacketWriter, _ body: (RawSpan) -> Void
    ) throws(ProductionFailure) {
        for pipe in pipes {
            arena.clear()
            var record = try Pipe(pipe, &arena)
            try add(&record, arena, with: &writer, body)
        }
        try end(with: &writer, body)
    }
}

extension ProfileCounter {
    /// A record of a count, with its texts in `arena`.
    init(_ count: ProfileCount, _ arena: inout TextArena) throws(ProductionFailure) {
        self.init()
        guard !count.profile.isEmpty else { throw .empty(field: "profileName") }
        profile = arena.add(count.profile)
        if let value = count.value {
            hasValue = 1
            self.value = arena.add(value)
        }
        if !arena.isClean {
            try TextArena.check([("profileName", count.profile), ("value", count.value ?? "")])
        }
        counter = count.count
    }
}

extension Pipe {
    /// A record of a count, with its texts in `arena`.
    init(_ count: PipeCount, _ arena: inout TextArena) throws(ProductionFailure) {
        self.init()
        guard !count.name.isEmpty else { throw .empty(field: "pipeName") }
        guard (0...3).contains(count.flags.rawValue) else {
            throw .outOfRange(field: "flags", value: Int64(count.flags.rawValue))
        }
        name = arena.add(count.name)
        if !arena.isClean { try TextArena.check([("pipeName", count.name)]) }
        flags = count.flags.rawValue
        algorithm = count.algorithm.rawValue
        limit = count.limit
        counter = count.count
    }
}
