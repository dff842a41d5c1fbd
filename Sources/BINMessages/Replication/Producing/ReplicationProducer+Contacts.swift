import BINWire

extension ReplicationProducer {
    /// The layout of contacts; there is one for every release that a producer is made for.
    private var contactLayout: ContactLayout {
        get throws(ProductionFailure) {
            guard let layout = layouts.contact else { throw .unknownRelease(release) }
            return layout
        }
    }

    // MARK: Packets in memory of their own

    /// The packet that says that a contact was registered.
    /// - Throws: ``ProductionFailure``.
    public mutating func insert(_ contact: Contact) throws(ProductionFailure) -> [UInt8] {
        try writeInsert(contact)
        return copyPacket()
    }

    /// The packet that says that a contact was refreshed or changed. Its CSeq must not be lower than that of the last packet
    /// of the contact, or receivers ignore it (UL-34).
    /// - Throws: ``ProductionFailure``.
    public mutating func update(_ contact: Contact) throws(ProductionFailure) -> [UInt8] {
        try writeUpdate(contact)
        return copyPacket()
    }

    /// The packet that says that a contact was deleted. Contacts that merely expire are not announced (UL-22).
    /// - Throws: ``ProductionFailure``.
    public mutating func delete(_ key: ContactKey) throws(ProductionFailure) -> [UInt8] {
        try writeDelete(key)
        return copyPacket()
    }

    /// The packet that says that an AoR came into being; goes before the insert of its first contact (UL-21).
    /// - Throws: ``ProductionFailure``.
    public mutating func insert(_ record: AoRRecord) throws(ProductionFailure) -> [UInt8] {
        try writeInsert(record)
        return copyPacket()
    }

    /// The packet that says that an AoR and all its contacts went away; servers send the deletes of its contacts before.
    /// - Throws: ``ProductionFailure``.
    public mutating func delete(_ aor: AddressOfRecord) throws(ProductionFailure) -> [UInt8] {
        try writeDelete(aor)
        return copyPacket()
    }

    // MARK: Packets in the producer's own memory

    /// As ``insert(_:)-(Contact)``, leaving the packet in ``packet``.
    public mutating func writeInsert(_ contact: borrowing Contact) throws(ProductionFailure) {
        writer.forget()
        let layout = try contactLayout
        try insertion.record.fill(contact, in: layout, release, matching: contact.matching, &arena)
        insertion.record.serverID = routing.source
        try ReplicationProducer.write(&insertion, in: layout, from: arena, routing: routing, with: &writer)
    }

    /// As ``update(_:)``, leaving the packet in ``packet``.
    public mutating func writeUpdate(_ contact: borrowing Contact) throws(ProductionFailure) {
        writer.forget()
        let layout = try contactLayout
        try update.record.fill(contact, in: layout, release, matching: contact.matching, &arena)
        update.record.serverID = routing.source
        try ReplicationProducer.write(&update, in: layout, from: arena, routing: routing, with: &writer)
    }

    /// As ``delete(_:)-(ContactKey)``, leaving the packet in ``packet``.
    public mutating func writeDelete(_ key: ContactKey) throws(ProductionFailure) {
        writer.forget()
        let layout = try contactLayout
        try key.aor.check()
        guard !key.uri.isEmpty else { throw .empty(field: "contact") }
        arena.clear()
        var message = ContactDelete()
        message.serverID = routing.source
        message.domain = arena.add(key.aor.domain)
        message.aor = arena.add(key.aor.name)
        message.contact = arena.add(key.uri)
        message.callID = arena.add(key.callID)
        message.cseq = key.cseq
        if !arena.isClean {
            try TextArena.check(
                [
                    ("domain", key.aor.domain), ("aor", key.aor.name), ("contact", key.uri), ("callid", key.callID),
                ])
        }
        message.match = try ContactMatch(key.matching, in: layout, release, &arena)
        try ReplicationProducer.write(&message, in: layout, from: arena, routing: routing, with: &writer)
    }

    /// As ``insert(_:)-(AoRRecord)``, leaving the packet in ``packet``.
    public mutating func writeInsert(_ record: AoRRecord) throws(ProductionFailure) {
        writer.forget()
        let layout = try contactLayout
        var message = AoRInsert()
        arena.clear()
        try message.fill(record, &arena)
        message.serverID = routing.source
        try ReplicationProducer.write(&message, in: layout, from: arena, routing: routing, with: &writer)
    }

    /// As ``delete(_:)-(AddressOfRecord)``, leaving the packet in ``packet``.
    public mutating func writeDelete(_ aor: AddressOfRecord) throws(ProductionFailure) {
        writer.forget()
        let layout = try contactLayout
        try aor.check()
        arena.clear()
        var message = AoRDelete()
        message.serverID = routing.source
        message.domain = arena.add(aor.domain)
        message.aor = arena.add(aor.name)
        if !arena.isClean { try TextArena.check([("domain", aor.domain), ("aor", aor.name)]) }
        try ReplicationProducer.write(&message, in: layout, from: arena, routing: routing, with: &writer)
    }
}
