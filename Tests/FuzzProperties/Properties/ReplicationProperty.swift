import BINMessages
import BINWire

extension FuzzProperty {
    /// What is read from packets as values, and can be written, is read again as the same values; with the release of the sender,
    /// and without knowing it.
    static let replication = FuzzProperty(
        "replication", largestInput: 4096, inputs: PacketInputs(fixed: nil)
    ) { input throws(Violation) in
        var reader = InputReader(input)
        let choice = reader.byte()
        let releases = PacketInputs.releases[PacketInputs.framing(choice)] ?? []
        let release = releases[Int(choice >> 3) % releases.count]
        var known = ReplicationConsumer(release: release)
        var unknown = ReplicationConsumer()
        try forEachPacket(input) { packet, header throws(Violation) in
            _ = try? unknown.events(of: packet, header)
            let events: [ReplicationEvent]
            do throws(DecodingFailure) {
                events = try known.events(of: packet, header)
            } catch {
                try require(error.offset <= header.length, "refused at \(error.offset) of \(header.length)")
                return
            }
            // One for each chunk of a sync, and two around them.
            try require(events.count <= header.length, "\(events.count) events of \(header.length) bytes")
            for event in events {
                guard let written = Consumed.written(event, release) else { continue }
                var again = ReplicationConsumer(release: release)
                let changes: [ReplicationChange]
                do {
                    let header = try PacketHeader(datagram: written.span.bytes, framing: header.framing)
                    changes = try again.events(of: written.span.bytes, header).map(\.change)
                } catch {
                    throw Violation("what was written of \(event) is refused: \(error)")
                }
                let expected = Consumed.sendable(event.change, towards: release, changes.first)
                try require(changes == [expected], "\(event.change) became \(changes)")
            }
        }
    }
}

private enum Consumed {
    /// What is left of a change when it is sent: servers announce neither every pipe (RL-7) nor every flag of a contact.
    static func sendable(
        _ change: ReplicationChange, towards release: Release, _ read: ReplicationChange?
    ) -> ReplicationChange {
        switch (change, read) {
        case (.pipeCounts(let pipes), _):
            return .pipeCounts(
                pipes.filter { release >= Release(3, 3, 0) ? $0.flags.contains(.bin) : !$0.flags.contains(.cachedb) })
        case (.contactInserted(var contact), .contactInserted(let read)):
            if read.flags.isSubset(of: contact.flags) { contact.flags = read.flags }
            return .contactInserted(contact)
        case (.contactUpdated(var contact), .contactUpdated(let read)):
            if read.flags.isSubset(of: contact.flags) { contact.flags = read.flags }
            return .contactUpdated(contact)
        default: return change
        }
    }

    /// The packet that says the same as an event; nil when it is not one packet, or has what this library does not write.
    static func written(_ event: ReplicationEvent, _ release: Release) -> [UInt8]? {
        let routing = Routing(cluster: 1, source: max(1, event.origin.node ?? 1), destination: 2)
        do {
            var producer = try ReplicationProducer(for: release, routing: routing)
            producer.pipeChunkSize = Framing.maximumLength
            producer.profileChunkSize = Framing.maximumLength
            let packets: [[UInt8]]
            switch event.change {
            case .aorInserted(let record): packets = [try producer.insert(record)]
            case .aorDeleted(let aor): packets = [try producer.delete(aor)]
            case .contactInserted(let contact): packets = [try producer.insert(contact)]
            case .contactUpdated(let contact): packets = [try producer.update(contact)]
            case .contactDeleted(let key): packets = [try producer.delete(key)]
            case .profileCounts(let counts): packets = try producer.profileCounts(counts)
            case .pipeCounts(let pipes): packets = try producer.pipeCounts(pipes)
            case .bridgeAggregate, .contactSyncBegan, .aorSynced, .contactSynced, .contactSyncEnded, .other: return nil
            }
            return packets.count == 1 ? packets[0] : nil
        } catch {
            return nil
        }
    }
}
