import BINMessages
import BINWire

extension Replica {
    /// The layout that `message` is read in, and its body; says why there is none.
    ///
    /// The sender's release says how the packet was written. Whether it is taken says the release whose rules apply.
    private func open<M: Message>(
        _ message: M.Type, _ layout: M.Layout?, own: M.Layout?, _ bytes: RawSpan, _ header: PacketHeader,
        _ changes: inout ReplicaChanges
    ) -> (layout: M.Layout, body: Range<Int>)? {
        changes.message = Text(
            offset: UInt32(clamping: header.bodyOffset), length: UInt32(clamping: header.length - header.bodyOffset))
        guard let layout, let identity = M.identity(in: layout), identity.type == header.type,
            layout.framing == header.framing
        else {
            changes.ignore(.packet, .notOfRelease)
            return nil
        }
        let version: Int16? = header.hasVersion ? header.version : nil
        guard let reading = M.reading(version: version, in: layout) else {
            changes.ignore(.packet, .versionNotAccepted(header.version))
            return nil
        }
        if configuration.refusesOtherVersions, let own, M.reading(version: version, in: own) == nil {
            changes.ignore(.packet, .versionNotAccepted(header.version))
            return nil
        }
        guard identity.routing == .trailer else { return (reading, header.bodyOffset..<header.length) }
        do throws(WireError) {
            let routing = try Routing(trailerOf: bytes, header: header)
            return (reading, header.bodyOffset..<(header.length - routing.size))
        } catch {
            changes.ignore(.packet, .unreadable(error))
            return nil
        }
    }

    /// Decodes a message; says why it cannot be.
    private func read<M: Message>(
        _ message: inout M, _ layout: M.Layout?, own: M.Layout?, _ bytes: RawSpan, _ header: PacketHeader,
        _ changes: inout ReplicaChanges
    ) -> M.Layout? {
        guard let opened = open(M.self, layout, own: own, bytes, header, &changes) else { return nil }
        do throws(WireError) {
            try message.decode(bytes, range: opened.body, in: opened.layout)
            return opened.layout
        } catch {
            changes.ignore(.packet, .unreadable(error))
            return nil
        }
    }

    // MARK: Contacts

    mutating func applyContacts(
        _ bytes: RawSpan, _ header: PacketHeader, _ origin: Origin, _ changes: inout ReplicaChanges
    ) {
        let layout = origin.layouts.contact
        let own = ownLayouts.contact
        switch header.type {
        case 1:
            var insert = AoRInsert()
            guard let layout = read(&insert, layout, own: own, bytes, header, &changes) else { return }
            let message = ContactMessage(bytes, layout, sender: origin.sender, now: origin.now.seconds)
            contacts.apply(insert, message, &changes)
        case 2:
            var delete = AoRDelete()
            guard let layout = read(&delete, layout, own: own, bytes, header, &changes) else { return }
            let message = ContactMessage(bytes, layout, sender: origin.sender, now: origin.now.seconds)
            contacts.apply(delete, message, &changes)
        case 3:
            guard let opened = open(ContactInsert.self, layout, own: own, bytes, header, &changes) else { return }
            do throws(WireError) {
                try contactInsert.decode(bytes, range: opened.body, in: opened.layout)
            } catch {
                return changes.ignore(.packet, .unreadable(error))
            }
            ContactMessage.clearAbsent(&contactInsert.record, isUpdate: false, opened.layout)
            let message = ContactMessage(bytes, opened.layout, sender: origin.sender, now: origin.now.seconds)
            contacts.apply(contactInsert.record, isUpdate: false, message, &changes)
        case 4:
            guard let opened = open(ContactUpdate.self, layout, own: own, bytes, header, &changes) else { return }
            do throws(WireError) {
                try contactUpdate.decode(bytes, range: opened.body, in: opened.layout)
            } catch {
                return changes.ignore(.packet, .unreadable(error))
            }
            ContactMessage.clearAbsent(&contactUpdate.record, isUpdate: true, opened.layout)
            let message = ContactMessage(bytes, opened.layout, sender: origin.sender, now: origin.now.seconds)
            contacts.apply(contactUpdate.record, isUpdate: true, message, &changes)
        case 5:
            var delete = ContactDelete()
            guard let layout = read(&delete, layout, own: own, bytes, header, &changes) else { return }
            let message = ContactMessage(bytes, layout, sender: origin.sender, now: origin.now.seconds)
            contacts.apply(delete, message, &changes)
        default: changes.ignore(.packet, .notOfRelease)
        }
    }

    // MARK: Dialogs

    mutating func applyDialogs(
        _ bytes: RawSpan, _ header: PacketHeader, _ origin: Origin, _ changes: inout ReplicaChanges
    ) {
        let layout = origin.layouts.dialog
        let own = ownLayouts.dialog
        func matches<M: Message>(_ message: M.Type) -> Bool where M.Layout == DialogLayout {
            layout.flatMap { M.identity(in: $0)?.type } == header.type
        }
        if header.type == 1 {
            var created = DialogCreated()
            guard let layout = read(&created, layout, own: own, bytes, header, &changes) else { return }
            let message = DialogMessage(bytes, layout, sender: origin.sender)
            dialogs.apply(created: created.dialog, isChunk: false, message, &changes)
        } else if header.type == 2 {
            var updated = DialogUpdated()
            guard let layout = read(&updated, layout, own: own, bytes, header, &changes) else { return }
            dialogs.apply(updated: updated.dialog, DialogMessage(bytes, layout, sender: origin.sender), &changes)
        } else if header.type == 3 {
            var deleted = DialogDeleted()
            guard let layout = read(&deleted, layout, own: own, bytes, header, &changes) else { return }
            dialogs.apply(deleted, DialogMessage(bytes, layout, sender: origin.sender), &changes)
        } else if matches(DialogCSeqUpdate.self) {
            var update = DialogCSeqUpdate()
            guard let layout = read(&update, layout, own: own, bytes, header, &changes) else { return }
            dialogs.apply(update, DialogMessage(bytes, layout, sender: origin.sender), &changes)
        } else if matches(DialogValue.self) {
            var value = DialogValue()
            guard let layout = read(&value, layout, own: own, bytes, header, &changes) else { return }
            dialogs.apply(value, DialogMessage(bytes, layout, sender: origin.sender), &changes)
        } else {
            changes.ignore(.packet, matches(DialogSharingTagActive.self) ? .notKept : .notOfRelease)
        }
    }

    // MARK: Counters

    mutating func applyProfiles(
        _ bytes: RawSpan, _ header: PacketHeader, _ origin: Origin, _ changes: inout ReplicaChanges
    ) {
        var counters = ProfileCounters()
        let read = read(&counters, origin.layouts.profile, own: ownLayouts.profile, bytes, header, &changes)
        guard read != nil else { return }
        profiles.apply(counters, bytes, from: origin.sender, at: origin.now, &changes)
    }

    mutating func applyPipes(
        _ bytes: RawSpan, _ header: PacketHeader, _ origin: Origin, _ changes: inout ReplicaChanges
    ) {
        let layout = origin.layouts.pipe
        let own = ownLayouts.pipe
        switch header.type {
        case 0:
            var counters = PipeCounters()
            guard let layout = read(&counters, layout, own: own, bytes, header, &changes) else { return }
            pipes.apply(
                counters.pipes, bytes, from: origin.sender, hasFlags: layout.hasFlags, at: origin.now, &changes)
        case 10:
            var edge = PipeAggregateEdge()
            guard read(&edge, layout, own: own, bytes, header, &changes) != nil else { return }
            pipes.apply(edge.aggregate, bytes, at: origin.now, &changes)
        case 11:
            var core = PipeAggregateCore()
            guard read(&core, layout, own: own, bytes, header, &changes) != nil else { return }
            pipes.apply(core.aggregate, bytes, at: origin.now, &changes)
        default: changes.ignore(.packet, .notOfRelease)
        }
    }

    // MARK: Sync

    mutating func applySync(
        _ bytes: RawSpan, _ header: PacketHeader, _ origin: Origin, _ changes: inout ReplicaChanges
    ) {
        guard let layout = origin.layouts.sync, SyncPacket.identity(in: layout)?.type == header.type else {
            return changes.ignore(.packet, .notKept)
        }
        var sync = SyncPacket()
        guard let layout = read(&sync, layout, own: ownLayouts.sync, bytes, header, &changes) else { return }
        let isSized = SyncPacket.identity(in: layout)?.version ?? 1 >= 2
        guard let name = try? sync.capability.bytes(in: bytes) else { return }
        let version: Int16? = isSized ? Int16(truncatingIfNeeded: sync.dataVersion) : nil
        let start = Int(sync.chunks.offset)
        let chunks = start..<(start + Int(sync.chunks.length))
        if name.isEqual(Replica.contactCapability) {
            guard let layout = chunkLayout(ContactSyncChunk.self, origin.layouts.contact, ownLayouts.contact, version)
            else { return changes.ignore(.packet, .versionNotAccepted(version ?? 0)) }
            walk(bytes, chunks, isSized: isSized, ContactSyncChunk.self, in: layout, &changes) {
                chunk, replica, changes in
                let message = ContactMessage(bytes, layout, sender: origin.sender, now: origin.now.seconds)
                if chunk.kind == 0 {
                    replica.contacts.apply(chunk.aor, message, &changes)
                } else {
                    ContactMessage.clearAbsent(&chunk.contact.record, isUpdate: false, layout)
                    replica.contacts.apply(chunk.contact.record, isUpdate: false, message, &changes)
                }
            }
        } else if name.isEqual(Replica.dialogCapability) {
            guard let layout = chunkLayout(DialogSyncChunk.self, origin.layouts.dialog, ownLayouts.dialog, version)
            else { return changes.ignore(.packet, .versionNotAccepted(version ?? 0)) }
            walk(bytes, chunks, isSized: isSized, DialogSyncChunk.self, in: layout, &changes) {
                chunk, replica, changes in
                let message = DialogMessage(bytes, layout, sender: origin.sender)
                replica.dialogs.apply(created: chunk.dialog, isChunk: true, message, &changes)
            }
        } else {
            changes.ignore(.packet, .notKept)
        }
    }

    private static let contactCapability = Array("usrloc-contact-repl".utf8)
    private static let dialogCapability = Array("dialog-dlg-repl".utf8)

    /// The layout of the chunks of a sync; nil when its data version is not taken.
    private func chunkLayout<M: Message>(
        _ message: M.Type, _ layout: M.Layout?, _ own: M.Layout?, _ version: Int16?
    ) -> M.Layout? {
        guard let layout else { return nil }
        guard let version else { return layout }
        if configuration.refusesOtherVersions, let own, M.reading(version: version, in: own) == nil { return nil }
        return M.reading(version: version, in: layout)
    }

    /// Calls `body` with each chunk. A chunk that cannot be read ends the packet (DL-25).
    private mutating func walk<M: Message>(
        _ bytes: RawSpan, _ range: Range<Int>, isSized: Bool, _ message: M.Type, in layout: M.Layout,
        _ changes: inout ReplicaChanges, _ body: (inout M, inout Replica, inout ReplicaChanges) -> Void
    ) {
        var position = range.lowerBound
        do throws(WireError) {
            while position < range.upperBound {
                var content = position..<range.upperBound
                var chunks = SyncChunks(bytes, range: content)
                if isSized {
                    guard let chunk = try chunks.next() else { return }
                    content = chunk.content
                } else {
                    var cursor = FieldCursor(bytes, range: content, framing: .v2_3)
                    guard try cursor.readInt32() == SyncChunks.marker else {
                        throw WireError(.badChunkMarker, at: position)
                    }
                    content = cursor.offset..<range.upperBound
                }
                // A chunk may have been opened and left empty.
                guard !content.isEmpty || !isSized else {
                    position = content.upperBound
                    continue
                }
                var chunk = M()
                var decoder = Decoder(FieldCursor(bytes, range: content, framing: .v2_3))
                try chunk.fields(&decoder, in: layout)
                if isSized { try decoder.finish() }
                position = decoder.offset
                changes.message = Text(
                    offset: UInt32(clamping: content.lowerBound),
                    length: UInt32(clamping: position - content.lowerBound))
                body(&chunk, &self, &changes)
            }
        } catch {
            changes.ignore(.packet, .unreadable(error))
        }
    }
}

extension ContactMessage {
    /// Empties the fields that `layout` does not have. A record is used again for the next packet, which may have others.
    @inline(__always)
    static func clearAbsent(_ record: inout ContactRecord, isUpdate: Bool, _ layout: ContactLayout) {
        guard layout != .k else {
            record.branchFlags = 0
            return
        }
        if isUpdate ? !layout.hasContactIDInUpdate : !layout.hasContactIDInInsert { record.contactID = 0 }
        if isUpdate ? !layout.hasKeyValuesInUpdate : !layout.hasKeyValuesInInsert { record.keyValues = Text() }
        if !layout.hasFlagNames { record.branchFlagNames = Text() }
        if !layout.hasMatch { record.match = ContactMatch() }
    }
}
